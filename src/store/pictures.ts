import type { Db, Tx } from "./schema.ts";
import type { PictureTable } from "./tables/posts.ts";

export type Picture = PictureTable;

export async function get(db: Db, id: string): Promise<Picture | undefined> {
  return db.selectFrom("picture").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function add(tx: Tx, rows: Picture[]): Promise<void> {
  if (rows.length > 0) await tx.insertInto("picture").values(rows).execute();
}

/** How many pictures a co-op has. */
export async function count(db: Db, coop: string): Promise<number> {
  const { n } = await db
    .selectFrom("picture")
    .select((eb) => eb.fn.count<number>("id").as("n"))
    .where("coop", "=", coop)
    .where("erased", "is", null)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Nobody gets to see them any more; their files are deleted next. */
export async function erase(tx: Tx, ids: string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await tx.updateTable("picture").set({ erased: now }).where("id", "in", ids).execute();
}

/** The same with all of a post. */
export async function eraseOfPost(tx: Tx, post: string, now: number): Promise<void> {
  await tx.updateTable("picture").set({ erased: now }).where("post", "=", post).execute();
}

/** The same with all of a co-op, of its posts and its profile. */
export async function eraseOfCoop(tx: Tx, coop: string, now: number): Promise<void> {
  await tx.updateTable("picture").set({ erased: now }).where("coop", "=", coop).execute();
}

/** The ids of those whose files are to be deleted. */
export async function erased(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("picture")
    .select("id")
    .where("erased", "is not", null)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Forgets them, once their files are deleted. */
export async function remove(db: Db, ids: string[]): Promise<void> {
  if (ids.length > 0) await db.deleteFrom("picture").where("id", "in", ids).execute();
}

/** Which of these ids are known. */
export async function known(db: Db, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db.selectFrom("picture").select("id").where("id", "in", ids).execute();
  return new Set(rows.map(({ id }) => id));
}

/** A picture of a profile, with all texts that may show it. */
interface OfProfile {
  id: string;
  coop: string;
  content: string | null;
  draft: string | null;
}

/** The pictures of profiles that are older than a moment, in the order of their ids. */
export async function ofProfiles(
  db: Db,
  { before, after, limit }: { before: number; after: string; limit: number },
): Promise<OfProfile[]> {
  return db
    .selectFrom("picture")
    .leftJoin("coop", "coop.id", "picture.coop")
    .select(["picture.id", "picture.coop", "coop.content", "coop.draft"])
    .where("picture.post", "is", null)
    .where("picture.erased", "is", null)
    .where("picture.created", "<", before)
    .where("picture.id", ">", after)
    .orderBy("picture.id")
    .limit(limit)
    .execute();
}

/** All that are shown, in the order of their ids. */
export async function all(
  db: Db,
  { after, limit }: { after: string; limit: number },
): Promise<Picture[]> {
  return db
    .selectFrom("picture")
    .selectAll()
    .where("erased", "is", null)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}
