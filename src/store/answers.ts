import type { Db, Tx } from "./schema.ts";
import type { AnswerTable } from "./tables/conversation.ts";

/** What a co-op has answered to somebody. */
export type Answer = AnswerTable;

export async function get(db: Db, id: string): Promise<Answer | undefined> {
  return db.selectFrom("answer").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function add(tx: Tx, answer: Answer): Promise<void> {
  await tx.insertInto("answer").values(answer).execute();
}

/** Notes that it was sent. */
export async function announce(db: Db, id: string, when: number): Promise<void> {
  await db.updateTable("answer").set({ announced: when }).where("id", "=", id).execute();
}

/** Deletes one, and its text. */
export async function erase(tx: Tx, id: string, now: number): Promise<void> {
  await tx
    .updateTable("answer")
    .set({ content: "{}", deleted: now })
    .where("id", "=", id)
    .execute();
}

/** Forgets all answers of a co-op. */
export async function removeCoop(tx: Tx, coop: string): Promise<void> {
  await tx.deleteFrom("answer").where("coop", "=", coop).execute();
}

/** Those that stand below a post and weren't deleted. */
export async function ofPost(db: Db, post: string): Promise<Answer[]> {
  return db
    .selectFrom("answer")
    .selectAll()
    .where("post", "=", post)
    .where("deleted", "is", null)
    .orderBy("published")
    .execute();
}

/** A co-op's own answers to these notes, by their URLs, the oldest first. */
export async function to(db: Db, coop: string, parents: string[]): Promise<Answer[]> {
  if (parents.length === 0) return [];
  return db
    .selectFrom("answer")
    .selectAll()
    .where("coop", "=", coop)
    .where("parent", "in", parents)
    .where("deleted", "is", null)
    .orderBy("published")
    .execute();
}

/** How many everybody can read on this node. */
export async function count(db: Db): Promise<number> {
  const row = await db
    .selectFrom("answer")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("audience", "=", "public")
    .where("deleted", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** How many a co-op has ever given, but for those that were forgotten. */
export async function countOf(db: Db, coop: string): Promise<number> {
  const row = await db
    .selectFrom("answer")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("coop", "=", coop)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}
