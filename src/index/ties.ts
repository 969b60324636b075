import { RelationKind } from "../coop/codes.ts";
import { Claim } from "../coop/attestation.ts";
import type { Listing } from "../coop/listing.ts";
import type { SameAs } from "../coop/organisation.ts";
import { namedBy } from "../coop/relation.ts";
import { state } from "./columns.ts";
import type { Statements } from "./statements.ts";

/** The tables of the relations that listings claim, and of what is attested about them. */
export const tieTables = `
  create table tie (
    other text,
    kind text,
    row integer,
    coop text not null,
    name text not null,
    primary key (other, kind, row)
  ) strict, without rowid;
  create index tie_row on tie (row);
  create table claim (
    attestation text primary key,
    origin text not null,
    issued integer not null,
    relationship text not null,
    subject text not null,
    object text,
    claim text not null
  ) strict, without rowid;
  create index claim_subject on claim (subject, relationship);
  create index claim_closed on claim (subject) where relationship = 'closed';
  create table link (attestation text, coop text, same text, primary key (attestation, coop)) strict, without rowid;
  create index link_coop on link (coop);
`;

/** An attestation that is held, of whatever sort. */
export interface Attested {
  /** The record's URL. */
  attestation: string;
  /** The host that signed it. */
  origin: string;
  /** Epoch ms. */
  issued: number;
  claim: Claim;
}

/** A listing that names a co-op. */
export interface Naming {
  /** The co-op's URL. */
  coop: string;
  name: string;
  kind: RelationKind;
}

/** Whose relations are asked for. */
export interface Confirmed {
  kind: RelationKind;
  /** By what the co-op is named (`namesOf`). */
  names: string[];
  /** Its URL, and the hosts whose attestations count. */
  object: string;
  believed: string[];
}

