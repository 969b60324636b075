import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openNode } from "../src/open-node.ts";
import { backup, demandStopped, restore } from "../src/backup.ts";
import { type Config, readConfig } from "../src/config.ts";
import { addAccount } from "../src/directory/account.ts";
import { openPictureDesk } from "../src/directory/pictures/desk.ts";
import { post } from "../src/directory/post.ts";
import { importRows } from "../src/directory/import.ts";
import { makeLink, readLink } from "../src/directory/link.ts";
import { addCoop } from "../src/directory/publish.ts";
import { openSession, sessionOf } from "../src/directory/sign-in.ts";
import * as accounts from "../src/store/accounts.ts";
import * as coops from "../src/store/coops.ts";
import type { Db } from "../src/store/schema.ts";
import * as keys from "../src/store/keys.ts";
import { open } from "../src/store/open.ts";
import * as settings from "../src/store/settings.ts";
import { eachEngine, freshUrl } from "./helpers/database.ts";
import { bakery, testNode } from "./helpers/nodes.ts";
import { run, temporaryFolder } from "./helpers/programs.ts";

vi.setConfig({ testTimeout: 60_000 });

const now = Date.UTC(2026, 10, 22, 8);

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  const made = temporaryFolder();
  folder = made;
  file = join(made.path, "copy.sqlite");
  return () => made[Symbol.dispose]();
});

function configOf(dataDir: string): Config {
  return readConfig({ DATA_DIR: join(folder.path, dataDir) });
}

/** Works on a node's database and closes it. */
async function on<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const { store } = await openNode(config, () => now);
  await using _closing = store;
  return await work(store.db);
}

/** A node with one co-op, and a backup of it. */
async function nodeWithBackup(dataDir = "data"): Promise<Config> {
  const config = configOf(dataDir);
  const { store, node } = await openNode(config, () => now);
  await using _closing = store;
  await settings.epoch(store.db);
  await addCoop(store.db, node, "bakery", bakery(), now);
  await backup(store.db, config, file);
  return config;
}

describe("a backup", () => {
  it("is one file for its owner only, the same as the database at one moment", async () => {
    await using node = await testNode();
    await node.start();
    async function* rows() {
      for (let key = 0; key < 1500; key += 1) {
        const content = bakery({ name: `${key}`, provenance: { kind: "imported" } });
        yield { key: String(key), content };
      }
    }
    const importing = node.use((db, self) => importRows(db, self, "test", rows(), Date.now));
    const { ended } = run("cli.ts", ["backup", file], {
      DATA_DIR: node.config.dataDir,
      ORIGIN: node.origin,
    });
    expect(await ended).toMatchObject({ code: 0, errors: "" });
    await importing;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path)).toEqual(["copy.sqlite"]);

    const config = { ...node.config, dataDir: folder.path, databaseUrl: `sqlite:${file}` };
    await on(config, async (db) => {
      const hosted = await db.selectFrom("coop").select("id").execute();
      const records = await db.selectFrom("record").select(["id", "kind"]).execute();
      const log = await db.selectFrom("change").selectAll().where("kind", "=", "record").execute();
      const { value: last } = await db.selectFrom("counter").selectAll().executeTakeFirstOrThrow();
      expect(records.filter(({ kind }) => kind === "listing")).toHaveLength(hosted.length);
      expect(log.map(({ subject }) => subject).toSorted()).toEqual(
        records.map(({ id }) => id).toSorted(),
      );
      expect(Math.max(...log.map(({ seq }) => seq))).toBe(last);
    });
  });

  it("is never written over another file, nor half-way", async () => {
    const config = await nodeWithBackup();
    const before = readFileSync(file);
    await expect(on(config, (db) => backup(db, config, file))).rejects.toMatchObject({
      code: "bad-request",
      message: expect.stringContaining("is there already"),
    });
    expect(readFileSync(file)).toEqual(before);
    const nowhere = join(folder.path, "nowhere", "x");
    await expect(on(config, (db) => backup(db, config, nowhere))).rejects.toMatchObject({
      message: `${nowhere} can't be written: there is no such folder`,
    });
  });

  it("is another program's work with PostgreSQL", async () => {
    const config = { ...configOf("data"), databaseUrl: "postgres://localhost/x" };
    const reason = { code: "bad-request", message: expect.stringContaining("pg_dump") };
    await expect(backup(undefined as unknown as Db, config, file)).rejects.toMatchObject(reason);
    await expect(restore(config, file, { replace: false, now })).rejects.toMatchObject({
      message: expect.stringContaining("pg_restore"),
    });
  });
});

