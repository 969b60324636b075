import { parseArgs } from "node:util";
import { configure } from "@logtape/logtape";
import { progress } from "../measure.ts";
import {
  burst,
  churn,
  fresh,
  type Outcome,
  partition,
  rate,
  type Scale,
  silence,
  spread,
} from "./scenarios.ts";

const scenarios: Record<string, (scale: Scale) => Promise<Outcome>> = {
  spread,
  silent: silence,
  churn,
  halves: (scale) => partition(scale, 1 / 2),
  third: (scale) => partition(scale, 1 / 3),
  rate,
  burst,
  fresh,
};

/**
 * The network simulated: the real acceptance, feed, pull, wake-up, repair and
 * choice of peers, over messages that take their time and a clock that jumps.
 * One line of JSON for each scenario, times in seconds of that clock.
 *
 * @param args `--full` for 300 hubs, with 10,000 nodes in all where single
 *   changes spread and with 1000 elsewhere, as it is the hubs that take time;
 *   else 40 hubs of 300 nodes. `--nodes`, `--hubs`, `--seed`, and `--only` with
 *   names of scenarios.
 */
export async function network(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      full: { type: "boolean", default: false },
      nodes: { type: "string" },
      hubs: { type: "string" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
    },
  });
  // What nodes say of failures is part of the play.
  await configure({
    reset: true,
    sinks: {},
    loggers: [{ category: ["logtape", "meta"], lowestLevel: "error" }],
  });
  const { full } = values;
  const asked = values.only?.split(",");
  for (const [name, run] of Object.entries(scenarios)) {
    if (asked !== undefined && !asked.includes(name)) continue;
    const start = performance.now();
    const cpu = process.cpuUsage();
    const usual = full ? (name === "spread" ? 10_000 : 1000) : 300;
    const scale: Scale = {
      seed: Number(values.seed),
      nodes: Number(values.nodes ?? usual),
      hubs: Number(values.hubs ?? (full ? 300 : 40)),
      full,
    };
    const outcome = await run(scale);
    const { user, system } = process.cpuUsage(cpu);
    const line = {
      name: `network.${name}`,
      seed: scale.seed,
      full,
      ...outcome,
      memoised: "a proof is verified once for all nodes that have pinned the same key",
      cpuSeconds: Math.round((user + system) / 1e6),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    progress(`  ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}
