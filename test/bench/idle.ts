import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openNode } from "../../src/open-node.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { bakery } from "../helpers/nodes.ts";
import { type Figure, measure, meterOf, progress, report } from "./measure.ts";
import { startNode, startPeer } from "./processes.ts";
import { folder, type NodeData, nodeData, ukData } from "./uk.ts";

/**
 * Memory of a node that has nothing to do: ten seconds after /health said that
 * all is well: a leaf with one co-op, a hub with nothing in it and one with the
 * UK set; beside them the same for bare servers. All of them at the same time.
 */
export async function idle(): Promise<void> {
  using leafFolder = folder();
  using emptyFolder = folder();
  using ukFolder = folder();
  const leaf = await nodeData(leafFolder.path, { ROLE: "leaf" });
  await addBakery(leaf);
  const empty = await nodeData(emptyFolder.path);
  const uk = await ukData(ukFolder.path);
  await using leafNode = await startNode(leaf.env);
  await using emptyNode = await startNode(empty.env);
  await using ukNode = await startNode(uk.env);
  await using http = await startPeer(new URL("./idle-http.ts", import.meta.url), {});
  await using libraries = await startPeer(new URL("./idle-libraries.ts", import.meta.url), {});
  progress("  all are up");
  const { seconds, cpuSeconds } = await measure(async () => {
    await sleep(10_000);
    return 1;
  }, meterOf(ukNode.pid));
  const bare = memoryOf(http.pid);
  const loaded = memoryOf(libraries.pid);
  for (const [name, pid] of [
    ["leaf", leafNode.pid],
    ["empty", emptyNode.pid],
    ["uk", ukNode.pid],
  ] as const) {
    const { rss, peak } = memoryOf(pid);
    const figure = (case_: string, value: number, than: Partial<Figure>) => {
      report({ name: `idle.${name}.${case_}`, value, unit: "MiB", ...than, n: 1, seconds });
    };
    figure("rss", rss, beside(rss, loaded.rss, "Hono and Fedify, loaded and listening"));
    figure("rss-beside-http", rss, beside(rss, bare.rss, "node:http, listening"));
    figure("peak", peak, beside(peak, loaded.peak, "Hono and Fedify, loaded and listening"));
  }
  report({
    name: "idle.uk.cpu",
    value: (cpuSeconds / seconds) * 100,
    unit: "% of a core",
    n: 1,
    seconds,
    cpuSeconds,
  });
}

async function addBakery({ config }: NodeData): Promise<void> {
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  await addCoop(store.db, node, "bakery", bakery(), Date.now());
}

function beside(value: number, peerValue: number, peer: string): Partial<Figure> {
  return { peer, peerValue, ratio: value / peerValue };
}

/** Resident memory now and at most, in MiB. */
function memoryOf(pid: number): { rss: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { rss: field("VmRSS"), peak: field("VmHWM") };
}
