import { readFileSync } from "node:fs";

/** One line of output. */
export interface Figure {
  /** GROUP.CASE, the same at every run. */
  name: string;
  value: number;
  unit: string;
  /** What else was measured in the same run, doing the same work. */
  peer?: string;
  peerValue?: number;
  /** Ours by the peer's: above 1 we do more, or need more. */
  ratio?: number;
  /** The same by CPU time, where both sides were metered: steadier on a busy machine. */
  cpuRatio?: number;
  /** How many things were done, or looked at, for `value`. */
  n: number;
  /** Wall time for which `value` was measured. */
  seconds: number;
  /** CPU time of the process that did the work, its threads included. */
  cpuSeconds?: number;
  note?: string;
}

/** What some work took. */
export interface Taken {
  n: number;
  seconds: number;
  cpuSeconds: number;
}

/** Of what hasn't begun. */
export function nothing(): Taken {
  return { n: 0, seconds: 0, cpuSeconds: 0 };
}

/** Counts something more. */
export function add(total: Taken, { n, seconds, cpuSeconds }: Taken): void {
  total.n += n;
  total.seconds += seconds;
  total.cpuSeconds += cpuSeconds;
}

/** Does a small piece of work, and says how many things it did. */
export type Work = () => number | Promise<number>;

/** Reads the CPU time of a process so far, in seconds. */
export type Meter = () => number;

/** Of our own process. */
const own: Meter = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Of another process, by Linux' /proc; in steps of 10 ms. */
export function meterOf(pid: number | undefined): Meter {
  return () => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything; the 14th and 15th fields follow it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
}

/** Prints a figure: the one thing that goes to standard output. */
export function report(figure: Figure): void {
  const line = Object.fromEntries(
    Object.entries(figure).map(([key, value]) => [
      key,
      typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value,
    ]),
  );
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Says what goes on. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function rateOf({ n, seconds }: Taken): number {
  return n / seconds;
}

/** Reports how many were done in a second, beside a peer. */
export function reportRate(
  name: string,
  unit: string,
  taken: Taken,
  { peer, than, note }: { peer?: string; than?: Taken; note?: string } = {},
): void {
  report({
    name,
    value: rateOf(taken),
    unit,
    ...(peer !== undefined &&
      than !== undefined && {
        peer,
        peerValue: rateOf(than),
        ratio: rateOf(taken) / rateOf(than),
        cpuRatio: taken.n / taken.cpuSeconds / (than.n / than.cpuSeconds),
      }),
    ...taken,
    ...(note !== undefined && { note }),
  });
}

/** Does a piece of work once, and measures it. */
export async function measure(work: Work, meter: Meter = own): Promise<Taken> {
  const cpu = meter();
  const start = performance.now();
  const n = await work();
  return { n, seconds: (performance.now() - start) / 1000, cpuSeconds: meter() - cpu };
}

/**
 * Measures several works by turns, a slice of time for each, so that whatever
 * else the machine does hits all of them alike. The first round warms up and
 * isn't counted.
 *
 * @param options.slice Milliseconds; a work that takes longer is done once.
 */
export async function alternate<Name extends string>(
  works: Record<Name, Work>,
  options: { slice: number; rounds: number; meters?: Partial<Record<Name, Meter>> },
): Promise<Record<Name, Taken>> {
  const names = Object.keys(works) as Name[];
  const totals = Object.fromEntries(names.map((name) => [name, nothing()])) as Record<Name, Taken>;
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const name of names) {
      const taken = await measure(
        () => repeated(works[name], options.slice),
        options.meters?.[name],
      );
      if (round === 0) continue;
      add(totals[name], taken);
    }
  }
  return totals;
}

async function repeated(work: Work, slice: number): Promise<number> {
  const end = performance.now() + slice;
  let n = 0;
  do n += await work();
  while (performance.now() < end);
  return n;
}

/** The value below which this share of the values lies. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
