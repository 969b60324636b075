import { protect } from "../../coop/disclosure.ts";
import { readLeniently } from "../../coop/leniency.ts";
import { Listing } from "../../coop/listing.ts";
import { warningsOf } from "../../coop/warnings.ts";
import type { DraftContent } from "../../directory/draft.ts";
import { handleFault, suggestHandle } from "../../directory/handle.ts";
import { AppError } from "../../errors.ts";
import type { Live } from "../pages/editor-live.ts";
import type { Site } from "../site.ts";
import { fieldWords } from "./differences.ts";
import { faultsOf } from "./faults.ts";

/** Whose content it is. */
export interface Subject {
  /** The co-op's URL; of one that is not there yet any. */
  url: string;
  /** Its id, if it is there. */
  id: string | undefined;
  /** The handle for good; null where it is still to be chosen. */
  handle: string | null;
  /** Whether it may choose a handle: an imported one has none. */
  choosing: boolean;
}

/** What follows from a content: the listing that it makes, and what is wrong or doubtful with it. */
export async function liveOf(
  site: Site,
  subject: Subject,
  content: DraftContent,
  written: string,
): Promise<Live> {
  const now = site.clock();
  const { listing, hidden } = publishedAs(subject, content, now);
  const today = new Date(now).toISOString().slice(0, 10);
  return {
    listing,
    faults: faultsOf(content),
    // Of what was entered: what is hidden from others isn't doubtful.
    warnings: warningsOf(listingOf(subject, content, now), today),
    hidden: hidden.map(fieldWords),
    handle: subject.choosing ? await handleWords(site, subject, content, written) : undefined,
  };
}

/** The listing as it would be published, and the fields that are then not told, or vaguely. */
export function publishedAs(
  subject: Pick<Subject, "url" | "handle">,
  content: DraftContent,
  now: number,
): { listing: Listing; hidden: string[] } {
  const { content: listing, hidden } = protect(listingOf(subject, content, now));
  return { listing, hidden };
}

/** The listing that a draft makes, as far as it can be read. */
function listingOf(
  { url, handle }: Pick<Subject, "url" | "handle">,
  content: DraftContent,
  now: number,
): Listing {
  const whole = {
    ...content,
    name: content["name"] ?? "A co-op without a name yet",
    license: content["license"] ?? "CC0-1.0",
    provenance: content["provenance"] ?? { kind: "claimed" },
    status: content["status"] ?? "active",
    level: content["level"] ?? "primary",
    id: url,
    type: ["Organization", "schema:Cooperative"],
    updated: new Date(now).toISOString(),
    listed: true,
    ...(handle !== null && { preferredUsername: handle }),
  };
  const bare = { name: "A co-op", license: "CC0-1.0", provenance: { kind: "claimed" } };
  const listing =
    readLeniently(Listing, { discoverable: false, indexable: false, ...whole }) ??
    readLeniently(Listing, { ...whole, ...bare, discoverable: false, indexable: false });
  if (listing === undefined) throw new AppError("internal", "a draft makes no listing at all");
  return listing;
}

/** What the co-op will be called in the fediverse. */
async function handleWords(
  { db, node }: Site,
  { id }: Subject,
  content: DraftContent,
  written: string,
): Promise<Live["handle"]> {
  const handle = written === "" ? await freeHandle(db, content, id) : written;
  if (handle === "") {
    return content["name"] === undefined
      ? undefined
      : { words: "Choose one: it can’t be made from this name.", faulty: false };
  }
  const fault = await handleFault(db, handle, id);
  if (fault !== undefined) return { words: `@${handle}: ${fault}.`, faulty: true };
  return { words: `You will be @${handle}@${node.host}`, faulty: false };
}

/** A handle made from the name that nobody has; empty where none can be made. */
export async function freeHandle(
  db: Site["db"],
  content: DraftContent,
  own?: string,
): Promise<string> {
  const { name } = content;
  const stem = typeof name === "string" ? suggestHandle(name) : "";
  if (stem === "") return "";
  for (let number = 1; number < 100; number += 1) {
    const handle = number === 1 ? stem : `${stem.slice(0, 56)}_${number}`;
    if ((await handleFault(db, handle, own)) === undefined) return handle;
  }
  return "";
}
