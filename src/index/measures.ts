import { sensitiveKinds } from "../coop/listing.ts";
import { StakeholderKind } from "../coop/codes.ts";
import type { Runs } from "./dimensions.ts";

/** What can be computed from the figures of the co-ops in a cell. */
export const statNames = ["sum", "mean", "median", "quartiles", "ratio"] as const;
export type StatName = (typeof statNames)[number];

/** Measures whose name says all; the others are followed by a kind of class, or by a currency. */
const plain: Record<string, string> = {
  members: "members",
  members_natural: "membersNatural",
  members_legal: "membersLegal",
  women: "membersFemale",
  men: "membersMale",
  workers: "workers",
  worker_members: "workerMembers",
  volunteers: "volunteers",
};

/** Amounts of money, which add up only in one currency. */
export const amounts = ["turnover", "assets", "surplus"] as const;

/** Worker-members of all workers: a share of its own for each co-op that told both. */
export const ratioName = "worker_member_ratio";

/** A measure by its name in the API. */
export interface Measure {
  name: string;
  /** The runs of figures that it is read from; none for the number of organisations. */
  runs: { value: string; of?: string } | undefined;
  /** Of a class whose members could be harmed: counts under five are bounds. */
  sensitive: boolean;
}

/** The names of all measures; those of amounts end in any currency (ISO 4217). */
export function measureNames(): string[] {
  return [
    "organisations",
    ...Object.keys(plain),
    ...StakeholderKind.options.map((kind) => `members:${kind}`),
    ratioName,
    ...amounts.map((amount) => `${amount}:EUR`),
  ];
}

/** Reads `members`, `members:worker`, `turnover:EUR`; undefined for what is no measure. */
export function parseMeasure(name: string): Measure | undefined {
  if (name === "organisations") return { name, runs: undefined, sensitive: false };
  if (name === ratioName) {
    return { name, runs: { value: "workerMembers", of: "workers" }, sensitive: false };
  }
  const run = plain[name];
  if (run !== undefined) return { name, runs: { value: run }, sensitive: false };
  const [base = "", detail = ""] = name.split(":", 2);
  const kind = base === "members" ? StakeholderKind.safeParse(detail).data : undefined;
  if (kind !== undefined) {
    return { name, runs: { value: name }, sensitive: sensitiveKinds.has(kind) };
  }
  const amount = amounts.find((each) => each === base);
  if (amount === undefined || !/^[A-Z]{3}$/.test(detail)) return undefined;
  return { name: `${amount}:${detail}`, runs: { value: name }, sensitive: false };
}

/** Which statistics there are of a measure, the usual one first. */
export function statsOf({ name, runs }: Measure): StatName[] {
  if (runs === undefined) return [];
  return name === ratioName
    ? ["ratio", "mean", "median", "quartiles"]
    : ["sum", "mean", "median", "quartiles"];
}

/** What a figure is to a table. */
export const news = 0;
/** The same as the year before, because nobody looked: told apart, not counted as news. */
export const carried = 1;
/** Only a bound is known ("fewer than 5"): never added as a number. */
export const bounded = 2;

/** Bits of a figure's flags. */
const carriedFlag = 2;
const boundFlag = 4;

/** Counts below this are not told of sensitive classes (coop/disclosure.ts). */
const threshold = 5;

/** Figures of some rows, side by side. */
export interface Figures {
  size: number;
  row: Uint32Array;
  value: Float64Array;
  /** Of a ratio: what the value is a part of. */
  of: Float64Array | undefined;
  kind: Uint8Array;
}

/**
 * The figures of a measure for a year (0: the latest of each co-op).
 *
 * @param wanted By row: 1 where it is asked for.
 */
