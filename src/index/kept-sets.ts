import { type FacetName, facetNames } from "../coop/query.ts";
import { type Dictionaries, FactSets, newDictionaries } from "./sets.ts";
import type { Statements } from "./statements.ts";

/** The tables of the dictionaries: both only grow. */
export const setTables = `
  create table fact (at integer primary key, facet text not null, value text not null) strict;
  create table factset (at integer primary key, facet text not null, codes text not null) strict;
`;

/** Beside the facets, the names of what figures count. */
const measures = "measure";
type Facet = FacetName | typeof measures;

/** The dictionaries, as they are in memory and in the file: a number means the same in both. */
export class KeptSets {
  readonly dictionaries: Dictionaries = newDictionaries();
  readonly #statements: Statements;
  readonly #all: ReadonlyMap<string, FactSets>;
  /** Of each, how much of it the file has. */
  readonly #kept: Map<string, { values: number; sets: number }>;
  /** The last that was read of each table. */
  #facts = 0;
  #sets = 0;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#all = new Map<Facet, FactSets>([
      ...facetNames.map((name) => [name, this.dictionaries[name]] as const),
      [measures, new FactSets()],
    ]);
    this.#kept = new Map(
      [...this.#all].map(([name, { values, size }]) => [
        name,
        { values: values.length, sets: size },
      ]),
    );
  }

  measureNumber(name: string): number {
    return this.#all.get(measures)?.addValue(name) ?? 0;
  }

  measure(number: number): string {
    return this.#all.get(measures)?.values[number] ?? "";
  }

  /** Takes over what the file has more, which must not be less than memory has. */
  load(): void {
    const facts = this.#statements
      .prepare<[number], { at: number; facet: string; value: string }>(
        "select at, facet, value from fact where at > ? order by at",
      )
      .all(this.#facts);
    for (const { at, facet, value } of facts) {
      this.#all.get(facet)?.addValue(value);
      this.#facts = at;
    }
    const sets = this.#statements
      .prepare<[number], { at: number; facet: string; codes: string }>(
        "select at, facet, codes from factset where at > ? order by at",
      )
      .all(this.#sets);
    for (const { at, facet, codes } of sets) {
      this.#all.get(facet)?.addSet(codes.split(" ").map(Number));
      this.#sets = at;
    }
    this.#noteKept();
  }

  /** Writes what memory has more. Returns whether there was anything. */
  save(): boolean {
    let more = false;
    for (const [facet, sets] of this.#all) {
      const kept = this.#kept.get(facet);
      if (kept === undefined) continue;
      for (let code = kept.values; code < sets.values.length; code++) {
        this.#facts += 1;
        this.#insert("fact", this.#facts, facet, sets.values[code] ?? "");
        more = true;
      }
      for (let set = kept.sets; set < sets.size; set++) {
        this.#sets += 1;
        this.#insert("factset", this.#sets, facet, sets.of(set).join(" "));
        more = true;
      }
    }
    if (more) this.#noteKept();
    return more;
  }

  #noteKept(): void {
    for (const [name, { values, size }] of this.#all) {
      this.#kept.set(name, { values: values.length, sets: size });
    }
  }

  #insert(table: "fact" | "factset", at: number, facet: string, what: string): void {
    const column = table === "fact" ? "value" : "codes";
    this.#statements
      .prepare(`insert into ${table} (at, facet, ${column}) values (?, ?, ?)`)
      .run(at, facet, what);
  }
}