describe("a restore", () => {
  const facts = (config: Config) =>
    on(config, async (db) => ({
      keys: await keys.all(db),
      epoch: await settings.epoch(db),
      coops: (await coops.followable(db, "", 10)).map(({ handle }) => handle),
    }));

  it("ends the sessions, and voids the links by which one gets in", async () => {
    const config = await nodeWithBackup();
    const copy = join(folder.path, "signed-in.sqlite");
    const [session, link] = await on(config, async (db) => {
      const { id } = await addAccount(db, { name: "rosa", nodeRole: null }, now);
      const known = await accounts.get(db, id);
      const { token } = await openSession(db, known!, undefined, now);
      const made = await makeLink(db, { kind: "invitation" }, now);
      expect(await sessionOf(db, token, now)).toBeDefined();
      await backup(db, config, copy);
      return [token, made];
    });
    await restore(config, copy, { replace: true, now });
    await on(config, async (db) => {
      expect(await accounts.byName(db, "rosa")).toBeDefined();
      expect(await sessionOf(db, session, now)).toBeUndefined();
      await expect(readLink(db, link, ["invitation"], now)).rejects.toThrow();
    });
  });

  it("brings everything back to an empty folder, under a new epoch", async () => {
    const before = await facts(await nodeWithBackup());
    const config = configOf("elsewhere");
    const restored = await restore(config, file, { replace: false, now });
    expect(restored).toEqual({ aside: undefined, lost: 0 });
    const after = await facts(config);
    expect(after).toEqual({ ...before, epoch: expect.not.stringMatching(before.epoch) });
    expect(readdirSync(config.dataDir)).toEqual(["fragaria.sqlite"]);
    expect(statSync(join(config.dataDir, "fragaria.sqlite")).mode & 0o777).toBe(0o600);
  });

  it("puts the database that is there aside, if it is told to", async () => {
    const config = await nodeWithBackup();
    const { store, node } = await openNode(config, () => now);
    await addCoop(store.db, node, "dairy", bakery(), now);
    await store[Symbol.asyncDispose]();
    writeFileSync(join(config.dataDir, "index.sqlite"), "");
    writeFileSync(join(config.dataDir, "running"), "boot");

    await expect(restore(config, file, { replace: false, now })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("--replace"),
    });
    const { aside } = await restore(config, file, { replace: true, now });
    expect(aside).toContain("fragaria.sqlite.before-2026-11-22T08-00-00-000Z");
    expect((await facts(config)).coops).toEqual(["bakery"]);
    expect((await facts({ ...config, databaseUrl: `sqlite:${aside}` })).coops).toEqual([
      "bakery",
      "dairy",
    ]);
    expect(readdirSync(config.dataDir).toSorted()).toEqual([
      "fragaria.sqlite",
      "fragaria.sqlite.before-2026-11-22T08-00-00-000Z",
    ]);
  });

  it("brings the pictures back with it, whole, and none that isn’t what it was", async () => {
    const config = await nodeWithBackup();
    const pictureAt = (id: string) => join(config.dataDir, "pictures", id);
    const copying = {
      draw: (bytes: Uint8Array) =>
        Promise.resolve({ bytes, mediaType: "image/png" as const, width: 30, height: 20 }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const desk = openPictureDesk(join(config.dataDir, "pictures"), copying);
    const [loaf, oven] = [
      await desk.take(Buffer.from("loaf"), "post"),
      await desk.take(Buffer.from("oven"), "post"),
    ];
    const whole = join(folder.path, "whole.sqlite");
    const part = join(folder.path, "part.sqlite");
    await on(config, async (db) => {
      const [coop] = await coops.followable(db, "", 1);
      const pictures = [loaf, oven].map((kept) => ({ ...kept, name: "x" }));
      await post(db, coop?.id ?? "", { en: "Fresh" }, now, { pictures });
      expect(await backup(db, config, whole)).toBe(0);
      rmSync(pictureAt(oven.id));
      expect(await backup(db, config, part)).toBe(1);
    });
    expect(readdirSync(folder.path)).toEqual([
      "copy.sqlite",
      "data",
      "part.sqlite",
      "whole.sqlite",
    ]);

    // To where nothing is, and to where something else is by now.
    const elsewhere = configOf("elsewhere");
    expect(await restore(elsewhere, whole, { replace: false, now })).toMatchObject({ lost: 0 });
    const there = join(elsewhere.dataDir, "pictures");
    expect(readdirSync(there).toSorted()).toEqual([loaf.id, oven.id].toSorted());
    expect(readFileSync(join(there, oven.id), "utf8")).toBe("oven");
    writeFileSync(pictureAt("newer"), "newer");
    expect(await restore(config, part, { replace: true, now })).toMatchObject({ lost: 1 });
    expect(readdirSync(join(config.dataDir, "pictures"))).toEqual([loaf.id]);
    const before = join(config.dataDir, "pictures.before-2026-11-22T08-00-00-000Z");
    expect(readdirSync(before).toSorted()).toEqual([loaf.id, "newer"].toSorted());

    // A copy of the files has no pictures in it: those that are there are used.
    const byHand = join(folder.path, "by-hand");
    copyFileSync(join(elsewhere.dataDir, "fragaria.sqlite"), byHand);
    expect(await restore(elsewhere, byHand, { replace: true, now: now + 1 })).toMatchObject({
      lost: 0,
    });
    expect(readdirSync(there)).toHaveLength(2);

    const damaged = await open(`sqlite:${whole}`);
    await sql`update packed_picture set bytes = x'00' where id = ${loaf.id}`.execute(damaged.db);
    await damaged[Symbol.asyncDispose]();
    await expect(restore(elsewhere, whole, { replace: true, now: now + 2 })).rejects.toMatchObject({
      message: expect.stringContaining(`the picture ${loaf.id} is damaged`),
    });
    expect(readdirSync(there)).toHaveLength(2);
    expect(readdirSync(elsewhere.dataDir).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("takes a copy with its journal, and the place of a database that is damaged", async () => {
    const config = await nodeWithBackup();
    const { store, node } = await openNode(config, () => now);
    await addCoop(store.db, node, "dairy", bakery(), now);
    const database = join(config.dataDir, "fragaria.sqlite");
    for (const suffix of ["", "-wal"]) {
      copyFileSync(database + suffix, join(folder.path, "by-hand") + suffix);
    }
    await store[Symbol.asyncDispose]();
    writeFileSync(database, "what the disk made of it".repeat(1000));
    await restore(config, join(folder.path, "by-hand"), { replace: true, now });
    expect((await facts(config)).coops).toEqual(["bakery", "dairy"]);
  });

  it("refuses what is damaged, another node's or no database, and leaves all as it was", async () => {
    const config = await nodeWithBackup();
    const before = await facts(config);
    const refused = async (path: string, why: RegExp, asked = config) => {
      const what = restore(asked, path, { replace: true, now });
      await expect(what).rejects.toMatchObject({ message: expect.stringMatching(why) });
      expect(await facts(config)).toEqual(before);
      expect(readdirSync(config.dataDir)).toEqual(["fragaria.sqlite"]);
    };
    const other = (name: string) => join(folder.path, name);
    await refused(other("nothing"), /there is no file/);
    await refused(join(config.dataDir, "fragaria.sqlite"), /database of the node itself/);
    writeFileSync(other("text"), "not a database ".repeat(1000));
    await refused(other("text"), /not a SQLite database/);
    writeFileSync(other("empty"), "");
    await refused(other("empty"), /no backup of a node/);
    await refused(file, /belongs to http:\/\/localhost:8000, and ORIGIN is https:\/\/a.example/, {
      ...config,
      origin: "https://a.example",
    });
    copyFileSync(file, other("short"));
    truncateSync(other("short"), 40_000);
    await refused(other("short"), /damaged/);
    copyFileSync(file, other("holed"));
    chmodSync(other("holed"), 0o600);
    const bytes = readFileSync(other("holed"));
    writeFileSync(other("holed"), bytes.fill(0xa5, 8192, bytes.length - 4096));
    await refused(other("holed"), /damaged/);
  });

  it("refuses while a node or a command is at work on the database", async () => {
    await using node = await testNode();
    await node.start();
    await node.use((db) => backup(db, node.config, file));
    const env = { DATA_DIR: node.config.dataDir, ORIGIN: node.origin };
    const refused = await run("cli.ts", ["restore", file, "--replace"], env).ended;
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("stop it first") });
    expect(readdirSync(node.config.dataDir).some((name) => name.includes("before"))).toBe(false);
    await node.stop();
    expect(await run("cli.ts", ["restore", file, "--replace"], env).ended).toMatchObject({
      code: 0,
      errors: "",
    });
    expect(existsSync(join(node.config.dataDir, "fragaria.sqlite"))).toBe(true);
  });
});

eachEngine("a node that is to be stopped", (engine) => {
  it("is seen to be at work on its database, and to have ended", async () => {
    await using database = await freshUrl(engine);
    const config = readConfig({ DATA_DIR: folder.path, DATABASE_URL: database.url });
    const { store } = await openNode(config, () => now);
    await expect(demandStopped(config)).rejects.toThrow(/is at work on .*: stop it first$/);
    // The first one’s connections are still its own.
    await settings.epoch(store.db);
    await store[Symbol.asyncDispose]();
    await demandStopped(config);
    await using again = await open(database.url);
    expect(await settings.origin(again.db, "none")).toBe(config.origin);
  });
});