export function figuresOf(runs: Runs, measure: Measure, year: number, wanted: Uint8Array): Figures {
  const { runs: read, sensitive } = measure;
  if (read === undefined) return grow(undefined, 0);
  if (read.of !== undefined) return ratios(runs, read.value, read.of, year, wanted);
  let found = grow(undefined, 1024);
  runs.each(read.value, year, (row, value, flags) => {
    if (wanted[row] !== 1) return;
    if (found.size === found.row.length) found = grow(found, found.size * 2);
    const at = found.size++;
    found.row[at] = row;
    found.value[at] = value;
    found.kind[at] = kindOf(value, flags, year, sensitive);
  });
  return found;
}

function kindOf(value: number, flags: number, year: number, sensitive: boolean): number {
  if ((flags & boundFlag) !== 0 || (sensitive && value < threshold)) return bounded;
  // The latest figure of a co-op is what is known of it, however old.
  return year !== 0 && (flags & carriedFlag) !== 0 ? carried : news;
}

/** Of a year both must be known; the latest ratio is that of the latest year that has both. */
function ratios(
  runs: Runs,
  part: string,
  whole: string,
  year: number,
  wanted: Uint8Array,
): Figures {
  const years = year === 0 ? runs.years(part).toSorted((a, b) => b - a) : [year];
  const wholes = new Float64Array(wanted.length);
  const flagsOf = new Uint8Array(wanted.length);
  const done = new Uint8Array(wanted.length);
  let found = grow(undefined, 1024, true);
  for (const each of years) {
    wholes.fill(0);
    runs.each(whole, each, (row, value, flags) => {
      wholes[row] = value;
      flagsOf[row] = flags;
    });
    runs.each(part, each, (row, value, flags) => {
      const of = wholes[row] ?? 0;
      // Of nobody there is no share; and no share is more than the whole.
      if (wanted[row] !== 1 || done[row] === 1 || of <= 0 || value > of) return;
      done[row] = 1;
      if (found.size === found.row.length) found = grow(found, found.size * 2, true);
      const at = found.size++;
      found.row[at] = row;
      found.value[at] = value;
      if (found.of !== undefined) found.of[at] = of;
      const either = (flags | (flagsOf[row] ?? 0)) & boundFlag;
      const both = flags & (flagsOf[row] ?? 0) & carriedFlag;
      found.kind[at] = kindOf(value, either | both, year, false);
    });
  }
  return found;
}

function grow(old: Figures | undefined, room: number, ratio = false): Figures {
  const grown: Figures = {
    size: old?.size ?? 0,
    row: new Uint32Array(room),
    value: new Float64Array(room),
    of: ratio ? new Float64Array(room) : undefined,
    kind: new Uint8Array(room),
  };
  if (old !== undefined) {
    grown.row.set(old.row);
    grown.value.set(old.value);
    grown.kind.set(old.kind);
    if (old.of !== undefined) grown.of?.set(old.of);
  }
  return grown;
}

/** The figures of those rows for which a test holds. */
export function keepRows(figures: Figures, test: (row: number) => boolean): Figures {
  const kept = grow(undefined, figures.size, figures.of !== undefined);
  for (let at = 0; at < figures.size; at++) {
    const row = figures.row[at] ?? 0;
    if (!test(row)) continue;
    const to = kept.size++;
    kept.row[to] = row;
    kept.value[to] = figures.value[at] ?? 0;
    kept.kind[to] = figures.kind[at] ?? 0;
    if (kept.of !== undefined) kept.of[to] = figures.of?.[at] ?? 0;
  }
  return kept;
}

/** By row: 1 where it reported something new in all of these. */
export function inAll(size: number, all: readonly Figures[]): Uint8Array {
  const times = new Uint16Array(size);
  for (const [index, { row, kind, size: length }] of all.entries()) {
    for (let at = 0; at < length; at++) {
      const each = row[at] ?? 0;
      if (kind[at] === news && times[each] === index) times[each] = index + 1;
    }
  }
  const marks = new Uint8Array(size);
  for (let row = 0; row < size; row++) if (times[row] === all.length) marks[row] = 1;
  return marks;
}
