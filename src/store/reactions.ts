import type { ExpressionBuilder } from "kysely";
import type { Db, Schema, Tx } from "./schema.ts";
import type { ReactionTable } from "./tables/conversation.ts";

export type Reaction = ReactionTable;

/** Notes that somebody likes a post or has passed it on. Safe to repeat. */
export async function put(tx: Tx, reaction: Reaction): Promise<void> {
  await tx
    .insertInto("reaction")
    .values(reaction)
    .onConflict((conflict) =>
      conflict.columns(["post", "kind", "actor"]).doUpdateSet({ activity: reaction.activity }),
    )
    .execute();
}

/** Takes one back by the id of its activity, which only its actor may. */
export async function removeByActivity(db: Db, activity: string, actor: string): Promise<void> {
  await db
    .deleteFrom("reaction")
    .where("activity", "=", activity)
    .where("actor", "=", actor)
    .execute();
}

export async function remove(
  db: Db,
  { post, kind, actor }: Pick<Reaction, "post" | "kind" | "actor">,
): Promise<void> {
  await db
    .deleteFrom("reaction")
    .where("post", "=", post)
    .where("kind", "=", kind)
    .where("actor", "=", actor)
    .execute();
}

export async function removeActor(db: Db, actor: string): Promise<void> {
  await db.deleteFrom("reaction").where("actor", "=", actor).execute();
}

export async function removePost(tx: Tx, post: string): Promise<void> {
  await tx.deleteFrom("reaction").where("post", "=", post).execute();
}

/** Takes those to all posts and answers of a co-op away. */
export async function removeCoop(tx: Tx, coop: string): Promise<void> {
  await tx
    .deleteFrom("reaction")
    .where((eb) => isTo(eb, coop))
    .execute();
}

/** Of those to what a co-op has said. */
function isTo(eb: ExpressionBuilder<Schema, "reaction">, coop: string) {
  return eb.or([
    eb("post", "in", eb.selectFrom("post").select("id").where("coop", "=", coop)),
    eb("post", "in", eb.selectFrom("answer").select("id").where("coop", "=", coop)),
  ]);
}

/** Takes those away by a person, or from a domain and its subdomains, to one co-op or to all. */
export async function removeFrom(
  tx: Tx,
  { subject, kind, coop }: { subject: string; kind: "person" | "domain"; coop: string },
): Promise<void> {
  let query = tx.deleteFrom("reaction");
  if (coop !== "") query = query.where((eb) => isTo(eb, coop));
  query =
    kind === "person"
      ? query.where("actor", "=", subject)
      : query.where((eb) => eb.or([eb("host", "=", subject), eb("host", "like", `%.${subject}`)]));
  await query.execute();
}

export async function count(db: Db, post: string): Promise<number> {
  const row = await db
    .selectFrom("reaction")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("post", "=", post)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Whether anything by this actor is kept. */
export async function anyBy(db: Db, actor: string): Promise<boolean> {
  const query = db.selectFrom("reaction").select("post").where("actor", "=", actor).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}
