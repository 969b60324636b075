import type { SignedRecord } from "../../../src/coop/record.ts";
import { upstreamsOf } from "../../../src/replication/discover.ts";
import type { Shelf } from "../../helpers/memory-replica.ts";
import { shelf } from "../../helpers/memory-replica.ts";
import { type VirtualClock, virtualClock } from "../../helpers/virtual-clock.ts";
import { mulberry32 } from "../../long/random.ts";
import { keys } from "./keys.ts";
import { type Common, type Mask, type SimNode, simNode } from "./node.ts";
import { type World, world } from "./world.ts";

/** Of what size a network is, and what is wrong with it. */
export interface Size {
  seed: number;
  /** All of them, the hubs and the dead among them. */
  nodes: number;
  hubs: number;
  /** Share of the nodes whose machines are gone. */
  dead: number;
  /** How many co-ops each leaf has beside its beacon. */
  coops: number;
  /** How a hub shows itself to others, if not honestly. */
  maskOf?: (hub: number, clock: VirtualClock) => Mask | undefined;
  /** Called before the nodes have published what they have. */
  before?: (leaves: SimNode[]) => void;
}

export interface Network {
  readonly world: World;
  readonly shelf: Shelf;
  readonly common: Common;
  /** Hubs that are there, and show what they hold. */
  readonly hubs: SimNode[];
  /** Hubs that are there, and don't. */
  readonly masked: SimNode[];
  readonly leaves: SimNode[];
  readonly all: SimNode[];
  /** Follows what becomes of a version from now on. */
  track(record: SignedRecord): Tracked;
  pick<T>(from: readonly T[]): T;
}

/** When honest hubs have come to hold a version. */
export interface Tracked {
  readonly began: number;
  /** By the host, epoch ms. */
  readonly times: Map<string, number>;
}

const day = 86_400_000;

/**
 * Grows a network in the state of one that has long been running: every hub
 * holds everything and follows others, every leaf has hubs that read it. Then
 * a share of the machines breaks down, and whoever is left is started.
 */
export async function grow(size: Size): Promise<Network> {
  const { seed, nodes, hubs: hubCount, dead, coops } = size;
  const clock = virtualClock(Date.UTC(2026, 10, 22));
  const random = mulberry32(seed);
  const here = world(clock, random);
  const tracked = new Map<string, Tracked>();
  const common: Common = {
    world: here,
    shelf: shelf(),
    keys: keys(),
    stored({ host, state }, records) {
      if (!honest.has(host) || state !== "up") return;
      for (const { digest } of records) {
        const one = tracked.get(digest);
        if (one !== undefined && !one.times.has(host)) one.times.set(host, clock.now());
      }
    },
  };
  const masks = Array.from({ length: hubCount }, (_, at) => size.maskOf?.(at, clock));
  const hubs = masks.map((mask, at) => simNode(`hub${at}`, "hub", common, mask));
  const honest = new Set(hubs.filter((_, at) => masks[at] === undefined).map(({ host }) => host));
  const leaves = Array.from({ length: nodes - hubCount }, (_, at) =>
    simNode(`leaf${at}`, "leaf", common),
  );
  const all = [...hubs, ...leaves];
  size.before?.(leaves);
  for (const node of all) {
    here.hosts.set(node.host, node);
    node.beat();
    if (node.role === "leaf") for (let coop = 1; coop <= coops; coop += 1) node.publish(coop);
  }
  await fill(all, hubs, random, clock.now());
  const gone = new Set(drawn(all, Math.round(dead * nodes), random));
  for (const node of all) {
    if (gone.has(node)) node.die();
    else clock.at(clock.now() + random() * 60_000, () => node.start());
  }
  await clock.run(60_000);
  const live = all.filter(({ state }) => state === "up");
  return {
    world: here,
    shelf: common.shelf,
    common,
    hubs: live.filter((node) => node.role === "hub" && masks[hubs.indexOf(node)] === undefined),
    masked: live.filter((node) => node.role === "hub" && masks[hubs.indexOf(node)] !== undefined),
    leaves: live.filter(({ role }) => role === "leaf"),
    all,
    track(record) {
      const one = { began: clock.now(), times: new Map<string, number>() };
      tracked.set(record.digest, one);
      return one;
    },
    pick: (from) => from[Math.floor(random() * from.length)] as (typeof from)[0],
  };
}

/** Gives every hub everything, and every node its peers, read to the end. */
async function fill(all: SimNode[], hubs: SimNode[], random: () => number, now: number) {
  const records = all.flatMap(({ replica }) => replica.all());
  for (const { replica } of hubs) {
    replica.put(records);
    const checked = { step: "complete", since: now, began: now, source: null } as const;
    await replica.filling.write({ ...checked, read: 0, total: null, checked: [] });
  }
  for (const node of all) {
    const others = hubs.filter((hub) => hub !== node);
    for (const hub of drawn(others, upstreamsOf[node.role], random)) {
      await node.replica.peers.add({ ...known(hub, now), chosen: now - random() * 30 * day });
      if (node.role === "leaf") await hub.replica.peers.add({ ...known(node, now), woke: now });
    }
  }
}

function known({ origin, role, replica }: SimNode, now: number) {
  return {
    url: origin,
    role,
    actor: `${origin}/actor`,
    epoch: origin.slice("https://".length, -".example".length),
    seq: replica.seq,
    caughtUp: now,
    seen: now,
    reclaimed: now,
  };
}

/** So many of them, at random. */
export function drawn<T>(from: T[], count: number, random: () => number): T[] {
  const left = [...from];
  for (let at = 0; at < Math.min(count, left.length); at += 1) {
    const other = at + Math.floor(random() * (left.length - at));
    [left[at], left[other]] = [left[other] as T, left[at] as T];
  }
  return left.slice(0, count);
}
