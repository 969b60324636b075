import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Cache } from "../../src/index/cache.ts";
import { wordsOf } from "../../src/index/known-words.ts";
import { Reader } from "../../src/index/reader.ts";
import { readSnapshot, snapshotOf, writeSnapshot } from "../../src/index/snapshot.ts";
import { openWriter } from "../../src/index/writer.ts";
import { freshStore } from "../helpers/database.ts";
import { listing, put, record, tombstone } from "./samples.ts";

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), "index-")), "index.sqlite");
}

function found(file: string): string[] {
  using reader = new Reader(file, { least: 1 });
  return reader.search({ sort: "name" }).records.map((each) => each.split("/").at(-2) ?? "");
}

/** Takes a co-op out of the snapshot, to see who reads it; or says that it has come elsewhere. */
function tamper(file: string, further = 0): void {
  const cache = new Cache(file);
  const kept = cache.readSets();
  kept.load();
  const key = String(cache.progress.life);
  const read = readSnapshot(snapshotOf(file), kept.dictionaries, key);
  if (read === undefined) throw new Error("there is no snapshot");
  read.columns.delete(1);
  writeSnapshot(snapshotOf(file), read.columns, { key, stamp: read.stamp + further });
  cache.close();
}

test("a reader begins with the snapshot that the last one left, and goes on from there", async () => {
  await using store = await freshStore("sqlite");
  const file = newFile();
  await using writer = await openWriter({ db: store.db, file });
  const [first, second, third] = [listing("c1"), listing("c2"), listing("c3")];
  await put(store.db, record(first), record(second));
  await writer.catchUp();
  expect(found(file)).toEqual(["c1", "c2"]);
  tamper(file);
  expect(found(file)).toEqual(["c2"]);
  await put(store.db, record(third), tombstone(second, 1));
  await writer.catchUp();
  expect(found(file)).toEqual(["c3"]);
});

test("what was withdrawn is in no snapshot and no list of words once the traces are wiped", async () => {
  await using store = await freshStore("sqlite");
  const file = newFile();
  await using writer = await openWriter({ db: store.db, file });
  await put(store.db, record(listing("c1")), record(listing("c2")));
  await writer.catchUp();
  found(file);
  await put(store.db, tombstone(listing("c1"), 1));
  await writer.catchUp();
  expect(existsSync(snapshotOf(file))).toBe(true);
  writeFileSync(wordsOf(file), "of an index that was large");
  await writer.wipe();
  expect(existsSync(snapshotOf(file))).toBe(false);
  expect(existsSync(wordsOf(file))).toBe(false);
});

test("a snapshot that is ahead of its index, or of another, is not believed", async () => {
  await using store = await freshStore("sqlite");
  const file = newFile();
  await put(store.db, record(listing("c1")), record(listing("c2")));
  {
    await using writer = await openWriter({ db: store.db, file });
    await writer.catchUp();
    found(file);
    tamper(file, 100);
    expect(found(file)).toEqual(["c1", "c2"]);
  }
  tamper(file, 100);
  // As after a power cut, which has taken the latest pages of the index.
  await using writer = await openWriter({ db: store.db, file });
  expect(existsSync(snapshotOf(file))).toBe(false);
  await writer.catchUp();
  expect(found(file)).toEqual(["c1", "c2"]);
});
