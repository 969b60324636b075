import { sensitiveKinds } from "../coop/listing.ts";
import { StakeholderKind } from "../coop/codes.ts";
import type { Runs } from "./dimensions.ts";
import { carriedForward } from "./figures.ts";

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

/** The names of the measures of which there are any figures. */
export function reportedMeasures(runs: Runs): string[] {
  const reported = new Set(runs.measures());
  const known = measureNames().filter((name) => {
    const read = parseMeasure(name)?.runs;
    const needed = [read?.value, read?.of].filter((run) => run !== undefined);
    return needed.every((run) => reported.has(run)) && !name.endsWith(":EUR");
  });
  const money = [...reported].filter((run) => amounts.some((each) => run.startsWith(`${each}:`)));
  return [...known, ...money.toSorted()];
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

/** Counts below this are not told of sensitive classes (coop/disclosure.ts). */
const threshold = 5;

/** Figures of some rows, side by side. */
export interface Figures {
  rows: Uint32Array;
  values: Float64Array;
  /** Of a ratio: what each value is a part of. */
  of: Float64Array | undefined;
}

/** What is new, and what only repeats the year before because nobody looked. */
export interface Reported {
  news: Figures;
  carried: Figures;
}

/**
 * The figures of a measure for a year (0: the latest of each co-op, news however
 * old). Of a class whose members could be harmed, counts under five are taken as
 * if they hadn't been told, whoever told them.
 *
 * @param wanted By row: 1 where it is asked for.
 */
export function figuresOf(
  runs: Runs,
  measure: Measure,
  year: number,
  wanted: Uint8Array,
): Reported {
  const { runs: read, sensitive } = measure;
  const [news, carried] = [new Collected(), new Collected()];
  if (read === undefined) return { news: news.figures, carried: carried.figures };
  if (read.of !== undefined) return ratios(runs, read.value, read.of, year, wanted);
  const least = sensitive ? threshold : -Infinity;
  const apart = year === 0 ? 0 : carriedForward;
  const { rows, values, flags } = runs.gather(read.value, year, wanted);
  if (!sensitive && apart === 0) {
    return { news: { rows, values, of: undefined }, carried: carried.figures };
  }
  for (let at = 0; at < rows.length; at++) {
    const value = values[at] as number;
    if (value < least) continue;
    const to = ((flags[at] as number) & apart) === 0 ? news : carried;
    to.add(rows[at] as number, value);
  }
  return { news: news.figures, carried: carried.figures };
}

/** Of a year both must be known; the latest ratio is that of the latest year that has both. */
function ratios(
  runs: Runs,
  part: string,
  whole: string,
  year: number,
  wanted: Uint8Array,
): Reported {
  const years = year === 0 ? runs.years(part).toSorted((a, b) => b - a) : [year];
  const wholes = new Float64Array(wanted.length);
  const flagsOf = new Uint8Array(wanted.length);
  const done = new Uint8Array(wanted.length);
  const [news, carried] = [new Collected(true), new Collected(true)];
  for (const each of years) {
    wholes.fill(0);
    const all = runs.gather(whole, each, wanted);
    for (let at = 0; at < all.rows.length; at++) {
      const row = all.rows[at] as number;
      wholes[row] = all.values[at] as number;
      flagsOf[row] = all.flags[at] as number;
    }
    const { rows, values, flags } = runs.gather(part, each, wanted);
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as number;
      const value = values[at] as number;
      const of = wholes[row] as number;
      // Of nobody there is no share; and no part is more than the whole.
      if (done[row] === 1 || of <= 0 || value > of) continue;
      done[row] = 1;
      const both = (flags[at] as number) & (flagsOf[row] as number);
      const repeated = year !== 0 && (both & carriedForward) !== 0;
      (repeated ? carried : news).add(row, value, of);
    }
  }
  return { news: news.figures, carried: carried.figures };
}

/** Figures that are being collected. */
class Collected {
  #rows = new Uint32Array(0);
  #values = new Float64Array(0);
  #of: Float64Array | undefined;
  #size = 0;

  constructor(ratio = false) {
    if (ratio) this.#of = new Float64Array(0);
  }

  add(row: number, value: number, of = 0): void {
    if (this.#size === this.#rows.length) this.#grow();
    this.#rows[this.#size] = row;
    this.#values[this.#size] = value;
    if (this.#of !== undefined) this.#of[this.#size] = of;
    this.#size += 1;
  }

  get figures(): Figures {
    return {
      rows: this.#rows.subarray(0, this.#size),
      values: this.#values.subarray(0, this.#size),
      of: this.#of?.subarray(0, this.#size),
    };
  }

  #grow(): void {
    const room = Math.max(4096, this.#size * 2);
    const [rows, values] = [new Uint32Array(room), new Float64Array(room)];
    rows.set(this.#rows);
    values.set(this.#values);
    this.#rows = rows;
    this.#values = values;
    if (this.#of === undefined) return;
    const of = new Float64Array(room);
    of.set(this.#of);
    this.#of = of;
  }
}

/** What is reported of those rows for which a test holds. */
export function keepRows({ news, carried }: Reported, test: (row: number) => boolean): Reported {
  const kept = ({ rows, values, of }: Figures) => {
    const collected = new Collected(of !== undefined);
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as number;
      if (test(row)) collected.add(row, values[at] as number, of?.[at]);
    }
    return collected.figures;
  };
  return { news: kept(news), carried: kept(carried) };
}

/** By row: 1 where it reported something new in all of these. */
export function inAll(size: number, all: readonly Reported[]): Uint8Array {
  const times = new Uint16Array(size);
  for (const { news } of all) {
    for (let at = 0; at < news.rows.length; at++) {
      const row = news.rows[at] as number;
      times[row] = (times[row] as number) + 1;
    }
  }
  const marks = new Uint8Array(size);
  for (let row = 0; row < size; row++) marks[row] = times[row] === all.length ? 1 : 0;
  return marks;
}
