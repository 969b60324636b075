import { chown, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { sql } from "kysely";
import pg from "pg";
import { describe, expect, inject, test, vi } from "vitest";
import { AppError } from "../../src/errors.ts";
import { engineOf } from "../../src/store/dialect.ts";
import { open } from "../../src/store/open.ts";
import { eachEngine, freshStore, freshUrl } from "../helpers/database.ts";

async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), "fragaria-test-"));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** What open() says, which it must say as an AppError and without secrets. */
async function refusal(url: string): Promise<string> {
  try {
    await using _ = await open(url);
    return "opened";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.message).not.toContain("s3cret");
    expect(error.message).toMatch(/^[^\n]+\.$/);
    return `${error.code}: ${error.message}`;
  }
}

eachEngine("an open database", (engine) => {
  test("knows its engine, inside transactions too", async () => {
    await using store = await freshStore(engine);
    expect(store.engine).toBe(engine);
    expect(engineOf(store.db)).toBe(engine);
    expect(await store.db.transaction().execute(async (tx) => engineOf(tx))).toBe(engine);
  });

  test("gives integers, counts and sums as numbers", async () => {
    await using store = await freshStore(engine);
    await store.db.updateTable("counter").set({ value: 5_000_000_000 }).execute();
    const row = await store.db
      .selectFrom("counter")
      .select((eb) => [
        "value",
        eb.fn.countAll<number>().as("count"),
        eb.fn.sum<number>("value").as("sum"),
      ])
      .groupBy("value")
      .executeTakeFirst();
    expect(row).toEqual({ value: 5_000_000_000, count: 1, sum: 5_000_000_000 });
  });

  test("is closed also when nothing has used it", async () => {
    await using database = await freshUrl(engine);
    const store = await open(database.url);
    await store[Symbol.asyncDispose]();
    await expect(sql`select 1`.execute(store.db)).rejects.toThrow();
  });
});

describe("SQLite", () => {
  test("makes the folder, and the file for its owner only", async () => {
    await using temporary = await temporaryFolder();
    const file = join(temporary.folder, "new/folder/test.db");
    await using store = await open(`sqlite:${file}`);
    await sql`create table t (a text)`.execute(store.db);
    for (const suffix of ["", "-wal", "-shm"]) {
      expect(((await stat(file + suffix)).mode & 0o777).toString(8)).toBe("600");
    }
  });

  test("writes through to the disk, in WAL mode", async () => {
    await using database = await freshUrl("sqlite");
    await using store = await open(database.url);
    const pragma = async (name: string) =>
      Object.values(
        (await sql`pragma ${sql.raw(name)}`.execute(store.db)).rows[0] as Record<string, unknown>,
      )[0];
    expect(await pragma("journal_mode")).toBe("wal");
    expect(await pragma("synchronous")).toBe(2);
    expect(await pragma("foreign_keys")).toBe(1);
    expect(await pragma("busy_timeout")).toBe(5000);
    expect(await pragma("wal_autocheckpoint")).toBe(8000);
  });

  test("a transaction that reads first can still write after another's write", async () => {
    await using database = await freshUrl("sqlite");
    await using store = await open(database.url);
    await sql`create table t (a integer)`.execute(store.db);
    const other = new Database(database.url.slice("sqlite:".length), { timeout: 0 });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => void other.close());
    await store.db.transaction().execute(async (tx) => {
      await sql`select * from t`.execute(tx);
      expect(() => other.exec("insert into t values (1)")).toThrow("locked");
      await sql`insert into t values (2)`.execute(tx);
    });
    await store.db
      .transaction()
      .setAccessMode("read only")
      .execute(async (tx) => {
        await sql`select * from t`.execute(tx);
        other.exec("insert into t values (3)");
      });
  });

  test("sees what has become of a table, and can be asked anew while rows are read", async () => {
    await using store = await open("sqlite::memory:");
    const all = sql`select * from t`;
    await sql`create table t (a integer)`.execute(store.db);
    await sql`insert into t values (1), (2)`.execute(store.db);
    expect((await all.execute(store.db)).rows).toEqual([{ a: 1 }, { a: 2 }]);
    await sql`alter table t add column b text default 'x'`.execute(store.db);
    expect((await all.execute(store.db)).rows).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: "x" },
    ]);
    const numbers = store.db.withTables<{ t: { a: number } }>().selectFrom("t").select("a");
    for await (const { a } of numbers.stream()) expect(a).toBeGreaterThan(0);
    expect(await numbers.execute()).toHaveLength(2);
  });

  test("says in a sentence why a file can't be opened", async () => {
    await using temporary = await temporaryFolder();
    const at = (name: string) => join(temporary.folder, name);
    await writeFile(at("text"), "This is no database, but quite long.\n".repeat(100));
    await mkdir(at("folder"));
    expect(await refusal(`sqlite:${at("text")}`)).toBe(
      `bad-config: ${at("text")} is not a SQLite database.`,
    );
    expect(await refusal(`sqlite:${at("folder")}`)).toBe(
      `bad-config: The database ${at("folder")} is a folder, not a file.`,
    );
    expect(await refusal(`sqlite:${at("text/test.db")}`)).toBe(
      `bad-config: The database ${at("text/test.db")} is below something that isn't a folder.`,
    );
    expect(await refusal("sqlite:")).toMatch("lacks the path");
    expect(await refusal("mysql://localhost/x")).toMatch("must begin with sqlite: or postgres://");
    expect(await refusal(at("bare"))).toMatch("must begin with sqlite: or postgres://");
  });

  // Root may write everything, so the test steps down where it can.
  test.skipIf(process.platform === "win32")("says that it may not write the file", async () => {
    await using temporary = await temporaryFolder();
    const file = join(temporary.folder, "test.db");
    await writeFile(file, "", { mode: 0o400 });
    const uid = process.geteuid?.();
    if (uid === 0) {
      await chown(temporary.folder, 65534, 65534);
      await chown(file, 65534, 65534);
      process.seteuid?.(65534);
    }
    try {
      expect(await refusal(`sqlite:${file}`)).toBe(
        `bad-config: No permission to write the database file ${file}.`,
      );
    } finally {
      if (uid === 0) process.seteuid?.(0);
    }
  });
});

