import { sql } from "kysely";
import { forUpdate } from "./dialect.ts";
import type { Db, Tx } from "./schema.ts";
import type { RecordTable } from "./tables/records.ts";

/** A record in what is held of a host. */
export type Held = Pick<RecordTable, "issued" | "digest">;

/**
 * All records held of a host, tombstones included, as they stand at one moment.
 *
 * @param but The id of the record that is left out.
 */
export async function of(db: Db, host: string, but: string): Promise<Held[]> {
  return db
    .selectFrom("record")
    .select(["issued", "digest"])
    .where("origin", "=", host)
    .where("id", "!=", but)
    .execute();
}

/** When the newest record of each of these hosts was issued, epoch ms. */
export async function newest(db: Db, hosts: string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let at = 0; at < hosts.length; at += 500) {
    const rows = await db
      .selectFrom("record")
      .select((eb) => ["origin", eb.fn.max("issued").as("issued")])
      .where("origin", "in", hosts.slice(at, at + 500))
      .groupBy("origin")
      .execute();
    for (const { origin, issued } of rows) found.set(origin, issued);
  }
  return found;
}

/** How many listings are held of a host. */
export async function listings(db: Db, host: string): Promise<number> {
  const { count } = await db
    .selectFrom("record")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("origin", "=", host)
    .where("kind", "=", "listing")
    .executeTakeFirstOrThrow();
  return count;
}

/** A record that nobody else may replace until the transaction ends. */
export async function lock(tx: Tx, id: string): Promise<RecordTable | undefined> {
  const query = tx.selectFrom("record").selectAll().where("id", "=", id);
  return forUpdate(tx, query).executeTakeFirst();
}

/** Whether a host's records changed after one of them did. */
export async function changedSince(db: Db, host: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom("change")
    .select(sql<number>`1`.as("changed"))
    .where("origin", "=", host)
    .where("kind", "=", "record")
    .where("seq", ">", (eb) =>
      eb.selectFrom("change").select("change.seq").where("subject", "=", id),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
