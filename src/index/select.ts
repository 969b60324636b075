import { type FacetName, facetNames, type Filter } from "../coop/query.ts";
import { type Columns, state } from "./columns.ts";
import {
  countAt,
  listAt,
  listIn,
  missAt,
  missIn,
  lanes,
  stateAt,
  stateIn,
  summed,
} from "./passes.ts";

/** The rows that a question finds, each list ascending. */
export interface Selection {
  /** Examples apart. */
  readonly rows: Uint32Array;
  readonly total: number;
  /** Worked examples that match. */
  readonly exampleRows: Uint32Array;
  readonly examples: number;
  /** By row, 1 where it matches, examples included. */
  readonly marks: Uint8Array;
}

/** By code of the value, how many rows have it: each facet without its own filter. */
export type CodeCounts = ReadonlyMap<FacetName, Uint32Array>;

/** Rows that are looked at in one go: their masks and lists stay in the nearest cache. */
const block = 4096;

/** The bit of a row's mask, above those of the facets, that says that it is no candidate at all. */
const out = 1 << 30;

/** A filter of a facet. */
interface Test {
  facet: FacetName;
  bit: number;
  /** By number of the set, the bit if it doesn't pass. */
  table: Int32Array;
}

/** The rows that pass all filters; near, bbox and text have done their part in `candidates`. */
export function select(columns: Columns, filter: Filter, candidates?: Uint32Array): Selection {
  return selectAndCount(columns, filter, candidates, []).selection;
}

/** How many organisations there would be for each value, if its facet had no other. */
export function facetCounts(
  columns: Columns,
  filter: Filter,
  candidates: Uint32Array | undefined,
  facets: readonly FacetName[],
): Map<FacetName, Map<string, number>> {
  const { counts } = selectAndCount(columns, filter, candidates, facets);
  return new Map(
    counts.entries().map(([facet, byCode]) => {
      const values = columns.sets(facet).values;
      const some = byCode.entries().filter(([, count]) => count > 0);
      return [facet, new Map(some.map(([code, count]) => [values[code] ?? "", count]))];
    }),
  );
}

/**
 * Both in one pass.
 *
 * A row is found if it passes the filter of every facet; it counts in a facet if
 * it passes those of all others, so that a count says what choosing the value
 * would bring. Not to be closed is a filter of the facet `status`, unless there
 * is one, or a year is asked for (`in_year`).
 *
 * @param candidates Only these rows, ascending; all when undefined.
 */
export function selectAndCount(
  columns: Columns,
  filter: Filter,
  candidates: Uint32Array | undefined,
  facets: readonly FacetName[],
): { selection: Selection; counts: CodeCounts } {
  const tests = testsOf(columns, filter);
  const open = isOpen(filter);
  const whole =
    candidates === undefined &&
    filter.count !== "listings" &&
    filter.in_year === undefined &&
    filter.founded_from === undefined &&
    filter.founded_to === undefined;
  // What is counted all along: everything, or everything but for the facet's own filter.
  const isKept = (facet: FacetName) =>
    whole && tests.every((test) => test.facet === facet) && (open || facet === "status");
  const kept = facets.filter(isKept);
  const sets = new Map<FacetName, Uint32Array>(kept.map((each) => [each, columns.counts(each)]));
  const rest = facets.filter((facet) => !isKept(facet));
  let selection: Selection;
  if (whole && open && tests.length === 0) selection = new Everything(columns);
  else {
    const pass = new Pass(columns, filter, tests, rest);
    selection = pass.run(candidates);
    for (const [facet, banks] of pass.counts) sets.set(facet, summed(banks));
  }
  return {
    selection,
    counts: new Map(facets.map((facet) => [facet, byCode(columns, facet, sets.get(facet))])),
  };
}

function testsOf(columns: Columns, filter: Filter): Test[] {
  const asked = facetNames.filter((facet) => (filter[facet]?.length ?? 0) > 0);
  return asked.map((facet) => {
    const sets = columns.sets(facet);
    const bit = bitOf(facet);
    const table = new Int32Array(sets.size).fill(bit);
    for (const value of filter[facet] ?? []) {
      const code = sets.code(value);
      for (const set of code === undefined ? [] : sets.within(code)) table[set] = 0;
    }
    return { facet, bit, table };
  });
}

