import { type FacetName, facetNames, type SearchQuery } from "../coop/query.ts";
import { facetBit, type FactNumbers } from "./facets.ts";

/** What one pass over the rows finds. */
export interface Tally {
  /** The rows that match, examples among them, in no order that counts. */
  rows: number[];
  /** The same by row: 1 where it matches. */
  matches: Uint8Array;
  /** How many match, examples apart. */
  total: number;
  examples: number;
  /** Listings that aren't examples, by number of the fact; each facet without its own filter. */
  counts: Uint32Array;
}

const absent = 0;
const live = 1;
const example = 2;

/**
 * The coded facts of every row, side by side in memory: filters, totals and
 * facets are one pass over them (at 100,000 rows about 30 times as fast as the
 * same question in SQL). About 100 bytes a row.
 */
export class Columns {
  /** Facts of all rows, one row's after another's; a row that changes is written anew at the end. */
  #facts = new Uint32Array(4096);
  #used = 0;
  #start = new Uint32Array(1024);
  #length = new Uint8Array(1024);
  #state = new Uint8Array(1024);
  #tie = new Float64Array(1024);
  /** One more than the largest row. */
  #end = 0;

  /** Listings, examples apart. */
  coops = 0;
  examples = 0;

  /** Adds or replaces a row. */
  set(row: number, facts: ArrayLike<number>, tie: number, isExample: boolean): void {
    this.delete(row);
    if (row >= this.#state.length) {
      const size = Math.max(row + 1, this.#state.length * 2);
      this.#start = grown(this.#start, new Uint32Array(size));
      this.#length = grown(this.#length, new Uint8Array(size));
      this.#state = grown(this.#state, new Uint8Array(size));
      this.#tie = grown(this.#tie, new Float64Array(size));
    }
    if (this.#used + facts.length > this.#facts.length) this.#makeRoom(facts.length);
    this.#facts.set(facts, this.#used);
    this.#start[row] = this.#used;
    this.#length[row] = facts.length;
    this.#used += facts.length;
    this.#state[row] = isExample ? example : live;
    this.#tie[row] = tie;
    this.#end = Math.max(this.#end, row + 1);
    if (isExample) this.examples += 1;
    else this.coops += 1;
  }

  delete(row: number): void {
    const state = this.#state[row] ?? absent;
    if (state === live) this.coops -= 1;
    if (state === example) this.examples -= 1;
    if (state !== absent) this.#state[row] = absent;
  }

  /** The number that decides between rows of the same rank. */
  tie(row: number): number {
    return this.#tie[row] ?? 0;
  }

  /** Live rows and examples together. */
  get size(): number {
    return this.coops + this.examples;
  }

  /**
   * Applies the filters and counts: what matches, and for every facet what
   * would match without the filter on that facet itself.
   *
   * @param hits Only these rows; all when undefined.
   */
  tally(query: SearchQuery, numbers: FactNumbers, hits: number[] | undefined): Tally {
    const counts = new Uint32Array(numbers.size);
    const rows: number[] = [];
    const matches = new Uint8Array(this.#end);
    let total = 0;
    const { active, wanted } = filtersOf(query, numbers);
    const bits = numbers.bits;
    const facts = this.#facts;
    const size = hits?.length ?? this.#end;
    for (let at = 0; at < size; at++) {
      const row = hits === undefined ? at : (hits[at] ?? 0);
      const state = this.#state[row] ?? absent;
      if (state === absent) continue;
      const from = this.#start[row] ?? 0;
      const to = from + (this.#length[row] ?? 0);
      let met = 0;
      if (active !== 0) for (let i = from; i < to; i++) met |= wanted[facts[i] ?? 0] ?? 0;
      const missed = active & ~met;
      if (missed === 0) {
        rows.push(row);
        matches[row] = 1;
        if (state === example) continue;
        total += 1;
        for (let i = from; i < to; i++) bump(counts, facts[i] ?? 0);
      } else if (state === live && (missed & (missed - 1)) === 0) {
        // It fails one filter only: so it counts in that filter's own facet.
        for (let i = from; i < to; i++) {
          if (bits[facts[i] ?? 0] === missed) bump(counts, facts[i] ?? 0);
        }
      }
    }
    return { rows, matches, total, examples: rows.length - total, counts };
  }

  /** Leaves out what replaced and deleted rows left behind, and doubles what is then full. */
  #makeRoom(wanted: number): void {
    let used = 0;
    for (let row = 0; row < this.#end; row++) {
      if (this.#state[row] !== absent) used += this.#length[row] ?? 0;
    }
    const old = this.#facts;
    const room = used + wanted;
    this.#facts = new Uint32Array(
      room * 2 > old.length ? Math.max(room, old.length) * 2 : old.length,
    );
    this.#used = 0;
    for (let row = 0; row < this.#end; row++) {
      if (this.#state[row] === absent) continue;
      const from = this.#start[row] ?? 0;
      const length = this.#length[row] ?? 0;
      this.#facts.set(old.subarray(from, from + length), this.#used);
      this.#start[row] = this.#used;
      this.#used += length;
    }
  }
}

function bump(counts: Uint32Array, code: number): void {
  counts[code] = (counts[code] ?? 0) + 1;
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** Which facets are filtered, and by number of the fact which filter it meets. */
function filtersOf(query: SearchQuery, numbers: FactNumbers) {
  let active = 0;
  const wanted = new Uint8Array(numbers.size);
  for (const facet of facetNames) {
    const values: readonly string[] = query[facet] ?? [];
    if (values.length === 0) continue;
    active |= facetBit(facet satisfies FacetName);
    for (const value of values) {
      const code = numbers.find({ facet, value });
      if (code !== undefined) wanted[code] = facetBit(facet);
    }
  }
  return { active, wanted };
}
