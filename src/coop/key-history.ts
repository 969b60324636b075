import { z } from "zod";
import { publicKeyOf, signDocument, type SigningKey, verifyProof } from "./proof.ts";
import { bounds } from "./record.ts";

/**
 * The keys with which a node has signed its records, oldest first. It stands in
 * the node's beacon and on its actor. Each key after the first is endorsed by
 * an earlier one, so that whoever has pinned any of them can follow to the
 * present one (docs/decisions/0010-keys.md).
 */
export type KeyHistory = KeyEntry[];

/** How many keys a history holds at most: the latest ones. */
export const historyMost = 12;

const Moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "not a UTC time in milliseconds")
  .refine((text) => !Number.isNaN(Date.parse(text)), "not a moment in the calendar");

const Endorsement = z.object({
  created: z.string().max(40),
  cryptosuite: z.literal("eddsa-jcs-2022"),
  proofPurpose: z.literal("assertionMethod"),
  proofValue: z.string().max(128),
  type: z.literal("DataIntegrityProof"),
  verificationMethod: z.string().max(bounds.id),
});

/** One key of a node, as it is written in beacons and on the actor. */
export const KeyEntry = z.object({
  /** The verificationMethod that proofs name. */
  id: z.string().max(bounds.id),
  publicKeyMultibase: z.string().max(100).refine(isMultikey, "not an Ed25519 Multikey"),
  /** When it was made. */
  from: Moment,
  /** When another took its place: it still verifies what was issued until then. */
  until: Moment.optional(),
  /** When it was found to be in wrong hands: it verifies nothing any more. */
  dropped: Moment.optional(),
  /** By an earlier key, over `id`, `publicKeyMultibase` and `from`. */
  proof: Endorsement.optional(),
});
export type KeyEntry = z.infer<typeof KeyEntry>;

