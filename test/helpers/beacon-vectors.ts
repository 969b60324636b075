import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Beacon,
  beaconId,
  beaconKind,
  beaconRecord,
  compareHolding,
  contradict,
  countedFor,
  holdingOf,
  readBeacon,
} from "../../src/coop/beacon.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { liveness } from "../../src/coop/liveness.ts";
import { multikey } from "../../src/coop/proof.ts";
import { signRecord } from "../../src/coop/record.ts";
import { digestOf } from "../../src/coop/version.ts";
import { testKey } from "./keys.ts";

// The beacons that other implementations test themselves with (fixtures/beacons).
// They are made here, and test/coop/beacon-vectors.test.ts holds the files to it.
// Run as a program, this writes them anew.

const folder = join(import.meta.dirname, "../../fixtures/beacons");

const origin = "https://coops.example";
const key = testKey(origin);
const issued = Date.parse("2026-11-22T12:00:00.250Z");
const day = 24 * 60 * 60 * 1000;

const digest = (of: string) => digestOf(Buffer.from(of));
const record = (of: string, at: number) => ({ issued: at, digest: digest(of) });

/** What the host publishes when it signs its beacons. */
const published = [
  record("one", issued - 200 * day),
  record("two", issued - day),
  record("three", issued - 5),
];
const expired = record("too old to count", issued - countedFor);

function beaconOf(records: typeof published, rest: Partial<Beacon> = {}): Beacon {
  const asOf = Math.max(...records.map((each) => each.issued), 0) || issued;
  const { count, fingerprint } = holdingOf(records, { issued, asOf });
  return { count, fingerprint, asOf, ...rest };
}

const sign = (document: JsonObject) => Buffer.from(signRecord(document, key).body);

const first = sign(beaconRecord(origin, beaconOf([], { role: "leaf" }), issued - day));
const second = { role: "leaf", previous: digestOf(first) } as const;

/** Beacons by file name, as the bytes that were signed. */
const beacons: Record<string, Buffer> = {
  "first.record": first,
  "second.record": sign(
    beaconRecord(origin, beaconOf([...published, expired], { ...second, asks: 5000 }), issued),
  ),
  "fork.record": sign(beaconRecord(origin, beaconOf(published.slice(0, 2), second), issued + 1)),
  "begun-anew.record": sign(
    beaconRecord(origin, beaconOf(published, { role: "leaf" }), issued + 2),
  ),
  "moved.record": sign(
    beaconRecord(origin, beaconOf([], { role: "hub", movedTo: "https://new.example" }), issued + 3),
  ),
  "of-a-later-version.record": sign({
    ...beaconRecord(origin, beaconOf(published), issued + 4),
    about: {
      id: `${origin}/actor`,
      type: "coop:Node",
      role: "orchard",
      asks: "as many as you like",
      colour: "red",
      count: 3,
      fingerprint: beaconOf(published).fingerprint,
      asOf: new Date(issued - 5).toISOString(),
    },
  }),
  "without-a-count.record": sign({
    "@context": "https://www.w3.org/ns/activitystreams",
    id: beaconId(origin),
    type: ["Document", beaconKind],
    attributedTo: `${origin}/actor`,
    issued: new Date(issued + 5).toISOString(),
    about: { type: "coop:Node", role: "hub" },
  }),
};

const read = (body: Uint8Array) =>
  readBeacon(JSON.parse(Buffer.from(body).toString("utf8")) as JsonObject);

/** What readers hold of the host of `second.record`, and why that compares as it does. */
const holdings: [what: string, records: typeof published][] = [
  ["All that was counted", published],
  ["And one that was too old to be counted", [...published, expired]],
  ["One is lacking", published.slice(1)],
  ["An older version of one", [...published.slice(0, 2), record("three, before", issued - 9)]],
  ["One that the host doesn’t count", [...published, record("four", issued - 7)]],
  ["A version that is newer than the beacon", [...published.slice(0, 2), record("3", issued + 9)]],
  ["One is lacking, and one is newer", [...published.slice(1, 2), record("3", issued + 9)]],
];

const silences = [-60_000, 0, 7 * day, 7 * day + 1, 30 * day, 30 * day + 1, 90 * day, 90 * day + 1];

/** Every file of fixtures/beacons, by its name. */
export function beaconVectors(): Map<string, Uint8Array> {
  const { method, publicKey } = key;
  const names = Object.keys(beacons);
  const counted = read(beacons["second.record"]!)!;
  const told = names.map((file) => {
    const body = beacons[file]!;
    return { file, digest: digestOf(body), beacon: read(body) };
  });
  const expected = {
    pinned: [{ method, publicKeyMultibase: multikey(publicKey), seed: "01".repeat(32) }],
    beacons: told.map(({ file, digest: of, beacon }) => ({
      file,
      digest: of,
      says: beacon === undefined ? null : beacon,
    })),
    contradictions: told.flatMap((a, at) =>
      told
        .slice(at + 1)
        .filter(
          (b) =>
            a.beacon !== undefined &&
            b.beacon !== undefined &&
            contradict(
              { digest: a.digest, beacon: a.beacon },
              { digest: b.digest, beacon: b.beacon },
            ),
        )
        .map((b) => [a.file, b.file]),
    ),
    holdings: holdings.map(([what, records]) => ({
      what,
      records,
      is: compareHolding(counted, holdingOf(records, { issued, asOf: counted.asOf })),
    })),
    liveness: silences.map((silent) => ({ silent, is: liveness(issued, issued + silent) })),
  };
  const text = `${JSON.stringify(expected, undefined, 2)}\n`;
  return new Map([...Object.entries(beacons), ["expected.json", Buffer.from(text)]]);
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const [name, body] of beaconVectors()) writeFileSync(join(folder, name), body);
}
