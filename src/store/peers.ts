import type { Db } from "./schema.ts";
import type { PeerTable } from "./tables/hosts.ts";

export type Peer = PeerTable;

/** The peers, in order of their URLs. */
export async function all(db: Db): Promise<Peer[]> {
  return db.selectFrom("peer").selectAll().orderBy("url").execute();
}

export async function get(db: Db, url: string): Promise<Peer | undefined> {
  return db.selectFrom("peer").selectAll().where("url", "=", url).executeTakeFirst();
}

/** A node of which nothing is known but where it is. */
export function unknownPeer(url: string): Peer {
  return { ...unknown, url, host: new URL(url).host };
}

const unknown = {
  role: null,
  actor: null,
  epoch: null,
  seq: 0,
  caughtUp: null,
  seen: null,
  fault: null,
  faulted: null,
  reclaimed: null,
  chosen: null,
  woke: null,
  repaired: null,
  lacked: null,
} satisfies Omit<Peer, "url" | "host">;

/**
 * Makes these the configured peers, and keeps what is known of them. Those that
 * this node has chosen, or that woke it, stay.
 */
export async function configure(db: Db, urls: string[]): Promise<void> {
  let gone = db.deleteFrom("peer").where("chosen", "is", null).where("woke", "is", null);
  if (urls.length > 0) gone = gone.where("url", "not in", urls);
  await gone.execute();
  if (urls.length === 0) return;
  // Of those that woke us only their own records were read so far.
  await db
    .updateTable("peer")
    .set({ epoch: null, seq: 0, caughtUp: null })
    .where("url", "in", urls)
    .where("woke", "is not", null)
    .where("chosen", "is", null)
    .execute();
  const known = { chosen: null, woke: null };
  await db.updateTable("peer").set(known).where("url", "in", urls).execute();
  await add(
    db,
    urls.map((url) => ({ url })),
  );
}

/** Makes further nodes peers; those that are peers already stay as they are. */
export async function add(db: Db, peers: (Partial<Peer> & Pick<Peer, "url">)[]): Promise<void> {
  if (peers.length === 0) return;
  await db
    .insertInto("peer")
    .values(peers.map((peer) => ({ ...unknownPeer(peer.url), ...peer })))
    .onConflict((conflict) => conflict.column("url").doNothing())
    .execute();
}

/** Those that the administrator configured. */
export async function configured(db: Db): Promise<Peer[]> {
  return db
    .selectFrom("peer")
    .selectAll()
    .where("chosen", "is", null)
    .where("woke", "is", null)
    .orderBy("url")
    .execute();
}

/** Forgets a peer. */
export async function remove(db: Db, url: string): Promise<void> {
  await db.deleteFrom("peer").where("url", "=", url).execute();
}

/** Has all feeds read from their beginning again. */
export async function rewindAll(db: Db): Promise<void> {
  await db.updateTable("peer").set({ epoch: null, seq: 0, caughtUp: null }).execute();
}

/** Notes what was learnt of a peer. */
export async function update(db: Db, url: string, facts: Partial<Peer>): Promise<void> {
  await db.updateTable("peer").set(facts).where("url", "=", url).execute();
}

/** Has our own records read back from every peer once more. */
export async function reclaimFromAll(db: Db): Promise<void> {
  await db.updateTable("peer").set({ reclaimed: null }).execute();
}
