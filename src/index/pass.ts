import { type FacetName, facetNames, type Filter } from "../coop/query.ts";
import { type Column, type Columns, state } from "./columns.ts";
import {
  block,
  countAt,
  lanes,
  listAt,
  listIn,
  missAt,
  missIn,
  newMasks,
  stateAt,
  stateIn,
  summed,
} from "./passes.ts";

/** What one pass over the rows finds. */
export interface Passed {
  /** The rows that pass, ascending; examples apart. */
  rows: Uint32Array;
  exampleRows: Uint32Array;
  /** By facet and number of the set, the rows that pass all filters but the facet's own. */
  counts: ReadonlyMap<FacetName, Uint32Array>;
}

/** The bit of a mask that says that a row is no candidate at all. */
const out = 0x80;
/** The bit that says that it has closed, and must be looked at if a year is asked for. */
const undecided = 0x40;
/** The bits that are left for facets. */
const bits = [1, 2, 4, 8, 16, 32];

/** A filter over one column. */
interface Test {
  column: Column;
  /** By what the column has, the bit of the mask if it doesn't pass. */
  table: Uint8Array;
}

/**
 * Goes over the rows: finds out which filters each fails, lists those that fail
 * none, and counts them, and for each facet those that fail nothing but its own
 * filter.
 *
 * @param candidates Only these rows, ascending; all when undefined.
 */
export function pass(
  columns: Columns,
  filter: Filter,
  candidates: Uint32Array | undefined,
  facets: readonly FacetName[],
): Passed {
  const filtered = facets.filter((facet) => isFiltered(facet, filter));
  const own = filtered.slice(0, bits.length);
  const counts = new Map<FacetName, Uint32Array>();
  // A mask has no more bits: these are counted each by itself.
  for (const facet of filtered.slice(bits.length)) {
    const { [facet]: _, ...others } = filter;
    const each = pass(columns, others, candidates, [facet]).counts.get(facet);
    if (each !== undefined) counts.set(facet, each);
  }
  const rest = facets.filter((facet) => !counts.has(facet));
  const run = new Pass(columns, filter, rest, own);
  const found = run.run(candidates);
  for (const [facet, banks] of run.banks) counts.set(facet, summed(banks));
  return { ...found, counts };
}

/** Whether only what isn't closed is wanted. */
export function isOpen(filter: Filter): boolean {
  const anyTime = filter.in_year !== undefined || filter.ever === true;
  return (filter.status?.length ?? 0) === 0 && !anyTime;
}

function isFiltered(facet: FacetName, filter: Filter): boolean {
  return (filter[facet]?.length ?? 0) > 0 || (facet === "status" && isOpen(filter));
}

class Pass {
  /** By facet, the counters of each set. */
  readonly banks: ReadonlyMap<FacetName, Uint32Array>;
  readonly #columns: Columns;
  readonly #filter: Filter;
  /** The facets that need the rows that fail their own filter alone, with its bit. */
  readonly #near: ReadonlyMap<FacetName, number>;
  readonly #tests: Test[];
  readonly #masks = newMasks();
  readonly #list = new Uint32Array(block);
  /** Taken from the columns for as long as the pass lasts. */
  readonly #rows: Uint32Array;
  #total = 0;

  constructor(
    columns: Columns,
    filter: Filter,
    facets: readonly FacetName[],
    near: readonly FacetName[],
  ) {
    this.#columns = columns;
    this.#rows = columns.scratch(block);
    this.#filter = filter;
    this.#near = new Map(near.map((facet, at) => [facet, bits[at] ?? out]));
    this.#tests = [
      ...facetNames
        .filter((facet) => (filter[facet]?.length ?? 0) > 0)
        .map((facet) => this.#testOf(facet)),
      ...yearTests(columns, filter),
    ];
    this.banks = new Map(
      facets.map((facet) => [facet, new Uint32Array(columns.sets(facet).size * lanes)]),
    );
  }

