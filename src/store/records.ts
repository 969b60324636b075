import { sql } from "kysely";
import type { SignedRecord } from "../coop/record.ts";
import type { Version } from "../coop/version.ts";
import * as changes from "./changes.ts";
import type { Db, RecordTable, Tx } from "./schema.ts";

/**
 * Stores the records that are newer than what is held, and logs a change for
 * each. The database itself compares versions, in the order of
 * `compareVersions`, so that two writers can't undo each other.
 *
 * @param records At most one of each id.
 * @param seen When they came, epoch ms.
 * @param also What else has changed in this transaction, for the log.
 * @returns The ids of those that were newer, and the seq of the last change.
 */
export async function put(
  tx: Tx,
  records: SignedRecord[],
  seen: number,
  also: changes.NewChange[] = [],
): Promise<{ stored: Set<string>; seq: number }> {
  // In order of id, so that two transactions lock rows in the same order.
  const rows = records
    .map((record) => rowOf(record, seen))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const stored = new Set<string>();
  for (let at = 0; at < rows.length; at += 500) {
    const written = await tx
      .insertInto("record")
      .values(rows.slice(at, at + 500))
      .onConflict((conflict) =>
        conflict
          .column("id")
          .doUpdateSet((eb) => ({
            kind: eb.ref("excluded.kind"),
            issued: eb.ref("excluded.issued"),
            tombstone: eb.ref("excluded.tombstone"),
            digest: eb.ref("excluded.digest"),
            body: eb.ref("excluded.body"),
            seen: eb.ref("excluded.seen"),
          }))
          .where(
            sql<boolean>`(excluded.issued, excluded.tombstone, excluded.digest) > (record.issued, record.tombstone, record.digest)`,
          ),
      )
      .returning("id")
      .execute();
    for (const { id } of written) stored.add(id);
  }
  const news = records
    .filter(({ id }) => stored.has(id))
    .map(({ id, origin }) => ({ kind: "record", subject: id, origin }));
  return { stored, seq: await changes.append(tx, [...news, ...also]) };
}

function rowOf(record: SignedRecord, seen: number): RecordTable {
  return {
    id: record.id,
    origin: record.origin,
    kind: record.kind,
    issued: record.issued,
    tombstone: record.tombstone ? 1 : 0,
    digest: record.digest,
    body: Buffer.from(record.body),
    seen,
  };
}

/** The newest version held of one record. */
export async function get(db: Db, id: string): Promise<RecordTable | undefined> {
  return db.selectFrom("record").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The newest versions held of these ids. */
export async function byIds(db: Db, ids: string[]): Promise<Map<string, RecordTable>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("record").selectAll().where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** The versions held of these ids, without their bytes. */
export async function versions(db: Db, ids: string[]): Promise<Map<string, Version>> {
  const rows = await db
    .selectFrom("record")
    .select(["id", "issued", "tombstone", "digest"])
    .where("id", "in", ids)
    .execute();
  return new Map(
    rows.map(({ id, issued, tombstone, digest }) => [
      id,
      { issued, tombstone: tombstone === 1, digest },
    ]),
  );
}

/** The records with these digests, as far as they are held, in no order. */
export async function byDigest(db: Db, digests: string[]): Promise<RecordTable[]> {
  if (digests.length === 0) return [];
  return db.selectFrom("record").selectAll().where("digest", "in", digests).execute();
}

/** A record as it stands in the log of changes. */
export type LoggedRecord = RecordTable & { seq: number };

/**
 * Records behind a cursor, each at its latest seq. This is what feeds and the
 * index read.
 *
 * @param only.origin Records of one host.
 */
export async function after(
  db: Db,
  seq: number,
  limit: number,
  only: { origin?: string } = {},
): Promise<LoggedRecord[]> {
  let query = db
    .selectFrom("change")
    .innerJoin("record", "record.id", "change.subject")
    .selectAll("record")
    .select("change.seq")
    .where("change.kind", "=", "record")
    .where("change.seq", ">", seq);
  if (only.origin !== undefined) query = query.where("change.origin", "=", only.origin);
  return query.orderBy("change.seq").limit(limit).execute();
}

/** How many records are held. */
export async function count(db: Db): Promise<number> {
  const row = await db
    .selectFrom("record")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
