import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { getLogger } from "@logtape/logtape";
import Database from "better-sqlite3";
import { type Dialect, Kysely } from "kysely";
import pg from "pg";
import { AppError, type Code } from "../errors.ts";
import { applicationName } from "./connections.ts";
import { type Engine, postgresDialect, postgresTypes, sqliteDialect } from "./dialect.ts";
import type { Db, Schema } from "./schema.ts";

const logger = getLogger(["fragaria", "store"]);

/** An open database. Disposing of it waits for its queries and closes it. */
export interface Store extends AsyncDisposable {
  readonly db: Db;
  readonly engine: Engine;
}

/**
 * Opens the database, and for SQLite creates the file and its folder; the
 * tables are migrate()'s. The URL is `sqlite:` and a path as it is written on
 * the file system, `sqlite::memory:`, or `postgres://user:password@host/name`.
 * @throws AppError with one sentence that says what the operator can mend
 */
export async function open(databaseUrl: string): Promise<Store> {
  if (databaseUrl.startsWith("sqlite:")) {
    const database = openSqlite(databaseUrl.slice(7).replace(/^\/\//, ""));
    return store("sqlite", sqliteDialect(database), () => database.close());
  }
  if (/^postgres(ql)?:\/\//.test(databaseUrl)) {
    const pool = await openPostgres(databaseUrl);
    return store("postgres", postgresDialect(pool), () => (pool.ending ? undefined : pool.end()));
  }
  throw new AppError(
    "bad-config",
    "The database URL must begin with sqlite: or postgres://, for example sqlite:data/fragaria.db.",
  );
}

function store(engine: Engine, dialect: Dialect, close: () => unknown): Store {
  const db = new Kysely<Schema>({ dialect });
  return {
    db,
    engine,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      // Kysely closes only what has been used through it.
      await close();
    },
  };
}

function openSqlite(file: string): Database.Database {
  if (file === "") {
    throw new AppError("bad-config", "The database URL sqlite: lacks the path of the file.");
  }
  let database: Database.Database | undefined;
  try {
    if (file !== ":memory:") touch(file);
    database = new Database(file, { timeout: 5000 });
    // Setting the journal mode is what first reads the file.
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    // What is withdrawn must not be found in the file afterwards: traces.ts has the rest.
    database.pragma("secure_delete = ON");
    database.pragma("wal_autocheckpoint = 8000");
    // Of a large database: a small one takes no more than it is.
    database.pragma("cache_size = -32768");
    // SQLite opens what it may not write without complaint: find out now.
    database.exec("begin immediate; rollback");
    return database;
  } catch (cause) {
    database?.close();
    throw sqliteFault(file, cause);
  }
}

/**
 * Makes sure that the file is there, readable by its owner only: it holds
 * private keys. The journal files beside it take over its mode.
 */
function touch(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  closeSync(openSync(file, "a", 0o600));
}

const sqliteFaults: Record<string, [Code, (file: string) => string]> = {
  EACCES: ["bad-config", (file) => `No permission to write the database file ${file}.`],
  EPERM: ["bad-config", (file) => `No permission to write the database file ${file}.`],
  EISDIR: ["bad-config", (file) => `The database ${file} is a folder, not a file.`],
  ENOTDIR: ["bad-config", (file) => `The database ${file} is below something that isn't a folder.`],
  EEXIST: ["bad-config", (file) => `The database ${file} is below something that isn't a folder.`],
  EROFS: ["bad-config", (file) => `The database ${file} is on a file system that is read-only.`],
  ENOSPC: ["store", (file) => `There is no space left on the disk of the database ${file}.`],
  SQLITE_NOTADB: ["bad-config", (file) => `${file} is not a SQLite database.`],
  SQLITE_READONLY: ["bad-config", (file) => `No permission to write the database file ${file}.`],
  SQLITE_BUSY: ["unavailable", (file) => `The database ${file} is locked by another program.`],
  SQLITE_CORRUPT: ["store", (file) => `The database ${file} is damaged: restore a backup.`],
  SQLITE_FULL: ["store", (file) => `There is no space left on the disk of the database ${file}.`],
};

function sqliteFault(file: string, cause: unknown): AppError {
  const code = codeOf(cause);
  // Extended codes are the plain ones with a suffix: SQLITE_READONLY_DBMOVED.
  const known = sqliteFaults[code] ?? sqliteFaults[code.split("_").slice(0, 2).join("_")];
  if (known) return new AppError(known[0], known[1](file), { cause });
  return new AppError("store", `The database ${file} can't be opened: ${messageOf(cause)}.`, {
    cause,
  });
}

async function openPostgres(url: string): Promise<pg.Pool> {
  const place = placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    types: postgresTypes,
    max: 10,
    connectionTimeoutMillis: 10_000,
    application_name: applicationName,
  });
  // A connection that breaks emits an error, idle in the pool or between two
  // queries of a transaction; without a listener that ends the process.
  pool.on("error", logBroken);
  pool.on("connect", (client) => client.on("error", logBroken));
  try {
    const { rows } = await pool.query<{ encoding: string }>(
      "select current_setting('server_encoding') as encoding",
    );
    const encoding = rows[0]?.encoding;
    if (encoding !== "UTF8") {
      throw new AppError(
        "bad-config",
        `The PostgreSQL database at ${place} is encoded in ${encoding}; it must be UTF8.`,
      );
    }
    return pool;
  } catch (cause) {
    await pool.end();
    throw cause instanceof AppError ? cause : postgresFault(place, cause);
  }
}

