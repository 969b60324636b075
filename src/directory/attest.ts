import { createHash } from "node:crypto";
import {
  attestationKind,
  attestationRecord,
  Claim,
  orderedPair,
  retractionRecord,
} from "../coop/attestation.ts";
import { canonicalJson, type JsonObject } from "../coop/canonical-json.ts";
import { signRecord } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import type * as changes from "../store/changes.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import type { Identity } from "./identity.ts";
import { faultsOf, issuedAfter } from "./sign-listing.ts";

/** What became of an attestation. */
export interface Attested {
  /** The record's URL. */
  url: string;
  /** False when it was so already. */
  changed: boolean;
}

/**
 * The URL of this node's attestation of a claim: always the same for the same
 * subject, relationship and object, so that nothing is attested twice.
 */
export function attestationUrl(node: Identity, claim: Claim): string {
  const { relationship, subject } = claim;
  const object = "object" in claim ? [claim.object] : [];
  const parts =
    relationship === "sameAs"
      ? orderedPair(subject, claim.object)
      : [relationship, subject, ...object];
  const digest = createHash("sha256").update(parts.join(" ")).digest("hex");
  return `${node.origin}/attestations/${digest.slice(0, 20)}`;
}

/**
 * Attests claims in this node's name. To be called at the end of a transaction,
 * with all that is attested there: it writes the log.
 *
 * @param also What else has changed in this transaction, for the log.
 * @returns The URLs of those that weren't attested already.
 */
export async function attestIn(
  tx: Tx,
  node: Identity,
  claims: Claim[],
  now: number,
  also: changes.NewChange[] = [],
): Promise<string[]> {
  const byUrl = new Map(claims.map((claim) => [attestationUrl(node, claim), claim]));
  const held = await records.byIds(tx, [...byUrl.keys()]);
  const news = [...byUrl].flatMap(([url, claim]) => {
    const last = held.get(url);
    const document = attestationRecord(node.actor, url, claim, issuedAfter(last, now));
    if (last !== undefined && says(last, document)) return [];
    return [signRecord(document, node.signing)];
  });
  await records.put(tx, news, now, also);
  return news.map(({ id }) => id);
}

/** Whether a record says this already. */
function says(record: RecordTable, { about }: JsonObject): boolean {
  if (record.tombstone === 1) return false;
  const held = JSON.parse(Buffer.from(record.body).toString("utf8")) as JsonObject;
  return canonicalJson(held["about"] ?? null) === canonicalJson(about ?? null);
}

/**
 * Takes attestations of this node back, by their URLs; those that it never made
 * or has taken back are left alone. To be called at the end of a transaction.
 *
 * @param also What else has changed in this transaction, for the log.
 * @returns The URLs of those that were taken back.
 */
export async function retractIn(
  tx: Tx,
  node: Identity,
  urls: string[],
  now: number,
  also: changes.NewChange[] = [],
): Promise<string[]> {
  const held = await records.byIds(tx, [...new Set(urls)]);
  const news = [...held.values()]
    .filter((last) => last.tombstone === 0 && last.kind === attestationKind)
    .map((last) =>
      signRecord(retractionRecord(node.actor, last.id, issuedAfter(last, now)), node.signing),
    );
  await records.put(tx, news, now, also);
  return news.map(({ id }) => id);
}

/**
 * Attests a claim in this node's name, as an attester does who is no part of it.
 *
 * @throws {AppError} `bad-request` when it keeps to no form.
 */
export async function attest(db: Db, node: Identity, claim: Claim, now: number): Promise<Attested> {
  const checked = Claim.safeParse(claim);
  if (!checked.success) {
    throw new AppError("bad-request", `this can't be attested: ${faultsOf(checked.error)}`);
  }
  const news = await db.transaction().execute((tx) => attestIn(tx, node, [checked.data], now));
  return { url: attestationUrl(node, claim), changed: news.length > 0 };
}

/**
 * Takes an attestation of this node back, by its URL.
 *
 * @throws {AppError} `not-found` when this node never made it.
 */
export async function retractAttestation(
  db: Db,
  node: Identity,
  url: string,
  now: number,
): Promise<Attested> {
  const changed = await db.transaction().execute((tx) => retract(tx, node, url, now));
  return { url, changed };
}

/**
 * Attests in this node's name that two listings are of the same organisation.
 * It counts wherever both are held and this node's records are; it changes
 * nothing about who published them, or how.
 *
 * @param a URL of a co-op or of its listing, on any node.
 * @throws {AppError} `bad-request` when these aren't two co-ops.
 */
export async function attestSame(
  db: Db,
  node: Identity,
  a: string,
  b: string,
  now: number,
): Promise<Attested> {
  const claim = sameAs(node, a, b);
  const news = await db.transaction().execute((tx) => attestIn(tx, node, [claim], now));
  return { url: attestationUrl(node, claim), changed: news.length > 0 };
}

/**
 * Takes this node's attestation about two listings back, everywhere. What they
 * share in a register, or what others attest, still joins them.
 *
 * @throws {AppError} `bad-request` when these aren't two co-ops; `not-found`
 *   when this node never attested that they are the same.
 */
export async function retractSame(
  db: Db,
  node: Identity,
  a: string,
  b: string,
  now: number,
): Promise<Attested> {
  const url = attestationUrl(node, sameAs(node, a, b));
  const changed = await db.transaction().execute((tx) => retract(tx, node, url, now));
  return { url, changed };
}

async function retract(tx: Tx, node: Identity, url: string, now: number): Promise<boolean> {
  const last = await records.get(tx, url);
  if (last === undefined || !url.startsWith(`${node.origin}/attestations/`)) {
    throw new AppError("not-found", "this node has never attested that");
  }
  return (await retractIn(tx, node, [url], now)).length > 0;
}

/** That two different co-ops are the same organisation, by their URLs as records spell them. */
function sameAs(node: Identity, a: string, b: string): Claim {
  const [one, other] = [coopOf(node, a), coopOf(node, b)];
  if (one === other) throw new AppError("bad-request", `${one} is named twice: name two co-ops`);
  const [subject, object] = orderedPair(one, other);
  return { relationship: "sameAs", subject, object };
}

function coopOf(node: Identity, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const schemes = node.origin.startsWith("http:") ? ["https:", "http:"] : ["https:"];
  if (url === undefined || !schemes.includes(url.protocol) || url.pathname === "/") {
    throw new AppError(
      "bad-request",
      `“${text}” is not the address of a co-op or of its listing: that begins with https:// and ends with a path`,
    );
  }
  const { origin, pathname } = url;
  return origin + pathname.replace(/\/listing$/, "");
}
