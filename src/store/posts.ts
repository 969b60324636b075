import type { ExpressionBuilder } from "kysely";
import { namesIn } from "../coop/plain-text.ts";
import { forUpdate, holds } from "./dialect.ts";
import type { Db, Schema, Tx } from "./schema.ts";
import type { PostTable } from "./tables/posts.ts";

export type Post = PostTable;

/** Somebody whom a post names. */
export interface Mention {
  /** As others write it, in lower case: `@user@host`. */
  name: string;
  /** The id of their actor; null when nobody of that name was found. */
  actor: string | null;
  /** Their page. */
  url?: string;
  /** Where it is delivered to them; left out for actors of this node. */
  inbox?: string;
  sharedInbox?: string;
}

/** A picture of a post, as it is shown. */
export interface PostPicture {
  id: string;
  mediaType: string;
  width: number;
  height: number;
  /** What can be seen, for those who can’t. */
  name: string;
}

/** A post that is nothing but a text, of which nobody was told. */
export const plain = {
  edited: null,
  deleted: null,
  pinned: null,
  warning: null,
  due: null,
  zone: null,
  listed: null,
  classes: null,
  mentions: null,
  pictures: null,
  announced: null,
  announcedEdit: null,
  announcedPin: null,
  announcedBy: null,
} satisfies Partial<Post>;

/** What a post says: languages and texts, the main language first. */
export function textsOf({ content }: Pick<Post, "content">): [string, string][] {
  return Object.entries(JSON.parse(content) as Record<string, string>);
}

/** What to know before reading it, by language; empty if there is nothing. */
export function warningsOf({ warning }: Pick<Post, "warning">): Record<string, string> {
  return warning === null ? {} : (JSON.parse(warning) as Record<string, string>);
}

/** The keys of the classes that announce it. */
export function classesOf({ classes }: Pick<Post, "classes">): string[] {
  return classes === null ? [] : (JSON.parse(classes) as string[]);
}

/**
 * The classes that have announced it, and since when (epoch ms): null for those
 * that have taken it back, whose followers may still have it.
 */
export function announcedBy({ announcedBy: told }: Pick<Post, "announcedBy">) {
  return (told === null ? {} : JSON.parse(told)) as Record<string, number | null>;
}

/** Whom it names, as far as they were looked for. */
export function mentionsOf({ mentions }: Pick<Post, "mentions">): Mention[] {
  return mentions === null ? [] : (JSON.parse(mentions) as Mention[]);
}

/** The names `@user@host` in a post, in any of its languages, the main one first. */
export function namesOf(post: Pick<Post, "content">): string[] {
  return namesIn(
    textsOf(post)
      .map(([, text]) => text)
      .join("\n\n"),
  );
}

/** Its pictures, in their order. */
export function picturesOf({ pictures }: Pick<Post, "pictures">): PostPicture[] {
  return pictures === null ? [] : (JSON.parse(pictures) as PostPicture[]);
}

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
        warning: eb.ref("excluded.warning"),
        published: eb.ref("excluded.published"),
        due: eb.ref("excluded.due"),
        zone: eb.ref("excluded.zone"),
        edited: eb.ref("excluded.edited"),
        deleted: eb.ref("excluded.deleted"),
        pinned: eb.ref("excluded.pinned"),
        listed: eb.ref("excluded.listed"),
        classes: eb.ref("excluded.classes"),
        pictures: eb.ref("excluded.pictures"),
      })),
    )
    .execute();
}

/** Takes a post away as if it had never been written: nobody was told of it. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("post").where("id", "=", id).execute();
}

/** What followers know of a post. */
type Told = Pick<Post, "announced" | "announcedEdit" | "announcedPin" | "announcedBy">;

/** Of a post that nobody was told of. */
export const untold: Told = {
  announced: null,
  announcedEdit: null,
  announcedPin: null,
  announcedBy: null,
};

/** Notes what followers were told of a post. */
export async function announce(db: Db, id: string, told: Told): Promise<void> {
  await db.updateTable("post").set(told).where("id", "=", id).execute();
}