function bitOf(facet: FacetName): number {
  return 1 << facetNames.indexOf(facet);
}

function byCode(
  columns: Columns,
  facet: FacetName,
  bySet: Uint32Array = new Uint32Array(0),
): Uint32Array {
  const sets = columns.sets(facet);
  const counts = new Uint32Array(sets.values.length);
  const size = Math.min(sets.size, bySet.length);
  for (let set = 0; set < size; set++) {
    const count = bySet[set] ?? 0;
    if (count === 0) continue;
    for (const code of sets.of(set)) counts[code] = (counts[code] ?? 0) + count;
  }
  return counts;
}

class Pass {
  /** By facet, the counters of each set. */
  readonly counts: Map<FacetName, Uint32Array>;
  readonly #columns: Columns;
  readonly #tests: Test[];
  readonly #filter: Filter;
  readonly #years: ((row: number) => boolean) | undefined;
  readonly #mask = new Int32Array(block);
  readonly #list = new Uint32Array(block);
  /** The facets whose counts need rows that fail their own filter. */
  readonly #near: { facet: FacetName; bit: number }[];
  #rows: Uint32Array;
  #total = 0;

  constructor(columns: Columns, filter: Filter, tests: Test[], facets: readonly FacetName[]) {
    this.#columns = columns;
    this.#tests = tests;
    this.#filter = filter;
    this.#years = yearsOf(columns, filter);
    this.#rows = new Uint32Array(1024);
    this.counts = new Map(
      facets.map((facet) => [facet, new Uint32Array(columns.sets(facet).size * lanes)]),
    );
    this.#near = facets
      .filter(
        (facet) =>
          tests.some((test) => test.facet === facet) || (facet === "status" && isOpen(filter)),
      )
      .map((facet) => ({ facet, bit: bitOf(facet) }));
  }

