import { copyFileSync, cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { backup, restore } from "../../src/backup.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as coops from "../../src/store/coops.ts";
import * as settings from "../../src/store/settings.ts";
import {
  bakery,
  directoryOf,
  freePort,
  settle,
  testNode,
  type TestNode,
  until,
} from "../helpers/nodes.ts";
import { temporaryFolder } from "../helpers/programs.ts";

vi.setConfig({ testTimeout: 90_000 });

let copy: string;
beforeEach(() => {
  const folder = temporaryFolder();
  copy = join(folder.path, "copy");
  return () => folder[Symbol.dispose]();
});

/** A node and a hub that are each other's peers, with three listings of the node's. */
async function nodeAndHub(role: "hub" | "leaf") {
  const [port, portHub] = [await freePort(), await freePort()];
  const node = await testNode({ PEERS: `http://localhost:${portHub}`, ROLE: role }, { port });
  const hub = await testNode({ PEERS: `http://localhost:${port}` }, { port: portHub });
  const nodes = new AsyncDisposableStack();
  nodes.use(node);
  nodes.use(hub);
  await node.start();
  await hub.start();
  const ids: string[] = [];
  for (const handle of ["bakery", "mill", "shop"]) {
    const { id } = await node.use((db, self) =>
      addCoop(db, self, handle, bakery({ name: handle }), Date.now()),
    );
    ids.push(id);
  }
  await settle([node, hub], 3);
  const [edited = "", withdrawn = "", kept = ""] = ids;
  return { node, hub, edited, withdrawn, kept, [Symbol.asyncDispose]: () => nodes.disposeAsync() };
}

const epochOf = (node: TestNode) => node.use((db) => settings.epoch(db));

const nameOf = (node: TestNode, id: string) =>
  node.use(async (db) => {
    const { content } = (await coops.get(db, id)) ?? {};
    return content == null ? undefined : (JSON.parse(content) as { name: string }).name;
  });

/** What the peers see and the node then loses: an edit, a withdrawal, a new co-op. */
async function liveOn({ node, hub, edited, withdrawn }: Awaited<ReturnType<typeof nodeAndHub>>) {
  await node.use((db, self) => publish(db, self, edited, bakery({ name: "edited" }), Date.now()));
  await node.use((db, self) => withdraw(db, self, withdrawn, Date.now()));
  const added = bakery({ name: "added" });
  const { id } = await node.use((db, self) => addCoop(db, self, "dairy", added, Date.now()));
  await settle([node, hub], 4);
  return id;
}

/** Puts files of the data folder back, all or the database's alone. */
function putBack(node: TestNode, only: RegExp = /./): void {
  const { dataDir } = node.config;
  for (const name of readdirSync(dataDir)) if (only.test(name)) rmSync(join(dataDir, name));
  for (const name of readdirSync(copy)) {
    if (only.test(name)) copyFileSync(join(copy, name), join(dataDir, name));
  }
}

/** The directory is one again, and goes on from there. */
async function agrees(nodes: Awaited<ReturnType<typeof nodeAndHub>>, added: string) {
  const { node, hub, edited, kept } = nodes;
  await settle([node, hub], 4);
  expect(await nameOf(node, edited)).toBe("edited");
  expect(await nameOf(node, added)).toBe("added");
  expect(await node.use((db) => coops.byHandle(db, "dairy"))).toMatchObject({ id: added });
  for (const id of [edited, kept]) {
    await node.use((db, self) => publish(db, self, id, bakery({ name: "after" }), Date.now()));
  }
  await settle([node, hub], 4);
  const answer = await hub.get("/api/v1/coops?q=after");
  await until(
    async () => {
      const found = await hub.get("/api/v1/coops?q=after");
      return ((await found.json()) as { total: number }).total;
    },
    (total) => total === 2,
  );
  expect(answer.status).toBe(200);
}

describe.each(["hub", "leaf"] as const)("a %s that was put back", (role) => {
  it("after a loss of power has a new epoch, and its own records back from its peer", async () => {
    await using nodes = await nodeAndHub(role);
    const { node } = nodes;
    const before = await epochOf(node);
    // Nothing writes at this moment: the files are what a disk keeps.
    cpSync(node.config.dataDir, copy, { recursive: true });
    const added = await liveOn(nodes);
    await node.stop();
    putBack(node);
    await node.start("boot-2");
    expect(await epochOf(node)).not.toBe(before);
    // Before anything else could be published.
    expect(await nameOf(node, added)).toBe("added");
    await agrees(nodes, added);
  });

  it("by hand has a new epoch, as its index has seen more than that", async () => {
    await using nodes = await nodeAndHub(role);
    const { node } = nodes;
    const before = await epochOf(node);
    await node.stop();
    cpSync(node.config.dataDir, copy, { recursive: true });
    await node.start();
    const added = await liveOn(nodes);
    await until(
      () => node.get("/health").then((answer) => answer.json() as Promise<{ indexed: number }>),
      ({ indexed }) => indexed >= 6,
    );
    await node.stop();
    putBack(node, /^fragaria/);
    // Whoever comes first finds out, before the log has grown again.
    await node.use((db, self) => addCoop(db, self, "inn", bakery(), Date.now()));
    expect(await epochOf(node)).not.toBe(before);
    await node.start();
    await settle([node, nodes.hub], 5);
    expect(await nameOf(node, added)).toBe("added");
  });

  it("as a whole folder finds out by what its peer hands back", async () => {
    await using nodes = await nodeAndHub(role);
    const { node } = nodes;
    const before = await epochOf(node);
    await node.stop();
    cpSync(node.config.dataDir, copy, { recursive: true });
    await node.start();
    const added = await liveOn(nodes);
    await node.stop();
    putBack(node);
    await node.start();
    await until(
      () => epochOf(node),
      (epoch) => epoch !== before,
    );
    await agrees(nodes, added);
  });

  it("from a backup has a new epoch, and its own records back from its peer", async () => {
    await using nodes = await nodeAndHub(role);
    const { node } = nodes;
    const before = await epochOf(node);
    await node.use((db) => backup(db, node.config, copy));
    const added = await liveOn(nodes);
    await node.stop();
    await restore(node.config, copy, { replace: true, now: Date.now() });
    await node.start();
    expect(await epochOf(node)).not.toBe(before);
    await agrees(nodes, added);
  });
});

it("a node that was merely killed keeps its epoch, and one that ended in peace too", async () => {
  await using nodes = await nodeAndHub("hub");
  const { node, hub } = nodes;
  const before = await epochOf(node);
  cpSync(node.config.dataDir, copy, { recursive: true });
  await node.stop();
  putBack(node);
  await node.start("boot-1");
  expect(await epochOf(node)).toBe(before);
  await node.stop();
  await node.start("boot-2");
  expect(await epochOf(node)).toBe(before);
  await settle([node, hub], 3);
});

it("a peer that is ahead of a feed begins it anew", async () => {
  await using nodes = await nodeAndHub("hub");
  const { node, hub } = nodes;
  const ahead = { seq: 1_000_000 };
  await hub.use((db) => db.updateTable("peer").set(ahead).execute());
  await hub.stop();
  await hub.start();
  await node.use((db, self) => addCoop(db, self, "inn", bakery(), Date.now()));
  expect(await settle([node, hub], 4)).toEqual(await directoryOf(hub));
});
