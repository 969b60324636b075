import type { ExpressionBuilder } from "kysely";
import type { Db, Schema, Tx } from "./schema.ts";
import type { ReplyTable } from "./tables/conversation.ts";

export type Reply = ReplyTable;

export async function get(db: Db, key: string): Promise<Reply | undefined> {
  return db.selectFrom("reply").selectAll().where("key", "=", key).executeTakeFirst();
}

/** The rows of a note, one for each co-op that it concerns. */
export async function byId(db: Db, id: string): Promise<Reply[]> {
  return db.selectFrom("reply").selectAll().where("id", "=", id).orderBy("coop").execute();
}

/** Writes one, in place of what was known of the same note and co-op but for its key. */
export async function put(tx: Tx, reply: Reply): Promise<void> {
  await tx
    .insertInto("reply")
    .values(reply)
    .onConflict((conflict) =>
      conflict.columns(["id", "coop"]).doUpdateSet((eb) => ({
        post: eb.ref("excluded.post"),
        kind: eb.ref("excluded.kind"),
        audience: eb.ref("excluded.audience"),
        handle: eb.ref("excluded.handle"),
        profile: eb.ref("excluded.profile"),
        inbox: eb.ref("excluded.inbox"),
        url: eb.ref("excluded.url"),
        content: eb.ref("excluded.content"),
        warning: eb.ref("excluded.warning"),
        language: eb.ref("excluded.language"),
        attachments: eb.ref("excluded.attachments"),
        edited: eb.ref("excluded.edited"),
        hidden: eb.ref("excluded.hidden"),
        approved: eb.ref("excluded.approved"),
      })),
    )
    .execute();
}

/** Notes what has become of one. */
export async function update(
  db: Db,
  key: string,
  facts: Partial<Pick<Reply, "hidden" | "approved" | "reported" | "report" | "flagged">>,
): Promise<void> {
  await db.updateTable("reply").set(facts).where("key", "=", key).execute();
}

/** Forgets a note, if it is by this author. */
export async function remove(db: Db, id: string, author: string): Promise<void> {
  await db.deleteFrom("reply").where("id", "=", id).where("author", "=", author).execute();
}

/** Forgets all that somebody has written. */
export async function removeAuthor(db: Db, author: string): Promise<void> {
  await db.deleteFrom("reply").where("author", "=", author).execute();
}

/** Forgets what is about a post. */
export async function removePost(tx: Tx, post: string): Promise<void> {
  await tx.deleteFrom("reply").where("post", "=", post).execute();
}

export async function removeCoop(tx: Tx, coop: string): Promise<void> {
  await tx.deleteFrom("reply").where("coop", "=", coop).execute();
}

/** Forgets what came before a moment and isn't for everybody, or is about no post. */
export async function prune(db: Db, before: number): Promise<void> {
  await db
    .deleteFrom("reply")
    .where("received", "<", before)
    .where((eb) => eb.or([eb("post", "is", null), eb("audience", "=", "private")]))
    .execute();
}

/** What everybody may read below a post, the oldest first. */
export async function shown(
  db: Db,
  post: string,
  { after, limit }: { after?: Pick<Reply, "published" | "key"> | undefined; limit: number },
): Promise<Reply[]> {
  let query = db
    .selectFrom("reply")
    .selectAll()
    .where("post", "=", post)
    .where("audience", "=", "public")
    .where("hidden", "is", null);
  if (after !== undefined)
    query = query.where(behind("published", ">", after.published, after.key));
  return query.orderBy("published").orderBy("key").limit(limit).execute();
}

/** What was written to a co-op, the latest first. */
export async function of(
  db: Db,
  coop: string,
  { before, limit }: { before?: Pick<Reply, "received" | "key"> | undefined; limit: number },
): Promise<Reply[]> {
  let query = db.selectFrom("reply").selectAll().where("coop", "=", coop);
  if (before !== undefined)
    query = query.where(behind("received", "<", before.received, before.key));
  return query.orderBy("received", "desc").orderBy("key", "desc").limit(limit).execute();
}

/** What comes after a row in the order of a time and the key. */
function behind(time: "published" | "received", sense: "<" | ">", since: number, key: string) {
  return (eb: ExpressionBuilder<Schema, "reply">) =>
    eb.or([eb(time, sense, since), eb.and([eb(time, "=", since), eb("key", sense, key)])]);
}

/** How many there are of a post, or of a co-op without a post. */
export async function count(db: Db, about: { post: string } | { coop: string }): Promise<number> {
  const query = db.selectFrom("reply").select((eb) => eb.fn.countAll<number>().as("n"));
  const narrowed =
    "post" in about
      ? query.where("post", "=", about.post)
      : query.where("coop", "=", about.coop).where("post", "is", null);
  return Number((await narrowed.executeTakeFirstOrThrow()).n);
}

/** How many somebody has written since a moment. */
export async function countBy(db: Db, author: string, since: number): Promise<number> {
  const row = await db
    .selectFrom("reply")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("author", "=", author)
    .where("received", ">", since)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** What was last known of an author, if anything came from them since a moment. */
export async function lastBy(db: Db, author: string, since: number): Promise<Reply | undefined> {
  return db
    .selectFrom("reply")
    .selectAll()
    .where("author", "=", author)
    .where("received", ">", since)
    .orderBy("received", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** The last by somebody of whom only this is known: `@name@host`. */
export async function byHandle(db: Db, handle: string): Promise<Reply | undefined> {
  return db
    .selectFrom("reply")
    .selectAll()
    .where("handle", "=", handle)
    .orderBy("received", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Whether anything by this author is kept. */
export async function anyBy(db: Db, author: string): Promise<boolean> {
  const query = db.selectFrom("reply").select("key").where("author", "=", author).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Whether a note is kept. */
export async function has(db: Db, id: string): Promise<boolean> {
  const query = db.selectFrom("reply").select("key").where("id", "=", id).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Those by a person, or from a domain and its subdomains. All co-ops' where none is named. */
export async function from(
  db: Db,
  { subject, kind, coop }: { subject: string; kind: "person" | "domain"; coop: string },
): Promise<Reply[]> {
  let query = db.selectFrom("reply").selectAll();
  if (coop !== "") query = query.where("coop", "=", coop);
  query =
    kind === "person"
      ? query.where("author", "=", subject)
      : query.where((eb) => eb.or([eb("host", "=", subject), eb("host", "like", `%.${subject}`)]));
  return query.execute();
}
