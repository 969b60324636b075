import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Answer, Order, Ready, Start } from "./inbox-generator.ts";
import { add, measure, meterOf, nothing, progress, reportRate } from "./measure.ts";
import { reportPeak } from "./memory.ts";
import { startNode, startPeer } from "./processes.ts";
import { folder, nodeData } from "./uk.ts";

const rounds = 5;
/** Before it is measured: until then the engine compiles. */
const warmUp = 320;
/** Deliveries of a round to ours, and to the faster peer. */
const ours = 96;
const bare = 960;
/** Deliveries at once, of which all wait in the queue. */
const burst = 10_000;
/** Nodes that deliver. */
const senders = 32;

/**
 * Deliveries that a node accepts in a second: small wake-ups, signed as the
 * fediverse does, from 32 nodes whose keys it knows, 16 at a time; with queue
 * and SQLite behind it, on the disk. Beside it the same check of the same
 * requests in bare Hono, and Fedify with its stores in memory. Between the slices
 * the node's queue is emptied, which is the second figure.
 */
export async function inbox(): Promise<void> {
  using data = folder();
  const { env, config } = await nodeData(data.path);
  await using node = await startNode(env);
  const start: Start = {
    inbox: `${config.origin}/actor/inbox`,
    each: Math.ceil((warmUp + rounds * ours + burst) / senders),
  };
  await using generator = await startPeer<Ready>(
    new URL("./inbox-generator.ts", import.meta.url),
    start,
  );
  progress("  deliveries are signed");
  await using server = await startPeer<{ port: number }>(
    new URL("./inbox-server.ts", import.meta.url),
    generator.ready,
  );
  await using fedify = await startPeer<{ port: number }>(
    new URL("./inbox-fedify.ts", import.meta.url),
    {},
  );
  const queue = watchQueue(config.databaseUrl.slice("sqlite:".length));

  const send = async (port: number, from: number, count: number) => {
    const order: Order = { port, from, count, concurrency: 16 };
    const answer = await generator.ask<Answer>(order);
    if (answer[202] !== count) throw new Error(`answers by status: ${JSON.stringify(answer)}`);
    return count;
  };
  // The first delivery of each node makes ours fetch its key.
  await send(config.port, 0, warmUp);
  await send(server.ready.port, 0, 640);
  await send(fedify.ready.port, 0, warmUp);
  await queue.empty();
  /** Until Fedify has handled so many in all. */
  const handledAll = async (count: number) => {
    while ((await fedify.ask<number>({})) < count) await sleep(10);
  };
  await handledAll(warmUp);

  const [accepted, handled, peer] = [nothing(), nothing(), nothing()];
  const inMemory = { accepted: nothing(), handled: nothing() };
  for (let round = 0; round < rounds; round += 1) {
    const from = warmUp + round * ours;
    const both = await measure(async () => {
      add(accepted, await measure(() => send(config.port, from, ours), meterOf(node.pid)));
      await queue.empty();
      return ours;
    }, meterOf(node.pid));
    add(handled, both);
    const theirs = await measure(async () => {
      const port = fedify.ready.port;
      add(inMemory.accepted, await measure(() => send(port, from, ours), meterOf(fedify.pid)));
      await handledAll(from + ours);
      return ours;
    }, meterOf(fedify.pid));
    add(inMemory.handled, theirs);
    add(peer, await measure(() => send(server.ready.port, from, bare), meterOf(server.pid)));
  }
  const than = { peer: "bare Hono and node:crypto: the same check, nothing kept", than: peer };
  const note = "wake-ups by HTTP signature, concurrency 16; CPU of the server";
  const whole = `${note}; until the queue is empty again; goal: 1.5 times the CPU of Fedify in memory`;
  const name = "Fedify in memory, with a listener that does nothing";
  for (const other of [than, { peer: name, than: inMemory.accepted }]) {
    reportRate("inbox.accepted", "deliveries/s", accepted, { ...other, note });
  }
  for (const other of [than, { peer: name, than: inMemory.handled }]) {
    reportRate("inbox.handled", "deliveries/s", handled, { ...other, note: whole });
  }
  await reportPeak("inbox.burst.memory", node.pid, async () => {
    await send(config.port, warmUp + rounds * ours, burst);
    await queue.empty();
    return burst;
  });
  queue.close();
}

/** Looks into the queue of a running node. */
function watchQueue(file: string) {
  const database = new Database(file, { readonly: true });
  const count = database.prepare<[], number>("select count(*) from queue").pluck();
  return {
    async empty() {
      while (count.get() !== 0) await sleep(10);
    },
    close: () => database.close(),
  };
}