/** The part of the index that knows who names whom: all its SQL. */
export class Ties {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  #prepare<P extends unknown[], R>(sql: string) {
    return this.#statements.prepare<P, R>(sql);
  }

  /** Writes whom a listing names; it has named nobody before. */
  put(row: number, { id, name, relations = [] }: Listing): void {
    const insert = this.#prepare(
      "insert or ignore into tie (other, kind, row, coop, name) values (?, ?, ?, ?, ?)",
    );
    for (const relation of relations) {
      for (const other of namedBy(relation)) insert.run(other, relation.kind, row, id, name);
    }
  }

  /** Takes out whom a listing names. */
  remove(row: number): void {
    this.#prepare("delete from tie where row = ?").run(row);
  }

  /**
   * Writes what a record attests, in place of what it said before; undefined takes it out.
   *
   * @returns The co-ops of which it said, or says, that they have closed.
   */
  putClaim(
    id: string,
    record: { origin: string; issued: number } | undefined,
    claim: Claim | undefined,
  ): string[] {
    const before = this.#prepare<[string], { relationship: string; subject: string }>(
      "delete from claim where attestation = ? returning relationship, subject",
    ).all(id);
    const closed = [...before, ...(claim === undefined ? [] : [claim])]
      .filter(({ relationship }) => relationship === "closed")
      .map(({ subject }) => subject);
    if (record === undefined || claim === undefined) return closed;
    const { origin, issued } = record;
    this.#prepare(
      "insert into claim (attestation, origin, issued, relationship, subject, object, claim) values (?, ?, ?, ?, ?, ?, ?)",
    ).run(
      id,
      origin,
      Number(issued),
      claim.relationship,
      claim.subject,
      "object" in claim ? claim.object : null,
      JSON.stringify(claim),
    );
    return closed;
  }

  /** What is attested about a co-op. */
  about(subject: string): Attested[] {
    return this.#prepare<
      [string],
      { attestation: string; origin: string; issued: number; claim: string }
    >(
      "select attestation, origin, issued, claim from claim where subject = ? order by issued, attestation",
    )
      .all(subject)
      .map(({ claim, ...rest }) => ({ ...rest, claim: Claim.parse(JSON.parse(claim)) }));
  }

  /** The co-ops of which a relation is attested. */
  relatedSubjects(): string[] {
    return this.#prepare<[string], string>(
      "select distinct subject from claim where relationship in (select value from json_each(?))",
    )
      .pluck()
      .all(JSON.stringify(RelationKind.options));
  }

  /** The co-ops of which somebody attests that they have closed. */
  closedSubjects(): string[] {
    return this.#prepare<[], string>(
      "select distinct subject from claim where relationship = 'closed'",
    )
      .pluck()
      .all();
  }

  /** The hosts that attest of a co-op that it has closed. */
  closedBy(subject: string): string[] {
    return this.#prepare<[string], string>(
      "select origin from claim where subject = ? and relationship = 'closed'",
    )
      .pluck()
      .all(subject);
  }

  /** The listings that name somebody by one of these names, in order of theirs. */
  naming(names: string[], limit: number): Naming[] {
    return this.#prepare<[string, number], Naming>(
      `select distinct coop, tie.name, kind
          from tie join entry using (row)
          where other in (select value from json_each(?))
          order by entry.name, coop, kind limit ?`,
    ).all(JSON.stringify(names), limit);
  }

  /** The rows of the listings that name somebody by one of these names. */
  rowsNaming(names: string[]): number[] {
    return this.#prepare<[string], number>(
      "select distinct row from tie where other in (select value from json_each(?))",
    )
      .pluck()
      .all(JSON.stringify(names));
  }

  /** How many organisations have such a relation that is confirmed. */
  countConfirmed(asked: Confirmed): number {
    return this.#prepare<Binding, number>(
      `select count(distinct coalesce(instead, row)) ${confirmedFrom}`,
    )
      .pluck()
      .get(...bindings(asked)) as number;
  }

  /** The rows of their listings, in order of their names, from behind a row on. */
  confirmed(asked: Confirmed, after: number | undefined, limit: number): number[] {
    return this.#prepare<[...Binding, number | null, number | null, number], number>(
      `select min(row) ${confirmedFrom}
          and (? is null or (entry.name, coop) > (
            select before.name, named.coop from entry before join tie named using (row) where row = ?
          ))
          group by coalesce(instead, row) order by entry.name, coop limit ?`,
    )
      .pluck()
      .all(...bindings(asked), after ?? null, after ?? null, limit);
  }

  /** Writes which two co-ops an attestation says are the same, in place of what it said before. */
  putLink(record: string, link: SameAs | undefined): void {
    this.#prepare("delete from link where attestation = ?").run(record);
    if (link === undefined) return;
    const insert = this.#prepare("insert into link (attestation, coop, same) values (?, ?, ?)");
    insert.run(record, link[0], link[1]);
    insert.run(record, link[1], link[0]);
  }

  /** The co-ops that an attestation says are the same. */
  linkedBy(record: string): string[] {
    return this.#prepare<[string], string>("select coop from link where attestation = ?")
      .pluck()
      .all(record);
  }

  /** Whether anybody attests that a co-op is the same as another. */
  isLinked(coop: string): boolean {
    return (
      this.#prepare<[string], unknown>("select 1 from link where coop = ? limit 1").get(coop) !==
      undefined
    );
  }

  /** The co-ops of which anybody attests that they are the same as this one. */
  linked(coop: string): string[] {
    return this.#prepare<[string], string>("select distinct same from link where coop = ?")
      .pluck()
      .all(coop);
  }
}

type Binding = [names: string, kind: string, object: string, believed: string];

const confirmedFrom = `from tie join entry using (row)
  where other in (select value from json_each(?)) and kind = ? and not (state & ${state.example})
    and exists (
      select 1 from claim
        where claim.subject = tie.coop and claim.relationship = tie.kind and claim.object = ?
          and claim.origin in (select value from json_each(?))
    )`;

function bindings({ names, kind, object, believed }: Confirmed): Binding {
  return [JSON.stringify(names), kind, object, JSON.stringify(believed)];
}
