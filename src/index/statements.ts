import type Database from "better-sqlite3";

/** Statements of a database, each compiled once. */
export class Statements {
  readonly #database: Database.Database;
  readonly #compiled = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  prepare<P extends unknown[], R>(sql: string): Database.Statement<P, R> {
    let statement = this.#compiled.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#compiled.set(sql, statement);
    }
    return statement as unknown as Database.Statement<P, R>;
  }
}
