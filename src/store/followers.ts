import type { Db, Tx } from "./schema.ts";
import type { FollowerTable, FollowingTable } from "./tables/followers.ts";

export type Follower = FollowerTable;
export type Following = FollowingTable;

/** Adds a follower, or renews what is known of one. Safe to repeat. */
export async function add(db: Db, follower: Follower): Promise<void> {
  await db
    .insertInto("follower")
    .values(follower)
    .onConflict((conflict) =>
      conflict.columns(["followed", "actor"]).doUpdateSet({
        inbox: follower.inbox,
        sharedInbox: follower.sharedInbox,
        activity: follower.activity,
      }),
    )
    .execute();
}

export async function remove(db: Db, followed: string, actor: string): Promise<void> {
  await db
    .deleteFrom("follower")
    .where("followed", "=", followed)
    .where("actor", "=", actor)
    .execute();
}

/** Removes a follower by the id of its Follow, which only that actor may undo. */
export async function removeByActivity(db: Db, activity: string, actor: string): Promise<void> {
  await db
    .deleteFrom("follower")
    .where("activity", "=", activity)
    .where("actor", "=", actor)
    .execute();
}

/** Whether an actor follows anybody here. */
export async function isFollower(db: Db, actor: string): Promise<boolean> {
  const row = await db
    .selectFrom("follower")
    .select("actor")
    .where("actor", "=", actor)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets an actor that is gone, whatever it followed. */
export async function removeActor(db: Db, actor: string): Promise<void> {
  await db.deleteFrom("follower").where("actor", "=", actor).execute();
}

/** Lets those go who get what they follow at this inbox, or one of them. */
export async function removeByInbox(db: Db, inbox: string, actor?: string): Promise<void> {
  const query = db.deleteFrom("follower").where("inbox", "=", inbox);
  await (actor === undefined ? query : query.where("actor", "=", actor)).execute();
}

/** From now on each of those who shared an inbox gets what they follow at their own. */
export async function forgetSharedInbox(db: Db, sharedInbox: string): Promise<void> {
  await db
    .updateTable("follower")
    .set({ sharedInbox: null })
    .where("sharedInbox", "=", sharedInbox)
    .where("inbox", "<>", sharedInbox)
    .execute();
}

/** Those whose inbox is on a host. Reads all followers: for what is seldom done. */
export async function onHost(db: Db, host: string): Promise<Follower[]> {
  const rows = await db
    .selectFrom("follower")
    .selectAll()
    .where("inbox", "like", `%//${host}/%`)
    .orderBy("since")
    .execute();
  return rows.filter(({ inbox }) => new URL(inbox).host === host);
}

/** Lets those go who follow a co-op, or anything here, from a domain or its subdomains. */
export async function removeDomain(
  tx: Tx,
  { coop, subject }: { coop: string; subject: string },
): Promise<void> {
  const of = [`coops/${coop}`, `coops/${coop}/classes/%`] as const;
  const rows = await tx
    .selectFrom("follower")
    .select(["followed", "actor"])
    .where("actor", "like", `%${subject}%`)
    .where((eb) =>
      coop === ""
        ? eb.lit(true)
        : eb.or([eb("followed", "=", of[0]), eb("followed", "like", of[1])]),
    )
    .execute();
  for (const { followed: own, actor } of rows) {
    const { host, hostname } = new URL(actor);
    const within = host === subject || hostname === subject || hostname.endsWith(`.${subject}`);
    if (within) await remove(tx, own, actor);
  }
}

/** Lets all followers of one of our actors go. */
export async function removeAll(db: Db, followed: string): Promise<void> {
  await db.deleteFrom("follower").where("followed", "=", followed).execute();
}

/** The actors of a co-op, its own and those of its classes, that have followers. */
export async function followed(db: Db, coop: string): Promise<string[]> {
  const rows = await db
    .selectFrom("follower")
    .select("followed")
    .distinct()
    .where((eb) => eb.or([eb("followed", "=", coop), eb("followed", "like", `${coop}/classes/%`)]))
    .execute();
  return rows.map((row) => row.followed);
}

/** All actors of this node that have followers. */
export async function allFollowed(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("follower").select("followed").distinct().execute();
  return rows.map((row) => row.followed);
}

/** A page of followers in order of their URLs. */
export async function page(
  db: Db,
  followed: string,
  { after, limit }: { after: string; limit: number },
): Promise<Follower[]> {
  return db
    .selectFrom("follower")
    .selectAll()
    .where("followed", "=", followed)
    .where("actor", ">", after)
    .orderBy("actor")
    .limit(limit)
    .execute();
}

/** All followers of all actors, in order of whom they follow. */
export async function* all(db: Db): AsyncGenerator<Follower> {
  const size = 1000;
  let last: Follower | undefined;
  do {
    let query = db.selectFrom("follower").selectAll();
    if (last !== undefined) {
      const { followed: whom, actor } = last;
      query = query.where((eb) =>
        eb.or([
          eb("followed", ">", whom),
          eb.and([eb("followed", "=", whom), eb("actor", ">", actor)]),
        ]),
      );
    }
    const rows = await query.orderBy("followed").orderBy("actor").limit(size).execute();
    yield* rows;
    last = rows.length === size ? rows.at(-1) : undefined;
  } while (last !== undefined);
}

export async function count(db: Db, followed: string): Promise<number> {
  const row = await db
    .selectFrom("follower")
    .select((eb) => eb.fn.count<number>("actor").as("n"))
    .where("followed", "=", followed)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** The actors in a folder that have followers, and since when the first of them follows. */
export async function oldest(db: Db, folder: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom("follower")
    .select((eb) => ["followed", eb.fn.min<number>("since").as("since")])
    .where("followed", ">=", folder)
    // What comes behind the slash in both orders of text.
    .where("followed", "<", `${folder.slice(0, -1)}0`)
    .groupBy("followed")
    .execute();
  return new Map(rows.map(({ followed, since }) => [followed, Number(since)]));
}

/** Notes that one of our actors has asked to follow another. Safe to repeat. */
export async function request(db: Db, following: Following): Promise<void> {
  await db
    .insertInto("following")
    .values(following)
    .onConflict((conflict) => conflict.columns(["follower", "actor"]).doNothing())
    .execute();
}

/** Notes the answer to a request. Says whether there was one. */
export async function accepted(
  db: Db,
  follower: string,
  actor: string,
  when: number,
): Promise<boolean> {
  const row = await db
    .updateTable("following")
    .set({ accepted: when })
    .where("follower", "=", follower)
    .where("actor", "=", actor)
    .returning("actor")
    .executeTakeFirst();
  return row !== undefined;
}

/** The other side doesn't know any more that one of our actors follows it. */
export async function unaccept(db: Db, follower: string, actor: string): Promise<void> {
  await db
    .updateTable("following")
    .set({ accepted: null })
    .where("follower", "=", follower)
    .where("actor", "=", actor)
    .execute();
}

/** Whom one of our actors follows, in order of their URLs. */
export async function following(db: Db, follower: string): Promise<Following[]> {
  return db
    .selectFrom("following")
    .selectAll()
    .where("follower", "=", follower)
    .orderBy("actor")
    .execute();
}

/** Forgets whom an actor of this node follows. */
export async function forgetFollowing(tx: Tx, follower: string): Promise<void> {
  await tx.deleteFrom("following").where("follower", "=", follower).execute();
}

/** Whether somebody follows anything here. */
export async function anyBy(db: Db, actor: string): Promise<boolean> {
  const query = db.selectFrom("follower").select("followed").where("actor", "=", actor).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** What somebody follows of a co-op and its classes, or of all where none is named. */
export async function by(db: Db, actor: string, coop: string): Promise<Follower[]> {
  let query = db.selectFrom("follower").selectAll().where("actor", "=", actor);
  if (coop !== "") {
    query = query.where((eb) =>
      eb.or([
        eb("followed", "=", `coops/${coop}`),
        eb("followed", "like", `coops/${coop}/classes/%`),
      ]),
    );
  }
  return query.orderBy("followed").execute();
}