  run(candidates: Uint32Array | undefined): Selection {
    const size = candidates?.length ?? this.#columns.size;
    const states = statesOf(this.#filter, 0);
    for (let from = 0; from < size; from += block) {
      const length = Math.min(block, size - from);
      this.#maskBlock(states, candidates, from, length);
      this.#count(candidates, from, length);
    }
    return new Rows(
      this.#rows.slice(0, this.#total),
      this.#examples(candidates),
      this.#columns.size,
    );
  }

  /** The examples that match, which never count. */
  #examples(candidates: Uint32Array | undefined): Uint32Array {
    const all = Uint32Array.from(this.#columns.exampleRows).toSorted();
    const rows = candidates === undefined ? all : all.filter((row) => isAmong(candidates, row));
    const states = statesOf(this.#filter, state.example);
    const found: number[] = [];
    for (let from = 0; from < rows.length; from += block) {
      const length = Math.min(block, rows.length - from);
      this.#maskBlock(states, rows, from, length);
      found.push(...this.#list.subarray(0, this.#gather(rows, from, length, 0)));
    }
    return Uint32Array.from(found);
  }

  /** Finds out for each row of a block which filters it fails. */
  #maskBlock(
    states: Int32Array,
    candidates: Uint32Array | undefined,
    from: number,
    size: number,
  ): void {
    const { state: column } = this.#columns;
    if (candidates === undefined) stateIn(column, states, this.#mask, from, size);
    else stateAt(column, states, this.#mask, candidates, from, size);
    for (const { facet, table } of this.#tests) {
      const column = this.#columns.column(facet);
      if (candidates === undefined) missIn(column, table, this.#mask, from, size);
      else missAt(column, table, this.#mask, candidates, from, size);
    }
    if (this.#years !== undefined) applyYears(this.#mask, this.#years, candidates, from, size);
  }

  /** Takes over what the masks of a block say. */
  #count(candidates: Uint32Array | undefined, from: number, size: number): void {
    const list = this.#list;
    const found = this.#gather(candidates, from, size, 0);
    for (const [facet, counts] of this.counts) {
      countAt(this.#columns.column(facet), list, found, counts);
    }
    this.#keep(list, found);
    for (const { facet, bit } of this.#near) {
      const near = this.#gather(candidates, from, size, bit);
      const counts = this.counts.get(facet);
      if (counts !== undefined) countAt(this.#columns.column(facet), list, near, counts);
    }
  }

  /** Lists the rows of a block with this mask. */
  #gather(candidates: Uint32Array | undefined, from: number, size: number, wanted: number): number {
    return candidates === undefined
      ? listIn(this.#mask, wanted, from, size, this.#list)
      : listAt(this.#mask, wanted, candidates, from, size, this.#list);
  }

  #keep(list: Uint32Array, found: number): void {
    const wanted = this.#total + found;
    if (wanted > this.#rows.length) {
      const larger = new Uint32Array(Math.max(wanted, this.#rows.length * 2));
      larger.set(this.#rows.subarray(0, this.#total));
      this.#rows = larger;
    }
    this.#rows.set(list.subarray(0, found), this.#total);
    this.#total = wanted;
  }
}

function isOpen(filter: Filter): boolean {
  const anyTime = filter.in_year !== undefined || filter.ever === true;
  return (filter.status?.length ?? 0) === 0 && !anyTime;
}

/**
 * By state of a row, what its mask begins with.
 *
 * @param examples `state.example` for examples, 0 for all others.
 */
function statesOf(filter: Filter, examples: number): Int32Array {
  const wanted = state.held | examples;
  const looked = state.held | state.example | (filter.count === "listings" ? 0 : state.hidden);
  return Int32Array.from({ length: 16 }, (_, each) => {
    if ((each & looked) !== wanted) return out;
    return (each & state.closed) !== 0 && isOpen(filter) ? bitOf("status") : 0;
  });
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

/** Whether a row was there in the years asked for; undefined when none are. */
function yearsOf(columns: Columns, filter: Filter): ((row: number) => boolean) | undefined {
  const { founded, dissolved, state: states } = columns;
  const { in_year: year, founded_from: from, founded_to: to } = filter;
  if (year === undefined && from === undefined && to === undefined) return undefined;
  const first = from ?? 1;
  const last = Math.min(to ?? Infinity, year ?? Infinity);
  return (row) => {
    const began = founded[row] ?? 0;
    if (began < first || began > last) return false;
    if (year === undefined) return true;
    const ended = dissolved[row] ?? 0;
    return ended === 0 ? ((states[row] ?? 0) & state.closed) === 0 : ended > year;
  };
}

/** Takes out who wasn't there. */
function applyYears(
  mask: Int32Array,
  isIn: (row: number) => boolean,
  candidates: Uint32Array | undefined,
  from: number,
  size: number,
): void {
  for (let i = 0; i < size; i++) {
    const row = candidates === undefined ? from + i : (candidates[from + i] ?? 0);
    if (((mask[i] ?? 0) & out) === 0 && !isIn(row)) mask[i] = out;
  }
}

class Rows implements Selection {
  readonly rows: Uint32Array;
  readonly exampleRows: Uint32Array;
  readonly #size: number;
  #marks: Uint8Array | undefined;

  constructor(rows: Uint32Array, exampleRows: Uint32Array, size: number) {
    this.rows = rows;
    this.exampleRows = exampleRows;
    this.#size = size;
  }

  get total(): number {
    return this.rows.length;
  }

  get examples(): number {
    return this.exampleRows.length;
  }

  get marks(): Uint8Array {
    if (this.#marks === undefined) {
      const marks = new Uint8Array(this.#size);
      for (const row of this.rows) marks[row] = 1;
      for (const row of this.exampleRows) marks[row] = 1;
      this.#marks = marks;
    }
    return this.#marks;
  }
}

/** What is found without a question: made only if somebody looks. */
class Everything implements Selection {
  readonly total: number;
  readonly examples: number;
  readonly #columns: Columns;
  #found: Selection | undefined;

  constructor(columns: Columns) {
    this.#columns = columns;
    this.total = columns.coops;
    this.examples = columns.examples;
  }

  /** To be asked before the columns change. */
  get #made(): Selection {
    return (this.#found ??= new Pass(this.#columns, {}, [], []).run(undefined));
  }

  get rows(): Uint32Array {
    return this.#made.rows;
  }

  get exampleRows(): Uint32Array {
    return this.#made.exampleRows;
  }

  get marks(): Uint8Array {
    return this.#made.marks;
  }
}
