import { setTimeout as sleep } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import { beaconKind } from "../coop/beacon.ts";
import type { JsonObject } from "../coop/canonical-json.ts";
import { readListing, tombstoneRecord } from "../coop/listing-record.ts";
import { bounds, signRecord, type SignedRecord } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as departures from "../store/departures.ts";
import * as followers from "../store/followers.ts";
import * as records from "../store/records.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { RecordTable } from "../store/tables/records.ts";
import * as settings from "../store/settings.ts";
import { beat } from "./beat.ts";
import { type FormerSelf, type Identity, loadIdentity } from "./identity.ts";
import { coopIdOf } from "./ids.ts";
import { alsoKnownAs, issuedAfter, readdressed } from "./sign-listing.ts";

const day = 24 * 60 * 60 * 1000;

/** Records in one transaction: each is signed twice. */
const portion = 50;

/**
 * Gives a node that is stopped another address. Everything stays; what it
 * publishes is issued anew there by {@link finishMove}, which comes next.
 *
 * @param to Scheme and host, as in the configuration.
 * @returns Who the node is from now on.
 * @throws {AppError} `conflict` when it is, or was, at that address.
 */
export async function moveNode(db: Db, node: Identity, to: string, now: number): Promise<Identity> {
  await db.transaction().execute((tx) => move(tx, node, to, now));
  return loadIdentity(db, to, now);
}

async function move(tx: Tx, node: Identity, to: string, now: number): Promise<void> {
  const former = await settings.former(tx);
  if ([node.origin, ...former.map(({ origin }) => origin)].includes(to)) {
    throw new AppError(
      "conflict",
      `this node is, or was, at ${to}: name an address that is new to it`,
    );
  }
  await settings.moveTo(tx, to, [...former, { origin: node.origin, moved: now }]);
  await departures.put(tx, await departuresTo(tx, node.origin, to, now));
  // The new actor has shaken nobody's hand yet.
  await followers.forgetFollowing(tx, "actor");
  await changes.append(tx, [{ kind: "key", subject: `key ${to}`, origin: "" }]);
}

/** Whose followers have to be told where it is; nodes see by records that the node's actor has moved. */
async function departuresTo(
  tx: Tx,
  origin: string,
  to: string,
  now: number,
): Promise<departures.Departure[]> {
  const identifiers = (await followers.allFollowed(tx)).filter((each) => each !== "actor");
  return identifiers.map((identifier) => ({
    identifier,
    origin,
    target: `${to}/${identifier}`,
    moved: now,
    announced: null,
  }));
}

/**
 * Issues anew at the present address what the node had published at a former
 * one, and puts tombstones there that say where it is. May be broken off at any
 * time and called again: what is left to do is seen in the records.
 *
 * @returns How many records were issued anew.
 */
export async function finishMove(
  db: Db,
  node: Identity,
  clock: () => number,
  stop?: AbortSignal,
): Promise<number> {
  let moved = 0;
  for (const self of node.former) {
    for (let after = ""; stop?.aborted !== true;) {
      const page = await records.ofOrigin(db, self.host, portion, { after });
      const ids = page
        .filter(({ tombstone, kind }) => tombstone === 0 && kind !== beaconKind)
        .map(({ id }) => id);
      if (ids.length > 0) {
        const begun = performance.now();
        moved += await db.transaction().execute((tx) => movePortion(tx, node, self, ids, clock()));
        // Others want to write, too.
        await sleep((performance.now() - begun) / 4);
      }
      if (page.length < portion) break;
      after = page.at(-1)?.id ?? "";
    }
    if (stop?.aborted !== true) await beatFormer(db, node, self, clock());
  }
  return moved;
}

/** As long as anybody may hold something of the former address, it says where its node is. */
async function beatFormer(db: Db, node: Identity, self: FormerSelf, now: number): Promise<void> {
  if (now > self.moved + bounds.validity) return;
  const { origin, host, actor, signing, history } = self;
  const there = { ...node, origin, host, actor, signing, history };
  await beat(db, there, { movedTo: node.origin }, now, { most: day, least: day });
}

async function movePortion(
  tx: Tx,
  node: Identity,
  self: FormerSelf,
  ids: string[],
  now: number,
): Promise<number> {
  const coopIds = new Map(ids.map((id) => [id, coopIdOf({ ...node, origin: self.origin }, id)]));
  const hosted = await coops.lock(
    tx,
    [...coopIds.values()].filter((id) => id !== undefined),
  );
  const rows = [...(await records.byIds(tx, ids)).values()].filter((row) => row.tombstone === 0);
  const before = await records.byIds(
    tx,
    rows.map(({ id }) => addressNow(node, self, id)),
  );
  const signed: SignedRecord[] = [];
  for (const row of rows) {
    const coop = hosted.get(coopIds.get(row.id) ?? "");
    const id = addressNow(node, self, row.id);
    const pair = moveRecord(node, self, row, before.get(id), coop, now);
    if (pair === undefined) continue;
    signed.push(...pair);
    if (coop?.content == null) continue;
    const content = readdressed(node, JSON.parse(coop.content) as JsonObject) as JsonObject;
    const known = { ...content, ...alsoKnownAs(node, coop) };
    await coops.revise(tx, { ...coop, content: JSON.stringify(known) });
  }
  await records.put(tx, signed, now);
  return signed.length / 2;
}

function addressNow(node: Identity, self: FormerSelf, url: string): string {
  return node.origin + url.slice(self.origin.length);
}

/** A record at the present address, and the tombstone in its former place. */
function moveRecord(
  node: Identity,
  self: FormerSelf,
  row: RecordTable,
  last: RecordTable | undefined,
  coop: coops.HostedCoop | undefined,
  now: number,
): [SignedRecord, SignedRecord] | undefined {
  const { proof: _, ...old } = JSON.parse(new TextDecoder().decode(row.body)) as JsonObject;
  const document = readdressed(node, old) as JsonObject;
  const about = document["about"] as JsonObject;
  const issued = new Date(issuedAfter(last, now)).toISOString();
  const known = coop === undefined ? {} : alsoKnownAs(node, coop);
  const id = addressNow(node, self, row.id);
  try {
    const fresh = { ...document, issued, about: { ...about, ...known } as JsonObject };
    const grave = tombstoneRecord(self.actor, row.id, issuedAfter(row, now), id);
    return [
      signRecord(fresh, node.signing),
      signRecord({ ...grave, formerType: old["type"] ?? "Document" }, self.signing),
    ];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    getLogger(["fragaria", "directory"]).error(
      "{id} was not moved: with its new address it is too long ({message}). Shorten the listing and publish it",
      { id: row.id, message: error.message },
    );
    return undefined;
  }
}

/** How many addresses one after the other are followed. */
const hopsMost = 5;

/**
 * Where a co-op is that was withdrawn because its node has moved: only if the
 * listing there says that it is the same.
 *
 * @param url Of a co-op, or of its listing.
 * @returns The URL of the co-op.
 */
export async function movedTo(db: Db, url: string): Promise<string | undefined> {
  const coop = url.replace(/\/listing$/, "");
  let id = `${coop}/listing`;
  for (let hops = 0; hops < hopsMost; hops += 1) {
    const row = await records.get(db, id);
    if (row === undefined) return undefined;
    const document = JSON.parse(new TextDecoder().decode(row.body)) as JsonObject;
    if (row.tombstone === 0) {
      const listing = readListing(document);
      return listing?.alsoKnownAs?.includes(coop) === true ? listing.id : undefined;
    }
    const { movedTo: next } = document;
    if (typeof next !== "string" || next.length > bounds.id) return undefined;
    id = next;
  }
  return undefined;
}
