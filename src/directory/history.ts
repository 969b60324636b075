import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as pictures from "../store/pictures.ts";
import * as revisions from "../store/revisions.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { DraftContent } from "./draft.ts";
import { setAside } from "./draft.ts";
import type { Identity } from "./identity.ts";
import { pictureUrl } from "./pictures/desk.ts";
import { hosted, lockHosted } from "./publish.ts";

/** One step of a co-op's private history. */
export interface Step {
  number: number;
  kind: revisions.Revision["kind"];
  account: string | null;
  made: number;
  /** As it was entered; null for a withdrawal. */
  content: DraftContent | null;
}

/** What was done with a co-op's listing, the latest first. */
export async function history(db: Db, id: string): Promise<Step[]> {
  await hosted(db, id);
  const rows = await revisions.of(db, id);
  return rows.map(({ number, kind, account, made, content }) => ({
    number,
    kind,
    account,
    made: Number(made),
    content: content === null ? null : (JSON.parse(content) as DraftContent),
  }));
}

/**
 * Makes an older content the draft, to be looked over and published as a new
 * version. A draft that stands in its way is kept in the history. Pictures that
 * the node doesn't have any more don't come back.
 *
 * @throws {AppError} `not-found` for a step that has no content.
 */
export async function restore(
  db: Db,
  node: Pick<Identity, "origin">,
  id: string,
  number: number,
  account: string | null,
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => bringBack(tx, node, id, { number, account }, now));
}

async function bringBack(
  tx: Tx,
  node: Pick<Identity, "origin">,
  id: string,
  { number, account }: { number: number; account: string | null },
  now: number,
): Promise<void> {
  const coop = await lockHosted(tx, id);
  const revision = await revisions.get(tx, id, number);
  if (revision?.content == null) {
    throw new AppError("not-found", `the history has no content under the number ${number}`);
  }
  if (coop.draft !== revision.content) await setAside(tx, coop, now);
  await coops.revise(tx, {
    ...coop,
    draft: await withoutLostPictures(tx, node, revision.content),
    drafted: now,
    draftedBy: account,
  });
}

async function withoutLostPictures(
  tx: Tx,
  node: Pick<Identity, "origin">,
  text: string,
): Promise<string> {
  const content = JSON.parse(text) as DraftContent;
  for (const role of ["icon", "image"]) {
    const { url } = (content[role] ?? {}) as { url?: unknown };
    const own = pictureUrl(node, "");
    if (typeof url !== "string" || !url.startsWith(own)) continue;
    const picture = await pictures.get(tx, url.slice(own.length));
    if (picture === undefined || picture.erased !== null) delete content[role];
  }
  return JSON.stringify(content);
}
