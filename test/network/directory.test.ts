import { describe, expect, it, vi } from "vitest";
import { importRows } from "../../src/directory/import.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import { bakery, directoryOf, freePort, settle, testNode, until } from "../helpers/nodes.ts";

// Several processes' worth of work in one: slow on a busy machine, and timed by nothing.
vi.setConfig({ testTimeout: 90_000 });

/** Two hubs that are each other's peers; they stop at the end. */
async function twoHubs({ started = true } = {}) {
  const [portA, portB] = [await freePort(), await freePort()];
  const a = await testNode({ PEERS: `http://localhost:${portB}` }, { port: portA });
  const b = await testNode({ PEERS: `http://localhost:${portA}` }, { port: portB });
  const nodes = new AsyncDisposableStack();
  nodes.use(a);
  nodes.use(b);
  if (started) {
    await a.start();
    await b.start();
  }
  return { a, b, [Symbol.asyncDispose]: () => nodes.disposeAsync() };
}

const found = async (node: { get(path: string): Promise<Response> }, q: string) => {
  const answer = await node.get(`/api/v1/coops?q=${encodeURIComponent(q)}`);
  return ((await answer.json()) as { total: number }).total;
};

describe("one directory on two nodes", () => {
  it("lists what is published, edited and withdrawn on either side on both", async () => {
    await using hubs = await twoHubs();
    const { a, b } = hubs;

    const { id } = await a.use((db, node) => addCoop(db, node, "bakery", bakery(), Date.now()));
    await b.use((db, node) => addCoop(db, node, "dairy", bakery({ name: "Latteria" }), Date.now()));
    await settle([a, b], 2);
    await until(
      () => found(b, "gare"),
      (total) => total === 1,
    );
    await until(
      () => found(a, "latteria"),
      (total) => total === 1,
    );

    const edited = bakery({ name: "Boulangerie du Port" });
    await a.use((db, node) => publish(db, node, id, edited, Date.now()));
    await until(
      () => found(b, "port"),
      (total) => total === 1,
    );
    expect(await found(b, "gare")).toBe(0);

    await a.use((db, node) => withdraw(db, node, id, Date.now()));
    await until(
      () => found(b, "port"),
      (total) => total === 0,
    );
    await settle([a, b], 2);
    // Of a withdrawn listing nothing is left but its id.
    const bodies = await b.use((db) => db.selectFrom("record").select(["id", "body"]).execute());
    const tombstone = bodies.find((row) => row.id === `${a.origin}/coops/${id}/listing`);
    expect(new TextDecoder().decode(tombstone?.body)).not.toContain("Boulangerie");
    // The actor stays: withdrawing is not deleting.
    const accept = { accept: "application/activity+json" };
    expect((await a.get(`/coops/${id}`, accept)).status).toBe(200);
    expect((await a.get(`/coops/${id}/listing`)).status).toBe(410);

    // It may come back: the newest version wins, whatever it is.
    await a.use((db, node) => publish(db, node, id, bakery(), Date.now()));
    await until(
      () => found(b, "gare"),
      (total) => total === 1,
    );

    await a.use((db, node) => deleteCoop(db, node, id, Date.now()));
    await until(
      () => found(b, "gare"),
      (total) => total === 0,
    );
    expect((await a.get(`/coops/${id}`, accept)).status).toBe(410);
  });

  it("ends the same when one listing is edited twice at the same moment", async () => {
    await using hubs = await twoHubs();
    const { a, b } = hubs;
    const now = Date.now();
    const { id } = await a.use((db, node) => addCoop(db, node, "bakery", bakery(), now));
    const edit = (name: string) =>
      a.use((db, node) => publish(db, node, id, bakery({ name }), now));
    await Promise.all(["Un", "Deux", "Trois", "Quatre"].map(edit));
    const [record] = await settle([a, b], 1);
    expect(record?.[0]).toBe(`${a.origin}/coops/${id}/listing`);
    const [one, two] = await Promise.all(
      [a, b].map((node) => node.get(`/dir/v1/records/${record?.[1]}`)),
    );
    expect(await one?.text()).toBe(await two?.text());
  });

  it("goes on where it was when a node is restarted in the middle", async () => {
    await using hubs = await twoHubs({ started: false });
    const { a, b } = hubs;
    async function* rows() {
      for (let key = 0; key < 2200; key += 1) {
        yield {
          key: String(key),
          content: bakery({ name: `Bakery ${key}`, provenance: { kind: "imported" } }),
        };
      }
    }
    await a.use((db, node) => importRows(db, node, "test", rows(), Date.now));
    await a.start();
    await b.start();
    await until(
      () => directoryOf(b),
      ({ length }) => length > 0,
    );
    await b.stop();
    const half = (await directoryOf(b)).length;
    await a.stop();
    await b.start();
    await a.start();
    await settle([a, b], 2200);
    expect(half).toBeLessThan(2200);
  });

  it("catches up with a peer that was away, and lets it catch up", async () => {
    await using hubs = await twoHubs();
    const { a, b } = hubs;
    const first = await a.use((db, node) => addCoop(db, node, "first", bakery(), Date.now()));
    await settle([a, b], 1);
    await b.stop();
    await a.use(async (db, node) => {
      await publish(db, node, first.id, bakery({ name: "Away" }), Date.now());
      await addCoop(db, node, "second", bakery(), Date.now());
      await withdraw(db, node, first.id, Date.now());
    });
    await until(
      () => a.get("/network").then((page) => page.text()),
      (page) => /can.t be used|not reachable|refused/i.test(page),
    );
    // What is published beside a stopped node is sent when it starts.
    await b.use((db, node) => addCoop(db, node, "third", bakery(), Date.now()));
    await b.start();
    await settle([a, b], 3);
  });

  it("hears of a leaf's change by its wake-up", async () => {
    const [portHub, portLeaf] = [await freePort(), await freePort()];
    const [hubUrl, leafUrl] = [portHub, portLeaf].map((port) => `http://localhost:${port}`);
    await using hub = await testNode({ PEERS: leafUrl ?? "" }, { port: portHub });
    await using leaf = await testNode({ PEERS: hubUrl ?? "", ROLE: "leaf" }, { port: portLeaf });
    await leaf.start();
    await hub.start();
    await leaf.use((db, node) => addCoop(db, node, "first", bakery(), Date.now()));
    await settle([hub, leaf], 1);
    await hub.use((db, node) => addCoop(db, node, "own", bakery(), Date.now()));
    // The hub looks at a leaf unasked once in a minute only: this comes by wake-up.
    await leaf.use((db, node) => addCoop(db, node, "second", bakery(), Date.now()));
    await until(
      () => directoryOf(hub),
      ({ length }) => length === 3,
      5000,
    );
    // A leaf stays small: it holds its own co-ops.
    expect(await directoryOf(leaf)).toHaveLength(2);
  });
});
