import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { beaconKind } from "../../src/coop/beacon.ts";
import type { Listing } from "../../src/coop/listing.ts";
import { open } from "../../src/store/open.ts";
import type { Db } from "../../src/store/schema.ts";
import * as changes from "../../src/store/changes.ts";
import * as settings from "../../src/store/settings.ts";
import { elsewhere } from "../federation/elsewhere.ts";
import { followOf } from "../federation/person.ts";
import { bakery, freePort, until } from "../helpers/nodes.ts";
import { run, type Running, temporaryFolder } from "../helpers/programs.ts";
import { chance } from "./random.ts";
import { bothIndexes, halves } from "./whole.ts";

const ukFile = join(
  import.meta.dirname,
  "../../fixtures/coops-uk-2023/standard.Q2-2023.postcodes.csv",
);

/** What is killed, fifty times in all: servers, and commands in the middle of their work. */
const victims = [
  ...Array.from({ length: 13 }, () => "first" as const),
  ...Array.from({ length: 8 }, () => "second" as const),
  ...Array.from({ length: 6 }, () => "leaf" as const),
  ...Array.from({ length: 11 }, () => "import" as const),
  ...Array.from({ length: 6 }, () => "edit" as const),
  ...Array.from({ length: 3 }, () => "post" as const),
  ...Array.from({ length: 3 }, () => "account" as const),
];

/** What was said of one thing, in order: whoever was told of a success may rely on it. */
interface Said {
  accepted: string[];
  /** Commands that were killed, or requests that broke off, since: done or not. */
  perhaps: string[];
}

interface Node {
  origin: string;
  env: Record<string, string>;
  running: Running;
}

/** Two hubs and a leaf, as processes of their own, each the others' peer. */
async function threeNodes(folder: string) {
  const names = ["first", "second", "leaf"] as const;
  const ports = [await freePort(), await freePort(), await freePort()];
  const origins = ports.map((port) => `http://localhost:${port}`);
  const nodes = names.map((name, at): Node => {
    const env = {
      PORT: String(ports[at]),
      DATA_DIR: join(folder, name),
      PEERS: origins.filter((_, other) => other !== at).join(","),
      ROLE: name === "leaf" ? "leaf" : "hub",
      LOG_LEVEL: "error",
    };
    return { origin: origins[at] ?? "", env, running: run("main.ts", [], env) };
  });
  const [first, second, leaf] = nodes as [Node, Node, Node];
  return { first, second, leaf };
}

/** Works on a node's database, beside the node. */
async function beside<T>({ env }: Node, work: (db: Db) => Promise<T>): Promise<T> {
  await using store = await open(`sqlite:${join(env["DATA_DIR"] ?? "", "fragaria.sqlite")}`);
  return await work(store.db);
}