function isMultikey(value: string): boolean {
  try {
    publicKeyOf(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * The entry of a new key.
 *
 * @param by The key before it, which endorses it; none for a node's first key.
 */
export function newEntry(
  id: string,
  publicKeyMultibase: string,
  from: number,
  by?: SigningKey,
): KeyEntry {
  const entry = { id, publicKeyMultibase, from: new Date(from).toISOString() };
  return by === undefined ? entry : signDocument(entry, by, `${entry.from.slice(0, 19)}Z`);
}

/**
 * Reads a history as another node writes it. What isn't an Ed25519 key of this
 * actor is left out, and so is a key or an id that stands there twice.
 *
 * @param actor The node actor whose keys they are.
 */
export function readKeyHistory(value: unknown, actor: string): KeyHistory {
  if (!Array.isArray(value)) return [];
  const history: KeyHistory = [];
  for (const each of value.slice(-historyMost)) {
    const entry = KeyEntry.safeParse(each);
    if (!entry.success || !entry.data.id.startsWith(`${actor}#`)) continue;
    const { id, publicKeyMultibase } = entry.data;
    if (history.some((one) => one.id === id || one.publicKeyMultibase === publicKeyMultibase)) {
      continue;
    }
    history.push(entry.data);
  }
  return history;
}

/** The key that signs at present: the last one that was neither retired nor dropped. */
export function presentKey(history: KeyHistory): KeyEntry | undefined {
  return history.findLast(({ until, dropped }) => until === undefined && dropped === undefined);
}

/**
 * Whether a key verifies a record that was issued then. A retired one gets as
 * much grace as clocks may differ.
 *
 * @param ends When it was retired and when dropped, epoch ms.
 * @param issued Epoch ms.
 */
export function countsAt(
  ends: { retired: number | null; dropped: number | null },
  issued: number,
): boolean {
  return ends.dropped === null && (ends.retired === null || issued <= ends.retired + bounds.ahead);
}

/** Why a key isn't taken for one of the node's at once. */
type Doubt =
  /** No known key endorses it. */
  | "unchained"
  /** The key that endorses it has endorsed another one before. */
  | "fork"
  /** It stands under the id of another key that is known. */
  | "changed"
  /** It is known to have been dropped, and stands there as if it had not. */
  | "dropped";

/** What a history brings to somebody who knows an earlier one. */
export interface Followed {
  /** What counts from now on. */
  history: KeyHistory;
  /** The new keys among it. */
  accepted: KeyEntry[];
  /** Keys that were known, and were now retired or dropped. */
  ended: KeyEntry[];
  /** What contradicts the known history, or doesn't follow from it. Never part of `history`. */
  doubted: { entry: KeyEntry; why: Doubt }[];
}

/**
 * Follows a node from the keys that are pinned to those that it names now. Only
 * what is endorsed counts; an endorsement by a dropped key does, too, as that is
 * how a node leaves it behind, but of two keys that one key endorses only the
 * one that was known first.
 *
 * That keys have ended is believed only of a history whose present key counts.
 *
 * @param pinned What is known, which is believed as it is.
 * @param offered What the node, or who claims to be it, says now.
 */
export function follow(pinned: KeyHistory, offered: KeyHistory): Followed {
  const known = new Map(pinned.map((entry) => [entry.id, entry]));
  const accepted: KeyEntry[] = [];
  const doubted: Followed["doubted"] = [];
  let waiting: KeyEntry[] = [];
  for (const entry of offered) {
    const before = known.get(entry.id);
    if (before === undefined) waiting.push(entry);
    else if (before.publicKeyMultibase !== entry.publicKeyMultibase) {
      doubted.push({ entry, why: "changed" });
    } else if (before.dropped !== undefined && entry.dropped === undefined) {
      doubted.push({ entry, why: "dropped" });
    }
  }
  for (;;) {
    const next = waiting.find((entry) => relationOf(entry, [...known.values()], offered) === "kin");
    if (next === undefined) break;
    known.set(next.id, next);
    accepted.push(next);
    waiting = waiting.filter((entry) => entry !== next);
  }
  for (const entry of waiting) {
    const relation = relationOf(entry, [...known.values()], offered);
    doubted.push({ entry, why: relation === "fork" ? "fork" : "unchained" });
  }
  const ended = endings(known, offered);
  for (const entry of ended) known.set(entry.id, entry);
  const news = new Set(accepted.map(({ id }) => id));
  return {
    history: inOrder([...known.values()]),
    accepted: inOrder([...known.values()].filter(({ id }) => news.has(id))),
    ended: ended.filter(({ id }) => !news.has(id)),
    doubted,
  };
}

/**
 * What remains of the pinned keys when a node has begun anew with keys that
 * didn't follow from them: those that endorse, directly or not, one of the new
 * ones. All others are no longer the node's.
 */
export function survivors(pinned: KeyHistory, begun: KeyHistory): KeyHistory {
  const kept: KeyHistory = [];
  for (;;) {
    const next = pinned.find(
      (key) => !kept.includes(key) && [...begun, ...kept].some((later) => endorses(key, later)),
    );
    if (next === undefined) return inOrder(kept);
    kept.push(next);
  }
}

/** What a new key is to those that are known. */
function relationOf(
  entry: KeyEntry,
  known: KeyEntry[],
  offered: KeyHistory,
): "kin" | "fork" | "none" {
  if (known.some(({ publicKeyMultibase }) => publicKeyMultibase === entry.publicKeyMultibase)) {
    return "none"; // the same key by another name
  }
  const endorser = known.find((key) => endorses(key, entry));
  if (endorser !== undefined) {
    // Not by its name: another key may have had that before.
    return known.some((key) => endorses(endorser, key)) ? "fork" : "kin";
  }
  // A key from before those that are known: it is over, and one of them names it.
  if (entry.until === undefined && entry.dropped === undefined) return "none";
  const successors = offered.filter((later) => endorses(entry, later));
  const before = successors.some((later) =>
    known.some(
      ({ id, publicKeyMultibase }) =>
        id === later.id && publicKeyMultibase === later.publicKeyMultibase,
    ),
  );
  return before ? "kin" : "none";
}

/** Whether the first key has endorsed the second one. */
function endorses(key: KeyEntry, { id, publicKeyMultibase, from, proof }: KeyEntry): boolean {
  if (proof === undefined || proof.verificationMethod !== key.id) return false;
  const entry = { id, publicKeyMultibase, from };
  return verifyProof(entry, proof, publicKeyOf(key.publicKeyMultibase));
}

/** Known keys that the offered history retires or drops, as they are from then on. */
function endings(known: Map<string, KeyEntry>, offered: KeyHistory): KeyEntry[] {
  const present = presentKey(offered);
  const own = known.get(present?.id ?? "");
  const counts =
    own?.publicKeyMultibase === present?.publicKeyMultibase &&
    own?.until === undefined &&
    own?.dropped === undefined;
  if (present === undefined || own === undefined || !counts) return [];
  return offered.flatMap((entry) => {
    const before = known.get(entry.id);
    if (before?.publicKeyMultibase !== entry.publicKeyMultibase) return [];
    // What has ended stays so, and never later than was said before.
    const until = earlier(before.until, entry.until);
    const dropped = earlier(before.dropped, entry.dropped);
    if (until === before.until && dropped === before.dropped) return [];
    return [{ ...before, ...(until && { until }), ...(dropped && { dropped }) }];
  });
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

/** Oldest first. */
function inOrder(entries: KeyEntry[]): KeyHistory {
  return entries.toSorted((a, b) =>
    a.from === b.from ? (a.id < b.id ? -1 : 1) : a.from < b.from ? -1 : 1,
  );
}
