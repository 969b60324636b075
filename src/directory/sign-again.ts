import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beaconKind } from "../coop/beacon.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import type { Proof, SigningKey } from "../coop/proof.ts";
import { signRecord, type SignedRecord } from "../coop/record.ts";
import * as coops from "../store/coops.ts";
import * as keys from "../store/keys.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import type { Identity } from "./identity.ts";
import { coopIdOf } from "./ids.ts";
import { issuedAfter } from "./sign-listing.ts";

const day = 24 * 60 * 60 * 1000;

/** Within these ages a record is signed again: long before it expires, and not all at once. */
const earliest = 270 * day;
const spread = 60 * day;

/** Records in one transaction: it takes some milliseconds. */
const portion = 100;

/**
 * When a record is due to be signed again: 300 days after it was issued, give
 * or take 30, always the same for the same id. What was published in one day is
 * so spread over two months.
 *
 * @returns Epoch ms.
 */
export function dueAt({ id, issued }: Pick<RecordTable, "id" | "issued">): number {
  const share = Number.parseInt(hash("sha256", id).slice(0, 8), 16) / 2 ** 32;
  return issued + earliest + Math.floor(share * spread);
}

/**
 * Signs this node's own records again that would expire otherwise. Nothing of
 * their content changes, its date included, and followers are told nothing.
 * Tombstones are left to expire, as all that they stand against has expired by
 * then.
 *
 * @returns How many were signed.
 */
export async function signDue(
  db: Db,
  node: Identity,
  clock: () => number,
  stop?: AbortSignal,
): Promise<number> {
  const [hosts, until] = [[node.host], clock() - earliest];
  return signOwn(db, node, clock, { stop, hosts, until }, (row, now) => {
    return row.tombstone === 0 && dueAt(row) <= now;
  });
}

/**
 * Signs everything again that this node had signed with a key that it has
 * dropped: tombstones too, and what it publishes of a former address. May be
 * broken off at any time and called again: what is left to do is seen in the
 * records.
 *
 * @returns How many were signed.
 */
export async function signAfresh(
  db: Db,
  node: Identity,
  clock: () => number,
  stop?: AbortSignal,
): Promise<number> {
  const begun = clock();
  const todo = (await keys.all(db)).filter(
    ({ dropped, swept }) => dropped !== null && swept === null,
  );
  if (todo.length === 0) return 0;
  const fragments = new Set(todo.map(({ name }) => `#${name}`));
  const hosts = [node.host, ...node.former.map(({ host }) => host)];
  const signed = await signOwn(db, node, clock, { stop, hosts }, ({ body }) => {
    const method = methodOf(body);
    return fragments.has(method.slice(method.lastIndexOf("#")));
  });
  if (stop?.aborted === true) return signed;
  for (const { name, dropped } of todo) {
    // A node that runs may have used the key until it heard of its end: look once more, later.
    if (begun > Number(dropped) + hearing) await keys.sweep(db, name, clock());
  }
  return signed;
}

/** How long it may take at most until a running node knows of a key's end; milliseconds. */
const hearing = 60_000;

/** Where to look for records, and when to stop. */
interface Looking {
  stop: AbortSignal | undefined;
  hosts: string[];
  /** Only at those that were issued by then, epoch ms. */
  until?: number;
}

async function signOwn(
  db: Db,
  node: Identity,
  clock: () => number,
  { stop, hosts, until }: Looking,
  wanted: (row: RecordTable, now: number) => boolean,
): Promise<number> {
  let signed = 0;
  for (const host of hosts) {
    for (let after = ""; stop?.aborted !== true;) {
      const page = await records.ofOrigin(db, host, portion, { after, until });
      const now = clock();
      // A beacon names the one before it, so there is but one of each; it has its own renewal.
      const due = (row: RecordTable) => row.kind !== beaconKind && wanted(row, now);
      const ids = page.filter(due).map(({ id }) => id);
      if (ids.length > 0) {
        const begun = performance.now();
        signed += await db.transaction().execute((tx) => signPortion(tx, node, ids, due, now));
        // Others want to write, too.
        await sleep((performance.now() - begun) / 4);
      }
      if (page.length < portion) break;
      after = page.at(-1)?.id ?? "";
    }
  }
  return signed;
}

async function signPortion(
  tx: Tx,
  node: Identity,
  ids: string[],
  wanted: (row: RecordTable) => boolean,
  now: number,
): Promise<number> {
  // Who publishes at the same time waits for this row, and then follows on our version.
  const own = ids.map((id) => coopIdOf(node, id)).filter((id) => id !== undefined);
  await coops.lock(tx, own);
  const rows = [...(await records.byIds(tx, ids)).values()].filter(wanted);
  const { stored } = await records.put(
    tx,
    rows.map((row) => signedAgain(node, row, now)),
    now,
  );
  return stored.size;
}

/** The same record, issued now and signed with the present key of its origin. */
function signedAgain(node: Identity, row: RecordTable, now: number): SignedRecord {
  const { proof: _, ...document } = JSON.parse(new TextDecoder().decode(row.body)) as JsonObject;
  const issued = new Date(issuedAfter(row, now)).toISOString();
  return signRecord({ ...document, issued }, signingOf(node, row.origin));
}

/** The present key as it is called at this address of the node. */
function signingOf(node: Identity, host: string): SigningKey {
  return node.former.find((each) => each.host === host)?.signing ?? node.signing;
}

/** The key that signed a record: that of its only or last proof. */
export function methodOf(body: Uint8Array): string {
  const { proof } = JSON.parse(new TextDecoder().decode(body)) as { proof: Proof | Proof[] };
  return [proof].flat().at(-1)?.verificationMethod ?? "";
}
