import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, it, vi } from "vitest";
import type { ListingContent } from "../../src/coop/listing.ts";
import { editPost, post } from "../../src/directory/post.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import type { Db } from "../../src/store/schema.ts";
import { usualPace } from "../../src/work.ts";
import { freshUrl } from "../helpers/database.ts";
import { bakery, freePort, settle, testNode, type TestNode, until } from "../helpers/nodes.ts";

vi.setConfig({ testTimeout: 90_000 });

/** Words that are in nothing else. They begin differently: an index keeps the same beginning once. */
const words = [
  "qzwambrosius",
  "vlkborealis",
  "xyjcalendula",
  "wqpdrosera",
  "zvxequisetum",
  "jkqfilipendula",
  "kxzgeranium",
  "ywvhieracium",
] as const;

/** A co-op that says these words wherever one may say something. */
function marked(): ListingContent {
  const [name, summary, legal, place, street, site, purpose, title] = words;
  return bakery({
    name: `Bakery ${name}`,
    summary: `Bread ${summary}`,
    summaryMap: { fr: `Bread ${summary}`, de: `Brot ${summary}` },
    legalName: `Coopérative ${legal}`,
    url: `https://${site}.example/`,
    purpose: `For ${purpose}`,
    location: {
      type: "Place",
      address: {
        type: "PostalAddress",
        addressLocality: place,
        streetAddress: `${street} 5`,
        addressCountry: "CA",
      },
      region: ["iso3166-2:CA-QC"],
    },
    stakeholders: [{ key: "workers", kind: "worker", name: title, members: 12 }],
  });
}

/** The words that stand in any file of a node's folder, with the files. */
function found(node: TestNode): string[] {
  const { dataDir } = node.config;
  return readdirSync(dataDir, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const text = readFileSync(join(entry.parentPath, entry.name), "latin1").toLowerCase();
    return words.filter((word) => text.includes(word)).map((word) => `${word} in ${entry.name}`);
  });
}

/** The words that stand in any table. */
async function foundInTables(db: Db): Promise<string[]> {
  const tables = await db.introspection.getTables();
  const hits: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(
      db,
    );
    const text = rows
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value))
      .join("\n")
      .toLowerCase();
    hits.push(
      ...words.filter((word) => text.includes(word)).map((word) => `${word} in the table ${name}`),
    );
  }
  return hits;
}

/** With a day of a few seconds. */
const pace = { ...usualPace, watch: 20, retry: 100, sweep: 300 };

/** An origin, and a second node that holds its listings. */
async function twoNodes(env: Record<string, string> = {}) {
  const [port, port2] = [await freePort(), await freePort()];
  const peer = (other: number) => ({ PEERS: `http://localhost:${other}`, LOG_LEVEL: "error" });
  const a = await testNode(peer(port2), { port, pace });
  const b = await testNode({ ...peer(port), ...env }, { port: port2, pace });
  const stack = new AsyncDisposableStack();
  stack.use(a);
  stack.use(b);
  return { a, b, stack };
}

async function add(node: TestNode, handle: string, content: ListingContent): Promise<string> {
  const added = await node.use((db, self) => addCoop(db, self, handle, content, Date.now()));
  return added.id;
}

/** Waits until the index of a node has seen all that its log has. */
const indexed = (node: TestNode) =>
  until(
    async () => (await (await node.get("/health")).json()) as { seq: number; indexed: number },
    (health) => health.indexed === health.seq,
  );

it("leaves nothing of a withdrawn listing in any file of another node", async () => {
  const { a, b, stack } = await twoNodes();
  await using _all = stack;
  await a.start();
  await b.start();
  for (let count = 0; count < 20; count += 1) await add(a, `before${count}`, bakery());
  const id = await add(a, "marked", marked());
  for (let count = 0; count < 20; count += 1) await add(a, `after${count}`, bakery());
  await settle([a, b], 41);
  await indexed(b);
  for (const word of words) expect(found(b).join(" ")).toContain(word);

  // A file of an earlier version of the index would be a place to be forgotten in, too.
  await a.use((db, self) => publish(db, self, id, bakery({ name: "Edited" }), Date.now()));
  await a.use((db, self) => withdraw(db, self, id, Date.now()));
  await settle([a, b], 41);
  await indexed(b);
  expect(await b.use((db) => foundInTables(db))).toEqual([]);
  await until(
    () => found(b),
    ({ length }) => length === 0,
  );
  // What is left on its own node is its own: the account, and the private history.
  expect((await a.use((db) => foundInTables(db))).join(" ")).not.toMatch(/record|queue|kv/);
  expect(await a.use((db) => foundInTables(db))).toContain(`${words[0]} in the table revision`);
});

it("leaves nothing of a deleted co-op on its own node, its news and what waits to be sent included", async () => {
  const { a, b, stack } = await twoNodes();
  await using _all = stack;
  await a.start();
  const id = await add(a, "marked", marked());
  const [word] = words;
  const note = await a.use((db) =>
    post(db, id, { fr: `Nouvelles de ${word}` }, Date.now(), { warning: { fr: `Sur ${word}` } }),
  );
  // What is to be published is gone with it.
  const due = Date.now() + 60_000_000;
  await a.use((db) => post(db, id, { fr: `Bientôt ${word}` }, Date.now(), { due }));
  await a.use((db) =>
    db
      .insertInto("follower")
      .values({
        followed: `coops/${id}`,
        actor: "http://localhost:9/alice",
        inbox: "http://localhost:9/alice/inbox",
        sharedInbox: null,
        activity: "http://localhost:9/follow",
        since: Date.now(),
      })
      .execute(),
  );
  await a.use((db) => editPost(db, note, { fr: `Corrigé : ${word}` }, Date.now()));
  await indexed(a);
  // A server that doesn't answer is tried again and again, with the text of the post.
  await until(
    () => a.use((db) => foundInTables(db)),
    (hits) => hits.includes(`${word} in the table queue`),
  );
  await a.use((db, self) => deleteCoop(db, self, id, Date.now()));
  expect(await a.use((db) => foundInTables(db))).toEqual([]);
  await until(
    () => found(a),
    ({ length }) => length === 0,
  );
  await b.start();
  await settle([a, b], 1);
  expect(found(b)).toEqual([]);
});

it("reaches a node that was away, before it shows anything", async () => {
  const { a, b, stack } = await twoNodes();
  await using _all = stack;
  await a.start();
  await b.start();
  const id = await add(a, "marked", marked());
  await settle([a, b], 1);
  await indexed(b);
  await b.stop();
  expect(found(b)).not.toEqual([]);
  await a.use((db, self) => withdraw(db, self, id, Date.now()));
  await b.start();
  await settle([a, b], 1);
  await indexed(b);
  await until(
    () => found(b),
    ({ length }) => length === 0,
  );
});

it("leaves nothing in any table of PostgreSQL, nor in the index beside it", async () => {
  await using database = await freshUrl("postgres");
  const { a, b, stack } = await twoNodes({ DATABASE_URL: database.url });
  await using _all = stack;
  await a.start();
  await b.start();
  const id = await add(a, "marked", marked());
  await settle([a, b], 1);
  await indexed(b);
  expect(await b.use((db) => foundInTables(db))).toContain(`${words[0]} in the table record`);
  expect(found(b)).not.toEqual([]);
  await a.use((db, self) => withdraw(db, self, id, Date.now()));
  await settle([a, b], 1);
  await indexed(b);
  expect(await b.use((db) => foundInTables(db))).toEqual([]);
  await until(
    () => found(b),
    ({ length }) => length === 0,
  );
});
