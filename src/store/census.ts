import { sql } from "kysely";
import type { Db, Tx } from "./schema.ts";
import type { AlarmTable, CensusTable } from "./tables/hosts.ts";

/** How many listings of a host were shown at most on a day. */
export type Count = CensusTable;

/** That much of what was shown is gone. */
export type Alarm = AlarmTable;

/** The counts of a day and of later ones. */
export async function since(db: Db, day: number): Promise<Count[]> {
  return db.selectFrom("census").selectAll().where("day", ">=", day).execute();
}

/** Writes counts of a day, where they are larger than those before. */
export async function raise(tx: Tx, counts: Count[]): Promise<void> {
  for (let at = 0; at < counts.length; at += 500) {
    await tx
      .insertInto("census")
      .values(counts.slice(at, at + 500))
      .onConflict((conflict) =>
        conflict
          .columns(["host", "day"])
          .doUpdateSet((eb) => ({ listings: eb.ref("excluded.listings") }))
          .where(sql<boolean>`excluded.listings > census.listings`),
      )
      .execute();
  }
}

/** Forgets the counts of earlier days. */
export async function prune(tx: Tx, before: number): Promise<void> {
  await tx.deleteFrom("census").where("day", "<", before).execute();
}

/** Forgets what was counted of these hosts, so that what is there now is where counting begins. */
export async function forget(tx: Tx, hosts: string[]): Promise<void> {
  for (let at = 0; at < hosts.length; at += 500) {
    const some = hosts.slice(at, at + 500);
    await tx.deleteFrom("census").where("host", "in", some).execute();
  }
}

/** Forgets everything that was counted. */
export async function forgetAll(tx: Tx): Promise<void> {
  await tx.deleteFrom("census").execute();
}

/** The alarms that nobody has acknowledged, the directory's own first. */
export async function alarms(db: Db): Promise<Alarm[]> {
  return db.selectFrom("alarm").selectAll().orderBy("host").execute();
}

/** Raises an alarm, or says in one that was raised how many are left now. */
export async function alarm(tx: Tx, alarm: Alarm): Promise<boolean> {
  const known = await tx
    .updateTable("alarm")
    .set({ after: alarm.after })
    .where("host", "=", alarm.host)
    .returning("host")
    .execute();
  if (known.length > 0) return false;
  await tx.insertInto("alarm").values(alarm).execute();
  return true;
}

/** Removes an alarm. Returns false when there is none. */
export async function acknowledge(tx: Tx, host: string): Promise<boolean> {
  const gone = await tx.deleteFrom("alarm").where("host", "=", host).returning("host").execute();
  return gone.length > 0;
}