  #testOf(facet: FacetName): Test {
    const sets = this.#columns.sets(facet);
    const table = new Uint8Array(sets.size).fill(this.#near.get(facet) ?? out);
    for (const value of this.#filter[facet] ?? []) {
      const code = sets.code(value);
      for (const set of code === undefined ? [] : sets.within(code)) table[set] = 0;
    }
    return { column: this.#columns.column(facet), table };
  }

  run(candidates: Uint32Array | undefined): Pick<Passed, "rows" | "exampleRows"> {
    const size = candidates?.length ?? this.#columns.size;
    const states = this.#statesOf(0);
    for (let from = 0; from < size; from += block) {
      const length = Math.min(block, size - from);
      this.#mask(states, candidates, from, length);
      this.#count(candidates, from, length);
    }
    return { rows: this.#rows.slice(0, this.#total), exampleRows: this.#examples(candidates) };
  }

  /** The examples that match, which never count. */
  #examples(candidates: Uint32Array | undefined): Uint32Array {
    const all = Uint32Array.from(this.#columns.exampleRows).toSorted();
    const rows = candidates === undefined ? all : all.filter((row) => isAmong(candidates, row));
    const states = this.#statesOf(state.example);
    const found = new Uint32Array(rows.length);
    let total = 0;
    for (let from = 0; from < rows.length; from += block) {
      const length = Math.min(block, rows.length - from);
      this.#mask(states, rows, from, length);
      total = listAt(this.#masks, 0, rows, from, length, found, total);
    }
    return found.slice(0, total);
  }

  /**
   * By state of a row, what its mask begins with.
   *
   * @param examples `state.example` for examples, 0 for all others.
   */
  #statesOf(examples: number): Uint8Array {
    const wanted = state.held | examples;
    const listings = this.#filter.count === "listings";
    const looked = state.held | state.example | (listings ? 0 : state.hidden);
    const ifThere = this.#filter.in_year === undefined ? 0 : undecided;
    const ifClosed = isOpen(this.#filter) ? (this.#near.get("status") ?? out) : ifThere;
    return Uint8Array.from({ length: 16 }, (_, each) => {
      if ((each & looked) !== wanted) return out;
      return (each & state.closed) === 0 ? 0 : ifClosed;
    });
  }

  /** Finds out for each row of a block which filters it fails. */
  #mask(states: Uint8Array, candidates: Uint32Array | undefined, from: number, size: number): void {
    const { state: column } = this.#columns;
    if (candidates === undefined) stateIn(column, states, this.#masks, from, size);
    else stateAt(column, states, this.#masks, candidates, from, size);
    for (const { column, table } of this.#tests) {
      if (candidates === undefined) missIn(column, table, this.#masks, from, size);
      else missAt(column, table, this.#masks, candidates, from, size);
    }
    if (this.#filter.in_year !== undefined) this.#decide(candidates, from, size);
  }

  /** Who has closed without a date wasn't there in any year, as far as is known. */
  #decide(candidates: Uint32Array | undefined, from: number, size: number): void {
    const { bytes } = this.#masks;
    const { dissolved } = this.#columns;
    for (let i = 0; i < size; i++) {
      const mask = bytes[i] ?? 0;
      if ((mask & undecided) === 0) continue;
      const row = candidates === undefined ? from + i : (candidates[from + i] ?? 0);
      bytes[i] = dissolved[row] === 0 ? out : mask & ~undecided;
    }
  }

  /** Takes over what the masks of a block say. */
  #count(candidates: Uint32Array | undefined, from: number, size: number): void {
    const end = this.#gather(candidates, from, size, 0, this.#rows, this.#total);
    for (const [facet, banks] of this.banks) {
      countAt(this.#columns.column(facet), this.#rows, this.#total, end, banks);
    }
    this.#total = end;
    for (const [facet, bit] of this.#near) {
      const near = this.#gather(candidates, from, size, bit, this.#list, 0);
      const banks = this.banks.get(facet);
      if (banks !== undefined) countAt(this.#columns.column(facet), this.#list, 0, near, banks);
    }
  }

  /** Lists the rows of a block with this mask, from a place of the list on. */
  #gather(
    candidates: Uint32Array | undefined,
    from: number,
    size: number,
    wanted: number,
    list: Uint32Array,
    at: number,
  ): number {
    return candidates === undefined
      ? listIn(this.#masks, wanted, from, size, list, at)
      : listAt(this.#masks, wanted, candidates, from, size, list, at);
  }
}

/** Whether an ascending list has a row in it. */
function isAmong(rows: Uint32Array, row: number): boolean {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return rows[low] === row;
}

/** The filters by year; years have four digits, and 0 is none. */
function yearTests(columns: Columns, filter: Filter): Test[] {
  const { in_year: year = Infinity, founded_from: from = 1, founded_to: to = Infinity } = filter;
  const tests: Test[] = [];
  const test = (column: Int16Array, passes: (each: number) => boolean) =>
    tests.push({
      column: new Uint16Array(column.buffer, column.byteOffset, column.length),
      table: Uint8Array.from({ length: 10_000 }, (_, each) => (passes(each) ? 0 : out)),
    });
  if (from > 1 || to < Infinity || year < Infinity) {
    test(columns.founded, (each) => each >= from && each <= Math.min(to, year));
  }
  if (year < Infinity) test(columns.dissolved, (each) => each === 0 || each > year);
  return tests;
}
