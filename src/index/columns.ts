import { type FacetName, facetNames } from "../coop/query.ts";
import { type Numbers, type Saved, taken } from "./array-file.ts";
import { type Figure, FigureRuns } from "./figures.ts";
import { Geo, nowhere } from "./geo.ts";
import { closedStatus, type Dictionaries, type FactSets, newDictionaries } from "./sets.ts";

/** Bits of a row's state. */
export const state = {
  held: 1,
  /** A worked example: found, but never counted. */
  example: 2,
  /** Found only by who asks for it by its status. */
  closed: 4,
  /** Another listing stands for the organisation. */
  hidden: 8,
} as const;
const { held, example, closed, hidden } = state;

/** All that memory holds of a row. */
export interface RowFacts {
  /** The number of its set in each facet, in the order of `facetNames`. */
  sets: ArrayLike<number>;
  /** `example`, `closed` and `hidden`; that it is held goes without saying. */
  state: number;
  /** Microdegrees, or `nowhere`. */
  latitude: number;
  longitude: number;
  /** Years; 0 is not known. */
  founded: number;
  dissolved: number;
  /** Seconds since 1970. */
  updated: number;
  /** 0 to 255; larger is better. */
  quality: number;
  /** Decides between rows of the same rank: 32 bits. */
  tie: number;
  figures: readonly Figure[];
}

/** The columns that aren't sets. */
const plain = [
  "state",
  "latitude",
  "longitude",
  "founded",
  "dissolved",
  "updated",
  "quality",
  "tie",
] as const;

/** Numbers of sets by row: as wide as the largest of them needs. */
export type Column = Uint8Array | Uint16Array | Uint32Array;

const places = Object.fromEntries(facetNames.map((name, at) => [name, at])) as unknown as Record<
  FacetName,
  number
>;
const statusPlace = places.status;
const yearPlace = places.figure_year;

/**
 * What is known of every row, side by side in memory: filters, totals and
 * facets are one pass over them. Numbers of sets take 1, 2 or 4 bytes, the rest
 * 22 bytes a row. What a search without a question finds is always counted.
 */
export class Columns {
  readonly dictionaries: Dictionaries;
  readonly figures = new FigureRuns();
  /** Changes with every row: what was made from the columns before is stale. */
  version = 0;
  /** Organisations that aren't closed, examples apart; and examples that aren't closed. */
  coops = 0;
  examples = 0;

  /** Arrays are replaced when they grow: read them anew for each question. */
  state = new Uint8Array(0);
  latitude = new Int32Array(0);
  longitude = new Int32Array(0);
  founded = new Int16Array(0);
  dissolved = new Int16Array(0);
  updated = new Uint32Array(0);
  quality = new Uint8Array(0);
  tie = new Uint32Array(0);

  #end = 0;
  #geo: Geo | undefined;
  readonly #columns: Column[] = facetNames.map(() => new Uint8Array(0));
  /** By facet, how many organisations have each set: of `status` all, of others what isn't closed. */
  readonly #counts: Uint32Array[] = facetNames.map(() => new Uint32Array(16));
  readonly #codeCounts = new Map<FacetName, { version: number; counts: Uint32Array }>();
  /** The status that closed rows give themselves, where it is another. */
  readonly #declared = new Map<number, number>();
  readonly #exampleRows = new Set<number>();
  #scratch = new Uint32Array(0);

  constructor(dictionaries: Dictionaries = newDictionaries()) {
    this.dictionaries = dictionaries;
  }

  /** One more than the largest row that there was. */
  get size(): number {
    return this.#end;
  }

  /**
   * Room for the number of every row and some more, for whoever goes over them
   * all and gives it back at once: 12 MB of new memory cost more than the rows.
   */
  scratch(more: number): Uint32Array {
    if (this.#scratch.length < this.#end + more) {
      this.#scratch = new Uint32Array(this.state.length + more);
    }
    return this.#scratch;
  }

  /** All examples, in no order: so few that whoever looks for them goes by this. */
  get exampleRows(): ReadonlySet<number> {
    return this.#exampleRows;
  }

