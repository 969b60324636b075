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
  type Kysely,
  PostgresAdapter,
  PostgresDialect,
  type SelectQueryBuilder,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type TransactionSettings,
} from "kysely";
import pg from "pg";

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

/** Kysely's dialect for an open SQLite database, which it will close. */
export function sqliteDialect(database: Database): Dialect {
  return new Sqlite({ database });
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
