import { type FacetName, facetNames, type Filter } from "../coop/query.ts";
import { type Columns, state } from "./columns.ts";
import { isOpen, pass, type Passed } from "./pass.ts";

/** The rows that a question finds, each list ascending. */
export interface Selection {
  /** Examples apart. */
  readonly rows: Uint32Array;
  readonly total: number;
  /** Worked examples that match. */
  readonly exampleRows: Uint32Array;
  readonly examples: number;
  /** Whether a row is among them, or among the examples. */
  has(row: number): boolean;
}

/** By code of the value, how many rows have it: each facet without its own filter. */
export type CodeCounts = ReadonlyMap<FacetName, Uint32Array>;

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
  const open = isOpen(filter);
  const whole =
    candidates === undefined &&
    filter.count !== "listings" &&
    filter.in_year === undefined &&
    filter.founded_from === undefined &&
    filter.founded_to === undefined;
  const filtered = facetNames.filter((facet) => (filter[facet]?.length ?? 0) > 0);
  // What is counted all along: everything, or everything but for the facet's own filter.
  const isKept = (facet: FacetName) =>
    whole && filtered.every((each) => each === facet) && (open || facet === "status");
  const rest = facets.filter((facet) => !isKept(facet));
  const all = whole && open && filtered.length === 0;
  const passed = all ? undefined : pass(columns, filter, candidates, rest);
  const countsOf = (facet: FacetName) => {
    const bySet = passed?.counts.get(facet);
    return bySet === undefined ? columns.codeCounts(facet) : columns.sets(facet).byCode(bySet);
  };
  return {
    selection: passed === undefined ? new Everything(columns) : new Selected(passed, columns.size),
    counts: new Map(facets.map((facet) => [facet, countsOf(facet)])),
  };
}

/** What a pass found. */
class Selected implements Selection {
  readonly rows: Uint32Array;
  readonly exampleRows: Uint32Array;
  readonly #size: number;
  #marks: Uint8Array | undefined;

  /** @param size That of the columns. */
  constructor({ rows, exampleRows }: Pick<Passed, "rows" | "exampleRows">, size: number) {
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

  has(row: number): boolean {
    return (this.#marks ??= this.#marked())[row] === 1;
  }

  #marked(): Uint8Array {
    const marks = new Uint8Array(this.#size);
    for (const row of this.rows) marks[row] = 1;
    for (const row of this.exampleRows) marks[row] = 1;
    return marks;
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
    return (this.#found ??= new Selected(
      pass(this.#columns, {}, undefined, []),
      this.#columns.size,
    ));
  }

  get rows(): Uint32Array {
    return this.#made.rows;
  }

  get exampleRows(): Uint32Array {
    return this.#made.exampleRows;
  }

  has(row: number): boolean {
    return ((this.#columns.state[row] ?? 0) & ~state.example) === state.held;
  }
}
