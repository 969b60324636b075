import type { Capital, Theme } from "../coop/codes.ts";
import type { Wanted } from "../coop/exchange.ts";
import type { Exchange, Listing } from "../coop/listing.ts";
import type { Statements } from "./statements.ts";

/** Which of a co-op's two lists an exchange is in. */
export type Side = "offers" | "needs";

/** The table of what co-ops offer and look for: few have any. */
export const exchangeTables = `
  create table exchange (
    side text not null,
    theme text not null,
    capital text not null,
    row integer not null,
    until text not null,
    primary key (side, theme, capital, row, until)
  ) strict, without rowid;
  create index exchange_row on exchange (row);
  create index exchange_until on exchange (side, until, row) where until < '9999';
`;

/** Of an exchange without theme, and of one that doesn't expire. */
const none = "";
const never = "9999-12-31";

/** A row that has such an exchange. */
interface Having {
  row: number;
  capital: Capital;
}

/** The part of the index that knows who offers what, and who looks for what: all its SQL. */
export class Exchanges {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Writes what a listing offers and needs; it has had nothing before. */
  put(row: number, { offers = [], needs = [] }: Pick<Listing, Side>): void {
    for (const each of offers) this.#insert("offers", row, each);
    for (const each of needs) this.#insert("needs", row, each);
  }

  #insert(side: Side, row: number, { theme, capital, validThrough }: Exchange): void {
    this.#statements
      .prepare(
        "insert or ignore into exchange (side, theme, capital, row, until) values (?, ?, ?, ?, ?)",
      )
      .run(side, theme ?? none, capital, row, validThrough ?? never);
  }

  /** Takes out what a listing offers and needs. */
  remove(row: number): void {
    this.#statements.prepare("delete from exchange where row = ?").run(row);
  }

  /** The rows of which something has expired by a day, ascending. */
  expired(side: Side, today: string): number[] {
    return this.#statements
      .prepare<[Side, string], number>(
        `select distinct row from exchange
          where side = ? and until < ? and until < '9999' order by row`,
      )
      .pluck()
      .all(side, today);
  }

  /** What a row offers or needs on a day. */
  of(row: number, side: Side, today: string): Wanted[] {
    return this.#statements
      .prepare<[number, Side, string], { theme: Theme | ""; capital: Capital }>(
        "select distinct theme, capital from exchange where row = ? and side = ? and until >= ?",
      )
      .all(row, side, today)
      .map(({ theme, capital }) => ({ theme: theme === "" ? undefined : theme, capital }));
  }

  /** The rows that offer or need something of a theme on a day; undefined: something of none. */
  having(side: Side, theme: Theme | undefined, today: string): Having[] {
    return this.#statements
      .prepare<[Side, string, string], Having>(
        "select row, capital from exchange where side = ? and theme = ? and until >= ?",
      )
      .all(side, theme ?? none, today);
  }
}
