import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { fuzz, rowCount } from "./fuzz-run.ts";
import { fuzzNode } from "./fuzz-node.ts";
import { followOf, person } from "./person.ts";

/** The same cases each time, so that the gate finds the same as it found before; SEED tries others. */
const seed = Number(process.env["SEED"] ?? 20_261_122);

/** As many as take about a minute; on a slow machine it is as many as fit into this time, in milliseconds. */
const cases = Number(process.env["CASES"] ?? 600);
const longest = 60_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it("mutated requests and answers neither break nor fill a node", async () => {
  await using node = await fuzzNode(seed);
  const { db, arena } = node;
  const begun = Date.now();
  const run = async (from: number, to: number, share: number) => {
    const half = (from + to) / 2;
    const end = begun + longest * share;
    const first = await fuzz(node, arena, { from, to: half, end });
    // It is told to whoever is found by the names in it.
    await node.write(`Bonjour @fresh${from}@hostile-1.example et @u3@hostile-2.example !`);
    const second = await fuzz(node, arena, { from: half, to, end });
    return [first, second];
  };
  const before = await run(0, cases / 2, 0.5);
  const middle = { heap: heap(), rows: await rowCount(db) };
  const after = await run(cases / 2, cases, 1);
  const end = { heap: heap(), rows: await rowCount(db) };

  const tallies = [...before, ...after];
  const statuses: Record<string, number> = {};
  for (const { statuses: each } of tallies) {
    for (const [kind, n] of Object.entries(each)) statuses[kind] = (statuses[kind] ?? 0) + n;
  }
  const done = tallies.reduce((sum, tally) => sum + tally.cases, 0);
  console.log(`SEED=${seed}: ${done} cases in ${Date.now() - begun} ms`, statuses);
  // A good part has to get past the signature: else nothing is tried behind it.
  expect(statuses["POST 202"]).toBeGreaterThan(done * 0.2);
  expect(statuses["POST 401"]).toBeGreaterThan(0);
  const asked = after.reduce((sum, tally) => sum + tally.cases, 0);
  expect(end.heap - middle.heap).toBeLessThan(30_000_000);
  expect(end.rows - middle.rows).toBeLessThan(4 * asked);

  const alice = person("https://hostile-1.example/users/u777");
  const follow = followOf(alice, arena.target.coop);
  const sent = node.delivered();
  const { status } = await node.ask({
    ...(await asCase(await alice.sign(`${arena.target.coop}/inbox`, follow))),
  });
  await node.quiet();
  expect(status).toBe(202);
  const answers = node.deliveries.slice(sent).map(({ body }) => JSON.parse(body) as object);
  expect(answers).toMatchObject([{ type: "Accept", object: { id: follow.id } }]);
}, 600_000);

async function asCase(request: Request) {
  const { method, url } = request;
  const body = Buffer.from(await request.arrayBuffer());
  return { method, url, headers: Object.fromEntries(request.headers), body };
}
