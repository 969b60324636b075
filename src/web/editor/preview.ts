import type { Context } from "hono";
import { multiStakeholder } from "../../coop/stakeholders.ts";
import { listingId } from "../../coop/listing-record.ts";
import { type Editable, openDraft } from "../../directory/draft.ts";
import { coopUrl } from "../../directory/ids.ts";
import { coopActor } from "../../federation/actors.ts";
import * as posts from "../../store/posts.ts";
import { relatedPages } from "../entries.ts";
import { coopPage } from "../pages/coop.ts";
import { previewPage } from "../pages/editor-preview.ts";
import { respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";
import { differences } from "./differences.ts";
import { faultsOf } from "./faults.ts";
import { freeHandle, publishedAs } from "./live.ts";
import { placeOf } from "./place.ts";

/** `GET /admin/coops/:id/preview` */
export async function showPreview(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const { db, node } = site;
  const editable = await openDraft(db, node, id);
  const { coop, content, published } = editable;
  const handle = coop.handle ?? (await freeHandle(db, content, id));
  const subject = { url: coopUrl(node, id), handle: handle === "" ? null : handle };
  const { listing } = publishedAs(subject, content, site.clock());
  const entry = {
    record: listingId(listing.id),
    origin: node.host,
    listing,
    multiStakeholder: multiStakeholder(listing),
    digest: "",
    issued: site.clock(),
  };
  const shown = coopPage({
    entry,
    organisation: [entry],
    host: node.host,
    here: true,
    posts: await posts.of(db, id, { limit: 20 }),
    followers: undefined,
    now: site.clock(),
    pageOf: await relatedPages(site, listing),
  });
  const page = previewPage({
    place: placeOf(session, editable),
    page: shown.body,
    actor:
      subject.handle === null
        ? undefined
        : coopActor(node, subject.handle, Number(coop.created), listing),
    introduction: await pinnedText(site, editable),
    changes: published === undefined ? undefined : differences(published, content),
    faults: faultsOf({ provenance: { kind: "claimed" }, ...content }).length,
  });
  return respondPrivately(site, c, page, { session });
}

/** What stands on top of the profile: what is pinned, or what will be. */
async function pinnedText({ db }: Site, { coop, content }: Editable): Promise<string | undefined> {
  if (coop.content === null) {
    return typeof content["summary"] === "string" ? content["summary"] : undefined;
  }
  const [first] = await posts.pinned(db, coop.id);
  if (first === undefined) return undefined;
  return Object.values(JSON.parse(first.content) as Record<string, string>)[0];
}
