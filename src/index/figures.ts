/** The figure was estimated, not counted. */
export const estimated = 1;
/** The figure only repeats that of the year before. */
export const carriedForward = 2;

// Flags that only this file knows.
const latest = 4;
const gone = 8;

/** One figure of a row. */
export interface Figure {
  measure: string;
  year: number;
  value: number;
  /** `estimated` and `carriedForward`. */
  flags: number;
}

/** Figures of a measure, side by side. */
export interface Gathered {
  rows: Uint32Array;
  values: Float64Array;
  flags: Uint8Array;
}

/** What is new since the run was last sorted, before it is sorted in. */
const smallOverlay = 1024;

/** What a run is made of. */
type FigureArray = Uint32Array | Int32Array | Float64Array | Uint8Array;

/** What their names begin with. */
const prefix = "figure ";

/** The figures of all rows, by measure and year. */
export class FigureRuns {
  readonly #runs = new Map<string, Map<number, Run>>();

  /** Changes with every figure. */
  version = 0;

  /** The measures of which there is a figure, in no order that counts. */
  measures(): string[] {
    return [...this.#runs].filter(([, runs]) => held(runs) > 0).map(([measure]) => measure);
  }

  /** The years in which any row has a measure, ascending. */
  years(measure: string): number[] {
    const runs = this.#runs.get(measure) ?? new Map<number, Run>();
    return [...runs]
      .filter(([, run]) => run.size > 0)
      .map(([year]) => year)
      .toSorted((a, b) => a - b);
  }

  /**
   * The figures of a measure, one of each row that has any.
   *
   * @param year 0 for the latest in which the row has this measure.
   * @param wanted By row: 1 where it is asked for.
   */
  gather(measure: string, year: number, wanted: Uint8Array): Gathered {
    const runs = this.#runs.get(measure);
    const some = year === 0 ? [...(runs?.values() ?? [])] : [runs?.get(year) ?? []].flat();
    const room = some.reduce((sum, run) => sum + run.size, 0);
    const into = {
      rows: new Uint32Array(room),
      values: new Float64Array(room),
      flags: new Uint8Array(room),
    };
    let size = 0;
    for (const run of some) size = run.gather(year === 0 ? latest : 0, wanted, into, size);
    return {
      rows: into.rows.subarray(0, size),
      values: into.values.subarray(0, size),
      flags: into.flags.subarray(0, size),
    };
  }

  /** Writes the figures of a row, one of each measure and year. It has none before. */
  add(row: number, figures: readonly Figure[]): void {
    if (figures.length === 0) return;
    const newest = new Map<string, number>();
    for (const { measure, year } of figures) {
      newest.set(measure, Math.max(year, newest.get(measure) ?? year));
    }
    for (const { measure, year, value, flags } of figures) {
      const own = flags & (estimated | carriedForward);
      this.#run(measure, year).set(row, value, newest.get(measure) === year ? own | latest : own);
    }
    this.version += 1;
  }

  /**
   * Takes out the figures of a row.
   *
   * @param years The years in which it may have any.
   */
  delete(row: number, years: Iterable<number>): void {
    for (const year of years) {
      for (const runs of this.#runs.values()) runs.get(year)?.delete(row);
    }
    this.version += 1;
  }

  /** What a row has. */
  of(row: number): Figure[] {
    return [...this.#runs].flatMap(([measure, runs]) =>
      [...runs].flatMap(([year, run]) => {
        const found = run.of(row);
        return found === undefined ? [] : [{ measure, year, ...found }];
      }),
    );
  }

  /** All of it as arrays, by name: nothing is copied. */
  save(): Record<string, FigureArray> {
    const all: Record<string, FigureArray> = {};
    for (const [measure, runs] of this.#runs) {
      for (const [year, run] of runs) {
        const { rows, values, flags } = run.save();
        all[`${prefix}${measure} ${year} rows`] = rows;
        all[`${prefix}${measure} ${year} values`] = values;
        all[`${prefix}${measure} ${year} flags`] = flags;
      }
    }
    return all;
  }

  /** Takes over what `save` gave, before there is anything else. */
  restore(saved: Readonly<Record<string, unknown>>): void {
    for (const [name, rows] of Object.entries(saved)) {
      const [, measure, year] = /^figure (\S+) (\d+) rows$/.exec(name) ?? [];
      if (measure === undefined || !(rows instanceof Uint32Array)) continue;
      const run = this.#run(measure, Number(year));
      const place = `${prefix}${measure} ${year}`;
      run.restore(rows, saved[`${place} values`], saved[`${place} flags`]);
    }
  }

  #run(measure: string, year: number): Run {
    let runs = this.#runs.get(measure);
    if (runs === undefined) this.#runs.set(measure, (runs = new Map<number, Run>()));
    let run = runs.get(year);
    if (run === undefined) runs.set(year, (run = new Run()));
    return run;
  }
}

function held(runs: Map<number, Run>): number {
  return runs.values().reduce((sum, { size }) => sum + size, 0);
}

/**
 * Rows with a value each, ascending. What comes later out of order waits in an
 * overlay, and is sorted in when there is enough of it.
 */
class Run {
  #rows: Uint32Array = new Uint32Array(16);
  #values: Int32Array | Float64Array = new Int32Array(16);
  #flags: Uint8Array = new Uint8Array(16);
  #length = 0;
  #overlay = new Map<number, { value: number; flags: number }>();
  #gone = 0;

