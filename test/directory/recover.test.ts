import fc from "fast-check";
import { expect, it } from "vitest";
import { attestSame } from "../../src/directory/attest.ts";
import { coopUrl } from "../../src/directory/ids.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { importRows } from "../../src/directory/import.ts";
import { receive } from "../../src/directory/receive.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import * as coops from "../../src/store/coops.ts";
import type { Engine } from "../../src/store/dialect.ts";
import type { Store } from "../../src/store/open.ts";
import type { Db } from "../../src/store/schema.ts";
import * as retiredClasses from "../../src/store/retired-classes.ts";
import * as revisions from "../../src/store/revisions.ts";
import * as settings from "../../src/store/settings.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.UTC(2026, 10, 22, 8);
const minute = 60_000;

/** What a database has that is put back with it. */
const tables = [
  "setting",
  "key",
  "counter",
  "coop",
  "revision",
  "record",
  "change",
  "cursor",
] as const;

/** The database as it is at this moment, in another one: a backup. */
async function copyOf(engine: Engine, { db }: Store): Promise<Store> {
  const store = await freshStore(engine);
  for (const table of tables) {
    await store.db.deleteFrom(table).execute();
    const rows = await db.selectFrom(table).selectAll().execute();
    if (rows.length > 0) await store.db.insertInto(table).values(rows).execute();
  }
  return store;
}

/** Takes in records as a peer's feed would bring them. */
async function handBack(db: Db, node: Identity, bodies: Uint8Array[], at = now) {
  const keyOf = (method: string) => (method === node.signing.method ? node.publicKey : undefined);
  const reception = { node, now: at, insecure: false, keyOf, holds: () => true };
  const received = await receive(
    db,
    bodies.map((body) => new Uint8Array(body)),
    reception,
  );
  return received.map((each) => (each.outcome === "refused" ? each.reason : each.outcome));
}

async function bodiesOf(db: Db, id?: string): Promise<Uint8Array[]> {
  const rows = await db.selectFrom("record").selectAll().orderBy("id").execute();
  return rows.filter((row) => id === undefined || row.id.includes(id)).map(({ body }) => body);
}

async function nameOf(db: Db, id: string): Promise<string | undefined> {
  const coop = await coops.get(db, id);
  return coop?.content == null ? undefined : (JSON.parse(coop.content) as { name: string }).name;
}

