import { sql } from "kysely";
import { beaconId } from "../coop/beacon.ts";
import type { SignedRecord } from "../coop/record.ts";
import type { Version } from "../coop/version.ts";
import * as changes from "./changes.ts";
import * as floors from "./floors.ts";
import type { Db, Tx } from "./schema.ts";
import type { RecordTable } from "./tables/records.ts";

/** A record that is held. */
export type Record = RecordTable;

/**
 * Stores the records that are newer than what is held and not below the floor
 * of what was, and logs a change for each. The database itself compares versions, in the order of
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
  const { stored, news } = await store(tx, records, seen);
  return { stored, seq: await changes.append(tx, [...news, ...also]) };
}

/**
 * The same without the log: for whoever has more to write before that.
 *
 * @returns What has to be appended to the log, last of all.
 */
export async function store(
  tx: Tx,
  offered: SignedRecord[],
  seen: number,
): Promise<{ stored: Set<string>; news: changes.NewChange[] }> {
  const records = await floors.above(tx, offered);
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
  // What is held is a floor itself.
  await floors.remove(tx, [...stored]);
  const news = records
    .filter(({ id }) => stored.has(id))
    .map(({ id, origin }) => ({ kind: "record", subject: id, origin }));
  return { stored, news };
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
    // Kept when a newer version takes its place.
    added: seen,
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
 * @param only.origin Records of one host, or of some.
 */
export async function after(
  db: Db,
  seq: number,
  limit: number,
  only: { origin?: string | string[] } = {},
): Promise<LoggedRecord[]> {
  let query = db
    .selectFrom("change")
    .innerJoin("record", "record.id", "change.subject")
    .selectAll("record")
    .select("change.seq")
    .where("change.kind", "=", "record")
    .where("change.seq", ">", seq);
  if (only.origin !== undefined) query = query.where("change.origin", "in", [only.origin].flat());
  return query.orderBy("change.seq").limit(limit).execute();
}

/** What the index reads of the log: a record, one that isn't held any more, or a host that stands elsewhere. */
export interface News {
  seq: number;
  kind: "record" | "dropped" | "host";
  /** The id of the record, or the host. */
  subject: string;
  /** As it is held now. */
  record: RecordTable | undefined;
}

/** Changes to records and to hosts behind a cursor, each at its latest seq. */
export async function news(db: Db, seq: number, limit: number): Promise<News[]> {
  const rows = await db
    .selectFrom("change")
    .leftJoin("record", (join) =>
      join.onRef("record.id", "=", "change.subject").on("change.kind", "=", "record"),
    )
    .selectAll("record")
    .select(["change.seq", "change.kind as changed", "change.subject"])
    .where("change.kind", "in", ["record", "dropped", "host"])
    .where("change.seq", ">", seq)
    .orderBy("change.seq")
    .limit(limit)
    .execute();
  return rows.map(({ seq, changed, subject, ...record }) => ({
    seq,
    kind: changed as News["kind"],
    subject,
    record: record.id === null ? undefined : (record as RecordTable),
  }));
}

/** What a change did to a record: the version that is held since, or that none is. */
export interface Reference {
  seq: number;
  id: string;
  held: { origin: string; issued: number; digest: string } | undefined;
}

/**
 * Changes to records behind a cursor, each at its latest seq, without their
 * bytes: also those that aren't held any more.
 */
export async function references(db: Db, seq: number, limit: number): Promise<Reference[]> {
  const rows = await db
    .selectFrom("change")
    .leftJoin("record", "record.id", "change.subject")
    .select([
      "change.seq",
      "change.subject as id",
      "record.origin",
      "record.issued",
      "record.digest",
    ])
    .where("change.kind", "in", ["record", "dropped"])
    .where("change.seq", ">", seq)
    .orderBy("change.seq")
    .limit(limit)
    .execute();
  return rows.map(({ origin, issued, digest, ...row }) => ({
    ...row,
    held:
      origin === null || issued === null || digest === null
        ? undefined
        : { origin, issued, digest },
  }));
}

/** Those of these digests that are of records held. */
export async function heldOf(db: Db, digests: string[]): Promise<Set<string>> {
  const held = new Set<string>();
  for (let at = 0; at < digests.length; at += 500) {
    const rows = await db
      .selectFrom("record")
      .select("digest")
      .where("digest", "in", digests.slice(at, at + 500))
      .execute();
    for (const { digest } of rows) held.add(digest);
  }
  return held;
}

/** How many records are held. */
export async function count(db: Db): Promise<number> {
  const row = await db
    .selectFrom("record")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/**
 * How many records are held of each of these hosts, their beacons apart. Those
 * of which none are held are missing.
 */
export async function countByOrigin(
  db: Db,
  hosts: { host: string; origin: string }[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let at = 0; at < hosts.length; at += 500) {
    const some = hosts.slice(at, at + 500);
    const rows = await db
      .selectFrom("record")
      .select(["origin", (eb) => eb.fn.countAll<number>().as("count")])
      .where(
        "origin",
        "in",
        some.map(({ host }) => host),
      )
      .where(
        "id",
        "not in",
        some.map(({ origin }) => beaconId(origin)),
      )
      .groupBy("origin")
      .execute();
    for (const { origin, count } of rows) counts.set(origin, Number(count));
  }
  return counts;
}

/**
 * Some records of a host, in order of their ids.
 *
 * @param only.after From behind this id on.
 * @param only.but Of another kind than this one.
 * @param only.until Issued at that time or before, epoch ms.
 */
export async function ofOrigin(
  db: Db,
  origin: string,
  limit: number,
  only: { after?: string; but?: string | undefined; until?: number | undefined } = {},
): Promise<RecordTable[]> {
  let query = db
    .selectFrom("record")
    .selectAll()
    .where("origin", "=", origin)
    .where("id", ">", only.after ?? "");
  if (only.but !== undefined) query = query.where("kind", "<>", only.but);
  if (only.until !== undefined) query = query.where("issued", "<=", only.until);
  return query.orderBy("id").limit(limit).execute();
}

/** Listings of a host of which the first version was written since then, in order of their ids. */
export async function addedSince(
  db: Db,
  origin: string,
  since: number,
  limit: number,
): Promise<RecordTable[]> {
  return db
    .selectFrom("record")
    .selectAll()
    .where("origin", "=", origin)
    .where("added", ">=", since)
    .where("kind", "=", "listing")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Deletes records. The log and the floors are another matter. */
export async function remove(tx: Tx, ids: string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    await tx
      .deleteFrom("record")
      .where("id", "in", ids.slice(at, at + 500))
      .execute();
  }
}

/** When the newest record that is held of a host was issued, epoch ms; undefined without any. */
export async function newestOf(db: Db, origin: string): Promise<number | undefined> {
  const row = await db
    .selectFrom("record")
    .select((eb) => eb.fn.max("issued").as("issued"))
    .where("origin", "=", origin)
    .executeTakeFirst();
  return row?.issued == null ? undefined : Number(row.issued);
}

/**
 * The digests of some records that were issued at that time or before, in no
 * order.
 *
 * @param only.but Those of this host are left out.
 */
export async function issuedUntil(
  db: Db,
  until: number,
  limit: number,
  only: { tombstones?: boolean; but?: string } = {},
): Promise<string[]> {
  let query = db.selectFrom("record").select("digest").where("issued", "<=", until);
  if (only.tombstones === true) query = query.where("tombstone", "=", 1);
  if (only.but !== undefined) query = query.where("origin", "<>", only.but);
  const rows = await query.limit(limit).execute();
  return rows.map(({ digest }) => digest);
}

/**
 * Deletes these versions: a newer one that came in between stays. The log and
 * the floors are another matter.
 *
 * @returns Which records are no longer held.
 */
export async function removeVersions(
  tx: Tx,
  digests: string[],
): Promise<Pick<RecordTable, "id" | "origin">[]> {
  if (digests.length === 0) return [];
  return tx
    .deleteFrom("record")
    .where("digest", "in", digests)
    .returning(["id", "origin"])
    .execute();
}
