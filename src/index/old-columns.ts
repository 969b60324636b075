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

/** What is known of a row beside its facts. */
export interface RowState {
  example: boolean;
  /** Found only by who asks for it by its status. */
  closed: boolean;
  /** Another listing stands for the same organisation: neither found nor counted. */
  hidden: boolean;
}

// Bits of a row's state.
const held = 1;
const example = 2;
const closed = 4;
const hidden = 8;

const statusBit = facetBit("status");

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

  /** What is found without any question, examples apart. */
  coops = 0;
  examples = 0;

  /** Adds or replaces a row. */
  set(row: number, facts: ArrayLike<number>, tie: number, state: RowState): void {
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
    this.#tie[row] = tie;
    this.#end = Math.max(this.#end, row + 1);
    this.#change(
      row,
      held |
        (state.example ? example : 0) |
        (state.closed ? closed : 0) |
        (state.hidden ? hidden : 0),
    );
  }

  delete(row: number): void {
    if ((this.#state[row] ?? 0) !== 0) this.#change(row, 0);
  }

  /** Says whether another row stands for the same organisation. */
  hide(row: number, hide: boolean): void {
    const state = this.#state[row] ?? 0;
    if (state !== 0) this.#change(row, hide ? state | hidden : state & ~hidden);
  }

  /** Says whether a row is taken for closed. */
  close(row: number, close: boolean): void {
    const state = this.#state[row] ?? 0;
    if (state !== 0) this.#change(row, close ? state | closed : state & ~closed);
  }

  #change(row: number, state: number): void {
    const counted = (each: number, as: number) =>
      (each & (held | closed | hidden | example)) === (held | as) ? 1 : 0;
    const before = this.#state[row] ?? 0;
    this.coops += counted(state, 0) - counted(before, 0);
    this.examples += counted(state, example) - counted(before, example);
    this.#state[row] = state;
  }

  /** The number that decides between rows of the same rank. */
  tie(row: number): number {
    return this.#tie[row] ?? 0;
  }

  /** Rows that there may be: a bound. */
  get size(): number {
    return this.#end;
  }

  /**
   * Applies the filters and counts: what matches, and for every facet what
   * would match without the filter on that facet itself. Not to be closed is a
   * filter on the status, unless the query has one.
   *
   * @param hits Only these rows; all when undefined.
   */
  tally(query: SearchQuery, numbers: FactNumbers, hits: number[] | undefined): Tally {
    const counts = new Uint32Array(numbers.size);
    const rows: number[] = [];
    const matches = new Uint8Array(this.#end);
    let total = 0;
    const { active, wanted, open } = filtersOf(query, numbers);
    const bits = numbers.bits;
    const facts = this.#facts;
    const size = hits?.length ?? this.#end;
    for (let at = 0; at < size; at++) {
      const row = hits === undefined ? at : (hits[at] ?? 0);
      const state = this.#state[row] ?? 0;
      if (state === 0 || (state & hidden) !== 0) continue;
      const from = this.#start[row] ?? 0;
      const to = from + (this.#length[row] ?? 0);
      let met = (state & closed) === 0 ? open : 0;
      if (active !== open) for (let i = from; i < to; i++) met |= wanted[facts[i] ?? 0] ?? 0;
      const missed = active & ~met;
      if (missed === 0) {
        rows.push(row);
        matches[row] = 1;
        if ((state & example) !== 0) continue;
        total += 1;
        for (let i = from; i < to; i++) bump(counts, facts[i] ?? 0);
      } else if ((state & example) === 0 && (missed & (missed - 1)) === 0) {
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
      if (this.#state[row] !== 0) used += this.#length[row] ?? 0;
    }
    const old = this.#facts;
    const room = used + wanted;
    this.#facts = new Uint32Array(
      room * 2 > old.length ? Math.max(room, old.length) * 2 : old.length,
    );
    this.#used = 0;
    for (let row = 0; row < this.#end; row++) {
      if (this.#state[row] === 0) continue;
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

/**
 * Which facets are filtered, and by number of the fact which filter it meets;
 * and the filter that every row meets which isn't closed.
 */
function filtersOf(query: SearchQuery, numbers: FactNumbers) {
  let active = 0;
  const wanted = new Uint32Array(numbers.size);
  for (const facet of facetNames) {
    const values: readonly string[] = query[facet] ?? [];
    if (values.length === 0) continue;
    active |= facetBit(facet satisfies FacetName);
    for (const value of values) {
      const code = numbers.find({ facet, value });
      if (code !== undefined) wanted[code] = facetBit(facet);
    }
  }
  const open = (active & statusBit) === 0 ? statusBit : 0;
  return { active: active | open, wanted, open };
}
