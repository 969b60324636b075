import { sql } from "kysely";
import type { Db, Tx } from "./schema.ts";
import type { VouchTable } from "./tables/hosts.ts";

/** That a node vouches for a host, by one of its attestations. */
export type Vouch = VouchTable;

/** Those that these attestations say. */
export async function byIds(db: Db, ids: string[]): Promise<Vouch[]> {
  const found: Vouch[] = [];
  for (let at = 0; at < ids.length; at += 500) {
    const some = ids.slice(at, at + 500);
    found.push(...(await db.selectFrom("vouch").selectAll().where("id", "in", some).execute()));
  }
  return found;
}

/** Writes what attestations say, in place of what the same ones said before. */
export async function put(tx: Tx, vouches: Vouch[]): Promise<void> {
  for (const vouch of vouches) {
    await tx
      .insertInto("vouch")
      .values(vouch)
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet({
          host: vouch.host,
          // Signing the same again says nothing new.
          since: sql<number>`case when vouch.host = excluded.host then vouch.since else excluded.since end`,
        }),
      )
      .execute();
  }
}

export async function remove(tx: Tx, ids: string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    await tx
      .deleteFrom("vouch")
      .where("id", "in", ids.slice(at, at + 500))
      .execute();
  }
}

/** Those that count as said: their attestations are held, and not taken back. */
function said(db: Db) {
  return db
    .selectFrom("vouch")
    .innerJoin("record", "record.id", "vouch.id")
    .selectAll("vouch")
    .where("record.tombstone", "=", 0);
}

/** The hosts that a node vouches for, in order of their names. */
export async function by(db: Db, attester: string): Promise<Vouch[]> {
  return said(db).where("vouch.attester", "=", attester).orderBy("vouch.host").execute();
}

/** Who vouches for a host, whether that counts here or not; the first one first. */
export async function of(db: Db, host: string): Promise<Vouch[]> {
  return said(db)
    .where("vouch.host", "=", host)
    .orderBy("vouch.since")
    .orderBy("vouch.attester")
    .execute();
}

/**
 * Those of these hosts that a trusted attester vouches for, with the first that
 * does. What was said before either of them got a key that its earlier ones
 * don't vouch for doesn't count, and nobody's word about themselves.
 *
 * @param own This node's host: what its administrators vouch for counts here, too.
 */
export async function counting(db: Db, hosts: string[], own: string): Promise<Map<string, Vouch>> {
  const first = new Map<string, Vouch>();
  for (let at = 0; at < hosts.length; at += 500) {
    const rows = await said(db)
      .leftJoin("attester", (join) =>
        join.onRef("attester.host", "=", "vouch.attester").on("attester.removed", "is", null),
      )
      .leftJoin("host as about", "about.host", "vouch.host")
      .leftJoin("host as by", "by.host", "vouch.attester")
      .where("vouch.host", "in", hosts.slice(at, at + 500))
      .where((eb) => eb.or([eb("attester.host", "is not", null), eb("vouch.attester", "=", own)]))
      .whereRef("vouch.attester", "<>", "vouch.host")
      .where(sql<boolean>`vouch.since > coalesce(about.rekeyed, 0)`)
      .where(sql<boolean>`vouch.since > coalesce("by".rekeyed, 0)`)
      .orderBy("vouch.since")
      .orderBy("vouch.attester")
      .execute();
    for (const vouch of rows) if (!first.has(vouch.host)) first.set(vouch.host, vouch);
  }
  return first;
}