eachEngine("own records that come back", (engine) => {
  /** A node that lived on, and its database as it was before. */
  async function twoLives(live: (db: Db, node: Identity) => Promise<void>) {
    const lived = await freshStore(engine);
    const node = await loadIdentity(lived.db, "https://a.example", now);
    await settings.epoch(lived.db);
    const { id } = await addCoop(lived.db, node, "bakery", bakery(), now);
    const back = await copyOf(engine, lived);
    await live(lived.db, node);
    return {
      node,
      id,
      lived: lived.db,
      back: back.db,
      async [Symbol.asyncDispose]() {
        await lived[Symbol.asyncDispose]();
        await back[Symbol.asyncDispose]();
      },
    };
  }

  it("bring the content of the hosted co-op with them", async () => {
    await using lives = await twoLives(async (db, node) => {
      const [coop] = await coops.followable(db, "", 1);
      await publish(db, node, coop?.id ?? "", bakery({ name: "Later" }), now + minute);
    });
    const { back, lived, node, id } = lives;
    expect(await handBack(back, node, await bodiesOf(lived), now + 2 * minute)).toEqual([
      "admitted",
    ]);
    const { announced, ...coop } = (await coops.get(back, id)) ?? {};
    expect(coop).toMatchObject({ handle: "bakery", updated: now + minute });
    expect(coop).toMatchObject({ content: (await coops.get(lived, id))?.content });
    // What is edited then comes after it, even if the clock is behind.
    await publish(back, node, id, bakery({ name: "Last" }), now);
    const [last] = await back.selectFrom("record").select("issued").execute();
    expect(Number(last?.issued)).toBe(now + minute + 1);
    expect(announced).toBeNull();
  });

  it("retire the classes that could be followed before, and no longer can", async () => {
    const workers = { key: "workers", kind: "worker", name: "Workers", followable: true } as const;
    await using lives = await twoLives(async (db, node) => {
      const [coop] = await coops.followable(db, "", 1);
      const content = bakery({ stakeholders: [workers] });
      await publish(db, node, coop?.id ?? "", content, now + minute);
    });
    const { back, lived, node, id } = lives;
    await handBack(back, node, await bodiesOf(lived), now + 2 * minute);
    expect(await retiredClasses.of(back, id)).toEqual([]);
    await publish(lived, node, id, bakery(), now + 3 * minute);
    await handBack(back, node, await bodiesOf(lived), now + 4 * minute);
    const expected = { coop: id, key: "workers", retired: now + 4 * minute, announced: null };
    expect(await retiredClasses.of(back, id)).toEqual([expected]);
    // Back again: it can be followed, with nobody who follows it.
    await publish(lived, node, id, bakery({ stakeholders: [workers] }), now + 5 * minute);
    await handBack(back, node, await bodiesOf(lived), now + 6 * minute);
    expect(await retiredClasses.of(back, id)).toEqual([]);
  });

  it("bring co-ops back that aren't there any more, with their ids and handles", async () => {
    await using lives = await twoLives(async (db, node) => {
      await addCoop(db, node, "dairy", bakery({ name: "Dairy" }), now + minute);
      async function* rows() {
        const content = bakery({ name: "Imported", provenance: { kind: "imported" } });
        yield { key: "1", content };
      }
      await importRows(db, node, "test", rows(), () => now + minute);
      const [one = "", two = ""] = (await db.selectFrom("coop").select("id").execute()).map(
        ({ id }) => coopUrl(node, id),
      );
      await attestSame(db, node, one, two, now + minute);
    });
    const { back, lived, node } = lives;
    const dairy = await coops.byHandle(lived, "dairy");
    await handBack(back, node, await bodiesOf(lived), now + minute);
    const again = await coops.byHandle(back, "dairy");
    expect(again).toEqual({ ...dairy, announced: null });
    const history = (db: Db) => revisions.of(db, dairy?.id ?? "");
    expect(await history(back)).toEqual(await history(lived));
    const ids = async (db: Db) =>
      (await db.selectFrom("coop").select(["id", "handle"]).orderBy("id").execute()).map((row) =>
        JSON.stringify(row),
      );
    expect(await ids(back)).toEqual(await ids(lived));
    expect(await bodiesOf(back)).toEqual(await bodiesOf(lived));
    // An imported one has no content of its own, there as here.
    expect(
      (await back.selectFrom("coop").selectAll().execute()).map(({ content }) => content),
    ).toContain(null);
  });

  it("are known to the next import: it adds none twice, and brings none back that was withdrawn", async () => {
    async function* rows() {
      for (const key of ["stays", "objected"]) {
        yield { key, content: bakery({ name: key, provenance: { kind: "imported" } }) };
      }
    }
    await using lives = await twoLives(async (db, node) => {
      await importRows(db, node, "test", rows(), () => now + minute);
      const known = await coops.bySourceKeys(db, "test", ["objected"]);
      await withdraw(db, node, known.get("objected")?.id ?? "", now + minute);
    });
    const { back, lived, node } = lives;
    await handBack(back, node, await bodiesOf(lived), now + minute);
    const report = await importRows(back, node, "test", rows(), () => now + 2 * minute);
    expect(report).toMatchObject({ added: 0, changed: 1, leftAlone: 1 });
    const ids = async (db: Db) =>
      (await db.selectFrom("record").select(["id", "tombstone"]).orderBy("id").execute()).map(
        ({ id, tombstone }) => [id, Number(tombstone)],
      );
    expect(await ids(back)).toEqual(await ids(lived));
    const next = await importRows(back, node, "test", rows(), () => now + 3 * minute);
    expect(next).toMatchObject({ added: 0, changed: 0, unchanged: 1, leftAlone: 1 });
  });

  it("may be tombstones, which leave the co-op its actor", async () => {
    await using lives = await twoLives(async (db, node) => {
      const [coop] = await coops.followable(db, "", 1);
      await withdraw(db, node, coop?.id ?? "", now + minute);
    });
    const { back, lived, node, id } = lives;
    const before = await coops.get(back, id);
    await handBack(back, node, await bodiesOf(lived), now + minute);
    // But whoever edits it is told that something has happened.
    expect(await coops.get(back, id)).toEqual({ ...before, edition: expect.any(Number) });
    expect((await coops.get(back, id))?.edition).toBeGreaterThan(before?.edition ?? 0);
    expect(await revisions.last(back, id)).toMatchObject({ kind: "withdrawn" });
    const [record] = await back.selectFrom("record").selectAll().execute();
    expect(record).toMatchObject({ tombstone: 1, kind: "tombstone" });
  });

  it("give way to what was edited or deleted here since", async () => {
    await using lives = await twoLives(async (db, node) => {
      const [coop] = await coops.followable(db, "", 1);
      await publish(db, node, coop?.id ?? "", bakery({ name: "Before" }), now + minute);
    });
    const { back, lived, node, id } = lives;
    await publish(back, node, id, bakery({ name: "After" }), now + 2 * minute);
    expect(await handBack(back, node, await bodiesOf(lived), now + 3 * minute)).toEqual(["stale"]);
    expect(await nameOf(back, id)).toBe("After");
    await deleteCoop(back, node, id, now + 2 * minute);
    await publish(lived, node, id, bakery({ name: "Impossible" }), now + 3 * minute);
    await handBack(back, node, await bodiesOf(lived), now + 3 * minute);
    expect(await coops.get(back, id)).toMatchObject({ content: null, deleted: now + 2 * minute });
  });

  it("leave a handle to whom it was given in between, and come in all the same", async () => {
    await using lives = await twoLives(async (db, node) => {
      await addCoop(db, node, "dairy", bakery({ name: "First dairy" }), now + minute);
    });
    const { back, lived, node } = lives;
    const second = await addCoop(back, node, "dairy", bakery({ name: "Second" }), now + minute);
    const first = await coops.byHandle(lived, "dairy");
    const offered = await bodiesOf(lived, first?.id ?? "");
    expect(await handBack(back, node, offered, now + minute)).toEqual(["admitted"]);
    expect(await coops.byHandle(back, "dairy")).toMatchObject({ id: second.id });
    expect(await coops.get(back, first?.id ?? "")).toMatchObject({ handle: null, content: null });
  });

  it("are refused when another key signed them", async () => {
    await using lives = await twoLives(async () => {});
    const { back, node, id } = lives;
    await using thief = await freshStore(engine);
    const other = await loadIdentity(thief.db, "https://a.example", now);
    await addCoop(thief.db, other, "bakery", bakery({ name: "Stolen" }), now + minute);
    const before = await settings.epoch(back);
    expect(await handBack(back, node, await bodiesOf(thief.db), now + minute)).toEqual([
      "bad-proof",
    ]);
    expect(await coops.count(back)).toMatchObject({ hosted: 1 });
    expect(await nameOf(back, id)).toBe("Boulangerie de la Gare");
    expect(await settings.epoch(back)).toBe(before);
  });

  it("renew the epoch once, as they prove that the log went back", async () => {
    await using lives = await twoLives(async (db, node) => {
      await addCoop(db, node, "dairy", bakery(), now + minute);
      await addCoop(db, node, "mill", bakery(), now + minute);
    });
    const { back, lived, node, id } = lives;
    const [dairy, mill] = [
      await coops.byHandle(lived, "dairy"),
      await coops.byHandle(lived, "mill"),
    ].map((coop) => coop?.id ?? "");
    const first = await settings.epoch(back);
    // What is known already proves nothing.
    await handBack(back, node, await bodiesOf(lived, id), now + 2 * minute);
    expect(await settings.epoch(back)).toBe(first);
    await handBack(back, node, await bodiesOf(lived, dairy), now + 2 * minute);
    const second = await settings.epoch(back);
    expect(second).not.toBe(first);
    // Of before that renewal, too: nothing new.
    await handBack(back, node, await bodiesOf(lived, mill), now + 3 * minute);
    expect(await settings.epoch(back)).toBe(second);
    // Signed after it, and yet not here: gone back once more.
    await publish(lived, node, mill ?? "", bakery({ name: "Mill" }), now + 3 * minute);
    await handBack(back, node, await bodiesOf(lived, mill), now + 4 * minute);
    expect(await settings.epoch(back)).not.toBe(second);
  });

  it("leave co-ops and records that belong together, whatever was done in both lives", async () => {
    const name = fc.constantFrom("Uno", "Due", "Tre");
    const act = fc.oneof(
      fc.record({ act: fc.constant("add"), name, of: fc.nat(4) }),
      fc.record({ act: fc.constant("edit"), name, of: fc.nat(4) }),
      fc.record({ act: fc.constant("withdraw"), name, of: fc.nat(4) }),
    );
    const acts = fc.array(act, { maxLength: 6 });
    const handle = (of: number) => `coop${of}`;
    await using keys = await freshStore("sqlite");
    const node = await loadIdentity(keys.db, "https://a.example", now);
    await fc.assert(
      fc.asyncProperty(acts, acts, acts, fc.boolean(), async (before, lost, after, late) => {
        await using lived = await freshStore(engine);
        let clock = now;
        const live = async (db: Db, all: typeof before) => {
          for (const { act, name, of } of all) {
            clock += 1000;
            const coop = await coops.byHandle(db, handle(of));
            if (act === "add" && coop === undefined) {
              await addCoop(db, node, handle(of), bakery({ name }), clock);
            }
            if (act === "edit" && coop !== undefined) {
              await publish(db, node, coop.id, bakery({ name }), clock);
            }
            if (act === "withdraw" && coop !== undefined) {
              await withdraw(db, node, coop.id, clock);
            }
          }
        };
        await live(lived.db, before);
        await using back = await copyOf(engine, lived);
        await live(lived.db, lost);
        if (late) await live(back.db, after);
        await handBack(back.db, node, await bodiesOf(lived.db), clock + 1000);
        if (!late) await live(back.db, after);

        // The slow way: of each id the newest version, and of that the co-op.
        const held = await back.db.selectFrom("record").selectAll().execute();
        for (const { id, issued } of await lived.db.selectFrom("record").selectAll().execute()) {
          const here = held.find((row) => row.id === id);
          expect(Number(here?.issued)).toBeGreaterThanOrEqual(Number(issued));
        }
        for (const { id, tombstone, body } of held) {
          if (tombstone === 1) continue;
          const { about } = JSON.parse(new TextDecoder().decode(body)) as {
            about: Record<string, unknown>;
          };
          const coop = await coops.get(back.db, id.split("/").at(-2) ?? "");
          const holder = await coops.byHandle(back.db, String(about["preferredUsername"]));
          if (holder?.id !== coop?.id) {
            expect(coop).toMatchObject({ handle: null, content: null });
          } else {
            expect(JSON.parse(coop?.content ?? "")).toEqual(about);
            expect(coop?.updated).toBe(Date.parse(String(about["updated"])));
          }
        }
      }),
      { numRuns: engine === "sqlite" ? 40 : 5 },
    );
  });
});
