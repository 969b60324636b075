import { sql } from "kysely";
import { supersedes, type Version } from "../coop/version.ts";
import type { Db, Tx } from "./schema.ts";
import type { FloorTable } from "./tables/records.ts";

/**
 * The least that a version must be to be taken in, of records that aren't held
 * any more: so nothing older comes back.
 */
export type Floor = FloorTable;

/** Raises floors to these versions; those that are higher already stay. At most one of each id. */
export async function raise(tx: Tx, floors: Floor[]): Promise<void> {
  const rows = floors.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (let at = 0; at < rows.length; at += 500) {
    await tx
      .insertInto("floor")
      .values(rows.slice(at, at + 500))
      .onConflict((conflict) =>
        conflict
          .column("id")
          .doUpdateSet((eb) => ({
            issued: eb.ref("excluded.issued"),
            tombstone: eb.ref("excluded.tombstone"),
            digest: eb.ref("excluded.digest"),
          }))
          .where(
            sql<boolean>`(excluded.issued, excluded.tombstone, excluded.digest) > (floor.issued, floor.tombstone, floor.digest)`,
          ),
      )
      .execute();
  }
}

/** Those of the versions that aren't below a floor: the very one that it was made of is let in. */
export async function above<V extends Version & { id: string }>(
  db: Db,
  versions: V[],
): Promise<V[]> {
  const floors = await of(
    db,
    versions.map(({ id }) => id),
  );
  if (floors.size === 0) return versions;
  return versions.filter((version) => {
    const floor = floors.get(version.id);
    return floor === undefined || !supersedes(floor, version);
  });
}

/** The floors of these ids. */
async function of(db: Db, ids: string[]): Promise<Map<string, Version>> {
  const floors = new Map<string, Version>();
  for (let at = 0; at < ids.length; at += 500) {
    const some = ids.slice(at, at + 500);
    const rows = await db.selectFrom("floor").selectAll().where("id", "in", some).execute();
    for (const { id, issued, tombstone, digest } of rows) {
      floors.set(id, { issued, tombstone: tombstone === 1, digest });
    }
  }
  return floors;
}

/** Removes floors: of records that are held again, which are their own. */
export async function remove(tx: Tx, ids: string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    await tx
      .deleteFrom("floor")
      .where("id", "in", ids.slice(at, at + 500))
      .execute();
  }
}

/** Removes floors of what nobody would take in any more: issued at that time or before. */
export async function prune(db: Db, until: number): Promise<void> {
  await db.deleteFrom("floor").where("issued", "<=", until).execute();
}
