import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { Environment, readConfig } from "../../src/config.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import { SearchQuery } from "../../src/coop/query.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { FeedQuery } from "../../src/replication/feed.ts";
import { MatchQuery, RelationQuery, SupplyQuery } from "../../src/web/matching-query.ts";
import { readParameters } from "../../src/web/parameters.ts";
import manifest from "../../package.json" with { type: "json" };
import { freshStore } from "../helpers/database.ts";
import { blocks, codes, firstCode, readDocument, tableUnder } from "./markdown.ts";

const root = join(import.meta.dirname, "../..");
const readme = readDocument("README.md");
const documents = globSync(["*.md", "{docs,fixtures,src,test,.ci}/**/*.md"], { cwd: root });

/** What the program prints as its help: command and arguments of each line. */
async function helpLines(): Promise<string[]> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [join(root, "src/cli.ts")], { cwd: root });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim().split(/ {2,}/)[0] ?? "");
}

describe("README.md", () => {
  it("has every variable of the environment, with what it is when nothing is set", () => {
    const rows = tableUnder(readme, "Settings");
    expect(firstCode(rows)).toEqual(Object.keys(Environment.shape));
    const config = readConfig({});
    const inForce: Record<keyof typeof Environment.shape, unknown> = {
      ORIGIN: config.origin,
      PORT: config.port,
      HOST: config.host,
      DATA_DIR: config.dataDir,
      DATABASE_URL: config.databaseUrl,
      PEERS: config.peers.length === 0 ? "none" : config.peers,
      ROLE: config.role,
      NODE_NAME: config.nodeName,
      CONTACT: config.contact ?? "none",
      SOURCE_URL: config.sourceUrl ?? "none",
      HASTE: config.haste,
      LOG_LEVEL: config.logLevel,
    };
    const stated = rows.map(([name, value = ""]) => [
      firstCode([[name ?? ""]])[0],
      value.replaceAll("`", ""),
    ]);
    const expected = Object.entries(inForce).map(([name, value]) => [name, String(value)]);
    expect(stated).toEqual(expected);
  });

  it("names only scripts that are in package.json", () => {
    for (const document of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]) {
      const named = [...readDocument(document).matchAll(/npm run (?:-s )?([a-z][a-z:]*)/g)];
      for (const [, script = ""] of named) expect(Object.keys(manifest.scripts)).toContain(script);
    }
  });

  it("lists the commands as the program's help does", async () => {
    expect(firstCode(tableUnder(readme, "Publish a co-op"))).toEqual(await helpLines());
  });

  it("uses commands that exist", async () => {
    const known = await helpLines();
    const used = [...readme.matchAll(/npm run (?:-s )?cli -- ([a-z]+(?: [a-z]+)?)/g)];
    expect(used.length).toBeGreaterThan(3);
    for (const [, words = ""] of used) {
      const names = [words, words.split(" ")[0] ?? ""];
      expect(
        known.some((line) => names.some((name) => `${line} `.startsWith(`${name} `))),
        words,
      ).toBe(true);
    }
  });

  it("shows a listing that can be published as it stands", async () => {
    const [block = ""] = blocks(readme, "json");
    await using store = await freshStore("sqlite");
    const node = await loadIdentity(store.db, "https://coops.example", 0);
    const content = JSON.parse(block) as ListingContent;
    await expect(addCoop(store.db, node, "bakery", content, Date.now())).resolves.toMatchObject({
      changed: true,
    });
  });

  it("names the parameters of the search", () => {
    const rows = tableUnder(readme, "Search, download, cite");
    expect(firstCode(rows)).toEqual(Object.keys(SearchQuery.shape));
  });

  it("asks for addresses with parameters that exist", () => {
    const addresses = [...readme.matchAll(/https?:\/\/localhost:\d+[^\s>'"`)]*/g)].map(
      ([address]) => new URL(address),
    );
    const schemas: Record<string, Parameters<typeof readParameters>[0]> = {
      "/api/v1/coops": SearchQuery,
      "/search": SearchQuery,
      "/api/v1/matches": MatchQuery,
      "/api/v1/supply": SupplyQuery,
      "/api/v1/relations": RelationQuery,
      "/dir/v1/changes": FeedQuery,
    };
    for (const { pathname, searchParams, href } of addresses) {
      const schema = schemas[pathname];
      if (schema) expect(readParameters(schema, searchParams), href).toHaveProperty("data");
    }
  });

  it.each(documents)("and %s link to files and headings that exist", (name) => {
    const links = [...readDocument(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = ""]) => to);
    for (const link of links.filter((each) => !/^https?:/.test(each))) {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? name : join(dirname(name), file);
      expect(existsSync(join(root, target)), link).toBe(true);
      if (anchor === undefined) continue;
      const headings = readDocument(target).matchAll(/^#+ (.+)$/gm);
      const anchors = [...headings].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
          .replaceAll(" ", "-"),
      );
      expect(anchors, link).toContain(anchor);
    }
  });

  it("and what stands beside it name only files that are in the repository", () => {
    for (const name of documents) {
      const named = codes(readDocument(name)).filter((each) =>
        /^(src|test|docs|fixtures)\/[\w./-]+$/.test(each),
      );
      for (const path of named) expect(existsSync(join(root, path)), `${name}: ${path}`).toBe(true);
    }
  });
});
