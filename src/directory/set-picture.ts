import { AppError } from "../errors.ts";
import type { Db } from "../store/schema.ts";
import { type DraftContent, openDraft, publishDraft, saveDraft } from "./draft.ts";
import type { Identity } from "./identity.ts";
import { type Kept, pictureUrl } from "./pictures/desk.ts";
import { addPictures, PictureName } from "./post-pictures.ts";

/** The pictures of a profile: the mark, and the wide one above everything. */
export type Role = "icon" | "image";

/** What a profile’s picture is to be: a new one, the same with other words, or none. */
export type Change = { picture: Kept; name: string } | { name: string } | "none";

/**
 * Gives a profile a picture, other words for the one that it has, or none.
 * Where nothing else was being written it is published at once; else it is part
 * of the draft.
 *
 * @param account Null for a command.
 * @returns Whether it is published.
 * @throws {AppError} `bad-request` without words or a picture; `conflict` when
 *   others write at the same time again and again.
 */
export async function setPicture(
  db: Db,
  node: Identity,
  id: string,
  { role, change, account }: { role: Role; change: Change; account: string | null },
  now: number,
): Promise<boolean> {
  const named = change === "none" ? undefined : { ...change, name: demandName(change.name) };
  if (named !== undefined && "picture" in named) {
    await db.transaction().execute((tx) => addPictures(tx, id, null, [named.picture], now));
  }
  for (let tries = 0; tries < 5; tries += 1) {
    const { coop, content, published, edition } = await openDraft(db, node, id);
    const { [role]: before, ...rest } = content;
    const next = named === undefined ? undefined : pictureOf(node, before, named);
    const written: DraftContent = { ...rest, ...(next !== undefined && { [role]: next }) };
    const writing = { content: written, base: edition, account };
    const alone = coop.draft === null && published !== undefined;
    const done = alone
      ? await publishDraft(db, node, id, writing, now)
      : await saveDraft(db, node, id, writing, now);
    if (!("conflict" in done)) return alone;
  }
  throw new AppError("conflict", "others are writing about this co-op just now: try again");
}

function demandName(given: string): string {
  const name = PictureName.safeParse(given);
  if (name.success) return name.data;
  const faults = name.error.issues.map(({ message }) => message).join("; ");
  throw new AppError("bad-request", `the picture can't be used: ${faults}`);
}

function pictureOf(
  node: Identity,
  before: DraftContent[string] | undefined,
  change: Exclude<Change, "none">,
): DraftContent[string] {
  const { name } = change;
  if ("picture" in change) {
    const { id, mediaType } = change.picture;
    return { type: "Image", url: pictureUrl(node, id), mediaType, name };
  }
  if (typeof before !== "object" || before === null || Array.isArray(before)) {
    throw new AppError("bad-request", "the profile has no such picture yet: choose a file");
  }
  return { ...before, name };
}
