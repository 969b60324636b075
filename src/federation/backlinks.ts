import type { Listing } from "../coop/listing.ts";
import { coopIdOf, coopUrl } from "../directory/ids.ts";
import type { Watch } from "../events.ts";
import { type Job, repeat } from "../jobs.ts";
import { readBounded } from "../outbound.ts";
import * as backlinks from "../store/backlinks.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import type { Db } from "../store/schema.ts";
import { type Asker, fetchAccount } from "./account.ts";
import { deliverable } from "./deliverable.ts";
import type { FederationData } from "./federation.ts";
import { linksIn } from "./page-links.ts";

/** This reader's cursor on the change log. */
const reader = "backlinks";

const day = 86_400_000;

/** How often it is looked whether something links back: rarely where it does. */
const again = { linked: 7 * day, unlinked: day };

/** How long what has been seen counts while its server can't be asked. */
const believed = 30 * day;

/** Of so many links at a time, and no oftener than that where somebody asks for it. */
const portion = 20;
export const askedMost = 60_000;

/** Milliseconds that a website may take, and bytes that are read of it: as many as Mastodon reads. */
const patience = 10_000;
const most = 1_000_000;

/**
 * Looks whether the websites and accounts to which the co-ops of this node link
 * lead back to them: then both are the same co-op's. A reader of the change log;
 * what it has seen it looks at again from time to time.
 */
export function tendBacklinks(data: FederationData, watch: Watch, stop: AbortSignal): Job {
  const { db, node, clock } = data;
  const pace = { every: 1000, retry: 1000, retryMost: 60_000 };
  return repeat("looking what links back", stop, pace, async (signal) => {
    const seq = await changes.cursor(db, reader);
    // Before the rows: what comes in between is then still to be read.
    const head = await changes.head(db);
    const rows = await changes.after(db, seq, 500, { kind: "record", origin: node.host });
    for (const { subject } of rows) {
      const id = coopIdOf(node, subject);
      if (id !== undefined) await noteLinks(db, id, clock());
    }
    const last = rows.at(-1)?.seq ?? seq;
    const read = rows.length < 500 ? Math.max(head, last) : last;
    // A hub takes in much that is others': their numbers are passed by now and then.
    if (rows.length > 0 || read > seq + 1000) await changes.advance(db, reader, read);
    const due = await backlinks.due(db, clock(), portion);
    for (const link of due) {
      if (signal.aborted) return false;
      await checkBacklink(data, data, link);
    }
    if (rows.length < 500 && due.length < portion) await watch.past(read, 60_000, signal);
    return true;
  });
}

/** Keeps what is to be looked at as the co-op's listing has it. */
export async function noteLinks(db: Db, id: string, now: number): Promise<void> {
  const coop = await coops.get(db, id);
  const { url, account } = JSON.parse(coop?.content ?? "{}") as Partial<Listing>;
  const known = await backlinks.of(db, id);
  for (const [kind, wanted] of [
    ["website", url],
    ["account", account],
  ] as const) {
    const before = known.find((each) => each.kind === kind);
    if (wanted === before?.url) continue;
    if (wanted === undefined) await backlinks.remove(db, id, kind);
    else await backlinks.put(db, { coop: id, kind, url: wanted, due: now });
  }
}

/** Looks at one, and writes what it saw. */
export async function checkBacklink(
  asker: Asker,
  { db, clock }: Pick<FederationData, "db" | "clock">,
  link: backlinks.Backlink,
): Promise<void> {
  const own = coopUrl(asker.node, link.coop);
  const seen = await (link.kind === "website" ? websiteLinks : accountLinks)(asker, link.url, own);
  const now = clock();
  const linked = "linked" in seen && seen.linked;
  const doubted = "fault" in seen && link.verified !== null && link.verified > now - believed;
  const why = {
    website: `The page has no link with rel="me" to ${own}.`,
    account: `No row of its profile has a link to ${own}.`,
  };
  await backlinks.note(db, link, {
    ...("handle" in seen && { handle: seen.handle ?? null }),
    checked: now,
    verified: linked ? now : doubted ? link.verified : null,
    due: now + (linked ? again.linked : again.unlinked),
    fault: linked ? null : "fault" in seen ? seen.fault : why[link.kind],
  });
}

/** Whether it leads back; or why that can't be told just now. */
type Seen = { linked: boolean; handle?: string } | { fault: string };

async function accountLinks(asker: Asker, url: string, own: string): Promise<Seen> {
  const found = await fetchAccount(asker, url);
  if ("fault" in found) return found;
  const { links, handle, movedTo } = found.account;
  if (movedTo !== undefined) return { linked: false, handle };
  return { linked: links.some((each) => isSame(each, own)), handle };
}

async function websiteLinks({ insecure }: Asker, url: string, own: string): Promise<Seen> {
  const address = URL.parse(url);
  if (address === null || !deliverable(address, insecure)) {
    return { fault: `Only public addresses that begin with https:// can be verified: ${url}` };
  }
  try {
    const response = await fetch(address, {
      headers: { accept: "text/html" },
      signal: AbortSignal.timeout(patience),
    });
    const body = new TextDecoder().decode(await readBounded(response, most));
    if (!response.ok) return { fault: `${url} answers ${response.status}.` };
    return { linked: linksOfSelf(body).some((each) => isSame(each, own)) };
  } catch {
    return { fault: `${url} can’t be reached just now, or has more than 1 MB.` };
  }
}

/** Where a page says that the same people are, as Mastodon reads it (`verify_link_service.rb`). */
export function linksOfSelf(page: string): string[] {
  return linksIn(page).flatMap(({ rel, href }) => (rel.includes("me") ? href : []));
}

function isSame(link: string, own: string): boolean {
  return link === own || link === `${own}/`;
}
