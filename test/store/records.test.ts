import fc from "fast-check";
import { expect, it } from "vitest";
import type { SignedRecord } from "../../src/coop/record.ts";
import { compareVersions } from "../../src/coop/version.ts";
import * as changes from "../../src/store/changes.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";

/** A record as the store sees it; nobody checks its proof any more here. */
function record(version: Partial<SignedRecord> & { id: string }): SignedRecord {
  const digest = (version.digest ?? "0").padStart(64, "0");
  return {
    origin: "a.example",
    kind: version.tombstone === true ? "tombstone" : "listing",
    issued: 1,
    tombstone: false,
    body: new TextEncoder().encode(digest),
    document: {},
    ...version,
    digest,
  };
}

const put = (db: Db, all: SignedRecord[]) =>
  db.transaction().execute((tx) => records.put(tx, all, 1));

const version = fc.record({
  issued: fc.integer({ min: 1, max: 3 }),
  tombstone: fc.boolean(),
  digest: fc.constantFrom("0a", "0b", "ff"),
});

eachEngine("records", (engine) => {
  it("hold the newest version of each id, whatever order versions come in", async () => {
    await using store = await freshStore(engine);
    let next = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 6 }), async (versions) => {
        const id = `https://a.example/coops/${(next += 1)}/listing`;
        const all = versions.map((each) => record({ ...each, id }));
        for (const each of all) await put(store.db, [each]);
        const newest = all.toSorted(compareVersions).at(-1);
        const held = await records.get(store.db, id);
        expect(held).toMatchObject({ digest: newest?.digest, issued: newest?.issued });
        expect(new Uint8Array(held?.body ?? [])).toEqual(newest?.body);
      }),
      { numRuns: 60 },
    );
  });

  it("log a change for what was newer, and nothing for the rest", async () => {
    await using store = await freshStore(engine);
    const [one, two] = [
      record({ id: "https://a.example/1" }),
      record({ id: "https://a.example/2" }),
    ];
    expect(await put(store.db, [one, two])).toMatchObject({ seq: 2 });
    const edit = record({ id: one.id, issued: 2 });
    const { stored, seq } = await put(store.db, [edit, two]);
    expect([...stored]).toEqual([one.id]);
    expect(seq).toBe(3);
    // Compacted: each record once, at its latest seq.
    const log = await records.after(store.db, 0, 10);
    expect(log.map((each) => [Number(each.seq), each.id])).toEqual([
      [2, two.id],
      [3, one.id],
    ]);
    expect(await records.after(store.db, 2, 10, { origin: "b.example" })).toEqual([]);
  });

  it("are found by digest as the bytes that came", async () => {
    await using store = await freshStore(engine);
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const one = record({ id: "https://a.example/1", digest: "ab", body });
    await put(store.db, [one]);
    const [found] = await records.byDigest(store.db, [one.digest, "f".repeat(64)]);
    expect(new Uint8Array(found?.body ?? [])).toEqual(body);
    expect(await records.byDigest(store.db, [])).toEqual([]);
  });
});

eachEngine("the log of changes", (engine) => {
  it("shows every row to a reader that follows four writers", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const seen: string[] = [];
    let writing = true;
    const reader = (async () => {
      let seq = 0;
      while (writing || seq < (await changes.head(db))) {
        const rows = await changes.after(db, seq, 50);
        seen.push(...rows.map(({ subject }) => subject));
        seq = Number(rows.at(-1)?.seq ?? seq);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const write = async (writer: number) => {
      for (let row = 0; row < 50; row += 1) {
        await put(db, [
          record({ id: `https://a.example/${writer}/${row}`, digest: `${writer}${row}` }),
        ]);
      }
    };
    await Promise.all([0, 1, 2, 3].map(write));
    writing = false;
    await reader;
    expect(new Set(seen).size).toBe(200);
    expect(seen).toHaveLength(200);
  });

  it("keeps cursors", async () => {
    await using store = await freshStore(engine);
    expect(await changes.cursor(store.db, "reader")).toBe(0);
    await changes.advance(store.db, "reader", 7);
    await changes.advance(store.db, "reader", 9);
    expect(await changes.cursor(store.db, "reader")).toBe(9);
  });

  it("numbers nothing in a transaction that fails", async () => {
    await using store = await freshStore(engine);
    const failing = store.db.transaction().execute(async (tx) => {
      await records.put(tx, [record({ id: "https://a.example/1" })], 1);
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await changes.head(store.db)).toBe(0);
    expect(await records.get(store.db, "https://a.example/1")).toBeUndefined();
  });
});
