import type { Db, Tx } from "./schema.ts";
import type { BlockedByTable, BlockTable } from "./tables/conversation.ts";

/** That a co-op, or the whole node, doesn't want to hear a person or a domain. */
export type Block = BlockTable;

export type Scope = Pick<Block, "coop" | "subject" | "kind">;

/**
 * Whether an activity still goes to a person who is blocked: what takes
 * something back does, and so does what is said to those who run their server.
 */
export function reachesBlocked(type: unknown): boolean {
  return type === "Reject" || type === "Delete" || type === "Flag";
}

export async function get(
  db: Db,
  { coop, subject }: Pick<Block, "coop" | "subject">,
): Promise<Block | undefined> {
  return db
    .selectFrom("block")
    .selectAll()
    .where("coop", "=", coop)
    .where("subject", "=", subject)
    .executeTakeFirst();
}

export async function put(tx: Tx, block: Block): Promise<void> {
  await tx
    .insertInto("block")
    .values(block)
    .onConflict((conflict) => conflict.columns(["coop", "subject"]).doUpdateSet({ why: block.why }))
    .execute();
}

export async function remove(
  tx: Tx,
  { coop, subject }: Pick<Block, "coop" | "subject">,
): Promise<void> {
  await tx.deleteFrom("block").where("coop", "=", coop).where("subject", "=", subject).execute();
}

/** The blocks of a co-op, or of the whole node where its name is empty, the newest first. */
export async function of(db: Db, coop: string): Promise<Block[]> {
  return db
    .selectFrom("block")
    .selectAll()
    .where("coop", "=", coop)
    .orderBy("since", "desc")
    .orderBy("subject")
    .execute();
}

export async function count(db: Db, coop: string): Promise<number> {
  const row = await db
    .selectFrom("block")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("coop", "=", coop)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Those blocks of these co-ops (the whole node is the empty one) that are of these subjects. */
export async function among(db: Db, coops: string[], subjects: string[]): Promise<Block[]> {
  if (subjects.length === 0) return [];
  return db
    .selectFrom("block")
    .selectAll()
    .where("subject", "in", subjects)
    .where("coop", "in", coops)
    .execute();
}

/** Forgets the blocks of a co-op, and who has blocked it. */
export async function removeCoop(tx: Tx, coop: string): Promise<void> {
  await tx.deleteFrom("block").where("coop", "=", coop).execute();
  await tx.deleteFrom("blocked_by").where("coop", "=", coop).execute();
}

/** Notes that somebody doesn't want to hear a co-op. Safe to repeat. */
export async function addBlockedBy(tx: Tx, row: BlockedByTable): Promise<void> {
  await tx
    .insertInto("blocked_by")
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(["coop", "actor"]).doUpdateSet({ activity: row.activity }),
    )
    .execute();
}

/** Forgets that, by the co-op or by the id of the Block. */
export async function removeBlockedBy(
  db: Db,
  actor: string,
  by: { coop: string } | { activity: string },
): Promise<void> {
  const query = db.deleteFrom("blocked_by").where("actor", "=", actor);
  const narrowed =
    "coop" in by ? query.where("coop", "=", by.coop) : query.where("activity", "=", by.activity);
  await narrowed.execute();
}

/** Forgets whom an actor that is gone has blocked. */
export async function removeBlocker(db: Db, actor: string): Promise<void> {
  await db.deleteFrom("blocked_by").where("actor", "=", actor).execute();
}

/** Who doesn't want to hear a co-op. */
export async function blockedBy(db: Db, coop: string): Promise<string[]> {
  const rows = await db.selectFrom("blocked_by").select("actor").where("coop", "=", coop).execute();
  return rows.map(({ actor }) => actor);
}

/** Whether an actor has blocked anything here. */
export async function anyBy(db: Db, actor: string): Promise<boolean> {
  const query = db.selectFrom("blocked_by").select("coop").where("actor", "=", actor).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}
