import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Answer, Order, Ready, Start } from "./inbox-generator.ts";
import { measure, meterOf, progress, reportRate, type Taken } from "./measure.ts";
import { startNode, startPeer } from "./processes.ts";
import { folder, nodeData } from "./uk.ts";

const rounds = 5;
/** Before it is measured: until then the engine compiles. */
const warmUp = 320;
/** Deliveries of a round to ours, and to the faster peer. */
const ours = 96;
const bare = 960;

/**
 * Deliveries that a node accepts in a second: small wake-ups, signed as the
 * fediverse does, from 32 nodes whose keys it knows, 16 at a time; with queue
 * and SQLite behind it, on the disk. Beside it the same check of the same
 * requests in bare Hono. Between the slices the node's queue is emptied, which
 * is the second figure.
 */
export async function inbox(): Promise<void> {
  using data = folder();
  const { env, config } = await nodeData(data.path);
  await using node = await startNode(env);
  const start: Start = { inbox: `${config.origin}/actor/inbox`, each: 25 };
  await using generator = await startPeer<Ready>(
    new URL("./inbox-generator.ts", import.meta.url),
    start,
  );
  progress("  deliveries are signed");
  await using server = await startPeer<{ port: number }>(
    new URL("./inbox-server.ts", import.meta.url),
    generator.ready,
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
  await queue.empty();

  const none = (): Taken => ({ n: 0, seconds: 0, cpuSeconds: 0 });
  const [accepted, handled, peer] = [none(), none(), none()];
  for (let round = 0; round < rounds; round += 1) {
    const from = warmUp + round * ours;
    const both = await measure(async () => {
      add(accepted, await measure(() => send(config.port, from, ours), meterOf(node.pid)));
      await queue.empty();
      return ours;
    }, meterOf(node.pid));
    add(handled, both);
    add(peer, await measure(() => send(server.ready.port, from, bare), meterOf(server.pid)));
  }
  queue.close();
  const than = { peer: "bare Hono and node:crypto: the same check, nothing kept", than: peer };
  const note = "wake-ups by HTTP signature, concurrency 16; CPU of the server";
  reportRate("inbox.accepted", "deliveries/s", accepted, { ...than, note });
  reportRate("inbox.handled", "deliveries/s", handled, {
    ...than,
    note: `${note}; until the queue is empty again`,
  });
}

function add(total: Taken, taken: Taken): void {
  total.n += taken.n;
  total.seconds += taken.seconds;
  total.cpuSeconds += taken.cpuSeconds;
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
