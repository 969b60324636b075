import type { RelationKind } from "../coop/codes.ts";
import type { Listing, Relation } from "../coop/listing.ts";
import { bare } from "../coop/relation.ts";
import type { Statements } from "./statements.ts";

/** The table of every relation that a listing states, also to who is named by nothing but a name. */
export const edgeTables = `
  create table edge (
    row integer not null,
    at integer not null,
    kind text not null,
    other text not null,
    registration text not null,
    primary key (row, at)
  ) strict, without rowid;
`;

/** A relation of a listing. */
export interface Edge {
  /** Its place among those of the listing. */
  at: number;
  kind: RelationKind;
  /** The URL of the other end, and its number in a register (`GB-COH:123`); empty where none is given. */
  other: string;
  registration: string;
}

/** The same with the row that states it. */
export interface EdgeOfRow extends Edge {
  row: number;
}

/** Of so many rows it takes less to read the relations of all. */
const worthWalking = 1000;

/** The part of the index that knows how many relations of which kind there are: all its SQL. */
export class Edges {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Writes the relations of a listing; it has had none before. */
  put(row: number, { relations = [] }: Pick<Listing, "relations">): void {
    const insert = this.#statements.prepare(
      "insert into edge (row, at, kind, other, registration) values (?, ?, ?, ?, ?)",
    );
    for (const [at, relation] of relations.entries()) {
      insert.run(row, at, relation.kind, urlOf(relation), registrationOf(relation));
    }
  }

  /** Takes out the relations of a listing. */
  remove(row: number): void {
    this.#statements.prepare("delete from edge where row = ?").run(row);
  }

  /** The relations of a row, in their order. */
  of(row: number): Edge[] {
    return this.#statements
      .prepare<[number], Edge>(
        "select at, kind, other, registration from edge where row = ? order by at",
      )
      .all(row);
  }

  /** The relations of some rows, in their order: of many by one walk through all that there are. */
  *among(rows: Uint32Array): Generator<EdgeOfRow> {
    if (rows.length < worthWalking) {
      for (const row of rows) for (const edge of this.of(row)) yield { row, ...edge };
      return;
    }
    const all = this.#statements.prepare<[], EdgeOfRow>(
      "select row, at, kind, other, registration from edge order by row, at",
    );
    let at = 0;
    for (const edge of all.iterate()) {
      while ((rows[at] ?? Infinity) < edge.row) at += 1;
      if (rows[at] === edge.row) yield edge;
    }
  }
}

function urlOf({ id }: Relation): string {
  return id === undefined ? "" : bare(id);
}

function registrationOf({ identifier }: Relation): string {
  return identifier === undefined ? "" : `${identifier.propertyID}:${identifier.value}`;
}
