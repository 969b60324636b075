import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SameAs } from "../../src/coop/organisation.ts";
import type { SignedRecord } from "../../src/coop/record.ts";
import type { DirectoryIndex } from "../../src/index/directory-index.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import * as changes from "../../src/store/changes.ts";
import * as hosts from "../../src/store/hosts.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { known, links } from "./arbitraries.ts";
import { type Known, slowly } from "./model.ts";
import {
  allPages,
  asked,
  attestation,
  beginning,
  listing,
  names,
  put,
  record,
  retraction,
  tombstone,
} from "./samples.ts";

let log: LogRecord[] = [];
beforeEach(async () => {
  log = [];
  await configure({
    sinks: { memory: (line) => log.push(line) },
    loggers: [
      { category: "fragaria", sinks: ["memory"], lowestLevel: "warning" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
});
afterEach(reset);

/** How often an index was built anew, which it mends itself by when something goes wrong. */
function rebuilds(): number {
  return log.filter((line) => line.message.join("").includes("built anew")).length;
}

/** A folder with the file of an index in it. */
async function fileOfIndex() {
  const folder = await mkdtemp(join(tmpdir(), "fragaria-index-"));
  return {
    file: join(folder, "index.sqlite"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const ids = ["c0", "c1", "c2", "c3", "c4", "c5"];

/** All that an index can be asked, as far as a few listings go. */
async function answers(index: DirectoryIndex) {
  const queries = [
    {},
    { q: "bake" },
    { q: "co-op" },
    { q: "bakery societa" },
    { q: "組合", sort: "name" },
    { sort: "updated" },
    { theme: "food,housing", multi_stakeholder: "unknown" },
    { region: "GB", sector: "Q" },
    { status: "closed,active", level: "primary" },
  ].map((query) => asked({ ...query, limit: "3" }));
  return {
    counts: await index.counts(),
    origins: await index.origins(),
    results: await Promise.all(queries.map((query) => index.search(query))),
    pages: await Promise.all(queries.map((query) => allPages(index, query))),
    lookups: await Promise.all(
      ["https://coops.example/coops/c0", "GB-COH:SC111222", "GB-COH:7444723"].map((id) =>
        index.lookup(id),
      ),
    ),
    organisations: await Promise.all(
      ids.map(async (id) => {
        const entries = await index.organisation(`https://coops.example/coops/${id}/listing`);
        return entries.map(({ record }) => record);
      }),
    ),
    seq: index.seq,
  };
}

/** Some listings are another host's. */
function hostOf(id: string): string {
  return id >= "c4" ? "hub.example" : "coops.example";
}

function at(each: Known): Known {
  const { listing } = each;
  const id = listing.id.split("/").at(-1) ?? "";
  return { ...each, listing: { ...listing, id: `https://${hostOf(id)}/coops/${id}` } };
}

function counted(all: Known[]): Record<string, number> {
  const hosts = Map.groupBy(all, ({ listing }) => new URL(listing.id).host);
  return Object.fromEntries([...hosts].map(([host, each]) => [host, each.length]));
}

/** Has a host stand elsewhere. */
async function stand(db: Db, host: string, facts: hosts.HostFacts): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await hosts.note(tx, [{ host, origin: `https://${host}`, domain: host }], 1);
    await hosts.update(tx, host, facts);
    await changes.append(tx, [{ kind: "host", subject: host, origin: "" }]);
  });
}

/** Lets a record go without a tombstone. */
async function drop(db: Db, id: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await records.remove(tx, [id]);
    await changes.append(tx, [{ kind: "dropped", subject: id, origin: new URL(id).host }]);
  });
}

async function builtAnew(db: Db) {
  await using fresh = await openIndex(db, ":memory:");
  await fresh.catchUp();
  return await answers(fresh);
}

test("after any updates, withdrawals and restarts the index is as one built anew", async () => {
  const id = fc.constantFrom(...ids);
  const host = fc.constantFrom("coops.example", "hub.example");
  // So few that most are attested, by one or both, and taken back again.
  const pair = links(2).filter(([first]) => first !== undefined);
  const standing = fc.record({
    listed: fc.constantFrom(1, 1, 1, null),
    exclusion: fc.constantFrom(null, null, null, "denied" as const),
    liveness: fc.constantFrom(null, "live" as const, "stale" as const, "hidden" as const),
  });
  const step = fc.oneof(
    { weight: 6, arbitrary: id.chain(known).map((each) => ({ put: at(each) })) },
    { weight: 2, arbitrary: id.map((each) => ({ withdraw: each })) },
    { weight: 3, arbitrary: fc.record({ attest: pair, host }) },
    { weight: 2, arbitrary: fc.record({ retract: pair, host }) },
    { weight: 6, arbitrary: fc.constant("catch up" as const) },
    { weight: 2, arbitrary: fc.constant("reopen" as const) },
    { weight: 4, arbitrary: fc.record({ stand: standing }) },
    { weight: 2, arbitrary: id.map((each) => ({ drop: each })) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40, size: "max" }),
      async (steps) => {
        await using store = await freshStore("sqlite");
        await using folder = await fileOfIndex();
        let index = await openIndex(store.db, folder.file);
        const held = new Map<string, Known>();
        const attested = new Map<string, SameAs>();
        let hubShown = true;
        try {
          for (const [version, each] of steps.entries()) {
            if (each === "catch up") await index.catchUp();
            else if (each === "reopen") {
              await index[Symbol.asyncDispose]();
              index = await openIndex(store.db, folder.file);
            } else if ("put" in each) {
              held.set(each.put.listing.id, each.put);
              await put(store.db, record(each.put.listing, version));
            } else if ("withdraw" in each) {
              const withdrawn = listing(each.withdraw, {}, hostOf(each.withdraw));
              held.delete(withdrawn.id);
              await put(store.db, tombstone(withdrawn, version));
            } else if ("stand" in each) {
              const { listed, exclusion, liveness } = each.stand;
              hubShown = listed !== null && exclusion === null && liveness !== "hidden";
              await stand(store.db, "hub.example", each.stand);
            } else if ("drop" in each) {
              const { id } = listing(each.drop, {}, hostOf(each.drop));
              held.delete(id);
              await drop(store.db, `${id}/listing`);
            } else if ("attest" in each) {
              const [same] = each.attest;
              if (same === undefined) continue;
              attested.set(`${each.host} ${same.join(" ")}`, same);
              await put(store.db, attestation(same, version, each.host));
            } else {
              const [same] = each.retract;
              if (same === undefined) continue;
              attested.delete(`${each.host} ${same.join(" ")}`);
              await put(store.db, retraction(same, version, each.host));
            }
          }
          await index.catchUp();
          expect(await answers(index)).toEqual(await builtAnew(store.db));
          const shows = (url: string) => hubShown || !url.includes("hub.example");
          const links = [...attested].filter(([key]) => shows(key)).map(([, same]) => same);
          const all = [...held.values()].filter(({ listing }) => shows(listing.id));
          expect(Object.fromEntries(await index.listings())).toEqual(counted(all));
          for (const query of [{}, { status: ["closed" as const] }]) {
            const { found, texts: _, ...expected } = slowly(all, links, undefined, query);
            expect(await index.search(query)).toMatchObject(expected);
            const each = found.map((one) => one.listing.id).toSorted();
            const { items } = await index.search({ ...query, limit: 100 });
            expect(items.map((one) => one.listing.id).toSorted()).toEqual(each);
          }
          expect(rebuilds()).toBe(0);
        } finally {
          await index[Symbol.asyncDispose]();
        }
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

eachEngine("the index of a database", (engine) => {
  test("reads more than a page, and remembers how far it got", async () => {
    await using store = await freshStore(engine);
    await using folder = await fileOfIndex();
    const many = Array.from({ length: 1203 }, (_, at) => record(listing(`c${at}`)));
    await put(store.db, ...many);
    {
      await using index = await openIndex(store.db, folder.file);
      expect(index.seq).toBe(0);
      expect(await index.catchUp()).toBe(1203);
      expect((await index.counts()).coops).toBe(1203);
    }
    await using index = await openIndex(store.db, folder.file);
    expect(index.seq).toBe(1203);
    expect((await index.search({})).total).toBe(1203);
  });

  test("passes over changes that aren't records", async () => {
    await using store = await freshStore(engine);
    await store.db
      .transaction()
      .execute((tx) => changes.append(tx, [{ kind: "post", subject: "p", origin: "" }]));
    await using index = await openIndex(store.db, ":memory:");
    expect(await index.catchUp()).toBe(1);
  });
});

/** The database as a reader sees it in whose first page of the log others get to work. */
function interrupted(db: Db, body: () => Promise<void>): Db {
  let done = false;
  return db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (!done && result.rows.some((row) => "body" in row)) {
        done = true;
        await body();
      }
      return result;
    },
  });
}

test("a host that begins to be shown appears with all that it has, page by page, and goes again", async () => {
  await using store = await freshStore("sqlite");
  await using folder = await fileOfIndex();
  const far = Array.from({ length: 603 }, (_, at) => listing(`c${at}`, {}, "far.example"));
  await put(store.db, ...far.map((each) => record(each)), record(listing("own")));
  await stand(store.db, "far.example", { listed: null });
  let index = await openIndex(store.db, folder.file);
  await index.catchUp();
  expect((await index.counts()).coops).toBe(1);
  await stand(store.db, "far.example", { listed: 1 });
  await index.catchUp();
  expect((await index.counts()).coops).toBe(604);
  await index[Symbol.asyncDispose]();
  index = await openIndex(store.db, folder.file);
  expect((await index.counts()).coops).toBe(604);
  await stand(store.db, "far.example", { liveness: "hidden" });
  await put(store.db, record(listing("c1", { name: "later" }, "far.example"), 1));
  await index.catchUp();
  expect(Object.fromEntries(await index.listings())).toEqual({ "coops.example": 1 });
  expect(rebuilds()).toBe(0);
  await index[Symbol.asyncDispose]();
});

test("a call of catchUp() while one is under way waits for what it has missed", async () => {
  await using store = await freshStore("sqlite");
  await put(store.db, record(listing("a")));
  const later: Promise<number>[] = [];
  const db = interrupted(store.db, async () => {
    await put(store.db, record(listing("b")));
    later.push(index.catchUp(), index.catchUp());
  });
  await using index = await openIndex(db, ":memory:");
  expect(await index.catchUp()).toBe(1);
  expect(await Promise.all(later)).toEqual([2, 2]);
  expect(await names(index, "")).toEqual(["a", "b"]);
});

test("a listing that was written before catchUp() was called is found after it", async () => {
  await using store = await freshStore("sqlite");
  await using index = await openIndex(store.db, ":memory:");
  const waits: Promise<number>[] = [];
  for (let at = 1; at <= 10; at++) {
    await put(store.db, record(listing(`c${at}`)));
    waits.push(index.catchUp().then((seq) => seq - at));
  }
  for (const ahead of await Promise.all(waits)) expect(ahead).toBeGreaterThanOrEqual(0);
  expect((await index.counts()).coops).toBe(10);
});

test("records that can't be read, or are no listings, are left out", async () => {
  await using store = await freshStore("sqlite");
  await using index = await openIndex(store.db, ":memory:");
  const good = record(listing("good"));
  const nameless = record(listing("nameless"));
  delete (nameless.document["about"] as Record<string, unknown>)["name"];
  const broken = { ...record(listing("broken")), body: Buffer.from("{") };
  const dateless = record(listing("dateless"));
  Object.assign(dateless.document["about"] as object, { updated: "2026-13-45T00:00:00Z" });
  dateless.body = Buffer.from(JSON.stringify(dateless.document));
  const other = { ...record(listing("other")), kind: "coop:Notice" };
  nameless.body = Buffer.from(JSON.stringify(nameless.document));
  await put(store.db, nameless, broken, dateless, other, good);
  await index.catchUp();
  expect(await names(index, "")).toEqual(["good"]);
  expect(rebuilds()).toBe(0);
});

test("an organisation gains and loses listings, and another one stands for it", async () => {
  await using store = await freshStore("sqlite");
  await using folder = await fileOfIndex();
  const identifier = [{ type: "PropertyValue" as const, propertyID: "GB-COH", value: "SC111222" }];
  const imported = { provenance: { kind: "imported" as const } };
  const own = listing("own", { identifier });
  const register = listing("register", { identifier, ...imported });
  const elsewhere = listing("elsewhere", imported, "hub.example");
  let version = 0;
  /** What is found, and the organisation of each, after these records and in a file opened anew. */
  const found = async (...signed: SignedRecord[]) => {
    await put(store.db, ...signed);
    {
      await using index = await openIndex(store.db, folder.file);
      await index.catchUp();
    }
    await using index = await openIndex(store.db, folder.file);
    const before = { total: (await index.counts()).coops, names: await names(index, "") };
    await index.catchUp();
    expect({ total: (await index.counts()).coops, names: await names(index, "") }).toEqual(before);
    expect((await index.origins()).reduce((sum, each) => sum + each.coops, 0)).toBe(before.total);
    return await Promise.all(
      [own, register, elsewhere].map(async ({ id }) => {
        const entries = await index.organisation(`${id}/listing`);
        return entries.map((entry) => entry.listing.name);
      }),
    );
  };
  const pair = [elsewhere.id, register.id].toSorted() as [string, string];

  // The attestation comes first, and waits.
  expect(await found(attestation(pair))).toEqual([[], [], []]);
  expect(await found(record(own))).toEqual([["own"], [], []]);
  const two = ["own", "register"];
  expect(await found(record(register))).toEqual([two, two, []]);
  const all = ["own", "register", "elsewhere"];
  expect(await found(record(elsewhere))).toEqual([all, all, all]);
  expect(await found(attestation(pair, 0, "hub.example"))).toEqual([all, all, all]);
  expect(await found(retraction(pair, ++version))).toEqual([all, all, all]);
  expect(await found(retraction(pair, version, "hub.example"))).toEqual([two, two, ["elsewhere"]]);
  expect(await found(attestation(pair, ++version))).toEqual([all, all, all]);
  // What held the others together goes; they are left to themselves.
  expect(await found(tombstone(register, version))).toEqual([["own"], [], ["elsewhere"]]);
  expect(await found(record(register, ++version))).toEqual([all, all, all]);
  expect(await found(tombstone(own, version))).toEqual([
    [],
    ["register", "elsewhere"],
    ["register", "elsewhere"],
  ]);
  const plain = listing("register", imported);
  expect(await found(record(own, ++version), record(plain, version))).toEqual([
    ["own"],
    ["register", "elsewhere"],
    ["register", "elsewhere"],
  ]);
});

test("listings of an unknown status are found, and have none", async () => {
  await using store = await freshStore("sqlite");
  await using index = await openIndex(store.db, ":memory:");
  const later = record(listing("later"));
  Object.assign(later.document["about"] as object, { status: "merged", level: "quaternary" });
  later.body = Buffer.from(JSON.stringify(later.document));
  await put(store.db, later, record(listing("shut", { status: "closed" })));
  await index.catchUp();
  expect(await names(index, "")).toEqual(["later"]);
  expect(await names(index, "", { status: ["active", "forming", "dormant"] })).toEqual([]);
  expect((await index.search({})).facets).toMatchObject({
    status: [{ value: "closed", count: 1 }],
    level: [],
  });
});

describe("the file of an index", () => {
  async function damagedBy(damage: (file: string) => Promise<void>): Promise<string[]> {
    await using store = await freshStore("sqlite");
    await using folder = await fileOfIndex();
    const many = Array.from({ length: 300 }, (_, at) =>
      listing(`c${at}`, { summary: "bread ".repeat(50) }),
    );
    await put(store.db, ...many.map((each) => record(each)));
    {
      await using index = await openIndex(store.db, folder.file);
      await index.catchUp();
    }
    await damage(folder.file);
    await using index = await openIndex(store.db, folder.file);
    await index.catchUp();
    expect(await answers(index)).toEqual(await builtAnew(store.db));
    return await names(index, "c7");
  }

  test("is built anew when it isn't a database any more", async () => {
    expect(await damagedBy((file) => writeFile(file, "scribbled over".repeat(1000)))).toContain(
      "c7",
    );
    expect(await damagedBy((file) => writeFile(file, ""))).toContain("c7");
  });

  test("is built anew when parts of it are overwritten or cut off", async () => {
    expect(
      await damagedBy(async (file) => {
        const bytes = await readFile(file);
        bytes.fill(0xa5, 4096);
        await writeFile(file, bytes);
      }),
    ).toContain("c7");
    expect(
      await damagedBy(async (file) => {
        const bytes = await readFile(file);
        await writeFile(file, bytes.subarray(0, bytes.length / 2));
      }),
    ).toContain("c7");
  });

  test("is built anew when another version wrote it", async () => {
    expect(
      await damagedBy(async (file) => {
        using database = closing(new Database(file));
        database.exec("update meta set value = '0 x' where name = 'stamp'; delete from entry");
      }),
    ).toContain("c7");
  });

  test("mends damage that shows only in use", async () => {
    await using store = await freshStore("sqlite");
    await using folder = await fileOfIndex();
    await put(store.db, record(listing("bakery")));
    await using index = await openIndex(store.db, folder.file);
    await index.catchUp();
    {
      using database = closing(new Database(folder.file));
      database.unsafeMode(true).exec("delete from texts_data");
    }
    await expect(index.search({ q: "bakery" })).rejects.toMatchObject({ code: "unavailable" });
    await index.catchUp();
    expect(await names(index, "bakery")).toEqual(["bakery"]);
    expect(rebuilds()).toBe(1);
  });

  test("is dropped when the log is another one", async () => {
    await using store = await freshStore("sqlite");
    await using other = await freshStore("sqlite");
    await using folder = await fileOfIndex();
    await put(store.db, record(listing("here")));
    await put(other.db, record(listing("there")));
    for (const [db, name] of [
      [store.db, "here"],
      [other.db, "there"],
    ] as const) {
      await using index = await openIndex(db, folder.file);
      await index.catchUp();
      expect(await names(index, "")).toEqual([name]);
    }
  });

  test("is built anew when the database was put back to an earlier state", async () => {
    await using store = await freshStore("sqlite");
    await using index = await openIndex(store.db, ":memory:");
    await put(store.db, record(listing("kept")));
    await put(store.db, record(listing("lost")));
    await index.catchUp();
    await store.db.deleteFrom("change").where("seq", "=", 2).execute();
    await store.db.deleteFrom("record").where("id", "like", "%lost%").execute();
    await store.db.updateTable("counter").set({ value: 1 }).execute();
    expect(await index.catchUp()).toBe(1);
    expect(await names(index, "")).toEqual(["kept"]);
    expect(rebuilds()).toBe(1);
  });

  test("is not made of another program's database", async () => {
    await using store = await freshStore("sqlite");
    await using folder = await fileOfIndex();
    {
      using database = closing(new Database(folder.file));
      database.exec("create table precious (x); insert into precious values (1)");
    }
    await expect(openIndex(store.db, folder.file)).rejects.toMatchObject({ code: "bad-config" });
    using database = closing(new Database(folder.file));
    expect(database.prepare("select x from precious").all()).toEqual([{ x: 1 }]);
  });

  test("may be shared by two processes", async () => {
    await using store = await freshStore("sqlite");
    await using folder = await fileOfIndex();
    await using one = await openIndex(store.db, folder.file);
    await using two = await openIndex(store.db, folder.file);
    await put(store.db, record(listing("a", { theme: ["food"] })));
    await one.catchUp();
    await put(store.db, record(listing("b", { theme: ["energy"] })));
    expect(await names(two, "", asked({ theme: "food" }))).toEqual(["a"]);
    await two.catchUp();
    await put(store.db, tombstone(listing("a"), 1), record(listing("c", { theme: ["care"] })));
    await one.catchUp();
    const fresh = await builtAnew(store.db);
    expect(rebuilds()).toBe(0);
    expect(await answers(one)).toEqual(fresh);
    // It hasn't read the log itself, but sees what the other one has written.
    expect({ ...(await answers(two)), seq: fresh.seq }).toEqual(fresh);
    expect(await two.catchUp()).toBe(fresh.seq);
  });
});

test("a process that was overtaken on a shared file doesn't put older versions back", async () => {
  await using store = await freshStore("sqlite");
  await using folder = await fileOfIndex();
  await put(store.db, record(listing("a", { name: "Old" })));
  await using fast = await openIndex(store.db, folder.file);
  const db = interrupted(store.db, async () => {
    await put(store.db, record(listing("a", { name: "New" }), 1), record(listing("b"), 1));
    await fast.catchUp();
  });
  await using slow = await openIndex(db, folder.file);
  await slow.catchUp();
  expect(await names(slow, "")).toEqual(["b", "New"]);
  expect(await names(fast, "")).toEqual(["b", "New"]);
  expect(slow.seq).toBe(3);
});

function closing(database: Database.Database): Database.Database & Disposable {
  return Object.assign(database, { [Symbol.dispose]: () => void database.close() });
}

test("a listing is looked up by any of its ids", async () => {
  await using store = await freshStore("sqlite");
  await using index = await openIndex(store.db, ":memory:");
  const identifier = (propertyID: string, value: string) => [
    { type: "PropertyValue" as const, propertyID, value },
  ];
  const claimed = listing("a", {
    preferredUsername: "bakery",
    identifier: identifier("GB-COH", "ip 01234r"),
  });
  const imported = listing(
    "b",
    { provenance: { kind: "imported" }, identifier: identifier("GB-COH", "IP01234R") },
    "hub.example",
  );
  const padded = listing("c", { identifier: identifier("GB-COH", "00123456") });
  const other = listing("d", { identifier: identifier("IT-REA", "00123456") });
  await put(store.db, ...[claimed, imported, padded, other].map((each) => record(each)));
  await index.catchUp();
  const found = async (id: string) =>
    (await index.lookup(id)).map((entry) => new URL(entry.record).pathname.split("/")[2]);

  expect(await found("https://coops.example/coops/a")).toEqual(["a"]);
  expect(await found(" HTTPS://Coops.Example/coops/a/listing ")).toEqual(["a"]);
  expect(await found("https://coops.example/coops/a/#about")).toEqual(["a"]);
  expect(await found("GB-COH:IP01234R")).toEqual(["a", "b"]);
  expect(await found("gb-coh: ip 01 234 r")).toEqual(["a", "b"]);
  expect(await found("GB-COH:123456")).toEqual(["c"]);
  expect(await found("GB-COH:00-12-34-56")).toEqual(["c"]);
  expect(await found("@bakery@coops.example")).toEqual(["a"]);
  expect(await found("acct:Bakery@COOPS.example")).toEqual(["a"]);
  for (const id of [
    "",
    "a",
    "@bakery",
    "@bakery@hub.example",
    "GB-COH:",
    "GB-COH:1234",
    "https://",
    "https://coops.example/",
    "@a@b:c",
  ]) {
    expect(await found(id), id).toEqual([]);
  }
  const [entry] = await index.lookup("@bakery@coops.example");
  expect(entry).toEqual({
    record: "https://coops.example/coops/a/listing",
    origin: "coops.example",
    listing: claimed,
    multiStakeholder: "unknown",
    digest: record(claimed).digest,
    issued: beginning,
  });

  await put(
    store.db,
    record(listing("a", { preferredUsername: "bakery" }), 1),
    tombstone(padded, 1),
  );
  await index.catchUp();
  expect(await found("GB-COH:IP01234R")).toEqual(["b"]);
  expect(await found("GB-COH:00123456")).toEqual([]);
  expect(rebuilds()).toBe(0);
});
