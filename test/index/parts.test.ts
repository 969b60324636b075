import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCache } from "../../src/index/cache.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import * as changes from "../../src/store/changes.ts";
import { migrate } from "../../src/store/migrate.ts";
import { open } from "../../src/store/open.ts";
import * as settings from "../../src/store/settings.ts";
import { eachEngine, freshUrl } from "../helpers/database.ts";
import { until } from "../helpers/nodes.ts";
import { listing, names, put, record, tombstone } from "./samples.ts";

const bakery = listing("bakery", { theme: ["food"] });
const mill = listing("mill", { theme: ["food"] });
const dairy = listing("dairy", { theme: ["food"] });

async function folder(): Promise<AsyncDisposable & { file: string }> {
  const path = await mkdtemp(join(tmpdir(), "fragaria-index-"));
  return {
    file: join(path, "index.sqlite"),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

eachEngine("an index in threads", (engine) => {
  test("answers as one in this thread does, and takes over while it is open", async () => {
    await using database = await freshUrl(engine);
    await using store = await open(database.url);
    await migrate(store.db);
    await using place = await folder();
    await put(store.db, record(bakery));
    const threads = { databaseUrl: database.url, readers: 2, from: 3 };
    {
      await using index = await openIndex(store.db, place.file, threads);
      await index.catchUp();
      await expect(names(index, "")).resolves.toEqual(["bakery"]);

      // Here it becomes large: threads go on with what was written in this one.
      await put(store.db, record(mill), record(dairy));
      await expect(index.catchUp()).resolves.toBeGreaterThanOrEqual(3);
      await expect(names(index, "")).resolves.toEqual(["bakery", "dairy", "mill"]);
      await put(store.db, tombstone(dairy, 1));
      const seq = await index.catchUp();
      const found = await Promise.all([names(index, "mill"), names(index, ""), names(index, "")]);
      expect(found).toEqual([["mill"], ["bakery", "mill"], ["bakery", "mill"]]);
      expect(index.seq).toBe(seq);
      await index.wipe();
      await expect(index.search({ theme: ["food"] })).resolves.toMatchObject({ total: 2 });
      await expect(index.search({ cursor: "nonsense" })).rejects.toMatchObject({
        name: "AppError",
        code: "bad-request",
      });
    }
    // It begins in threads.
    await using again = await openIndex(store.db, place.file, threads);
    await expect(names(again, "")).resolves.toEqual(["bakery", "mill"]);
    await put(store.db, record(dairy, 2));
    await again.catchUp();
    await expect(again.counts()).resolves.toEqual({ coops: 3, examples: 0 });
  }, 120_000);
});

test("begins threads as soon as many records are to come", async () => {
  await using database = await freshUrl("sqlite");
  await using store = await open(database.url);
  await migrate(store.db);
  await using place = await folder();
  await put(store.db, record(bakery));
  let begun = 0;
  const count = () => (begun += 1);
  process.on("worker", count);
  using _ = { [Symbol.dispose]: () => process.off("worker", count) };
  const threads = { databaseUrl: database.url, readers: 1, from: 3 };
  await using index = await openIndex(store.db, place.file, threads);
  await index.catchUp();
  expect(begun).toBe(0);
  const began = { source: "hub.example", began: 0, since: 0, read: 0, checked: [] };
  await settings.setFilling(store.db, { ...began, step: "loading", total: 3 });
  await index.catchUp();
  expect(begun).toBe(2); // one that reads and one that writes
  await expect(names(index, "")).resolves.toEqual(["bakery"]);
}, 120_000);

test("says at once what is wrong with the file, also in threads", async () => {
  await using database = await freshUrl("sqlite");
  await using store = await open(database.url);
  await migrate(store.db);
  const threads = { databaseUrl: database.url, readers: 1, from: 0 };
  await expect(openIndex(store.db, "/proc/index.sqlite", threads)).rejects.toMatchObject({
    code: "bad-config",
  });
});

test("asks for nothing once it is closed", async () => {
  await using database = await freshUrl("sqlite");
  await using store = await open(database.url);
  await migrate(store.db);
  await using place = await folder();
  const threads = { databaseUrl: database.url, readers: 1, from: 0 };
  const index = await openIndex(store.db, place.file, threads);
  await index[Symbol.asyncDispose]();
  await expect(index.counts()).rejects.toMatchObject({ code: "unavailable" });
  await expect(index.catchUp()).rejects.toMatchObject({ code: "unavailable" });
});

test("breaks off reading a long log when it is closed", async () => {
  await using database = await freshUrl("sqlite");
  await using store = await open(database.url);
  await migrate(store.db);
  await using place = await folder();
  const many = Array.from({ length: 1500 }, (_, at) => record(listing(`c${at}`)));
  for (let at = 0; at < many.length; at += 500) await put(store.db, ...many.slice(at, at + 500));
  const threads = { databaseUrl: database.url, readers: 1, from: 0 };
  const index = await openIndex(store.db, place.file, threads);
  const reading = index.catchUp().catch(() => undefined);
  await until(() => index.seq > 0);
  await index[Symbol.asyncDispose]();
  await reading;
  expect(readCache(place.file)?.seq).toBeLessThan(await changes.head(store.db));
  await using again = await openIndex(store.db, place.file, threads);
  await again.catchUp();
  await expect(again.counts()).resolves.toEqual({ coops: 1500, examples: 0 });
}, 120_000);
