import type { MessageQueueDepth } from "@fedify/fedify";
import {
  type Expression,
  type ExpressionBuilder,
  type Insertable,
  type Selectable,
  sql,
} from "kysely";
import { reachesBlocked } from "./blocks.ts";
import { holds, skipLocked } from "./dialect.ts";
import type { Db, Schema, Tx } from "./schema.ts";
import type { QueueTable } from "./tables/followers.ts";

/** A claimed row of the table `queue`. Its payload holds private keys: never log it. */
export type Message = Selectable<QueueTable>;
export type Lane = QueueTable["lane"];

/** Where a message stands among others. */
export interface Order {
  /** Of the messages of one key only one is handled at a time. */
  key: string | null;
  /**
   * Epoch ms. The earlier of a key come first, also those that wait to be tried
   * again; null if these don't hold up others.
   */
  since: number | null;
}

/** A message as it is added. */
export interface Added {
  message: unknown;
  order: Order;
}

/** Adds messages, all or none. `runAt` is when they become ready, epoch ms. */
export async function add(
  db: Db,
  lane: Lane,
  messages: readonly Added[],
  runAt: number,
): Promise<void> {
  const rows = messages.map(({ message, order: { key: orderingKey, since } }) => {
    const payload = JSON.stringify(message);
    return { lane, payload, orderingKey, since, runAt, lockedUntil: null };
  });
  await db.transaction().execute((tx) => insert(tx, rows));
}

async function insert(tx: Tx, rows: Insertable<QueueTable>[]): Promise<void> {
  // Six parameters a row, of the 32,766 that SQLite takes.
  for (let start = 0; start < rows.length; start += 1000) {
    await tx
      .insertInto("queue")
      .values(rows.slice(start, start + 1000))
      .execute();
  }
}

/**
 * Takes the next message of the lane until the time given, if any is ready.
 * Until then nobody else gets it, nor another of its ordering key. Times are
 * epoch ms.
 */
export async function claim(
  db: Db,
  lane: Lane,
  now: number,
  until: number,
): Promise<Message | undefined> {
  const message = await lease(db, lane, now, until);
  if (message === undefined || !(await overlaps(db, message, now))) return message;
  await db
    .updateTable("queue")
    .set({ lockedUntil: null, attempts: message.attempts - 1 })
    .where(mine(message))
    .execute();
  return undefined;
}

/**
 * Leases the message that has been ready for longest. One with an ordering
 * key waits for any of its key that is leased, and for those before it: all of
 * them if it has a place in time, else those that are ready.
 */
async function lease(db: Db, lane: Lane, now: number, until: number): Promise<Message | undefined> {
  const next = db
    .selectFrom("queue as q")
    .select("q.id")
    .where("q.lane", "=", lane)
    .where("q.runAt", "<=", now)
    .where((eb) => eb.or([eb("q.lockedUntil", "is", null), eb("q.lockedUntil", "<=", now)]))
    .where((eb) =>
      eb.or([
        eb("q.orderingKey", "is", null),
        eb.not(
          eb.exists(
            eb
              .selectFrom("queue as other")
              .select("other.id")
              .where("other.lane", "=", lane)
              .whereRef("other.orderingKey", "=", "q.orderingKey")
              .whereRef("other.id", "<>", "q.id")
              .where((eb) =>
                eb.or([
                  eb("other.lockedUntil", ">", now),
                  eb.and([
                    eb("q.since", "is", null),
                    eb("other.id", "<", eb.ref("q.id")),
                    eb("other.runAt", "<=", now),
                  ]),
                  eb("other.since", "<", eb.ref("q.since")),
                  eb.and([
                    eb("other.since", "=", eb.ref("q.since")),
                    eb("other.id", "<", eb.ref("q.id")),
                  ]),
                ]),
              ),
          ),
        ),
      ]),
    )
    .orderBy("q.runAt")
    .orderBy("q.id")
    .limit(1);
  return await db
    .updateTable("queue")
    .set((eb) => ({ lockedUntil: until, attempts: eb("attempts", "+", 1) }))
    .where("id", "=", skipLocked(db, next))
    .returningAll()
    .executeTakeFirst();
}

/**
 * Whether another message of the same key is leased after all. PostgreSQL
 * lets two processes claim at the same moment without seeing each other's
 * lease, when an earlier message becomes ready just then. Each looks again
 * once its own lease is committed, so at least one of them sees the other.
 */
