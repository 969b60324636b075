import { createHash } from "node:crypto";
import { attestationRecord, orderedPair, retractionRecord } from "../coop/attestation.ts";
import type { SameAs } from "../coop/organisation.ts";
import { signRecord } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { issuedAfter } from "./publish.ts";

/** What became of an attestation. */
export interface Attested {
  /** The record's URL. */
  url: string;
  /** False when it was so already. */
  changed: boolean;
}

/**
 * The URL of this node's attestation about two co-ops: always the same for the
 * same two, so that nothing is attested twice.
 */
function attestationUrl(node: Identity, pair: SameAs): string {
  const digest = createHash("sha256").update(pair.join(" ")).digest("hex");
  return `${node.origin}/attestations/${digest.slice(0, 20)}`;
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
  const pair = pairOf(node, a, b);
  const url = attestationUrl(node, pair);
  const changed = await db.transaction().execute((tx) => attest(tx, node, url, pair, now));
  return { url, changed };
}

async function attest(
  tx: Tx,
  node: Identity,
  url: string,
  pair: SameAs,
  now: number,
): Promise<boolean> {
  const last = await records.get(tx, url);
  if (last !== undefined && last.tombstone === 0) return false;
  const document = attestationRecord(node.actor, url, pair, issuedAfter(last, now));
  await records.put(tx, [signRecord(document, node.signing)], now);
  return true;
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
  const url = attestationUrl(node, pairOf(node, a, b));
  const changed = await db.transaction().execute((tx) => retract(tx, node, url, now));
  return { url, changed };
}

async function retract(tx: Tx, node: Identity, url: string, now: number): Promise<boolean> {
  const last = await records.get(tx, url);
  if (last === undefined) {
    throw new AppError("not-found", "this node has not attested that these two are the same");
  }
  if (last.tombstone === 1) return false;
  const document = retractionRecord(node.actor, url, issuedAfter(last, now));
  await records.put(tx, [signRecord(document, node.signing)], now);
  return true;
}

/** Two different co-ops, by their URLs as records spell them. */
function pairOf(node: Identity, a: string, b: string): SameAs {
  const [one, other] = [coopOf(node, a), coopOf(node, b)];
  if (one === other) throw new AppError("bad-request", `${one} is named twice: name two co-ops`);
  return orderedPair(one, other);
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
