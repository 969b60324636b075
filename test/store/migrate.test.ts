import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { migrate } from "../../src/store/migrate.ts";
import { open } from "../../src/store/open.ts";
import { eachEngine, freshStore, freshUrl } from "../helpers/database.ts";

const good = `export const up = (db) => db.schema.createTable("good").addColumn("a", "text").execute();`;
const bad = `export async function up(db) {
  await db.schema.createTable("half").addColumn("a", "text").execute();
  throw new Error("the disk is full");
}`;

async function folderOf(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "fragaria-test-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

eachEngine("migrate", (engine) => {
  test("makes the tables, and does nothing the second time", async () => {
    await using database = await freshUrl(engine);
    await using store = await open(database.url);
    expect(await migrate(store.db)).toContain("2026-11-21-skeleton");
    expect(await migrate(store.db)).toEqual([]);
    const body = new Uint8Array([0, 255, 10]);
    await store.db
      .insertInto("record")
      .values({
        id: "https://a.example/1",
        origin: "a.example",
        kind: "listing",
        tombstone: 0,
        digest: "0",
        body,
        issued: 1_795_000_000_000,
        seen: Number.MAX_SAFE_INTEGER,
      })
      .execute();
    const record = await store.db.selectFrom("record").selectAll().executeTakeFirstOrThrow();
    expect(new Uint8Array(record.body)).toEqual(body);
    expect(record.issued).toBe(1_795_000_000_000);
    expect(record.seen).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("refuses a database that is newer than the program", async () => {
    await using store = await freshStore(engine);
    await using files = await folderOf({ "2026-01-01-good.ts": good });
    await expect(migrate(store.db, files.folder)).rejects.toMatchObject({
      code: "bad-config",
      message: expect.stringMatching(/^The database was written by a newer .*2026-11-21-skeleton/),
    });
  });

  test("leaves nothing behind of migrations that fail, and says which did", async () => {
    await using database = await freshUrl(engine);
    await using store = await open(database.url);
    await using files = await folderOf({ "2026-01-01-good.ts": good, "2026-01-02-bad.ts": bad });
    await expect(migrate(store.db, files.folder)).rejects.toMatchObject({
      code: "store",
      message: expect.stringContaining("the migration 2026-01-02-bad failed"),
      cause: expect.objectContaining({ message: "the disk is full" }),
    });
    const tables = await store.db.introspection.getTables();
    expect(tables.map((table) => table.name)).toEqual([]);
    await rm(join(files.folder, "2026-01-02-bad.ts"));
    expect(await migrate(store.db, files.folder)).toEqual(["2026-01-01-good"]);
  });
});

test("two processes that start at once share the work", async () => {
  await using database = await freshUrl("postgres");
  await using first = await open(database.url);
  await using second = await open(database.url);
  const applied = await Promise.all([migrate(first.db), migrate(second.db)]);
  expect(applied.flat().filter((name) => name === "2026-11-21-skeleton")).toHaveLength(1);
});
