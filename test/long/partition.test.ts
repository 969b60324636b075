import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { backup, restore } from "../../src/backup.ts";
import { readConfig } from "../../src/config.ts";
import { loadIdentity, type Identity } from "../../src/directory/identity.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import { open } from "../../src/store/open.ts";
import type { Db } from "../../src/store/schema.ts";
import { bakery, freePort, until } from "../helpers/nodes.ts";
import { run, type Running, temporaryFolder } from "../helpers/programs.ts";
import { chance } from "./random.ts";

const hubCount = 6;
const nodeCount = 20;
/** Pauses of minutes are of seconds. */
const haste = "30";

/**
 * Stands before a node, at the address by which others know it, and lets
 * through whom it is told to. Nodes say who they are: `+http://localhost:4001`.
 */
async function gate() {
  /** The port of the node behind it; another one after each start. */
  let inner = 0;
  let lets: (from: string) => boolean = () => true;
  const open = new Map<Socket, string>();
  const server = createServer((outside) => {
    let begun = Buffer.alloc(0);
    const inside = connect(inner, "localhost");
    const end = () => {
      open.delete(outside);
      outside.destroy();
      inside.destroy();
    };
    for (const socket of [outside, inside]) socket.on("error", end).on("close", end);
    outside.on("data", function first(chunk: Buffer) {
      begun = Buffer.concat([begun, chunk]);
      if (!begun.includes("\r\n\r\n")) return;
      const [, from = ""] = /^user-agent: \S+ \(\+(\S+?)\)/im.exec(begun.toString("latin1")) ?? [];
      if (!lets(from)) return end();
      open.set(outside, from);
      outside.off("data", first);
      inside.write(begun);
      outside.pipe(inside);
      inside.pipe(outside);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(port: number) {
      inner = port;
    },
    only(allowed: (from: string) => boolean) {
      lets = allowed;
    },
    /** Breaks off what is not let through any more. */
    enforce() {
      for (const [socket, from] of open) if (!lets(from)) socket.destroy();
    },
    close() {
      server.close();
      for (const socket of open.keys()) socket.destroy();
    },
  };
}

interface Node {
  origin: string;
  hub: boolean;
  env: Record<string, string>;
  running: Running | undefined;
}

/** Works on a node's database, beside the node. */
async function beside<T>(node: Node, work: (db: Db, self: Identity) => Promise<T>): Promise<T> {
  await using store = await open(`sqlite:${join(node.env["DATA_DIR"] ?? "", "fragaria.sqlite")}`);
  return await work(store.db, await loadIdentity(store.db, node.origin, Date.now()));
}

/** What a node holds: versions by id, in order. */
function heldBy(node: Node): Promise<Map<string, { digest: string; issued: number }>> {
  return beside(node, async (db) => {
    const rows = await db
      .selectFrom("record")
      .select(["id", "digest", "issued"])
      .orderBy("id")
      .execute();
    return new Map(rows.map(({ id, digest, issued }) => [id, { digest, issued: Number(issued) }]));
  });
}

it("twenty nodes that were cut in two agree again, whoever was killed meanwhile", async () => {
  const luck = chance("partition");
  using folder = temporaryFolder();
  const gates = await Promise.all(Array.from({ length: nodeCount }, () => gate()));
  const origins = gates.map(({ port }) => `http://localhost:${port}`);
  const hubs = origins.slice(0, hubCount);
  const nodes = origins.map((origin, at): Node => {
    const others = luck.shuffled(hubs.filter((hub) => hub !== origin));
    const env = {
      ORIGIN: origin,
      DATA_DIR: join(folder.path, String(at)),
      PEERS: others.slice(0, 3).join(","),
      ROLE: at < hubCount ? "hub" : "leaf",
      HASTE: haste,
      LOG_LEVEL: "error",
    };
    return { origin, hub: at < hubCount, env, running: undefined };
  });
  const hubNodes = nodes.slice(0, hubCount);
  const started: Running[] = [];
  const start = async (node: Node) => {
    // Found at the last moment, and another one each time: somebody else may have taken the last.
    const port = await freePort();
    gates[origins.indexOf(node.origin)]?.leadTo(port);
    node.running = run("main.ts", [], { ...node.env, PORT: String(port) });
    started.push(node.running);
  };
  const isUp = async ({ origin, running }: Node) => {
    if (running?.child.exitCode != null) {
      throw new Error(`${origin} ended: ${(await running.ended).errors}`);
    }
    return fetch(`${origin}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  const kill = async ({ running }: Node) => {
    running?.child.kill("SIGKILL");
    await running?.ended;
  };

  let side: Set<string> | undefined;
  for (const [at, origin] of origins.entries()) {
    gates[at]?.only(
      (from) =>
        side === undefined || !origins.includes(from) || side.has(from) === side.has(origin),
    );
  }
  await using _end = {
    async [Symbol.asyncDispose]() {
      for (const { child } of started) child.kill("SIGKILL");
      await Promise.all(started.map(({ ended }) => ended));
      for (const each of gates) each.close();
    },
  };
  // A few at a time: each takes seconds of processor time to start.
  for (let at = 0; at < nodeCount; at += 4) {
    const some = nodes.slice(at, at + 4);
    for (const node of some) await start(node);
    for (const node of some) await until(() => isUp(node), Boolean, 600_000);
  }

  /** What should be held of each co-op: its name, or that it is withdrawn. */
  const expected = new Map<string, { host: Node; id: string; name: string | undefined }>();
  let acts = 0;
  const act = async (host: Node) => {
    const name = `Name ${(acts += 1)}`;
    const own = [...expected.values()].filter((each) => each.host === host);
    const what = luck.below(4);
    await beside(host, async (db, self) => {
      if (own.length === 0 || what === 0) {
        const { id } = await addCoop(db, self, `coop${acts}`, bakery({ name }), Date.now());
        expected.set(`${host.origin}/coops/${id}/listing`, { host, id, name });
        return;
      }
      const chosen = luck.pick(own);
      if (what === 1) await withdraw(db, self, chosen.id, Date.now());
      else await publish(db, self, chosen.id, bakery({ name }), Date.now());
      chosen.name = what === 1 ? undefined : name;
    });
  };

  /** What is otherwise than it should be at any hub. */
  const wrong = async () => {
    const found: string[] = [];
    const all: string[] = [];
    for (const hub of hubNodes) {
      const bodies = await beside(hub, (db) =>
        db.selectFrom("record").select(["id", "body", "digest"]).orderBy("id").execute(),
      );
      const byId = new Map(bodies.map(({ id, body }) => [id, body]));
      for (const [id, { name }] of expected) {
        const text = new TextDecoder().decode(byId.get(id) ?? Buffer.from("{}"));
        const document = JSON.parse(text) as { type?: string; about?: { name: string } };
        const said = document.type === "Tombstone" ? undefined : (document.about?.name ?? "none");
        if (said !== name) found.push(`${id} is ${said} at ${hub.origin}, and should be ${name}`);
      }
      all.push(bodies.map(({ id, digest }) => `${id} ${digest}`).join("\n"));
    }
    if (new Set(all).size > 1) found.push("the hubs hold different sets");
    return found;
  };
  const agree = (patience: number) => until(wrong, (found) => found.length === 0, patience);

  for (const node of nodes) await act(node);
  await agree(300_000);

  // A hub and a leaf, as they were a while ago.
  const old = [luck.pick(hubNodes), luck.pick(nodes.slice(hubCount))];
  for (const node of old) {
    const config = readConfig(node.env);
    await beside(node, (db) =>
      backup(db, config, join(folder.path, `${new URL(node.origin).port}.backup`)),
    );
  }

  const [some, others] = [luck.shuffled(hubs), luck.shuffled(origins.slice(hubCount))];
  side = new Set([...some.slice(0, hubCount / 2), ...others.slice(0, 10 - hubCount / 2)]);
  for (const each of gates) each.enforce();
  const victims = luck.shuffled(nodes).slice(0, 6);
  for (let round = 0; round < 6; round += 1) {
    for (let count = 0; count < 5; count += 1) await act(luck.pick(nodes));
    const victim = victims[round];
    if (victim === undefined) continue;
    await sleep(luck.below(3000));
    await kill(victim);
    await act(victim);
    await start(victim);
  }
  for (const node of nodes) await until(() => isUp(node), Boolean, 600_000);
  // Neither side can know what the other one did.
  expect(await wrong()).not.toEqual([]);

  side = undefined;
  const healed = Date.now();
  await agree(600_000);
  console.log(`agreed ${Math.round((Date.now() - healed) / 1000)} s after the cut, ${acts} acts`);

  for (const node of old) {
    const newest = async () => {
      const held = await Promise.all(hubNodes.filter((hub) => hub !== node).map(heldBy));
      return held.map((each) => [...each].filter(([id]) => id.startsWith(`${node.origin}/coops/`)));
    };
    const before = await newest();
    await kill(node);
    const config = readConfig(node.env);
    const file = join(folder.path, `${new URL(node.origin).port}.backup`);
    await restore(config, file, { replace: true, now: Date.now() });
    await start(node);
    await until(() => isUp(node), Boolean, 600_000);
    await agree(300_000);
    await act(node);
    await agree(300_000);
    // Nothing at any other hub went back.
    for (const [at, versions] of (await newest()).entries()) {
      const now = new Map(versions);
      for (const [id, { issued }] of before[at] ?? []) {
        expect(now.get(id)?.issued).toBeGreaterThanOrEqual(issued);
      }
    }
  }
});
