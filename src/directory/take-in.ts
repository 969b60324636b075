import { WebUrl } from "../coop/listing.ts";
import * as blocks from "../store/blocks.ts";
import * as coops from "../store/coops.ts";
import * as posts from "../store/posts.ts";
import * as revisions from "../store/revisions.ts";
import type { Db, Tx } from "../store/schema.ts";
import { newDraftIn } from "./draft.ts";
import { Handle, handleFault } from "./handle.ts";
import type { LeaveFile } from "./leave-file.ts";
import { addPictures, attachBrought, type Brought } from "./post-pictures.ts";
import { newId } from "./ids.ts";
import { formerMost } from "./sign-listing.ts";

/** What a co-op has become on its new node. */
export interface TakenIn {
  id: string;
  /** Its handle; null when the old one is taken here, and another is to be chosen. */
  handle: string | null;
}

/**
 * Takes a co-op in that comes from another node: a private draft, with its
 * news and its history, until it is published here.
 *
 * @param who The account that does it, null for a command; and the first owner.
 * @param brought Its pictures, as `bringPictures()` has taken them in.
 */
export async function takeIn(
  db: Db,
  file: LeaveFile,
  who: { by: string | null; owner?: string },
  now: number,
  brought: Brought = new Map(),
): Promise<TakenIn> {
  return db.transaction().execute((tx) => insert(tx, file, who, now, new Map(brought)));
}

async function insert(
  tx: Tx,
  file: LeaveFile,
  who: { by: string | null; owner?: string },
  now: number,
  brought: Brought,
): Promise<TakenIn> {
  const wanted = Handle.safeParse(file.handle?.replace(/^@/, "").split("@")[0]);
  const free = wanted.success && (await handleFault(tx, wanted.data)) === undefined;
  const handle = free ? wanted.data : null;
  const content = file.draft ?? file.content ?? {};
  const id = await newDraftIn(tx, { content, handle, ...who }, now);
  // The other node looks for it before it lets anybody follow the co-op to here.
  const former = [...(file.alsoKnownAs ?? []), file.id].filter(
    (each) => WebUrl.safeParse(each).success,
  );
  await coops.sayFormer(tx, id, JSON.stringify(former.slice(-formerMost)));
  for (const { kind, content: entered, made } of file.history) {
    await revisions.append(tx, {
      coop: id,
      kind,
      content: entered === null ? null : JSON.stringify(entered),
      account: null,
      made: Date.parse(made),
    });
  }
  for (const each of file.posts) {
    const row = takenPost(id, each);
    await posts.put(tx, await attachBrought(tx, row, each.pictures ?? [], brought, now));
  }
  for (const { subject, kind, since, why = null } of file.blocks ?? []) {
    const row = { coop: id, subject, kind, why, account: null };
    await blocks.put(tx, { ...row, since: Date.parse(since) });
  }
  // What no post has is the profile's.
  await addPictures(tx, id, null, [...brought.values()], now);
  return { id, handle };
}

function takenPost(coop: string, told: LeaveFile["posts"][number]): posts.Post {
  const { content, warning, due, zone = null, edited, pinned, listed, classes, mentions } = told;
  const published = Date.parse(told.published);
  const since = (time: string | undefined) => (time === undefined ? null : Date.parse(time));
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  const row = {
    id: newId(),
    coop,
    ...posts.plain,
    content: JSON.stringify(content),
    warning: json(warning),
    published,
    zone,
    edited: since(edited),
    pinned: since(pinned),
    listed: since(listed),
    classes: json(classes),
    mentions: json(mentions),
  };
  if (due === true) return { ...row, due: published };
  // By the node that it comes from: it is no news any more.
  return {
    ...row,
    announced: published,
    announcedEdit: row.edited,
    announcedPin: row.pinned,
    announcedBy: JSON.stringify(Object.fromEntries((classes ?? []).map((key) => [key, published]))),
  };
}
