import { forUpdate } from "./dialect.ts";
import type { Db, PostTable, Tx } from "./schema.ts";

export type Post = PostTable;

export async function get(db: Db, id: string): Promise<Post | undefined> {
  return db.selectFrom("post").selectAll().where("id", "=", id).executeTakeFirst();
}

/** A post that nobody else may change until the transaction ends. */
export async function lock(tx: Tx, id: string): Promise<Post | undefined> {
  const query = tx.selectFrom("post").selectAll().where("id", "=", id);
  return forUpdate(tx, query).executeTakeFirst();
}

export async function put(tx: Tx, post: Post): Promise<void> {
  await tx
    .insertInto("post")
    .values(post)
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        content: eb.ref("excluded.content"),
        edited: eb.ref("excluded.edited"),
        deleted: eb.ref("excluded.deleted"),
        pinned: eb.ref("excluded.pinned"),
      })),
    )
    .execute();
}

/** What followers know of a post. */
type Told = Pick<Post, "announced" | "announcedEdit" | "announcedPin">;

/** Of a post that nobody was told of. */
export const untold: Told = { announced: null, announcedEdit: null, announcedPin: null };

/** Notes what followers were told of a post. */
export async function announce(db: Db, id: string, told: Told): Promise<void> {
  await db.updateTable("post").set(told).where("id", "=", id).execute();
}

/** Deletes what a co-op has posted, and its text. */
export async function erase(tx: Tx, coop: string, now: number): Promise<void> {
  await tx
    .updateTable("post")
    .set({ content: "{}", deleted: now, pinned: null })
    .where("coop", "=", coop)
    .execute();
}

/** A co-op's public posts, newest first. */
export async function of(
  db: Db,
  coop: string,
  { before, limit }: { before?: number; limit: number },
): Promise<Post[]> {
  let query = db
    .selectFrom("post")
    .selectAll()
    .where("coop", "=", coop)
    .where("deleted", "is", null);
  if (before !== undefined) query = query.where("published", "<", before);
  return query.orderBy("published", "desc").orderBy("id").limit(limit).execute();
}

/** All that a co-op has posted and not deleted, the oldest first. */
export async function all(db: Db, coop: string): Promise<Post[]> {
  return db
    .selectFrom("post")
    .selectAll()
    .where("coop", "=", coop)
    .where("deleted", "is", null)
    .orderBy("published")
    .orderBy("id")
    .execute();
}

/** The posts that a co-op keeps on top of its profile, oldest pin first. */
export async function pinned(db: Db, coop: string): Promise<Post[]> {
  return db
    .selectFrom("post")
    .selectAll()
    .where("coop", "=", coop)
    .where("deleted", "is", null)
    .where("pinned", "is not", null)
    .orderBy("pinned")
    .execute();
}

/** Whether a co-op has ever posted anything, deleted or not. */
export async function any(db: Db, coop: string): Promise<boolean> {
  const query = db.selectFrom("post").select("id").where("coop", "=", coop).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

export async function count(db: Db, coop?: string): Promise<number> {
  let query = db
    .selectFrom("post")
    .select((eb) => eb.fn.count<number>("id").as("n"))
    .where("deleted", "is", null);
  if (coop !== undefined) query = query.where("coop", "=", coop);
  return Number((await query.executeTakeFirstOrThrow()).n);
}
