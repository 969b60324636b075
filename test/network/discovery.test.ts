import { expect, it, vi } from "vitest";
import { importRows } from "../../src/directory/import.ts";
import { addCoop } from "../../src/directory/publish.ts";
import * as peers from "../../src/store/peers.ts";
import * as settings from "../../src/store/settings.ts";
import { hostilePeer } from "../helpers/hostile-peer.ts";
import {
  bakery,
  directoryOf,
  freePort,
  quickPace,
  settle,
  type TestNode,
  testNode,
  until,
} from "../helpers/nodes.ts";

// Several processes' worth of work in one: slow on a busy machine, and timed by nothing.
vi.setConfig({ testTimeout: 90_000 });

const pace = { ...quickPace, discover: 300 };

/** In the order of their characters. */
const sorted = (urls: (string | undefined)[]) =>
  urls.map(String).toSorted((one, two) => (one < two ? -1 : 1));

const fillingOf = (node: TestNode) => node.use((db) => settings.filling(db));

/** Imports so many listings. */
function publishMany(node: TestNode, count: number) {
  async function* rows() {
    for (let key = 0; key < count; key += 1) {
      const content = bakery({ name: `Bakery ${key}`, provenance: { kind: "imported" } });
      yield { key: String(key), content };
    }
  }
  return node.use((db, own) => importRows(db, own, "test", rows(), Date.now));
}

it("lets nodes that know one address each find all hubs, and what every node publishes", async () => {
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const [first, second, third, last] = ports.map((port) => `http://localhost:${port}`);
  await using a = await testNode({}, { port: ports[0]!, pace });
  await using b = await testNode({ PEERS: first! }, { port: ports[1]!, pace });
  await using c = await testNode({ PEERS: second! }, { port: ports[2]!, pace });
  await using leaf = await testNode({ PEERS: third!, ROLE: "leaf" }, { port: ports[3]!, pace });
  const all = [a, b, c, leaf];
  for (const node of all) {
    const name = `Co-op at ${node.origin}`;
    await node.use((db, own) => addCoop(db, own, "bakery", bakery({ name }), Date.now()));
  }
  for (const node of all) await node.start();

  // Nobody configured that A should read anybody, or that anybody but C should read the leaf.
  await settle([a, b, c], 4);
  expect(await directoryOf(leaf)).toHaveLength(1);
  const chosenBy = (node: TestNode) =>
    node.use(async (db) => {
      const chosen = (await peers.all(db)).filter((peer) => peer.chosen !== null);
      return sorted(chosen.map(({ url }) => url));
    });
  await until(
    () => chosenBy(a),
    (urls) => urls.join() === sorted([second, third]).join(),
  );
  await until(
    () => chosenBy(c),
    (urls) => urls.join() === first,
  );
  await until(
    () => chosenBy(leaf),
    (urls) => urls.join() === sorted([first, second]).join(),
  );

  // A change of the leaf comes by its wake-up, also to hubs that learnt of it by nothing else.
  await leaf.use((db, own) => addCoop(db, own, "dairy", bakery(), Date.now()));
  await settle([a, b, c], 5);

  // Each tells of the hubs that it knows, with the keys that it has pinned.
  const told = await (await b.get("/dir/v1/peers?role=hub")).text();
  const lines = told.split("\n").filter((line) => line !== "");
  const known = lines.map((line) => JSON.parse(line) as { origin: string; keys: unknown[] });
  expect(sorted(known.map(({ origin }) => origin))).toEqual(sorted([first, third]));
  expect(known.map(({ keys }) => keys.length)).toEqual([1, 1]);
  expect((await b.get("/dir/v1/peers?role=both")).status).toBe(400);
  const one = await (await b.get(`/dir/v1/peers?host=${new URL(last!).host}`)).text();
  expect(one.trim().split("\n")).toHaveLength(1);

  // The leaf's search goes on where the whole directory is.
  const search = await (await leaf.get("/search?q=bakery&country=x&sort=name")).text();
  expect(search).toContain(`href="${third}/search?q=bakery&amp;sort=name"`);
  const found = (await (await leaf.get("/api/v1/coops?q=boulangerie")).json()) as object;
  expect(found).toMatchObject({ scope: "own", directory: `${third}/api/v1/coops?q=boulangerie` });
  expect(await (await a.get("/api/v1/coops")).json()).toMatchObject({ scope: "directory" });
});

it("calls a fresh hub complete only when two others agree, whatever its first source withholds", async () => {
  await using liar = await hostilePeer();
  const port = await freePort();
  await using a = await testNode({}, { port, pace });
  await using b = await testNode({ PEERS: a.origin }, { pace });
  await publishMany(a, 40);
  await a.start();
  await b.start();
  await settle([a, b], 40);
  const genuine = await a.use((db) =>
    db.selectFrom("record").select("body").where("kind", "=", "listing").execute(),
  );
  liar.feed = genuine.slice(0, 20).map(({ body }) => body);
  // It says that it has most, and so is asked first.
  liar.says = { held: 10_000, complete: true };

  await using fresh = await testNode({ PEERS: `${liar.origin},${a.origin},${b.origin}` }, { pace });
  await fresh.start();
  const filled = await until(
    () => fillingOf(fresh),
    (filling) => filling?.step === "complete",
  );
  const host = (url: string) => new URL(url).host;
  expect(filled?.source).toBe(host(liar.origin));
  expect(sorted(filled?.checked.map((each) => each.host) ?? [])).toEqual(
    sorted([host(a.origin), host(b.origin)]),
  );
  expect((await directoryOf(fresh)).length).toBe(40);
  const health = await (await fresh.get("/health")).json();
  expect(health).toMatchObject({ role: "hub", filling: { step: "complete" } });
  const said = await (await fresh.get("/.well-known/coop-directory")).json();
  expect(said).toMatchObject({ complete: true });
});

it("goes on with another source when the first one breaks, and says with how many it compared", async () => {
  await using broken = await hostilePeer();
  await using a = await testNode({}, { pace });
  await publishMany(a, 40);
  await a.start();
  broken.feed = [{ line: "{" }];
  broken.says = { held: 10_000, complete: true };
  await using fresh = await testNode({ PEERS: `${broken.origin},${a.origin}` }, { pace });
  await fresh.start();
  const filled = await until(
    () => fillingOf(fresh),
    (filling) => filling?.step === "complete",
  );
  expect(filled?.source).toBe(new URL(a.origin).host);
  expect(filled?.checked).toEqual([]);
  expect((await directoryOf(fresh)).length).toBe(40);
  const network = await (await fresh.get("/network")).text();
  expect(network).toContain("nobody else to compare with");
});

it("calls a hub complete that knows nobody but leaves", async () => {
  await using leaf = await testNode({ ROLE: "leaf" }, { pace });
  await leaf.start();
  await using hub = await testNode({ PEERS: leaf.origin }, { pace });
  await hub.start();
  const filled = await until(
    () => fillingOf(hub),
    (filling) => filling?.step === "complete",
  );
  expect(filled).toMatchObject({ source: null, checked: [] });
  expect(await (await hub.get("/network")).text()).toContain("nobody else to compare with");
});
