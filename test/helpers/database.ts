import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, inject } from "vitest";
import type { Engine } from "../../src/store/dialect.ts";
import { migrate } from "../../src/store/migrate.ts";
import { open, type Store } from "../../src/store/open.ts";

const engines: Engine[] = ["sqlite", "postgres"];

/** Declares the same tests once for each engine. */
export function eachEngine(name: string, body: (engine: Engine) => void): void {
  for (const engine of engines) describe(`${name} on ${engine}`, () => body(engine));
}

/** A database of its own with all the tables: `await using store = await freshStore(engine)`. */
export async function freshStore(engine: Engine): Promise<Store> {
  if (engine === "sqlite") {
    const store = await open("sqlite::memory:");
    await migrate(store.db);
    return store;
  }
  const database = await createDatabase("template_fragaria");
  const { db, [Symbol.asyncDispose]: close } = await open(database.url);
  return {
    db,
    engine,
    async [Symbol.asyncDispose]() {
      await close();
      await database[Symbol.asyncDispose]();
    },
  };
}

export interface FreshUrl extends AsyncDisposable {
  readonly url: string;
}

/** The URL of a database of its own, without tables, that can be opened more than once. */
export async function freshUrl(engine: Engine): Promise<FreshUrl> {
  if (engine === "postgres") return await createDatabase("template1");
  const folder = await mkdtemp(join(tmpdir(), "fragaria-test-"));
  return {
    url: `sqlite:${join(folder, "test.db")}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function createDatabase(template: string): Promise<FreshUrl> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(`create database ${name} template ${template} strategy file_copy`);
  return {
    url: new URL(`/${name}`, inject("postgres")).href,
    [Symbol.asyncDispose]: () => administer(`drop database ${name} with (force)`),
  };
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client(inject("postgres"));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