  /** The rows by where they are; put in order at the first question of place. */
  get geo(): Geo {
    return (this.#geo ??= new Geo(this));
  }

  sets(facet: FacetName): FactSets {
    return this.dictionaries[facet];
  }

  /** The number of the set by row. What is taken for closed has the status `closed`. */
  column(facet: FacetName): Column {
    return this.#columns[places[facet]] ?? new Uint8Array(0);
  }

  /**
   * By number of the set, the organisations that have it and aren't closed,
   * examples apart; of the facet `status` also those that are.
   */
  counts(facet: FacetName): Uint32Array {
    return this.#counts[places[facet]] ?? new Uint32Array(0);
  }

  /** The same by code of the value; reckoned once for all questions between two changes. */
  codeCounts(facet: FacetName): Uint32Array {
    const known = this.#codeCounts.get(facet);
    if (known?.version === this.version) return known.counts;
    const counts = this.sets(facet).byCode(this.counts(facet));
    this.#codeCounts.set(facet, { version: this.version, counts });
    return counts;
  }

  /** Adds or replaces a row. */
  set(row: number, facts: RowFacts): void {
    if (row >= this.state.length) this.#makeRoom(row + 1);
    const hasMoved =
      this.latitude[row] !== facts.latitude || this.longitude[row] !== facts.longitude;
    this.#remove(row);
    const isClosed = (facts.state & closed) !== 0;
    for (let at = 0; at < facetNames.length; at++) this.#put(at, row, facts.sets[at] ?? 0);
    if (isClosed) this.#declare(row);
    this.latitude[row] = facts.latitude;
    this.longitude[row] = facts.longitude;
    this.founded[row] = facts.founded;
    this.dissolved[row] = facts.dissolved;
    this.updated[row] = facts.updated;
    this.quality[row] = facts.quality;
    this.tie[row] = facts.tie;
    this.figures.add(row, facts.figures);
    this.#end = Math.max(this.#end, row + 1);
    this.#change(row, held | (facts.state & (example | closed | hidden)));
    if (hasMoved) this.#geo?.move(row);
  }

  delete(row: number): void {
    const wasPlaced = (this.latitude[row] ?? nowhere) !== nowhere;
    this.#remove(row);
    if (wasPlaced) this.#geo?.move(row);
  }

  #remove(row: number): void {
    if ((this.state[row] ?? 0) === 0) return;
    this.#change(row, 0);
    this.#declared.delete(row);
    const { figure_year: years } = this.dictionaries;
    const set = this.#columns[yearPlace]?.[row] ?? 0;
    if (set !== 0) {
      this.figures.delete(
        row,
        years.of(set).map((code) => Number(years.values[code])),
      );
    }
    // Nothing of it is left, as a snapshot is made of this.
    for (let at = 0; at < facetNames.length; at++) this.#put(at, row, 0);
    this.latitude[row] = nowhere;
    this.longitude[row] = nowhere;
    this.founded[row] = 0;
    this.dissolved[row] = 0;
    this.updated[row] = 0;
    this.quality[row] = 0;
    this.tie[row] = 0;
  }

  /** Says whether another row stands for the same organisation. */
  hide(row: number, hide: boolean): void {
    const state = this.state[row] ?? 0;
    if (state !== 0) this.#change(row, hide ? state | hidden : state & ~hidden);
  }

  /** Says whether a row is taken for closed, whatever it says itself. */
  close(row: number, close: boolean): void {
    const state = this.state[row] ?? 0;
    if (state === 0 || close === ((state & closed) !== 0)) return;
    this.#change(row, 0);
    if (close) this.#declare(row);
    else {
      this.#put(statusPlace, row, this.#declared.get(row) ?? closedStatus);
      this.#declared.delete(row);
    }
    this.#change(row, close ? state | closed : state & ~closed);
  }