/** Notes whom a post names, or with none that they needn't be known any more. */
export async function noteMentions(db: Db, id: string, found: Mention[]): Promise<void> {
  const mentions = found.length === 0 ? null : JSON.stringify(found);
  await db.updateTable("post").set({ mentions }).where("id", "=", id).execute();
}

/**
 * Deletes what a co-op has posted, and its text. Who was named in it stays
 * until they have been told; what was to be published goes without a trace.
 */
export async function erase(tx: Tx, coop: string, now: number): Promise<void> {
  await tx.deleteFrom("post").where("coop", "=", coop).where("due", "is not", null).execute();
  await tx
    .updateTable("post")
    .set({
      content: "{}",
      warning: null,
      pictures: null,
      deleted: now,
      pinned: null,
      listed: null,
    })
    .where("coop", "=", coop)
    .execute();
}

/**
 * A co-op's public posts, newest first.
 *
 * @param page.by Only those that the class with this key announces.
 */
export async function of(
  db: Db,
  coop: string,
  { before, by, limit }: { before?: number; by?: string; limit: number },
): Promise<Post[]> {
  let query = published(db).where("coop", "=", coop);
  if (by !== undefined) query = query.where((eb) => isPassedOn(db, eb, by));
  if (before !== undefined) query = query.where("published", "<", before);
  return query.orderBy("published", "desc").orderBy("id").limit(limit).execute();
}

/** What is there for everybody. */
function published(db: Db) {
  return db.selectFrom("post").selectAll().where("deleted", "is", null).where("due", "is", null);
}

/** All that a co-op has written and not deleted, the oldest first; also what is to be published. */
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
  return published(db)
    .where("coop", "=", coop)
    .where("pinned", "is not", null)
    .orderBy("pinned")
    .execute();
}

/** What a co-op is going to publish, the next first. */
export async function scheduled(db: Db, coop: string): Promise<Post[]> {
  return db
    .selectFrom("post")
    .selectAll()
    .where("coop", "=", coop)
    .where("due", "is not", null)
    .orderBy("due")
    .orderBy("id")
    .execute();
}

/** What is to be published by now, of co-ops that have an actor to post with. */
export async function overdue(db: Db, now: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("post")
    .innerJoin("coop", "coop.id", "post.coop")
    .select("post.id")
    .where("post.due", "<=", now)
    .where("coop.handle", "is not", null)
    .where("coop.content", "is not", null)
    .orderBy("post.due")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Everybody whom posts of a co-op name, the deleted ones too. */
export async function mentionedBy(db: Db, coop: string): Promise<Mention[]> {
  const rows = await db
    .selectFrom("post")
    .select("mentions")
    .where("coop", "=", coop)
    .where("mentions", "is not", null)
    .execute();
  return rows.flatMap(mentionsOf);
}

/** Forgets whom posts of a co-op name. */
export async function forgetMentions(db: Db, coop: string): Promise<void> {
  await db.updateTable("post").set({ mentions: null }).where("coop", "=", coop).execute();
}

/** Whether a co-op has ever posted anything, deleted or not. */
export async function any(db: Db, coop: string): Promise<boolean> {
  const query = db.selectFrom("post").select("id").where("coop", "=", coop).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** How many public posts there are: all, those of a co-op, or what a class of it announces. */
export async function count(db: Db, coop?: string, by?: string): Promise<number> {
  let query = db
    .selectFrom("post")
    .select((eb) => eb.fn.count<number>("id").as("n"))
    .where("deleted", "is", null)
    .where("due", "is", null);
  if (coop !== undefined) query = query.where("coop", "=", coop);
  if (by !== undefined) query = query.where((eb) => isPassedOn(db, eb, by));
  return Number((await query.executeTakeFirstOrThrow()).n);
}

function isPassedOn(db: Db, eb: ExpressionBuilder<Schema, "post">, key: string) {
  return eb.and([
    eb("classes", "is not", null),
    // Keys need no escapes in JSON.
    holds(db, eb.ref("classes").$notNull(), eb.val(JSON.stringify(key))),
  ]);
}