/** What a node publishes in its feed, beacons apart: digests by id, in order of ids. */
async function feedOf({ origin }: Node): Promise<[string, string][]> {
  const held = new Map<string, string>();
  for (let after = "0"; ;) {
    const answer = await fetch(`${origin}/dir/v1/changes?view=ref&limit=2000&after=${after}`);
    const lines = (await answer.text()).split("\n").filter((line) => line !== "");
    for (const line of lines) {
      const { id, kind, digest } = JSON.parse(line) as Record<"id" | "kind" | "digest", string>;
      if (kind !== beaconKind) held.set(id, digest);
    }
    after = answer.headers.get("dir-next") ?? "";
    if (lines.length < 2000) return [...held].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
}

const isUp = ({ origin }: Node) =>
  fetch(`${origin}/api/v1/coops?limit=1`).then(
    ({ ok }) => ok,
    () => false,
  );

it("fifty kills lose nothing that was accepted, and leave nothing half-done", async () => {
  const luck = chance("kill");
  using folder = temporaryFolder();
  await using there = await elsewhere();
  const nodes = await threeNodes(folder.path);
  const { first, second, leaf } = nodes;
  const all = [first, second, leaf];
  const started: Running[] = all.map(({ running }) => running);
  await using _end = {
    async [Symbol.asyncDispose]() {
      for (const { child } of started) child.kill("SIGKILL");
      await Promise.all(started.map(({ ended }) => ended));
    },
  };
  for (const node of all) await until(() => isUp(node), Boolean, 600_000);
  const epochs = await Promise.all(all.map((node) => beside(node, settings.epoch)));
  const cli = (node: Node, ...args: string[]) => {
    const command = run("cli.ts", args, node.env);
    started.push(command);
    return command;
  };
  const done = async (command: Running) => {
    const { code, errors } = await command.ended;
    expect({ code, errors: code === 0 ? "" : errors }).toEqual({ code: 0, errors: "" });
  };
  let files = 0;
  const content = (name: string) => {
    const file = join(folder.path, `content-${(files += 1)}.json`);
    writeFileSync(file, JSON.stringify(bakery({ name })));
    return file;
  };

  await done(cli(first, "coop", "add", "bakery", content("Round 0")));
  await done(cli(leaf, "coop", "add", "dairy", content("Round 0")));
  const actor = await beside(first, async (db) => {
    const { id } = await db.selectFrom("coop").select("id").executeTakeFirstOrThrow();
    return `${first.origin}/coops/${id}`;
  });
  const follow = async (name: string) => {
    const follower = there.join(name);
    return (await there.send(follower, `${actor}/inbox`, followOf(follower, actor))).status;
  };
  expect(await follow("alice")).toBe(202);
  await there.receives(0, "Accept");

  const names: Record<"bakery" | "dairy", Said> = {
    bakery: { accepted: ["Round 0"], perhaps: [] },
    dairy: { accepted: ["Round 0"], perhaps: [] },
  };
  const followers: string[] = ["alice"];
  const texts: string[] = [];
  const accounts: string[] = [];
  let importing = cli(first, "import", ukFile, "--as", "uk-2023");
  /** Notes what became of a command once it has ended, killed or not. */
  const note = async (command: Running, whenDone: () => void, whenKilled = () => {}) => {
    await command.ended;
    if (command.child.signalCode === "SIGKILL") return whenKilled();
    await done(command);
    whenDone();
  };

  for (const [round, victim] of luck.shuffled(victims).entries()) {
    const name = `Round ${round + 1}`;
    const [node, handle] = round % 3 === 0 ? [leaf, "dairy" as const] : [first, "bakery" as const];
    const edit = cli(node, "coop", "edit", handle, content(name));
    const said = names[handle];
    const noted = [
      note(
        edit,
        () => (names[handle] = { accepted: [...said.accepted, name], perhaps: [] }),
        () => said.perhaps.push(name),
      ),
    ];
    let other: Running | undefined;
    if (victim === "post" || round % 5 === 0) {
      other = cli(first, "post", "bakery", name);
      noted.push(note(other, () => texts.push(name)));
    } else if (victim === "account" || round % 5 === 1) {
      const account = `person${round}`;
      other = cli(first, "user", "add", account);
      noted.push(note(other, () => accounts.push(account)));
    }
    const person = `person${round}`;
    const following = sleep(luck.below(2500)).then(() =>
      follow(person).then(
        (status) => status === 202 && followers.push(person),
        () => undefined, // broken off: it may have come in or not
      ),
    );
    if (importing.child.exitCode !== null) {
      importing = cli(first, "import", ukFile, "--as", "uk-2023");
    }

    await sleep(300 + luck.below(2700));
    if (victim === "import" || victim === "edit" || victim === "post" || victim === "account") {
      const command = victim === "import" ? importing : victim === "edit" ? edit : other;
      command?.child.kill("SIGKILL");
      await command?.ended;
      if (victim === "import") importing = cli(first, "import", ukFile, "--as", "uk-2023");
    } else {
      nodes[victim].running.child.kill("SIGKILL");
      await nodes[victim].running.ended;
    }
    const hurt = victim === "second" || victim === "leaf" ? nodes[victim] : first;
    const { host } = new URL(hurt.origin);
    expect(await beside(hurt, (db) => halves(db, host))).toEqual([]);
    await Promise.all([...noted, following]);
    if (hurt.running.child.signalCode !== null) {
      hurt.running = run("main.ts", [], hurt.env);
      started.push(hurt.running);
    }
  }

  // What was broken off is repeated to its end, and then once more, which changes nothing.
  await importing.ended;
  await done(cli(first, "import", ukFile, "--as", "uk-2023"));
  const again = await cli(first, "import", ukFile, "--as", "uk-2023").ended;
  expect(again.output).toMatch(/: 0 added, 0 changed, \d+ unchanged/);
  const [, rows] = /(\d+) unchanged/.exec(again.output) ?? [];

  const size = Number(rows) + 2;
  const feeds = () => Promise.all([first, second].map((node) => feedOf(node).catch(() => [])));
  const same = ([a = [], b = []]: [string, string][][]) =>
    a.length === size && JSON.stringify(a) === JSON.stringify(b);
  await until(feeds, same, 300_000);
  const own = await feedOf(leaf);
  expect((await feedOf(first)).filter(([id]) => id.startsWith(leaf.origin))).toEqual(own);

  // Every Follow that was accepted is in the list, and everything that is to be said was said.
  const followed = () =>
    beside(first, (db) => db.selectFrom("follower").select("actor").execute()).then((found) =>
      found.map(({ actor: who }) => who.slice(who.lastIndexOf("/") + 1)),
    );
  await until(followed, (found) => followers.every((name) => found.includes(name)), 120_000);
  const rest = () =>
    beside(first, async (db) => ({
      queue: await db.selectFrom("queue").select(["id", "lane", "runAt"]).execute(),
      behind: (await changes.head(db)) - (await changes.cursor(db, "deliver")),
    }));
  await until(rest, ({ queue, behind }) => queue.length === 0 && behind === 0, 300_000);

  const nameOf = (node: Node, handle: string) =>
    beside(node, async (db) => {
      const coop = await db
        .selectFrom("coop")
        .selectAll()
        .where("handle", "=", handle)
        .executeTakeFirstOrThrow();
      const record = await db
        .selectFrom("record")
        .selectAll()
        .where("id", "=", `${node.origin}/coops/${coop.id}/listing`)
        .executeTakeFirstOrThrow();
      const { about } = JSON.parse(new TextDecoder().decode(record.body)) as { about: Listing };
      expect(JSON.parse(coop.content ?? "")).toEqual(about);
      return about.name;
    });
  for (const [node, handle] of [
    [first, "bakery"],
    [leaf, "dairy"],
  ] as const) {
    const { accepted, perhaps } = names[handle];
    expect([accepted.at(-1), ...perhaps]).toContain(await nameOf(node, handle));
  }
  const toAlice = there.received.filter(({ url }) => url.endsWith("/alice/inbox"));
  const created = JSON.stringify(toAlice.filter(({ activity }) => activity["type"] === "Create"));
  for (const text of texts) expect(created).toContain(text);
  const updates = toAlice.filter(({ activity }) => activity["type"] === "Update");
  const last = updates.at(-1)?.activity["object"] as { name: string };
  expect(last.name).toBe(await nameOf(first, "bakery"));
  const users = (await cli(first, "user", "list").ended).output;
  for (const account of accounts) expect(users).toContain(`${account}  `);
  console.log(
    `kept: ${names.bakery.accepted.length + names.dairy.accepted.length} edits, ${followers.length} followers, ${texts.length} posts, ${accounts.length} accounts, ${size} listings`,
  );

  for (const { running } of all) running.child.kill("SIGTERM");
  for (const { running } of all) expect((await running.ended).code).toBe(0);
  // A killed process loses nothing, so peers needn't begin anew.
  expect(await Promise.all(all.map((node) => beside(node, settings.epoch)))).toEqual(epochs);
  for (const node of all) {
    expect(await beside(node, (db) => halves(db, new URL(node.origin).host))).toEqual([]);
    const file = join(node.env["DATA_DIR"] ?? "", "index.sqlite");
    const { kept, anew } = await beside(node, (db) => bothIndexes(db, file));
    expect(kept).toEqual(anew);
    rmSync(file, { force: true });
  }
});