function logBroken(error: Error): void {
  logger.warn("A connection to PostgreSQL broke: {error}", { error });
}

const postgresFaults: Record<string, [Code, (place: string) => string]> = {
  ECONNREFUSED: ["unavailable", (place) => `PostgreSQL isn't running at ${place}.`],
  ECONNRESET: ["unavailable", (place) => `PostgreSQL at ${place} broke off the connection.`],
  ENOENT: ["unavailable", (place) => `PostgreSQL isn't running at ${place}.`],
  ENOTFOUND: ["bad-config", (place) => `The host of the PostgreSQL database ${place} is unknown.`],
  EAI_AGAIN: ["unavailable", (place) => `The host of PostgreSQL at ${place} can't be looked up.`],
  ETIMEDOUT: ["unavailable", (place) => `PostgreSQL at ${place} doesn't answer.`],
  EHOSTUNREACH: ["unavailable", (place) => `PostgreSQL at ${place} can't be reached.`],
  ENETUNREACH: ["unavailable", (place) => `PostgreSQL at ${place} can't be reached.`],
  "28P01": ["bad-config", (place) => `PostgreSQL at ${place} refuses the user or the password.`],
  "28000": ["bad-config", (place) => `PostgreSQL at ${place} refuses the user or the password.`],
  "3D000": ["bad-config", (place) => `PostgreSQL has no such database: ${place}.`],
  "42501": ["bad-config", (place) => `The user may not use the PostgreSQL database ${place}.`],
  "53300": ["unavailable", (place) => `PostgreSQL at ${place} has too many connections.`],
  "57P03": ["unavailable", (place) => `PostgreSQL at ${place} is starting up or shutting down.`],
};

function postgresFault(place: string, cause: unknown): AppError {
  const known = postgresFaults[codeOf(cause)];
  if (known) return new AppError(known[0], known[1](place), { cause });
  return new AppError("unavailable", `PostgreSQL at ${place} can't be used: ${messageOf(cause)}.`, {
    cause,
  });
}

/** Host, port and name of the database: the URL without its password. */
function placeOf(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `${host || searchParams.get("host") || "localhost"}${pathname}`;
  } catch (cause) {
    // Not the cause's message: it repeats the URL, and with it the password.
    throw new AppError(
      "bad-config",
      "The database URL isn't a valid URL; percent-encode special characters in the password.",
      { cause: new Error("invalid URL", { cause: codeOf(cause) }) },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