describe("PostgreSQL", () => {
  const at = (change: (url: URL) => void) => {
    const url = new URL(inject("postgres"));
    change(url);
    return url.href;
  };

  test("says in a sentence why the database can't be used", async () => {
    const { host } = new URL(inject("postgres"));
    expect(await refusal(at((url) => void (url.password = "s3cret")))).toBe(
      `bad-config: PostgreSQL at ${host}/postgres refuses the user or the password.`,
    );
    expect(await refusal(at((url) => void (url.username = "nobody")))).toBe(
      `bad-config: PostgreSQL at ${host}/postgres refuses the user or the password.`,
    );
    expect(await refusal(at((url) => void (url.pathname = "/missing")))).toBe(
      `bad-config: PostgreSQL has no such database: ${host}/missing.`,
    );
    expect(await refusal("postgres://u:s3cret@127.0.0.1:1/db")).toBe(
      "unavailable: PostgreSQL isn't running at 127.0.0.1:1/db.",
    );
    expect(await refusal("postgres://u:s3cret@localhost:1/db")).toBe(
      "unavailable: PostgreSQL isn't running at localhost:1/db.",
    );
    expect(await refusal("postgres://u:s3cret@nowhere.invalid/db")).toMatch(
      /nowhere\.invalid\/db (is unknown|can't be looked up)\.$/,
    );
    expect(await refusal("postgres://u:s3cret@[bad/db")).toMatch("isn't a valid URL");
  });

  test("refuses a database that can't hold every script", async () => {
    await using database = await freshUrl("postgres");
    const name = `${new URL(database.url).pathname.slice(1)}_latin`;
    const admin = new pg.Client(inject("postgres"));
    await admin.connect();
    await admin.query(
      `create database ${name} encoding latin1 template template0 locale_provider libc locale 'C'`,
    );
    try {
      expect(await refusal(at((url) => void (url.pathname = name)))).toMatch(
        /encoded in LATIN1; it must be UTF8\.$/,
      );
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });

  test("survives the loss of its connections, idle and in a transaction", async () => {
    await using database = await freshUrl("postgres");
    await using store = await open(database.url);
    await using other = await open(database.url);
    const killOthers = () =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`.execute(other.db);
    // The pool may hand out a dead connection once, before it hears of its death.
    const works = () =>
      vi.waitFor(() => sql`select 1`.execute(store.db), { timeout: 15_000, interval: 10 });
    await works();
    await killOthers();
    await works();
    const after = vi.fn();
    const broken = store.db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      await killOthers();
      await delay(100); // No query is running when the connection breaks.
      after();
      await sql`select 1`.execute(tx);
    });
    await expect(broken).rejects.toThrow();
    expect(after).toHaveBeenCalled();
    await works();
  });
});
