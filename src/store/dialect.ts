/**
 * Everything in which SQLite and PostgreSQL differ. A query elsewhere that
 * needs to know its engine calls a function from here.
 */
import type { Database } from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Expression,
  type Kysely,
  PostgresAdapter,
  PostgresDialect,
  type SelectQueryBuilder,
  sql,
  type SqlBool,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
  type TransactionSettings,
} from "kysely";
import pg from "pg";
import type { Schema } from "./schema.ts";

export type Engine = "sqlite" | "postgres";

/** A Kysely handle, whatever its tables. */
type Executor = Pick<Kysely<unknown>, "getExecutor">;

/** Which engine a handle speaks to; transactions included. */
export function engineOf(db: Executor): Engine {
  return db.getExecutor().adapter instanceof PostgresAdapter ? "postgres" : "sqlite";
}

/**
 * Makes a query that picks rows to work on pass over rows that another
 * transaction has just picked. SQLite has one writer at a time and needs nothing.
 */
export function skipLocked<DB, TB extends keyof DB, O>(
  db: Executor,
  query: SelectQueryBuilder<DB, TB, O>,
): SelectQueryBuilder<DB, TB, O> {
  return engineOf(db) === "postgres" ? query.forUpdate().skipLocked() : query;
}

/**
 * Makes a query hold the rows that it reads until the transaction ends. SQLite
 * has one writer at a time and needs nothing.
 */
export function forUpdate<DB, TB extends keyof DB, O>(
  db: Executor,
  query: SelectQueryBuilder<DB, TB, O>,
): SelectQueryBuilder<DB, TB, O> {
  return engineOf(db) === "postgres" ? query.forUpdate() : query;
}

/** Whether a text has another one in it, letter for letter. */
export function holds(
  db: Executor,
  text: Expression<string>,
  part: Expression<string>,
): Expression<SqlBool> {
  return engineOf(db) === "postgres"
    ? sql<SqlBool>`position(${part} in ${text}) > 0`
    : sql<SqlBool>`instr(${text}, ${part}) > 0`;
}

/**
 * Gives the space of deleted rows back to the disk. Takes as long as what is
 * left is large, and nobody reads or writes meanwhile.
 */
export async function giveBack(db: Kysely<Schema>): Promise<void> {
  if (engineOf(db) === "postgres") {
    await sql`vacuum (full, analyze) record, change, floor`.execute(db);
  } else {
    await sql`vacuum`.execute(db);
  }
}

/** Kysely's dialect for an open SQLite database, which it will close. */
export function sqliteDialect(database: Database): Dialect {
  return new Sqlite({ database: remembering(database) });
}

/** Kysely's dialect for a PostgreSQL pool, which it will end. */
export function postgresDialect(pool: pg.Pool): Dialect {
  return new PostgresDialect({ pool });
}

/**
 * How PostgreSQL's types come into JavaScript so that both engines give the
 * same: `bigint`, and the `numeric` that a sum of them has, as numbers.
 * @throws RangeError for an integer that a number can't hold exactly
 */
export const postgresTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === pg.types.builtins.INT8) return safeInteger;
    if (oid === pg.types.builtins.NUMERIC) return Number;
    return format === "binary"
      ? pg.types.getTypeParser(oid, "binary")
      : pg.types.getTypeParser(oid, "text");
  },
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
}

/**
 * Keeps prepared statements, where Kysely prepares anew for each query: ten
 * times the cost of running a short one. Long statements are batches, seldom
 * the same twice. SQLite itself notices when a table has changed.
 */
function remembering(database: Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => void database.close(),
    prepare(text) {
      const known = statements.get(text);
      if (known) return known;
      const statement = database.prepare(text);
      const fresh: SqliteStatement = {
        reader: statement.reader,
        all: (parameters) => statement.all(parameters),
        run: (parameters) => statement.run(parameters),
        // A statement that is being iterated over can't be used for anything else.
        iterate: (parameters) => database.prepare(text).iterate(parameters),
      };
      if (text.length > 2000) return fresh;
      if (statements.size >= 500) statements.clear();
      statements.set(text, fresh);
      return fresh;
    },
  };
}

class Sqlite extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new EagerDriver(this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/**
 * Takes the write lock when a transaction begins. One that reads first and
 * asks for the lock later fails at once, without waiting, if another process
 * or worker has written in between (SQLITE_BUSY_SNAPSHOT).
 */
class EagerDriver extends SqliteDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const sql = settings?.accessMode === "read only" ? "begin" : "begin immediate";
    await connection.executeQuery(CompiledQuery.raw(sql));
  }
}

/**
 * SQLite's DDL takes part in transactions; Kysely assumes that it doesn't. So
 * a migration that fails or is killed half-way leaves nothing behind.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
