import type { Db, Tx } from "./schema.ts";
import type { NamingTable } from "./tables/coops.ts";

/** That a co-op elsewhere names one of this node's, and what was answered. */
export type Naming = NamingTable;

/** All that is known for a co-op. */
export async function of(db: Db, coop: string): Promise<Naming[]> {
  return db.selectFrom("naming").selectAll().where("coop", "=", coop).execute();
}

/** Those that co-ops elsewhere are the subject of. */
export async function bySubjects(db: Db, subjects: string[]): Promise<Naming[]> {
  if (subjects.length === 0) return [];
  return db.selectFrom("naming").selectAll().where("subject", "in", subjects).execute();
}

/** By the URLs of the attestations. */
export async function byAttestations(db: Db, urls: string[]): Promise<Naming[]> {
  if (urls.length === 0) return [];
  return db.selectFrom("naming").selectAll().where("attestation", "in", urls).execute();
}

/** By the id of the Offer, which only its actor may take back. */
export async function byOffer(db: Db, offer: string): Promise<Naming | undefined> {
  return db.selectFrom("naming").selectAll().where("offer", "=", offer).executeTakeFirst();
}

/** How many offers to a co-op nobody has answered. */
export async function countOpen(db: Db, coop: string): Promise<number> {
  const row = await db
    .selectFrom("naming")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("coop", "=", coop)
    .where("offer", "is not", null)
    .where("answer", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Writes these, in place of what was known. */
export async function put(tx: Tx, namings: Naming[]): Promise<void> {
  for (let at = 0; at < namings.length; at += 500) {
    await tx
      .insertInto("naming")
      .values(namings.slice(at, at + 500))
      .onConflict((conflict) =>
        conflict.column("attestation").doUpdateSet((eb) => ({
          name: eb.ref("excluded.name"),
          inbox: eb.ref("excluded.inbox"),
          offer: eb.ref("excluded.offer"),
          offered: eb.ref("excluded.offered"),
          refused: eb.ref("excluded.refused"),
          account: eb.ref("excluded.account"),
          answer: eb.ref("excluded.answer"),
        })),
      )
      .execute();
  }
}

/** Notes by which activity it was answered last. */
export async function answered(db: Db, attestation: string, answer: string | null): Promise<void> {
  await db.updateTable("naming").set({ answer }).where("attestation", "=", attestation).execute();
}

export async function remove(tx: Tx, urls: string[]): Promise<void> {
  for (let at = 0; at < urls.length; at += 500) {
    await tx
      .deleteFrom("naming")
      .where("attestation", "in", urls.slice(at, at + 500))
      .execute();
  }
}

/** Forgets all that is known for a co-op. */
export async function removeAll(db: Db, coop: string): Promise<void> {
  await db.deleteFrom("naming").where("coop", "=", coop).execute();
}