  #declare(row: number): void {
    const declared = this.#columns[statusPlace]?.[row] ?? 0;
    if (declared !== closedStatus) this.#declared.set(row, declared);
    this.#put(statusPlace, row, closedStatus);
  }

  #put(place: number, row: number, set: number): void {
    let column = this.#columns[place] ?? new Uint8Array(0);
    if (set > 0xff && column.BYTES_PER_ELEMENT < (set > 0xffff ? 4 : 2)) {
      column = set > 0xffff ? Uint32Array.from(column) : Uint16Array.from(column);
      this.#columns[place] = column;
    }
    column[row] = set;
    const counts = this.#counts[place];
    if (counts !== undefined && set >= counts.length) {
      this.#counts[place] = grown(counts, new Uint32Array(set * 2));
    }
  }

  /** Keeps the counts; the row's sets must not change but while its state is 0. */
  #change(row: number, state: number): void {
    const before = this.state[row] ?? 0;
    this.state[row] = state;
    this.version += 1;
    if ((state & example) !== 0) this.#exampleRows.add(row);
    else if ((before & example) !== 0) this.#exampleRows.delete(row);
    this.coops += counted(state, held) - counted(before, held);
    this.examples += counted(state, held | example) - counted(before, held | example);
    const any = counted(state & ~closed, held) - counted(before & ~closed, held);
    const open = counted(state, held) - counted(before, held);
    if (any === 0 && open === 0) return;
    for (let place = 0; place < facetNames.length; place++) {
      const counts = this.#counts[place];
      const set = this.#columns[place]?.[row] ?? 0;
      if (counts !== undefined) {
        counts[set] = (counts[set] ?? 0) + (place === statusPlace ? any : open);
      }
    }
  }

  /**
   * All that is in memory but the dictionaries, by name: nothing is copied, so it
   * is to be used before the columns change.
   */
  save(): Saved {
    const upTo = (all: Numbers): Numbers => all.subarray(0, this.#end);
    return {
      ...Object.fromEntries(plain.map((name) => [name, upTo(this[name])])),
      ...Object.fromEntries(facetNames.map((name) => [`set ${name}`, upTo(this.column(name))])),
      ...Object.fromEntries(facetNames.map((name) => [`count ${name}`, this.counts(name)])),
      found: Float64Array.of(this.coops, this.examples),
      declared: Uint32Array.from([...this.#declared].flat()),
      ...this.figures.save(),
    };
  }

  /**
   * Takes over what `save` gave.
   *
   * @param dictionaries Those of then, or what they have become.
   * @throws {TypeError} when something is missing or of another type.
   */
  static restore(dictionaries: Dictionaries, saved: Saved): Columns {
    const columns = new Columns(dictionaries);
    columns.#end = saved["state"]?.length ?? 0;
    columns.state = taken(saved, "state", Uint8Array);
    columns.latitude = taken(saved, "latitude", Int32Array);
    columns.longitude = taken(saved, "longitude", Int32Array);
    columns.founded = taken(saved, "founded", Int16Array);
    columns.dissolved = taken(saved, "dissolved", Int16Array);
    columns.updated = taken(saved, "updated", Uint32Array);
    columns.quality = taken(saved, "quality", Uint8Array);
    columns.tie = taken(saved, "tie", Uint32Array);
    for (const [place, name] of facetNames.entries()) {
      const column = saved[`set ${name}`];
      columns.#columns[place] =
        column instanceof Uint8Array || column instanceof Uint16Array
          ? column
          : taken(saved, `set ${name}`, Uint32Array);
      columns.#counts[place] = taken(saved, `count ${name}`, Uint32Array);
    }
    [columns.coops = 0, columns.examples = 0] = taken(saved, "found", Float64Array);
    const declared = taken(saved, "declared", Uint32Array);
    for (let at = 0; at < declared.length; at += 2) {
      columns.#declared.set(declared[at] ?? 0, declared[at + 1] ?? 0);
    }
    for (let row = 0; row < columns.#end; row++) {
      if (((columns.state[row] ?? 0) & example) !== 0) columns.#exampleRows.add(row);
    }
    columns.figures.restore(saved);
    return columns;
  }

  #makeRoom(wanted: number): void {
    const size = Math.max(wanted, 1024, Math.ceil(this.state.length * 1.25));
    for (const [place, column] of this.#columns.entries()) {
      const larger =
        column instanceof Uint8Array
          ? new Uint8Array(size)
          : column instanceof Uint16Array
            ? new Uint16Array(size)
            : new Uint32Array(size);
      this.#columns[place] = grown(column, larger);
    }
    this.state = grown(this.state, new Uint8Array(size));
    this.latitude = grown(this.latitude, new Int32Array(size).fill(nowhere));
    this.longitude = grown(this.longitude, new Int32Array(size).fill(nowhere));
    this.founded = grown(this.founded, new Int16Array(size));
    this.dissolved = grown(this.dissolved, new Int16Array(size));
    this.updated = grown(this.updated, new Uint32Array(size));
    this.quality = grown(this.quality, new Uint8Array(size));
    this.tie = grown(this.tie, new Uint32Array(size));
  }
}

function counted(state: number, as: number): number {
  return state === as ? 1 : 0;
}

function grown<T extends { set(from: ArrayLike<number>): void }>(
  old: ArrayLike<number>,
  larger: T,
): T {
  larger.set(old);
  return larger;
}
