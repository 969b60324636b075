import type { Db } from "./schema.ts";
import type { SessionTable } from "./tables/people.ts";

export type Session = SessionTable;

export async function add(db: Db, session: Session): Promise<void> {
  await db.insertInto("session").values(session).execute();
}

/** A session that hasn't expired, of an account that isn't disabled. */
export async function valid(db: Db, tokenHash: string, now: number): Promise<Session | undefined> {
  return db
    .selectFrom("session")
    .innerJoin("account", "account.id", "session.account")
    .selectAll("session")
    .where("session.tokenHash", "=", tokenHash)
    .where("session.expires", ">", now)
    .where("account.disabled", "is", null)
    .executeTakeFirst();
}

/** Those of an account, the latest used first. */
export async function of(db: Db, account: string, now: number): Promise<Session[]> {
  return db
    .selectFrom("session")
    .selectAll()
    .where("account", "=", account)
    .where("expires", ">", now)
    .orderBy("seen", "desc")
    .orderBy("tokenHash")
    .execute();
}

/** Notes that a session was used, and until when it is good now. */
export async function renew(
  db: Db,
  tokenHash: string,
  { seen, expires }: Pick<Session, "seen" | "expires">,
): Promise<void> {
  await db
    .updateTable("session")
    .set({ seen, expires })
    .where("tokenHash", "=", tokenHash)
    .execute();
}

export async function end(db: Db, tokenHash: string): Promise<void> {
  await db.deleteFrom("session").where("tokenHash", "=", tokenHash).execute();
}

/** Ends all sessions of an account, but for one to be kept. Returns how many it ended. */
export async function endAll(db: Db, account: string, kept: string | null): Promise<number> {
  const rows = await db
    .deleteFrom("session")
    .where("account", "=", account)
    .where("tokenHash", "!=", kept ?? "")
    .returning("tokenHash")
    .execute();
  return rows.length;
}

/** Forgets sessions that have expired. */
export async function prune(db: Db, now: number): Promise<void> {
  await db.deleteFrom("session").where("expires", "<=", now).execute();
}

/** Ends all sessions of everybody. */
export async function clear(db: Db): Promise<void> {
  await db.deleteFrom("session").execute();
}
