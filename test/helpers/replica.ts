import type { Identity } from "../../src/directory/identity.ts";
import { loadKeyRing } from "../../src/replication/keys.ts";
import { databaseReplica, type Replica } from "../../src/replication/replica.ts";
import type { Db } from "../../src/store/schema.ts";

/** A database as replication sees it, on loopback. */
export async function replicaOf(db: Db, node: Identity): Promise<Replica> {
  const keys = await loadKeyRing({ db, node, send: fetch, now: Date.now, insecure: true });
  return databaseReplica({ db, node, keys, insecure: true, now: Date.now });
}
