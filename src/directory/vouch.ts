import { getLogger } from "@logtape/logtape";
import {
  attestationKind,
  attestationRecord,
  type Claim,
  readAttestation,
  retractionRecord,
} from "../coop/attestation.ts";
import { type SignedRecord, signRecord } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import * as attesters from "../store/attesters.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as vouches from "../store/vouches.ts";
import { attestationUrl } from "./attest.ts";
import type { Identity } from "./identity.ts";
import { originOf } from "./name-host.ts";
import { issuedAfter } from "./sign-listing.ts";
import { domainsOf, meet, settle } from "./settle-hosts.ts";

/**
 * Notes which hosts are vouched for by records that were just stored, or not
 * any more, and finds out where these stand now.
 *
 * @returns What has to be appended to the log.
 */
export async function noteVouches(
  tx: Tx,
  node: Identity,
  stored: SignedRecord[],
  now: number,
): Promise<changes.NewChange[]> {
  const may = stored.filter(({ kind, tombstone }) => tombstone || kind === attestationKind);
  if (may.length === 0) return [];
  const said = may.flatMap((record) => vouchOf(record) ?? []);
  const saying = new Set(said.map(({ vouch }) => vouch.id));
  const before = await vouches.byIds(
    tx,
    may.map(({ id }) => id),
  );
  await vouches.remove(
    tx,
    before.filter(({ id }) => !saying.has(id)).map(({ id }) => id),
  );
  await vouches.put(
    tx,
    said.map(({ vouch }) => vouch),
  );
  if (before.length === 0 && said.length === 0) return [];
  // Whom a trusted attester vouches for is known by that, whatever room there is for others.
  const trusted = new Set([node.host, ...(await attesters.all(tx)).map(({ host }) => host)]);
  const named = said.filter(({ vouch }) => trusted.has(vouch.attester));
  const met = await meetNew(
    tx,
    node,
    named.map(({ origin }) => origin),
    now,
  );
  const concerned = await hosts.byHosts(
    tx,
    [...before, ...said.map(({ vouch }) => vouch)].map(({ host }) => host),
  );
  return [...met, ...(await settle(tx, node, domainsOf([...concerned.values()]), now))];
}

/** Makes those known that aren't. */
async function meetNew(tx: Tx, node: Identity, origins: string[], now: number) {
  const names = origins.map((origin) => new URL(origin).host);
  const known = await hosts.byHosts(tx, names);
  const strangers = origins.filter((origin) => !known.has(new URL(origin).host));
  return meet(tx, node, strangers, now);
}

/** What a record says, and the origin of the host that it is about. */
function vouchOf(record: SignedRecord): { vouch: vouches.Vouch; origin: string } | undefined {
  if (record.tombstone) return undefined;
  const claim = readAttestation(record.document);
  if (claim?.relationship !== "verified") return undefined;
  const { origin, host } = new URL(claim.subject);
  const vouch = { id: record.id, attester: record.origin, host, since: record.issued };
  return { vouch, origin };
}

/**
 * Vouches in this node's name for another one: its listings are shown here, and
 * wherever this node's word counts.
 *
 * @param name Its host, or its address.
 * @returns False when this node vouches for it already.
 * @throws {AppError} `bad-request` when that is no host, or this node itself.
 */
export async function vouchFor(
  db: Db,
  node: Identity,
  name: string,
  now: number,
): Promise<boolean> {
  const origin = await originOf(db, node, name);
  const changed = await db.transaction().execute((tx) => vouch(tx, node, origin, now));
  if (changed) getLogger(["fragaria", "trust"]).info("This node vouches for {origin}", { origin });
  return changed;
}

async function vouch(tx: Tx, node: Identity, origin: string, now: number): Promise<boolean> {
  const claim = claimOf(origin);
  const url = attestationUrl(node, claim);
  const last = await records.get(tx, url);
  if (last?.tombstone === 0) return false;
  const document = attestationRecord(node.actor, url, claim, issuedAfter(last, now));
  await publish(tx, node, signRecord(document, node.signing), now);
  return true;
}

/**
 * Takes that back. Others may vouch for the host still.
 *
 * @throws {AppError} `not-found` when this node doesn't vouch for it.
 */
export async function takeBack(db: Db, node: Identity, name: string, now: number): Promise<void> {
  const origin = await originOf(db, node, name);
  await db.transaction().execute((tx) => retract(tx, node, origin, now));
  getLogger(["fragaria", "trust"]).info("This node vouches for {origin} no more", { origin });
}

async function retract(tx: Tx, node: Identity, origin: string, now: number): Promise<void> {
  const url = attestationUrl(node, claimOf(origin));
  const last = await records.get(tx, url);
  if (last?.tombstone !== 0) {
    throw new AppError("not-found", `this node does not vouch for ${new URL(origin).host}`);
  }
  const document = retractionRecord(node.actor, url, issuedAfter(last, now));
  await publish(tx, node, signRecord(document, node.signing), now);
}

function claimOf(origin: string): Claim {
  return { relationship: "verified", subject: `${origin}/actor` };
}

async function publish(tx: Tx, node: Identity, record: SignedRecord, now: number): Promise<void> {
  const { news } = await records.store(tx, [record], now);
  const vouched = await noteVouches(tx, node, [record], now);
  await changes.append(tx, [...news, ...vouched]);
}
