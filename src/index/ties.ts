import type Database from "better-sqlite3";
import type { RelationKind } from "../coop/codes.ts";
import { Claim } from "../coop/attestation.ts";
import { namedBy } from "../coop/relation.ts";
import type { Listing } from "../coop/listing.ts";

/** The tables of the relations that listings claim, and of what is attested about them. */
export const tieTables = `
  create table tie (other text, kind text, row integer, primary key (other, kind, row)) strict, without rowid;
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
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Compiled once: it is asked for each listing that is read. */
  #prepare<P extends unknown[], R>(sql: string): Database.Statement<P, R> {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement as unknown as Database.Statement<P, R>;
  }

  /** Writes whom a listing names, in place of whom it named before; undefined takes it out. */
  put(row: number, listing: Listing | undefined): void {
    this.#prepare("delete from tie where row = ?").run(row);
    const insert = this.#prepare("insert or ignore into tie (other, kind, row) values (?, ?, ?)");
    for (const relation of listing?.relations ?? []) {
      for (const name of namedBy(relation)) insert.run(name, relation.kind, row);
    }
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

  /**
   * Writes whether a co-op is to be taken for closed, for its listing or others
   * say so.
   *
   * @param said Whether others do, who are believed.
   * @returns Its rows, each with whether it is.
   */
  setClosed(coop: string, said: boolean): { row: number; closed: boolean }[] {
    return this.#prepare<[number, string], { row: number; closed: number }>(
      `update entry set closed = ? or coalesce(json_extract(listing, '$.status') = 'closed', 0)
          where coop = ? returning row, closed`,
    )
      .all(said ? 1 : 0, coop)
      .map(({ row, closed }) => ({ row, closed: closed === 1 }));
  }

  /** The listings that name somebody by one of these names, in order of theirs. */
  naming(names: string[], limit: number): Naming[] {
    return this.#prepare<[string, number], Naming>(
      `select distinct coop, json_extract(listing, '$.name') as name, kind
          from tie join entry using (row)
          where other in (select value from json_each(?))
          order by entry.name, coop, kind limit ?`,
    ).all(JSON.stringify(names), limit);
  }

  /** How many organisations have such a relation that is confirmed. */
  countConfirmed(asked: Confirmed): number {
    return this.#prepare<Binding, number>(
      `select count(distinct coalesce(instead, row)) ${confirmedFrom}`,
    )
      .pluck()
      .get(...bindings(asked)) as number;
  }

  /** The rows of their listings, in order of their names, from behind a co-op's URL on. */
  confirmed(asked: Confirmed, after: string, limit: number): number[] {
    return this.#prepare<[...Binding, string, string, number], number>(
      `select min(row) ${confirmedFrom}
          and (? = '' or (name, coop) > (select name, coop from entry where coop = ?))
          group by coalesce(instead, row) order by name, coop limit ?`,
    )
      .pluck()
      .all(...bindings(asked), after, after, limit);
  }
}

type Binding = [names: string, kind: string, object: string, believed: string];

const confirmedFrom = `from tie join entry using (row)
  where other in (select value from json_each(?)) and kind = ? and not example
    and exists (
      select 1 from claim
        where claim.subject = entry.coop and claim.relationship = tie.kind and claim.object = ?
          and claim.origin in (select value from json_each(?))
    )`;

function bindings({ names, kind, object, believed }: Confirmed): Binding {
  return [JSON.stringify(names), kind, object, JSON.stringify(believed)];
}
