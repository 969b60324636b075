import { expect, it, vi } from "vitest";
import { silent } from "../bench/network/masks.ts";
import { grow, type Network } from "../bench/network/network.ts";
import type { SimNode } from "../bench/network/node.ts";

// Small networks of the simulator, for what can only be seen of many nodes.

// Some seconds in all; but each is computing only, and waits for its turn on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const minute = 60_000;
const size = { seed: 7, nodes: 18, hubs: 12, dead: 0, coops: 1 };

/** Makes these the only hubs that a node has chosen, and lets no other read it. */
async function choose(net: Network, node: SimNode, hubs: SimNode[]): Promise<void> {
  node.stop();
  const { peers } = node.replica;
  for (const other of net.all) {
    if ((await other.replica.peers.get(node.origin)) === undefined) continue;
    other.stop();
    await other.replica.peers.remove(node.origin);
    other.start();
  }
  for (const { url } of await peers.all()) await peers.remove(url);
  for (const hub of hubs) {
    const now = Date.UTC(2026, 10, 22);
    const read = { epoch: hub.replica.host.replace(".example", ""), seq: hub.replica.seq };
    await peers.add({ url: hub.origin, role: "hub", chosen: now, caughtUp: now, ...read });
  }
  node.start();
}

/** How many of the honest hubs have come to hold a version within that time. */
async function reached(net: Network, leaf: SimNode, ms: number): Promise<number> {
  const { times } = net.track(leaf.publish());
  await net.world.clock.run(ms, () => times.size >= net.hubs.length);
  return times.size;
}

it("ends the same way whenever it begins the same way", async () => {
  const outcomes = [];
  for (const seed of [1, 1, 2]) {
    const net = await grow({ ...size, seed, hubs: 6, dead: 0.1 });
    const tracked = net.track((net.leaves[0] as SimNode).publish());
    await net.world.clock.run(minute);
    const sent = net.all.reduce((sum, node) => sum + node.sent.messages, 0);
    outcomes.push(JSON.stringify([...tracked.times, sent]));
  }
  expect(outcomes[1]).toBe(outcomes[0]);
  expect(outcomes[2]).not.toBe(outcomes[0]);
});

it("a hub that follows only hubs that pass nothing on gets everything by repair with others", async () => {
  const net = await grow({ ...size, maskOf: (at) => (at < 8 ? silent : undefined) });
  const [eclipsed, ...others] = net.hubs as [SimNode, ...SimNode[]];
  await choose(net, eclipsed, net.masked);
  const leaf = net.leaves[0] as SimNode;
  await choose(net, leaf, others);
  // A try in five minutes, of which every fourth meets an honest hub.
  expect(await reached(net, leaf, 90 * minute)).toBe(net.hubs.length);
});

it("a leaf whose hubs pass nothing on finds others", async () => {
  const net = await grow({ ...size, maskOf: (at) => (at < 4 ? silent : undefined) });
  const leaf = net.leaves[0] as SimNode;
  await choose(net, leaf, net.masked.slice(0, 3));
  expect(await reached(net, leaf, 30 * minute)).toBe(net.hubs.length);
});

it("what both sides of a cut have published and withdrawn is everywhere after it", async () => {
  const net = await grow({ ...size, nodes: 16, hubs: 8 });
  const { clock } = net.world;
  for (const [at, node] of net.all.entries()) node.side = at % 2;
  for (const leaf of net.leaves) {
    await choose(
      net,
      leaf,
      net.hubs.filter(({ side }) => side === leaf.side),
    );
  }
  const records = net.leaves.map((leaf, at) => (at % 3 === 0 ? leaf.withdraw() : leaf.publish()));
  // Longer than a hub waits before it replaces hubs that don't answer.
  await clock.run(40 * minute);
  const half = records.filter(({ id, digest }) =>
    net.hubs.every(({ replica }) => replica.held(id)?.digest === digest),
  );
  expect(half).toEqual([]);
  for (const node of net.all) node.side = 0;
  const agreed = ({ replica }: SimNode) =>
    records.every(({ id, digest }) => replica.held(id)?.digest === digest);
  await clock.run(60 * minute, () => net.hubs.every(agreed));
  for (const { replica } of net.hubs) {
    expect(records.map(({ id }) => replica.held(id)?.digest)).toEqual(
      records.map(({ digest }) => digest),
    );
  }
});
