import type { SignedRecord } from "../../../src/coop/record.ts";
import { progress, quantile } from "../measure.ts";
import { flooding, replaying, silent, withholding } from "./masks.ts";
import { drawn, grow, type Network, type Size, type Tracked } from "./network.ts";
import { type SimNode, simNode } from "./node.ts";

/** What a scenario was run with, and what came of it: one line of output. */
export type Outcome = Record<string, string | number | boolean | undefined>;

export interface Scale {
  seed: number;
  nodes: number;
  hubs: number;
  full: boolean;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Single changes by random leaves, while a tenth of all nodes has just died. */
export async function spread({ seed, nodes, hubs }: Scale): Promise<Outcome> {
  const net = await grow({ seed, nodes, hubs, dead: 0.1, coops: 1 });
  const { clock } = net.world;
  await clock.run(minute);
  const changes = 10;
  const idle = await metered(net, minute);
  // What a node sends in 15 s when nothing happens.
  const share = (15 * second) / minute;
  const tracked: Tracked[] = [];
  let most = 0;
  let messages = 0;
  for (let at = 0; at < changes; at += 1) {
    tracked.push(net.track(net.pick(net.leaves).publish()));
    const sent = await metered(net, 15 * second);
    const more = sent.each.map((messages, of) => messages - share * (idle.each[of] ?? 0));
    most = Math.max(most, ...more);
    messages += sent.messages;
  }
  return {
    ...sizeOf(net),
    changes,
    ...timesOf(tracked, net.hubs, clock.now()),
    slowestTo99OfHubs: Math.max(...tracked.map((one) => toShare(one, net.hubs, 0.99))),
    mostMessagesByANode: round(most),
    messagesPerHub: round((messages / changes - share * idle.messages) / net.hubs.length),
    idleMessagesPerHubAndSecond: round(idle.messages / net.hubs.length / 60),
    idleMostPerSecond: round(Math.max(...idle.each) / 60),
    note: "a message is a request or an answer; counted within the 15 s after a change, less what the same node sends in 15 s when nothing happens",
  };
}

/** Half of the hubs take and don't pass on, each in its own way. */
export async function silence({ seed, nodes, hubs, full }: Scale): Promise<Outcome> {
  const old: SignedRecord[] = [];
  const size: Size = { seed, nodes, hubs, dead: 0.1, coops: 1 };
  const net = await grow({
    ...size,
    maskOf: (at, clock) =>
      at % 2 === 0
        ? undefined
        : [silent, withholding, replaying(clock, old), flooding(clock)][((at - 1) / 2) % 4],
    before: (leaves) => old.push(...leaves.slice(0, 50).map((leaf) => leaf.publish())),
  });
  const { clock, random } = net.world;
  const changes = full ? 100 : 20;
  const tracked: Tracked[] = [];
  // Each changes once: a version that is superseded on its way needn't arrive.
  for (const leaf of drawn(net.leaves, changes, random)) {
    tracked.push(net.track(leaf.publish()));
    await clock.run((10 * minute) / changes);
  }
  const late = () => tracked.some(({ times }) => net.hubs.some(({ host }) => !times.has(host)));
  await clock.run(30 * minute, () => !late());
  return {
    ...sizeOf(net),
    masked: net.masked.length,
    changes,
    ...timesOf(tracked, net.hubs, clock.now()),
    resurrected: old.filter(({ id, digest }) =>
      net.hubs.some(({ replica }) => replica.held(id)?.digest === digest),
    ).length,
  };
}

/** Nodes are restarted all the time, and some come back with other upstreams. */
export async function churn({ seed, nodes, hubs, full }: Scale): Promise<Outcome> {
  const net = await grow({ seed, nodes, hubs, dead: 0.1, coops: 1 });
  const { clock, random } = net.world;
  const minutes = full ? 30 : 10;
  const tracked: Tracked[] = [];
  const changing = drawn(net.leaves, 5 * minutes, random);
  let restarts = 0;
  const restart = async (node: SimNode) => {
    node.stop();
    restarts += 1;
    if (node.role === "hub" && random() < 0.5) {
      for (const { url, chosen } of await node.replica.peers.all()) {
        if (chosen !== null && random() < 0.5) await node.replica.peers.remove(url);
      }
    }
    clock.at(clock.now() + 5 * second + random() * minute, () => node.start());
  };
  for (let at = 0; at < minutes; at += 1) {
    for (const node of drawn([...net.hubs, ...net.leaves], Math.round(0.03 * nodes), random)) {
      if (node.state === "up") await restart(node);
    }
    for (const leaf of changing.splice(0, 5)) tracked.push(net.track(leaf.publish()));
    await clock.run(minute);
  }
  const took = await agreement(net, 30 * minute);
  return {
    ...sizeOf(net),
    minutes,
    restarts,
    changes: tracked.length,
    ...timesOf(tracked, net.hubs, clock.now()),
    secondsToAgreeAfterwards: took,
  };
}

/** The network falls into two halves, or loses a third, and heals. */
export async function partition(
  { seed, nodes, hubs, full }: Scale,
  away: number,
): Promise<Outcome> {
  const net = await grow({ seed, nodes, hubs, dead: 0.1, coops: 1 });
  const { clock, random } = net.world;
  await clock.run(minute);
  for (const node of drawn(net.all, Math.round(away * nodes), random)) node.side = 1;
  // Longer than the half an hour after which a peer that doesn't answer is replaced.
  const lasts = full ? hour : 40 * minute;
  const records: SignedRecord[] = [];
  const changes = 60;
  for (let at = 0; at < changes; at += 1) {
    const leaf = net.pick(net.leaves);
    const record = at % 3 === 0 ? leaf.withdraw() : leaf.publish();
    records.push(record);
    await clock.run(lasts / changes);
  }
  const withdrawn = records.filter(({ tombstone }) => tombstone);
  for (const node of net.all) node.side = 0;
  const took = await agreement(net, 24 * hour, records);
  return {
    ...sizeOf(net),
    away,
    minutesApart: lasts / minute,
    changes,
    withdrawals: withdrawn.length,
    secondsToAgree: took,
    agree: took !== undefined,
    lostTombstones: withdrawn.filter(({ id, issued }) =>
      net.hubs.some(({ replica }) => (replica.held(id)?.issued ?? 0) < issued),
    ).length,
  };
}

/** As much as really happens: 10,000 changes and 10,000 daily beacons a day. */
export async function rate({ seed, nodes, hubs, full }: Scale): Promise<Outcome> {
  const net = await grow({ seed, nodes, hubs, dead: 0.1, coops: 1 });
  const { clock, random } = net.world;
  await clock.run(minute);
  const lasts = full ? hour : 10 * minute;
  const perDay = 10_000;
  const tracked: Tracked[] = [];
  let beacons = 0;
  const before = totals(net);
  const start = clock.now();
  for (let at = start; (at -= (Math.log(1 - random()) * 86_400_000) / perDay) < start + lasts;) {
    clock.at(at, () => {
      const leaf = net.pick(net.leaves);
      tracked.push(net.track(leaf.publish()));
      // A beacon follows within the hour; so does that of a day, of somebody.
      clock.at(at + random() * hour, () => leaf.beat());
    });
  }
  for (let at = start; (at -= (Math.log(1 - random()) * 86_400_000) / perDay) < start + lasts;) {
    beacons += 1;
    clock.at(at, () => net.pick(net.leaves).beat());
  }
  await clock.run(lasts);
  const after = totals(net);
  await clock.run(minute);
  const hubMessages = net.hubs.map(({ sent }, at) => sent.messages - (before.hubs[at] ?? 0));
  return {
    ...sizeOf(net),
    simulatedHours: lasts / hour,
    changes: tracked.length,
    dailyBeacons: beacons,
    ...timesOf(tracked, net.hubs, clock.now()),
    messagesPerHubAndSecond: round(
      (after.messages - before.messages) / net.hubs.length / (lasts / second),
    ),
    mostMessagesOfAHubPerSecond: round(Math.max(...hubMessages) / (lasts / second)),
    megabytesPerHubAndDay: round(
      ((after.bytes - before.bytes) / net.hubs.length / 1e6) * (86_400_000 / lasts),
    ),
  };
}

/** Many new records at once, and a fresh hub while they spread. */
export async function burst({ seed, full }: Scale): Promise<Outcome> {
  const net = await grow({ seed, nodes: 200, hubs: 40, dead: 0.1, coops: 1 });
  const { clock } = net.world;
  await clock.run(minute);
  const sources = net.leaves.slice(0, 10);
  const each = full ? 5000 : 500;
  const before = totals(net);
  for (const leaf of sources) {
    for (let coop = 2; coop < each + 2; coop += 1) leaf.publish(coop);
  }
  const records = sources.length * each;
  const start = clock.now();
  const source = net.hubs[0] as SimNode;
  const fresh = simNode("fresh", "hub", net.common);
  net.world.hosts.set(fresh.host, fresh);
  await fresh.replica.peers.add({ url: source.origin });
  fresh.start();
  let complete: number | undefined;
  const hubsDone = new Map<string, number>();
  while (clock.now() - start < hour) {
    await clock.run(100);
    const now = clock.now() - start;
    for (const { host, replica } of [...net.hubs, fresh]) {
      if (hubsDone.has(host)) continue;
      if (sources.every(({ origin }) => has(replica, origin, each))) hubsDone.set(host, now);
    }
    if ((await stepOf(fresh)) === "complete") complete ??= now;
    if (hubsDone.size > net.hubs.length && complete !== undefined) break;
  }
  const after = totals(net);
  const done = net.hubs.flatMap(({ host }) => hubsDone.get(host) ?? []);
  return {
    ...sizeOf(net),
    records,
    publishers: sources.length,
    hubsWithAll: done.length,
    p50: round(quantile(done, 0.5) / second),
    max: round(Math.max(...done) / second),
    freshHubHasAll: seconds(hubsDone.get(fresh.host)),
    freshHubComplete: seconds(complete),
    messagesPerHubAndChange: round((after.messages - before.messages) / net.hubs.length / records),
    bytesPerHubAndChange: Math.round((after.bytes - before.bytes) / net.hubs.length / records),
  };
}

/** A hub that knows one address. */
export async function fresh({ seed, nodes, hubs }: Scale): Promise<Outcome> {
  const net = await grow({ seed, nodes, hubs, dead: 0.1, coops: 1 });
  const { clock } = net.world;
  await clock.run(minute);
  const one = simNode("fresh", "hub", net.common);
  net.world.hosts.set(one.host, one);
  await one.replica.peers.add({ url: net.pick(net.hubs).origin });
  const start = clock.now();
  one.start();
  let complete = false;
  const done = () => {
    void stepOf(one).then((step) => (complete = step === "complete"));
    return complete;
  };
  await clock.run(6 * hour, done);
  const { checked = [] } = (await one.replica.filling.read()) ?? {};
  const took = clock.now() - start;
  const other = net.hubs[0] as SimNode;
  return {
    ...sizeOf(net),
    records: one.replica.all().length,
    complete,
    seconds: round(took / second),
    comparedWith: checked.length,
    lacking: other.replica.all().filter(({ id }) => one.replica.held(id) === undefined).length,
  };
}

async function stepOf({ replica }: SimNode): Promise<string | undefined> {
  return (await replica.filling.read())?.step;
}

function has(replica: SimNode["replica"], origin: string, each: number): boolean {
  // They come in order of publication, or nearly: the last ones are looked at first.
  for (let coop = each + 1; coop >= 2; coop -= 1) {
    if (replica.held(`${origin}/coops/${coop}/listing`) === undefined) return false;
  }
  return true;
}

/**
 * Runs until all hubs that are up hold the same, these records or newer ones
 * among it, and says after how many seconds that was.
 */
async function agreement(
  net: Network,
  most: number,
  records: SignedRecord[] = [],
): Promise<number | undefined> {
  const hasAll = ({ replica }: SimNode) =>
    records.every(({ id, issued }) => (replica.held(id)?.issued ?? 0) >= issued);
  const { clock } = net.world;
  const start = clock.now();
  while (clock.now() - start < most) {
    await clock.run(10 * second);
    const up = net.hubs.filter(({ state }) => state === "up");
    if (up.every(hasAll) && new Set(up.map(stateOf)).size === 1)
      return (clock.now() - start) / second;
  }
  progress(`  the hubs don't agree after ${most / minute} min`);
  return undefined;
}

/** Of what a node holds: the sum of all digests, as in the fingerprint of a beacon. */
function stateOf({ replica }: SimNode): string {
  let sum = 0n;
  for (const { digest } of replica.all()) sum += BigInt(`0x${digest}`);
  return sum.toString(16);
}

interface Totals {
  messages: number;
  bytes: number;
  hubs: number[];
}

function totals({ all, hubs }: Network): Totals {
  return {
    messages: all.reduce((sum, { sent }) => sum + sent.messages, 0),
    bytes: all.reduce((sum, { sent }) => sum + sent.bytes, 0),
    hubs: hubs.map(({ sent }) => sent.messages),
  };
}

/** What was sent within that time: by all, and how many messages by each. */
async function metered(net: Network, ms: number) {
  const before = totals(net);
  const counted = net.all.map(({ sent }) => sent.messages);
  await net.world.clock.run(ms);
  const after = totals(net);
  return {
    messages: after.messages - before.messages,
    bytes: after.bytes - before.bytes,
    each: net.all.map(({ sent }, at) => sent.messages - (counted[at] ?? 0)),
  };
}

function sizeOf({ world, all, hubs, leaves }: Network): Outcome {
  const dead = [...world.hosts.values()].filter(({ state }) => state === "dead").length;
  const kinds = all.filter(({ role }) => role === "hub").length;
  return { nodes: all.length, hubs: kinds, dead, liveHubs: hubs.length, liveLeaves: leaves.length };
}

/** In seconds, over all changes and all live hubs; those that are missing count as infinite. */
function timesOf(tracked: Tracked[], hubs: SimNode[], now: number): Outcome {
  const times = tracked.flatMap(({ began, times: reached }) =>
    hubs.map(({ host }) => ((reached.get(host) ?? Infinity) - began) / second),
  );
  const lacking = times.filter((time) => time === Infinity).length;
  const seen = times.filter((time) => time !== Infinity);
  return {
    reached: round(seen.length / times.length),
    p50: round(quantile(seen, 0.5)),
    p99: round(quantile(seen, 0.99)),
    max: round(Math.max(...seen)),
    ...(lacking > 0 && { lacking, after: (now - Math.max(...tracked.map((t) => t.began))) / 1000 }),
  };
}

/** After how many seconds that share of the hubs had it. */
function toShare({ began, times }: Tracked, hubs: SimNode[], share: number): number {
  const sorted = hubs
    .map(({ host }) => ((times.get(host) ?? Infinity) - began) / second)
    .toSorted((a, b) => a - b);
  return round(sorted[Math.ceil(share * sorted.length) - 1] ?? Infinity);
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : round(ms / second);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
