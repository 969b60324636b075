import { z } from "zod";
import type { Json, JsonObject } from "./canonical-json.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { readLeniently } from "./leniency.ts";
import { context, namespace } from "./listing-record.ts";
import { bounds } from "./record.ts";

/** The kind under which feeds carry beacons, and readers find them. */
export const beaconKind = "coop:Beacon";

/**
 * Milliseconds before the beacon within which a record was issued to be
 * counted: ten days less than it is valid, so that none of them has expired
 * anywhere while the beacon is compared.
 */
export const countedFor = bounds.validity - 10 * 24 * 60 * 60 * 1000;

/** A few terms only: every node signs a beacon a day, and every hub holds all of them. */
const beaconContext: Json[] = [
  ...context.slice(0, 2),
  { "@vocab": namespace, coop: namespace, about: "https://schema.org/about" },
];

const Moment = z.iso.datetime({ precision: 3 }).transform((text) => Date.parse(text));
const moment = (time: number) => new Date(time).toISOString();

/** What a node says of itself. Loose: what a later version adds is kept in the record. */
const Statement = z.looseObject({
  type: z.literal("coop:Node"),
  role: z.enum(["hub", "leaf"]).optional(),
  previous: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "not a digest")
    .optional(),
  count: z.int().min(0),
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/, "not a fingerprint"),
  asOf: Moment,
  asks: z.int().min(0).optional(),
  movedTo: z
    .url({ protocol: /^https?$/ })
    .max(bounds.id)
    .optional(),
  keys: z.array(z.custom<Json>()).max(100).optional(),
});

/**
 * What a beacon says, beside when it was issued. It stands for the records of
 * its host that were issued within `countedFor` before the beacon and not after
 * `asOf`, tombstones included, the beacon itself left out.
 */
export interface Beacon {
  role?: "hub" | "leaf";
  /** Digest of the beacon before this one; none where a chain begins. */
  previous?: string;
  /** How many records. */
  count: number;
  /** Of their digests, as in repair: 32 hexadecimal digits. */
  fingerprint: string;
  /** When the newest of them was issued, epoch ms. */
  asOf: number;
  /** How many records it would like to publish. */
  asks?: number;
  /** The origin to which the node has moved. */
  movedTo?: string;
  /** The history of the node's keys, as `key-history.ts` reads it. */
  keys?: Json[];
}

/** The URL of a node's beacon: always this, as of all records only the newest version counts. */
export function beaconId(origin: string): string {
  return `${origin}/dir/v1/beacon`;
}

/**
 * The record in which a node says that it is there and what it publishes, ready
 * to be signed.
 *
 * @param origin Scheme and host: `https://coops.example`.
 * @param issued Epoch ms; larger than that of the version before.
 */
export function beaconRecord(origin: string, beacon: Beacon, issued: number): JsonObject {
  const { asOf, ...rest } = beacon;
  return {
    "@context": beaconContext,
    id: beaconId(origin),
    type: ["Document", beaconKind],
    attributedTo: `${origin}/actor`,
    issued: moment(issued),
    about: {
      id: `${origin}/actor`,
      type: "coop:Node",
      ...rest,
      asOf: moment(asOf),
    },
  };
}

/**
 * What a replicated beacon says, as far as this version of the software can
 * tell.
 *
 * @returns Undefined when it stands elsewhere than at its node's beacon, and
 *   when it can't be read what it counts.
 */
export function readBeacon(document: JsonObject): Beacon | undefined {
  const { id, about } = document;
  if (typeof id !== "string" || !URL.canParse(id)) return undefined;
  if (id !== beaconId(new URL(id).origin)) return undefined;
  const read = readLeniently(Statement, about);
  if (read === undefined) return undefined;
  const { role, previous, count, fingerprint, asOf, asks, movedTo, keys } = read;
  return {
    ...(role && { role }),
    ...(previous !== undefined && { previous }),
    count,
    fingerprint,
    asOf,
    ...(asks !== undefined && { asks }),
    ...(movedTo !== undefined && { movedTo: new URL(movedTo).origin }),
    ...(keys && { keys }),
  };
}

/**
 * Whether two genuine beacons of one host contradict one another: both say that
 * they come after the same one, and a chain has no forks. Beacons with which a
 * chain begins don't.
 */
export function contradict(
  a: { digest: string; beacon: Beacon },
  b: { digest: string; beacon: Beacon },
): boolean {
  const { previous } = a.beacon;
  return a.digest !== b.digest && previous !== undefined && previous === b.beacon.previous;
}

/** What is held of a host, as far as its beacon counts it. */
export interface Holding {
  /** Records issued up to `asOf`. */
  count: number;
  /** Of their digests. */
  fingerprint: string;
  /** Records that were issued later: some may stand in the place of one that was counted. */
  newer: number;
}

/**
 * What of a host's records a beacon counts.
 *
 * @param records All of the host but its beacons, tombstones included.
 * @param issued When the beacon was issued, epoch ms.
 */
export function holdingOf(
  records: { issued: number; digest: string }[],
  { issued, asOf }: { issued: number; asOf: number },
): Holding {
  const recent = records.filter((each) => each.issued > issued - countedFor);
  const counted = recent.filter((each) => each.issued <= asOf);
  return {
    count: counted.length,
    fingerprint: fingerprintOf(counted.map(({ digest }) => digest)),
    newer: recent.length - counted.length,
  };
}

/**
 * What is held of a host, compared with its beacon. `unclear` is what has gone
 * on after the beacon: the next one will tell.
 */
export function compareHolding(
  { count, fingerprint }: Pick<Beacon, "count" | "fingerprint">,
  held: Holding,
): "same" | "less" | "other" | "unclear" {
  if (held.count + held.newer < count) return "less";
  if (held.newer > 0) return "unclear";
  return held.count === count && held.fingerprint === fingerprint ? "same" : "other";
}
