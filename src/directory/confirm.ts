import type { RelationKind } from "../coop/codes.ts";
import { listingId } from "../coop/listing-record.ts";
import { AppError } from "../errors.ts";
import type * as changes from "../store/changes.ts";
import * as namings from "../store/namings.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import { attestationUrl, attestIn, retractIn } from "./attest.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";
import { lockHosted } from "./publish.ts";

/** A relation to a co-op of this node, as another one claims it. */
export interface ClaimedRelation {
  /** The URL of the co-op that claims it. */
  subject: string;
  relationship: RelationKind;
}

/** How many are answered in one transaction. */
const portion = 500;

/** Who answers for which co-op here, and when. */
export interface Answering {
  /** The co-op's id. */
  coop: string;
  /** The account; null for a command. */
  account: string | null;
  now: number;
}

/**
 * Says for a co-op of this node that what others claim about it is so: an
 * attestation for each, which replicates. Whoever offered it is told.
 *
 * @throws {AppError} `bad-request` while the co-op isn't in the directory itself.
 */
export async function confirm(
  db: Db,
  node: Identity,
  claimed: ClaimedRelation[],
  answering: Answering,
): Promise<void> {
  await inPortions(db, claimed, (tx, some) => confirmIn(tx, node, some, answering));
}

/** A federation may answer for all its members at once: a transaction for some of them. */
async function inPortions(
  db: Db,
  claimed: ClaimedRelation[],
  answer: (tx: Tx, some: ClaimedRelation[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < claimed.length; at += portion) {
    const some = claimed.slice(at, at + portion);
    await db.transaction().execute((tx) => answer(tx, some));
  }
}

async function confirmIn(
  tx: Tx,
  node: Identity,
  claimed: ClaimedRelation[],
  { coop, account, now }: Answering,
): Promise<void> {
  await lockHosted(tx, coop);
  const object = coopUrl(node, coop);
  const own = await records.get(tx, listingId(object));
  if (own?.tombstone !== 0) {
    throw new AppError(
      "bad-request",
      "A co-op that isn’t in the directory itself can’t confirm anything: publish its listing first.",
    );
  }
  const claims = claimed.map(({ subject, relationship }) => ({ relationship, subject, object }));
  const known = await knownOf(tx, node, object, claimed, coop);
  await namings.put(
    tx,
    known.map((each) => ({ ...each, refused: null, account })),
  );
  await attestIn(tx, node, claims, now, known.map(logged));
}

/**
 * Says that what others claim about a co-op of this node is not so, at first or
 * later on: the attestation is taken back, if there was one, and whoever offered
 * it is told. Nobody else is: a refusal is no record.
 */
export async function refuse(
  db: Db,
  node: Identity,
  claimed: ClaimedRelation[],
  answering: Answering,
): Promise<void> {
  await inPortions(db, claimed, (tx, some) => refuseIn(tx, node, some, answering));
}

async function refuseIn(
  tx: Tx,
  node: Identity,
  claimed: ClaimedRelation[],
  { coop, account, now }: Answering,
): Promise<void> {
  await lockHosted(tx, coop);
  const known = await knownOf(tx, node, coopUrl(node, coop), claimed, coop);
  await namings.put(
    tx,
    known.map((each) => ({ ...each, refused: now, account })),
  );
  const urls = known.map(({ attestation }) => attestation);
  await retractIn(tx, node, urls, now, known.map(logged));
}

/** What is known of these so far, a row for each. */
async function knownOf(
  tx: Tx,
  node: Identity,
  object: string,
  claimed: ClaimedRelation[],
  coop: string,
): Promise<namings.Naming[]> {
  const rows = claimed.map(({ subject, relationship }) => ({
    attestation: attestationUrl(node, { subject, relationship, object }),
    coop,
    subject,
    relationship,
    name: null,
    inbox: null,
    offer: null,
    offered: null,
    refused: null,
    account: null,
    answer: null,
  }));
  const known = await namings.byAttestations(
    tx,
    rows.map(({ attestation }) => attestation),
  );
  return [...new Map([...rows, ...known].map((row) => [row.attestation, row])).values()];
}

/** For the log: whoever offered it is to be told what was answered. */
export function logged({ attestation }: namings.Naming): changes.NewChange {
  return { kind: "naming", subject: `${attestation}#answer`, origin: "" };
}