  get size(): number {
    return this.#length - this.#gone + this.#overlay.size;
  }

  set(row: number, value: number, flags: number): void {
    if (this.#length > 0 && row <= (this.#rows[this.#length - 1] ?? 0)) {
      this.delete(row);
      this.#overlay.set(row, { value, flags });
      if (this.#overlay.size > Math.max(smallOverlay, this.#length >> 4)) this.#merge();
      return;
    }
    this.#push(row, value, flags);
  }

  delete(row: number): void {
    if (this.#overlay.delete(row)) return;
    const at = this.#find(row);
    const flags = this.#flags[at] ?? gone;
    if (at === -1 || (flags & gone) !== 0) return;
    this.#flags[at] = flags | gone;
    this.#gone += 1;
  }

  of(row: number): { value: number; flags: number } | undefined {
    const waiting = this.#overlay.get(row);
    if (waiting !== undefined) return { ...waiting, flags: waiting.flags & ~latest };
    const at = this.#find(row);
    const flags = this.#flags[at] ?? gone;
    if (at === -1 || (flags & gone) !== 0) return undefined;
    return { value: this.#values[at] ?? 0, flags: flags & ~latest };
  }

  /**
   * @param needed Flags that must be there.
   * @param from Where to go on writing.
   * @returns Where that ends.
   */
  gather(needed: number, wanted: Uint8Array, into: Gathered, from: number): number {
    const [rows, values, flags] = [this.#rows, this.#values, this.#flags];
    const visible = needed | gone;
    let end = from;
    for (let at = 0; at < this.#length; at++) {
      const row = rows[at] as number;
      if (wanted[row] !== 1 || ((flags[at] as number) & visible) !== needed) continue;
      into.rows[end] = row;
      into.values[end] = values[at] as number;
      into.flags[end] = (flags[at] as number) & ~latest;
      end += 1;
    }
    for (const [row, waiting] of this.#overlay) {
      if (wanted[row] !== 1 || (waiting.flags & needed) !== needed) continue;
      into.rows[end] = row;
      into.values[end] = waiting.value;
      into.flags[end] = waiting.flags & ~latest;
      end += 1;
    }
    return end;
  }

  save(): { rows: FigureArray; values: FigureArray; flags: FigureArray } {
    this.#merge();
    return {
      rows: this.#rows.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
      flags: this.#flags.subarray(0, this.#length),
    };
  }

  restore(rows: Uint32Array, values: unknown, flags: unknown): void {
    const fits = values instanceof Int32Array || values instanceof Float64Array;
    if (!fits || !(flags instanceof Uint8Array)) throw new TypeError("A figure lacks its values.");
    this.#rows = rows;
    this.#values = values;
    this.#flags = flags;
    this.#length = rows.length;
  }

  #find(row: number): number {
    let low = 0;
    let high = this.#length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = this.#rows[middle] ?? 0;
      if (there === row) return middle;
      if (there < row) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #push(row: number, value: number, flags: number): void {
    if (this.#length === this.#rows.length) this.#resize(Math.ceil(this.#length * 1.5) + 16);
    const exact = this.#values instanceof Float64Array || value === (value | 0);
    if (!exact) this.#values = Float64Array.from(this.#values);
    this.#rows[this.#length] = row;
    this.#values[this.#length] = value;
    this.#flags[this.#length] = flags;
    this.#length += 1;
  }

  #resize(size: number): void {
    const rows = new Uint32Array(size);
    const values =
      this.#values instanceof Float64Array ? new Float64Array(size) : new Int32Array(size);
    const flags = new Uint8Array(size);
    rows.set(this.#rows.subarray(0, this.#length));
    values.set(this.#values.subarray(0, this.#length));
    flags.set(this.#flags.subarray(0, this.#length));
    this.#rows = rows;
    this.#values = values;
    this.#flags = flags;
  }

  /** Sorts in what waits, and drops what is gone. */
  #merge(): void {
    if (this.#overlay.size === 0 && this.#gone === 0) return;
    const [rows, values, flags, length] = [this.#rows, this.#values, this.#flags, this.#length];
    const waiting = [...this.#overlay].toSorted(([a], [b]) => a - b);
    const size = Math.ceil((length + waiting.length) * 1.1);
    this.#rows = new Uint32Array(size);
    this.#values = values instanceof Float64Array ? new Float64Array(size) : new Int32Array(size);
    this.#flags = new Uint8Array(size);
    this.#overlay.clear();
    this.#length = 0;
    this.#gone = 0;
    let next = 0;
    for (let at = 0; at <= length; at++) {
      const row = at === length ? Infinity : (rows[at] ?? 0);
      for (let each = waiting[next]; each !== undefined && each[0] < row; each = waiting[++next]) {
        this.#push(each[0], each[1].value, each[1].flags);
      }
      const kept = flags[at] ?? 0;
      if (at < length && (kept & gone) === 0) this.#push(row, values[at] ?? 0, kept);
    }
  }
}
