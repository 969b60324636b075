import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { bakery, freePort, until } from "../helpers/nodes.ts";
import { run, type Running, temporaryFolder } from "../helpers/programs.ts";

const ukFile = join(
  import.meta.dirname,
  "../../fixtures/coops-uk-2023/standard.Q2-2023.postcodes.csv",
);

/** What a node publishes in its feed: digests by id, in order of ids. */
async function feedOf(origin: string): Promise<[string, string][]> {
  const held = new Map<string, string>();
  for (let after = "0"; ;) {
    const answer = await fetch(`${origin}/dir/v1/changes?view=ref&limit=2000&after=${after}`);
    const lines = (await answer.text()).split("\n").filter((line) => line !== "");
    for (const line of lines) {
      const { id, digest } = JSON.parse(line) as { id: string; digest: string };
      held.set(id, digest);
    }
    after = answer.headers.get("dir-next") ?? "";
    if (lines.length < 2000) return [...held].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
}

it("two nodes agree in the end, however often they are killed in between", async () => {
  using folder = temporaryFolder();
  const ports = [await freePort(), await freePort()];
  const origins = ports.map((port) => `http://localhost:${port}`);
  const environments = ports.map((port, index) => ({
    PORT: String(port),
    DATA_DIR: join(folder.path, String(port)),
    PEERS: origins[1 - index] ?? "",
    LOG_LEVEL: "error",
  }));
  const cli = async (index: number, ...args: string[]) => {
    const ended = await run("cli.ts", args, environments[index] ?? {}).ended;
    expect(ended.errors).toBe("");
    expect(ended.code).toBe(0);
  };
  const start = (index: number) => run("main.ts", [], environments[index] ?? {});
  const nodes: Running[] = [start(0), start(1)];
  const importing = cli(0, "import", ukFile, "--as", "uk-2023");
  const file = join(folder.path, "coop.json");
  writeFileSync(file, JSON.stringify(bakery()));
  await cli(1, "coop", "add", "bakery", file);

  for (let round = 1; round <= 12; round += 1) {
    await sleep(randomInt(200, 3000));
    const victim = randomInt(2);
    nodes[victim]?.child.kill("SIGKILL");
    await nodes[victim]?.ended;
    writeFileSync(file, JSON.stringify(bakery({ name: `Round ${round}` })));
    await cli(
      1,
      "coop",
      round % 4 === 3 ? "withdraw" : "edit",
      "bakery",
      ...(round % 4 === 3 ? [] : [file]),
    );
    nodes[victim] = start(victim);
  }
  await importing;
  const feeds = () => Promise.all(origins.map((origin) => feedOf(origin).catch(() => [])));
  const same = ([a = [], b = []]: [string, string][][]) =>
    a.length === 7388 && JSON.stringify(a) === JSON.stringify(b);
  await until(feeds, same, 300_000);

  const found = async (origin: string) => {
    const answer = await fetch(`${origin}/api/v1/coops?q=round`);
    return ((await answer.json()) as { total: number }).total;
  };
  for (const origin of origins)
    await until(
      () => found(origin),
      (total) => total >= 1,
    );
  for (const { child } of nodes) child.kill("SIGTERM");
  for (const { ended } of nodes) expect((await ended).code).toBe(0);
});
