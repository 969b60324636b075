import type { Db, Tx } from "./schema.ts";
import type { EvidenceTable } from "./tables/hosts.ts";

/** Keeps two records by which a host contradicts itself. The first pair of each host stays. */
export async function put(tx: Tx, evidence: EvidenceTable): Promise<void> {
  await tx
    .insertInto("evidence")
    .values(evidence)
    .onConflict((conflict) => conflict.column("host").doNothing())
    .execute();
}

export async function get(db: Db, host: string): Promise<EvidenceTable | undefined> {
  return db.selectFrom("evidence").selectAll().where("host", "=", host).executeTakeFirst();
}
