import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Reader } from "../../src/index/reader.ts";
import { openWriter, Writer } from "../../src/index/writer.ts";
import { freshStore } from "../helpers/database.ts";
import { memoryIndex } from "./memory-reader.ts";
import { listing, put, record, tombstone } from "./samples.ts";

/** A database, a writer of its index and a reader of the same file. */
async function writerAndReader() {
  const folder = await mkdtemp(join(tmpdir(), "fragaria-reader-"));
  const file = join(folder, "index.sqlite");
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const { db } = stack.use(await freshStore("sqlite"));
  const writer = stack.use(await openWriter({ db, file }));
  const reader = stack.use(new Reader(file));
  return { db, file, writer, reader, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** What a reader that has just begun says, and so what any other has to say. */
function anew(file: string) {
  using reader = new Reader(file);
  return { counts: reader.counts(), found: reader.search({}) };
}

test("a reader takes over what was written, removed and pruned since it last looked", async () => {
  await using parts = await writerAndReader();
  const { db, file, writer, reader } = parts;
  const many = Array.from({ length: 9 }, (_, at) => listing(`c${at}`, { theme: ["food"] }));
  expect(reader.counts().coops).toBe(0);
  for (const [at, each] of many.entries()) {
    await put(db, record(each));
    if (at > 3) await put(db, tombstone(many[at - 4] ?? each, 1));
    const { seq } = await writer.catchUp();
    if (at % 3 === 2) continue; // and stays behind
    expect(reader.refresh()).toBe(seq);
    expect({ counts: reader.counts(), found: reader.search({}) }).toEqual(anew(file));
  }
  await put(
    db,
    record(listing("last", { theme: ["energy"] })),
    tombstone(many[8] ?? listing(""), 1),
  );
  await writer.catchUp();
  writer.cache.write(() => writer.cache.rows.pruneJournal(0));
  expect({ counts: reader.counts(), found: reader.search({}) }).toEqual(anew(file));
  expect(reader.search({ theme: ["energy"] }).total).toBe(1);
});

test("a reader that takes a large file a part at a time has at the end what was written meanwhile", () => {
  const themes = ["food", "energy", "housing"] as const;
  const each = (at: number, theme: number) =>
    listing(`c${at}`, { theme: [themes[theme] ?? "food"] });
  const change = fc.record({
    at: fc.nat({ max: 14 }),
    theme: fc.nat({ max: 2 }),
    gone: fc.boolean(),
  });
  const said = (reader: Reader) => ({
    counts: reader.counts(),
    found: reader.search({ sort: "name", limit: 100 }),
    byTheme: themes.map((theme) => reader.search({ theme: [theme] }).records.length),
  });
  fc.assert(
    fc.property(
      fc.nat({ max: 12 }),
      fc.array(change, { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat({ max: 2 }),
      (held, changes, portion, kept) => {
        using index = memoryIndex();
        index.put(Array.from({ length: held }, (_, at) => each(at, 0)));
        const left = [...changes];
        const source = {
          // Asked for before each part.
          get cache() {
            const next = left.shift();
            const some = next === undefined ? [] : [each(next.at, next.theme)];
            if (next?.gone === true) index.remove(some);
            else index.put(some);
            if (kept === 0) index.cache.write(() => index.cache.rows.pruneJournal(0));
            return index.cache;
          },
        };
        using reader = new Reader(source, { portion });
        while (left.length > 0) reader.refresh();
        using other = new Reader({ cache: index.cache });
        expect(said(reader)).toEqual(said(other));
      },
    ),
  );
});

test("a reader follows a file that begins anew under it", async () => {
  await using parts = await writerAndReader();
  const { db, file, writer, reader } = parts;
  await put(db, record(listing("a")), record(listing("b", {}, "hub.example")));
  await writer.catchUp();
  for (const url of ["https://coops.example/coops/a", "https://hub.example/coops/b"]) {
    expect(reader.lookup(url)).toEqual([`${url}/listing`]);
  }
  {
    // As if the log had been put back: the same file, with nothing in it.
    await using other = new Writer({ db, file, epoch: "another" });
    expect(reader.counts().coops).toBe(0);
    expect(other.read.seq).toBe(0);
  }
  // Later than the others in the log, so that hosts get other numbers than before.
  await put(db, record(listing("a"), 1), record(listing("c", {}, "third.example")));
  await using again = await openWriter({ db, file });
  await again.catchUp();
  expect(reader.counts().coops).toBe(3);
  const records = ["a", "c"].map(
    (id, at) => `https://${["coops", "third"][at]}.example/coops/${id}`,
  );
  expect(records.flatMap((url) => reader.lookup(url))).toEqual(
    records.map((url) => `${url}/listing`),
  );
});

test("there is nothing to be asked before there is a file", () => {
  using reader = new Reader(join(tmpdir(), "fragaria-none", "index.sqlite"));
  expect(() => reader.counts()).toThrow(expect.objectContaining({ code: "unavailable" }));
});
