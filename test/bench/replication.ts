import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { options } from "../../src/replication/reconcile.ts";
import { respond } from "../../src/replication/ranges.ts";
import { Inquiry } from "../../src/replication/ranges-inquiry.ts";
import { Gathering, merged, type Sealed } from "../../src/replication/sealed.ts";
import { fresh } from "./fresh.ts";
import { measure, progress, report, type Taken } from "./measure.ts";

/** How many nodes the records are of. */
const hosts = 10_000;
const sizes = [100_000, 1_000_000, 3_000_000];
const differences = [10, 1000, 30_000];

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of typed arrays and of everything else, once what is left over is gone. */
async function memory(): Promise<number> {
  for (let times = 0; times < 3; times += 1) {
    collect();
    await setTimeout(100);
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

const hostOf = (index: number) => `node-${index % hosts}.example`;

function add(to: Gathering, index: number): void {
  const host = hostOf(index);
  to.add(host, `https://${host}/coops/${index}/listing`, randomBytes(32).toString("hex"));
}

/** Records as they are gathered from the log, hashing and all. */
async function build(size: number): Promise<{ base: Sealed; taken: Taken }> {
  const gathering = new Gathering();
  let base = gathering.seal();
  const taken = await measure(() => {
    for (let at = 0; at < size; at += 1) add(gathering, at);
    base = gathering.seal();
    return size;
  });
  return { base, taken };
}

/** What the other end holds beside the same records, and we lack. */
function more(base: Sealed, size: number, count: number, where: "scattered" | "by origin"): Sealed {
  const added = new Gathering(base.hosts);
  // The records of one node have indexes that are one round of the nodes apart.
  const each = Math.ceil(size / hosts);
  for (let at = 0; at < count; at += 1) {
    const scattered = size + Math.floor((at * 7919) % 100_003) * 97 + at;
    const together = size + (at % each) * hosts + Math.floor(at / each);
    add(added, where === "scattered" ? scattered : together);
  }
  return merged(base, [], added.seal());
}

/** One run between two ends in this process, as over the wire, but for as many rounds as it takes. */
function run(ours: Sealed, theirs: Sealed) {
  const cpu = { client: 0, server: 0 };
  const metered = <T>(end: keyof typeof cpu, work: () => T): T => {
    const before = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(before);
    cpu[end] += (user + system) / 1e6;
    return result;
  };
  const start = performance.now();
  const inquiry = metered("client", () => new Inquiry(ours, options));
  let [bytes, up, rounds] = [0, 0, 0];
  for (;;) {
    const ask = metered("client", () => inquiry.ask());
    if (ask === undefined) break;
    const answer = metered("server", () => respond(theirs, ask, options));
    metered("client", () => inquiry.take(answer));
    up += ask.length;
    bytes += ask.length + answer.length;
    rounds += 1;
  }
  const seconds = (performance.now() - start) / 1000;
  return { bytes, up, rounds, cpu, seconds, lacking: inquiry.lacking.size };
}

/**
 * Repair: what it costs to find the difference of two sets that are nearly the
 * same, beside telling the other end all digests, and what the index takes.
 */
export async function replication(): Promise<void> {
  for (const size of sizes) {
    const name = size >= 1e6 ? `${size / 1e6}m` : `${size / 1e3}k`;
    const empty = await memory();
    const { base, taken } = await build(size);
    const value = ((await memory()) - empty) / 1e6;
    report({ name: `replication.repair-index.${name}`, value, unit: "MB", ...taken });
    for (const where of ["scattered", "by origin"] as const) {
      for (const count of differences) {
        const other = more(base, size, count, where);
        const { bytes, up, rounds, cpu, seconds, lacking } = run(base, other);
        if (lacking !== count) progress(`found ${lacking} of ${count}`);
        const everything = size * 32;
        report({
          name: `replication.repair.${name}.${count}.${where.replace(" ", "-")}`,
          value: bytes,
          unit: "B",
          peer: "all digests, sent once",
          peerValue: everything,
          ratio: bytes / everything,
          n: count,
          seconds,
          cpuSeconds: cpu.client + cpu.server,
          note: `${rounds} round trips, ${2 * rounds} frames, ${up} B of them asking; CPU ${cpu.client.toFixed(3)} s asking, ${cpu.server.toFixed(3)} s answering`,
        });
      }
    }
  }
  await fresh();
}
