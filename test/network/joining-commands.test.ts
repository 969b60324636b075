import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { federationCsv, federationRows } from "../helpers/federation-table.ts";
import { bakery } from "../helpers/nodes.ts";
import { run as runProgram, temporaryFolder } from "../helpers/programs.ts";

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

/** Runs a command of a node to its end. */
async function cli(
  node: string,
  ...args: string[]
): Promise<{ code: number | null; said: string }> {
  const env = { DATA_DIR: join(folder.path, node), ORIGIN: `https://${node}.example` };
  const { code, output, errors } = await runProgram("cli.ts", args, env).ended;
  return { code, said: (code === 0 ? output : errors).trim() };
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

it("brings members along, links them, publishes them, and ends a mandate", async () => {
  const rows = federationRows(4).map((row, at) => (at === 2 ? { ...row, country: "?" } : row));
  const added = await cli("a", "member", "add", file("members.csv", federationCsv(rows)));
  expect(added.said).toMatch(
    /^3 added, 0 changed, .* 1 left out\n {2}row 4: country: not a country/,
  );
  const links = await cli("a", "member", "links", "--by", "Federation");
  expect(links.said.split("\n")).toHaveLength(3);
  expect(links.said).toMatch(/@member_0 {2}office0@member\.example {2}https:\/\/a\.example\/yes\//);
  const mandate = { by: "Federation", basis: "Rules", date: "2026", person: "Ada Example" };
  const right = file("mandate.json", JSON.stringify(mandate));
  expect((await cli("a", "member", "publish", right)).said).toBe("3 of 3 published");
  expect((await cli("a", "mandate", "end", "member_0")).said).toContain("has ended");
  expect((await cli("a", "mandate", "record", "member_0", right)).code).toBe(0);
  expect((await cli("a", "invite", "member_0")).said).toMatch(
    /^https:\/\/a\.example\/admin\/links\//,
  );
  expect((await cli("a", "request", "accept", "nothing")).said).toBe("There is no such request.");
}, 120_000);

it("moves a co-op from one node to another by its file", async () => {
  await cli("a", "coop", "add", "bakery", file("bakery.json", JSON.stringify(bakery())));
  const path = join(folder.path, "moving.json");
  const left = await cli("a", "coop", "export", "bakery", path);
  expect(left.said).toContain("the listing, its posts (1) and its followers (0)");
  // It is for its owner only.
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toContain('"format": "fragaria-coop/1"');
  const taken = await cli("b", "coop", "import-file", path);
  expect(taken.said).toContain("is a private draft of @bakery");
}, 120_000);
