import type { Db, PeerTable, PinTable, Tx } from "./schema.ts";

export type Peer = PeerTable;
export type Pin = PinTable;

/** The peers, in order of their URLs. */
export async function all(db: Db): Promise<Peer[]> {
  return db.selectFrom("peer").selectAll().orderBy("url").execute();
}

export async function get(db: Db, url: string): Promise<Peer | undefined> {
  return db.selectFrom("peer").selectAll().where("url", "=", url).executeTakeFirst();
}

/** Makes the configured peers the peers, and keeps what is known of them. */
export async function configure(db: Db, urls: string[]): Promise<void> {
  let gone = db.deleteFrom("peer");
  if (urls.length > 0) gone = gone.where("url", "not in", urls);
  await gone.execute();
  if (urls.length === 0) return;
  const unknown = {
    role: null,
    actor: null,
    epoch: null,
    caughtUp: null,
    seen: null,
    fault: null,
    faulted: null,
    reclaimed: null,
  };
  const rows = urls.map((url) => ({ ...unknown, url, host: new URL(url).host, seq: 0 }));
  await db
    .insertInto("peer")
    .values(rows)
    .onConflict((conflict) => conflict.column("url").doNothing())
    .execute();
}

/** Notes what was learnt of a peer. */
export async function update(db: Db, url: string, facts: Partial<Peer>): Promise<void> {
  await db.updateTable("peer").set(facts).where("url", "=", url).execute();
}

/** Has our own records read back from every peer once more. */
export async function reclaimFromAll(db: Db): Promise<void> {
  await db.updateTable("peer").set({ reclaimed: null }).execute();
}

/** The keys that were first seen of each origin. */
export async function pins(db: Db): Promise<Pin[]> {
  return db.selectFrom("pin").selectAll().execute();
}

/** Pins the keys of one origin. Those that were pinned first stay. */
export async function pin(tx: Tx, pinned: Pin[]): Promise<void> {
  await tx
    .insertInto("pin")
    .values(pinned)
    .onConflict((conflict) => conflict.column("method").doNothing())
    .execute();
}
