import { createHash } from "node:crypto";
import type { Claim } from "../coop/attestation.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import { RelationKind } from "../coop/codes.ts";
import { listingId, readListing } from "../coop/listing-record.ts";
import { bare } from "../coop/relation.ts";
import * as coops from "../store/coops.ts";
import * as namings from "../store/namings.ts";
import * as offers from "../store/offers.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import { attestationUrl, attestIn, retractIn } from "./attest.ts";
import { logged } from "./confirm.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";
import * as changes from "../store/changes.ts";

/** The most offers to one co-op that wait for an answer. */
const mostOpen = 5000;

/**
 * Compares what a co-op's listing claims now with what it has offered: each
 * relation to somebody elsewhere with a URL is to be offered, once.
 *
 * @returns The offers that are to be taken back.
 */
export async function planOffers(
  db: Db,
  node: Identity,
  coop: string,
  now: number,
): Promise<offers.Offer[]> {
  return db.transaction().execute((tx) => plan(tx, node, coop, now));
}

async function plan(tx: Tx, node: Identity, id: string, now: number): Promise<offers.Offer[]> {
  const wanted = await wantedOf(tx, node, id);
  const known = await offers.of(tx, id);
  const keyOf = (each: { relationship: string; object: string }) =>
    `${each.relationship} ${each.object}`;
  const there = new Set(known.map(keyOf));
  await offers.add(
    tx,
    [...wanted]
      .filter(([key]) => !there.has(key))
      .map(([key, each]) => ({
        // With its time: what is offered again after it was taken back is another offer.
        activity: `${coopUrl(node, id)}#offers/${digest(key)}-${now}`,
        coop: id,
        ...each,
        name: null,
        inbox: null,
        made: now,
        due: now,
        tries: 0,
        sent: null,
        accepted: null,
        accept: null,
        result: null,
        rejected: null,
      })),
  );
  return known.filter((each) => !wanted.has(keyOf(each)));
}

/** What a co-op's listing claims of others elsewhere; nothing when it isn't in the directory. */
async function wantedOf(tx: Tx, node: Identity, id: string) {
  const wanted = new Map<string, { relationship: RelationKind; object: string }>();
  const coop = await coops.get(tx, id);
  const record = await records.get(tx, listingId(coopUrl(node, id)));
  // Only who has an actor can offer anything.
  if (coop?.content == null || coop.deleted !== null || record?.tombstone !== 0) return wanted;
  const document = JSON.parse(Buffer.from(record.body).toString("utf8")) as JsonObject;
  for (const { kind: relationship, id: other, until } of readListing(document)?.relations ?? []) {
    // What has ended needs no answer, and what is on this node is asked by page.
    if (other === undefined || until !== undefined) continue;
    const object = bare(other);
    if (new URL(object).host === node.host) continue;
    wanted.set(`${relationship} ${object}`, { relationship, object });
  }
  return wanted;
}

function digest(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 20);
}

/** The attestation by which this node says that an actor has accepted an offer. */
function acceptance(node: Identity, offer: offers.Offer): Claim {
  return {
    relationship: RelationKind.parse(offer.relationship),
    subject: coopUrl(node, offer.coop),
    object: offer.object,
    ...(offer.accept !== null && { accepted: offer.accept }),
    ...(offer.name !== null && { name: offer.name }),
  };
}

/**
 * Notes that the actor to whom a relation was offered has accepted it. If it
 * names no attestation of its own, this node attests what it was told.
 *
 * @param accept The id of the activity, and of the attestation that it names.
 */
export async function acceptOffer(
  db: Db,
  node: Identity,
  offer: offers.Offer,
  { accept, result }: { accept: string; result: string | null },
  now: number,
): Promise<void> {
  const accepted = { ...offer, accepted: now, accept, result, rejected: null };
  await db.transaction().execute((tx) => acceptIn(tx, node, accepted, now));
}

async function acceptIn(tx: Tx, node: Identity, offer: offers.Offer, now: number): Promise<void> {
  await offers.update(tx, offer.activity, offer);
  if (offer.result === null) await attestIn(tx, node, [acceptance(node, offer)], now);
}

/** Notes that it has refused it, or takes back that it accepted it. */
export async function endAcceptance(
  db: Db,
  node: Identity,
  offer: offers.Offer,
  rejected: number | null,
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => endIn(tx, node, offer, rejected, now));
}

async function endIn(
  tx: Tx,
  node: Identity,
  offer: offers.Offer,
  rejected: number | null,
  now: number,
): Promise<void> {
  const open = { accepted: null, accept: null, result: null, rejected };
  await offers.update(tx, offer.activity, open);
  await retractIn(tx, node, [attestationUrl(node, acceptance(node, offer))], now);
}

/** Forgets an offer that was taken back, and what was attested upon it. */
export async function forgetOffer(
  db: Db,
  node: Identity,
  offer: offers.Offer,
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => forgetIn(tx, node, offer, now));
}

async function forgetIn(tx: Tx, node: Identity, offer: offers.Offer, now: number): Promise<void> {
  await offers.remove(tx, offer.activity);
  await retractIn(tx, node, [attestationUrl(node, acceptance(node, offer))], now);
}

/** An offer that came to a co-op of this node. */
export interface ComeOffer {
  coop: string;
  /** The actor that offers it, and is its subject. */
  subject: string;
  relationship: RelationKind;
  /** The id of the activity. */
  offer: string;
  name: string;
  inbox: string;
}

/**
 * Keeps an offer until somebody answers for the co-op. One that comes again is
 * answered again.
 *
 * @returns False when so many are waiting already that it is let lie.
 */
export async function takeOffer(
  db: Db,
  node: Identity,
  come: ComeOffer,
  now: number,
): Promise<boolean> {
  return db.transaction().execute((tx) => take(tx, node, come, now));
}

async function take(tx: Tx, node: Identity, come: ComeOffer, now: number): Promise<boolean> {
  const { coop, subject, relationship, ...rest } = come;
  const object = coopUrl(node, coop);
  const attestation = attestationUrl(node, { relationship, subject, object });
  const [known] = await namings.byAttestations(tx, [attestation]);
  if (known === undefined && (await namings.countOpen(tx, coop)) >= mostOpen) return false;
  const row = {
    attestation,
    coop,
    subject,
    relationship,
    refused: null,
    account: null,
    ...known,
    ...rest,
    offered: now,
    // Another offer is answered anew; the same one once.
    answer: known?.offer === come.offer ? known.answer : null,
  };
  await namings.put(tx, [row]);
  await changes.append(tx, [logged(row)]);
  return true;
}