async function overlaps(db: Db, message: Message, now: number): Promise<boolean> {
  if (message.orderingKey === null) return false;
  const other = await db
    .selectFrom("queue")
    .select("id")
    .where("lane", "=", message.lane)
    .where("orderingKey", "=", message.orderingKey)
    .where("id", "<>", message.id)
    .where("lockedUntil", ">", now)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

/** Keeps a message until the time given; false when another process has it by now. */
export async function renew(db: Db, message: Message, until: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("queue")
    .set({ lockedUntil: until })
    .where(mine(message))
    // Not what was put back while this was on its way.
    .where("lockedUntil", "is not", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Puts a message back, to be ready again at `runAt`. */
export async function postpone(db: Db, message: Message, runAt: number): Promise<void> {
  await db.updateTable("queue").set({ lockedUntil: null, runAt }).where(mine(message)).execute();
}

/** Deletes a message that is done with, unless another process has it by now. */
export async function remove(db: Db, message: Message): Promise<void> {
  await db.deleteFrom("queue").where(mine(message)).execute();
}

/**
 * Deletes the messages that wait to be sent and are about a co-op, a post or an answer that
 * has been deleted since a moment, so that its texts don't wait here for servers
 * that are away. That it was deleted is still told.
 */
export async function forgetDeleted(db: Db, since: number): Promise<void> {
  await db
    .deleteFrom("queue")
    .where("lane", "=", "outbox")
    .where((eb) => eb.not(holds(db, eb.ref("queue.payload"), eb.val('"type":"Delete"'))))
    .where((eb) => {
      const named = (path: string, id: Expression<string>) =>
        holds(db, eb.ref("queue.payload"), sql<string>`${path} || ${id}`);
      const coop = eb
        .selectFrom("coop")
        .select("coop.id")
        .where("coop.deleted", ">", since)
        .where((of) => named("/coops/", of.ref("coop.id")));
      const post = eb
        .selectFrom("post")
        .select("post.id")
        .where("post.deleted", ">", since)
        .where((of) => named("/posts/", of.ref("post.id")));
      const answer = eb
        .selectFrom("answer")
        .select("answer.id")
        .where("answer.deleted", ">", since)
        .where((of) => named("/answers/", of.ref("answer.id")));
      return eb.or([eb.exists(coop), eb.exists(post), eb.exists(answer)]);
    })
    .execute();
}

/** Who gets nothing any more, and from whom: a co-op and its classes, or all where none is named. */
interface Silence {
  coop: string;
  kind: "person" | "domain";
  /** The URL of an actor, or a domain, which stands for its subdomains, too. */
  subject: string;
}

/**
 * Deletes the messages that wait to be sent to somebody, or to a whole domain. A
 * message for a shared inbox stays as long as others there are to get it.
 */
export async function forgetRecipient(tx: Tx, { coop, kind, subject }: Silence): Promise<void> {
  const query = tx
    .selectFrom("queue")
    .select(["id", sql<string>`payload`.as("payload")])
    .where("lane", "=", "outbox");
  const name = subject.replace(/[\\%_]/g, String.raw`\$&`);
  // Hosts have no slash in them, so that the first one ends the name.
  const there = [name, `%.${name}`].map(
    (host) => sql<boolean>`payload like ${`%"inbox":"http%://${host}/%`} escape '\\'`,
  );
  const rows = await query
    .where((eb) =>
      kind === "domain"
        ? eb.or(there)
        : holds(tx, eb.ref("payload"), eb.val(`"actorIds":${JSON.stringify([subject])}`)),
    )
    .execute();
  for (const { id, payload } of rows) {
    const message = JSON.parse(payload) as Outgoing;
    if (coop !== "" && !isOf(message, coop)) continue;
    const isSilent =
      kind === "domain" ? isWithin(message, subject) : !reachesBlocked(message.activity.type);
    if (isSilent) await tx.deleteFrom("queue").where("id", "=", id).execute();
  }
}

/** What Fedify writes of what is to be sent, as far as it matters here. */
interface Outgoing {
  inbox: string;
  activity: { type?: string; actor?: string };
}

function isOf({ activity }: Outgoing, coop: string): boolean {
  const path = URL.parse(activity.actor ?? "")?.pathname ?? "";
  return path === `/coops/${coop}` || path.startsWith(`/coops/${coop}/`);
}

function isWithin({ inbox }: Outgoing, domain: string): boolean {
  const { host, hostname } = new URL(inbox);
  return host === domain || hostname === domain || hostname.endsWith(`.${domain}`);
}

/** What waits in a lane at `now`, without what is being handled. */
export async function depth(db: Db, lane: Lane, now: number): Promise<MessageQueueDepth> {
  return await db
    .selectFrom("queue")
    .select((eb) => [
      eb.fn.countAll<number>().as("queued"),
      eb.fn.countAll<number>().filterWhere("runAt", "<=", now).as("ready"),
      eb.fn.countAll<number>().filterWhere("runAt", ">", now).as("delayed"),
    ])
    .where("lane", "=", lane)
    .where((eb) => eb.or([eb("lockedUntil", "is", null), eb("lockedUntil", "<=", now)]))
    .executeTakeFirstOrThrow();
}

/**
 * How many messages, of all lanes, are being handled or ready to be at `now`
 * (epoch ms); none means that nothing more will happen until a delay is over.
 */
export async function unfinished(db: Db, now: number): Promise<number> {
  const { count } = await db
    .selectFrom("queue")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where((eb) => eb.or([eb("runAt", "<=", now), eb("lockedUntil", ">", now)]))
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * The row, unless it has been claimed again since: each claim counts an
 * attempt, so the count names the claim.
 */
function mine({ id, attempts }: Message) {
  return (eb: ExpressionBuilder<Schema, "queue">) =>
    eb.and([eb("id", "=", id), eb("attempts", "=", attempts)]);
}
