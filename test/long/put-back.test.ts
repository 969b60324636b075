import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backup, restore } from "../../src/backup.ts";
import type { Listing } from "../../src/coop/listing.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as coops from "../../src/store/coops.ts";
import * as records from "../../src/store/records.ts";
import * as settings from "../../src/store/settings.ts";
import { bakery, freePort, testNode, type TestNode, until } from "../helpers/nodes.ts";
import { temporaryFolder } from "../helpers/programs.ts";
import { chance } from "./random.ts";
import { bothIndexes, halves } from "./whole.ts";

/** How a database goes back, and what of the rest goes with it. */
const ways = [
  { way: "the power fails", keeps: [] },
  { way: "the power fails, and the index is ahead", keeps: ["index.sqlite"] },
  { way: "an old copy of the database is put in place", keeps: ["index.sqlite", "running"] },
  { way: "an old copy of the whole folder is put in place", keeps: [] },
  { way: "a backup is restored", keeps: [] },
] as const;

/** What the directory should hold of a co-op. */
interface Expected {
  host: TestNode;
  handle: string;
  /** Undefined when it is withdrawn. */
  name: string | undefined;
}

it("nodes whose databases go back agree with their peers, and lose no listing that these have", async () => {
  const luck = chance("put back");
  using folder = temporaryFolder();
  const ports = [await freePort(), await freePort(), await freePort()];
  const origins = ports.map((port) => `http://localhost:${port}`);
  await using stack = new AsyncDisposableStack();
  const nodes: TestNode[] = [];
  for (const [at, port] of ports.entries()) {
    const peers = origins.filter((_, other) => other !== at).join(",");
    nodes.push(
      stack.use(await testNode({ PEERS: peers, ROLE: at === 2 ? "leaf" : "hub" }, { port })),
    );
  }
  for (const node of nodes) await node.start("boot");
  const hubs = nodes.slice(0, 2);

  const expected = new Map<string, Expected>();
  let count = 0;
  /** Something is published on a node, and counts as soon as it is. */
  const act = async (host: TestNode) => {
    count += 1;
    const name = `Name ${count}`;
    const own = [...expected].filter(([, each]) => each.host === host);
    if (own.length < 2 || luck.below(4) === 0) {
      const handle = `coop${count}`;
      const { id } = await host.use((db, node) =>
        addCoop(db, node, handle, bakery({ name }), Date.now()),
      );
      expected.set(id, { host, handle, name });
      return;
    }
    const [id, { handle }] = luck.pick(own);
    if (luck.below(4) === 0) {
      await host.use((db, node) => withdraw(db, node, id, Date.now()));
      expected.set(id, { host, handle, name: undefined });
    } else {
      await host.use((db, node) => publish(db, node, id, bakery({ name }), Date.now()));
      expected.set(id, { host, handle, name });
    }
  };
  const some = async (host: TestNode) => {
    for (let left = 1 + luck.below(4); left > 0; left -= 1) await act(host);
  };

  /** What is otherwise than it should be. */
  const wrong = async () => {
    const found: string[] = [];
    for (const [id, { host, handle, name }] of expected) {
      for (const node of new Set([host, ...hubs])) {
        const record = await node.use((db) =>
          records.get(db, `${host.origin}/coops/${id}/listing`),
        );
        const document = JSON.parse(
          new TextDecoder().decode(record?.body ?? Buffer.from("{}")),
        ) as {
          type?: string;
          about?: Listing;
        };
        const said =
          document.type === "Tombstone" ? undefined : (document.about?.name ?? "nothing");
        if (said !== name) found.push(`${handle} is ${said} at ${node.origin}, should be ${name}`);
      }
      const coop = await host.use((db) => coops.get(db, id));
      const content = JSON.parse(coop?.content ?? "{}") as { name?: string };
      // A withdrawn one that came back as a tombstone only has lost its content, or keeps an older one.
      if (name !== undefined && (coop?.handle !== handle || content.name !== name)) {
        found.push(`the co-op ${handle} is ${coop?.handle} with ${content.name}, not ${name}`);
      }
    }
    return found;
  };
  const settled = () => until(wrong, (found) => found.length === 0, 60_000);
  const epochOf = (node: TestNode) => node.use((db) => settings.epoch(db));

  for (let round = 1; round <= 15; round += 1) {
    const { way, keeps } = ways[round % ways.length] ?? ways[0];
    const victim = luck.pick(nodes);
    for (const node of nodes) await some(node);
    if (luck.below(2) === 0) await settled();
    const before = await epochOf(victim);
    const { dataDir } = victim.config;
    const copy = join(folder.path, String(round));
    if (way === "a backup is restored") await victim.use((db) => backup(db, victim.config, copy));
    else cpSync(dataDir, copy, { recursive: true });

    for (const node of nodes) await some(node);
    await settled();
    const indexed = () => victim.get("/health").then((answer) => answer.json() as Promise<Health>);
    await until(indexed, (health) => health.indexed === health.seq);
    await victim.stop();
    if (way === "a backup is restored") {
      await restore(victim.config, copy, { replace: true, now: Date.now() });
    } else {
      const kept = (name: string) => keeps.some((each) => name.startsWith(each));
      for (const name of readdirSync(dataDir)) if (!kept(name)) rmSync(join(dataDir, name));
      for (const name of readdirSync(copy)) {
        if (!kept(name)) cpSync(join(copy, name), join(dataDir, name));
      }
    }
    if (way.startsWith("an old copy")) rmSync(join(dataDir, "running"), { force: true });
    else if (way.startsWith("the power")) expect(existsSync(join(dataDir, "running"))).toBe(true);
    // The others go on meanwhile.
    for (const node of nodes) if (node !== victim) await some(node);
    await victim.start(`boot ${round}`);
    const last = `round ${round}, ${way}, at ${victim.origin}`;
    const again = await until(
      () => epochOf(victim),
      (epoch) => epoch !== before,
    ).catch((error: unknown) => {
      throw new Error(`no new epoch in ${last}`, { cause: error });
    });
    expect(again).not.toBe(before);
    await settled().catch((error: unknown) => {
      throw new Error(`not settled in ${last}: ${String(error)}`, { cause: error });
    });
    // What is edited now wins everywhere.
    for (const node of nodes) await some(node);
    await settled();
  }

  for (const node of nodes) {
    await node.stop();
    const { host } = new URL(node.origin);
    expect(await node.use((db) => halves(db, host))).toEqual([]);
    const file = join(node.config.dataDir, "index.sqlite");
    const { kept, anew } = await node.use((db) => bothIndexes(db, file));
    expect(kept).toEqual(anew);
  }
  const [a, b] = await Promise.all(
    hubs.map((hub) =>
      hub.use((db) => db.selectFrom("record").select(["id", "digest"]).orderBy("id").execute()),
    ),
  );
  expect(a).toEqual(b);
  console.log(`${expected.size} co-ops, ${count} acts`);
});

interface Health {
  seq: number;
  indexed: number;
}
