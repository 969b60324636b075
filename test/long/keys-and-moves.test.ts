import { createPublicKey } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { beaconKind } from "../../src/coop/beacon.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { privateKeyOf } from "../../src/coop/proof.ts";
import { acceptRecord } from "../../src/coop/record.ts";
import * as keys from "../../src/store/keys.ts";
import { open } from "../../src/store/open.ts";
import type { Db } from "../../src/store/schema.ts";
import * as settings from "../../src/store/settings.ts";
import { freePort, until } from "../helpers/nodes.ts";
import { run, type Running, temporaryFolder } from "../helpers/programs.ts";
import { chance } from "./random.ts";
import { halves } from "./whole.ts";

const register = join(
  import.meta.dirname,
  "../../fixtures/us-eia861-2018/eia861_2018_cooperatives.csv",
);
const listings = 755;

/** A node's own record, and by which key it is signed. */
interface Own {
  id: string;
  tombstone: boolean;
  movedTo: unknown;
  by: string;
}

/** The records of a host. */
async function ownOf(db: Db, host: string): Promise<Own[]> {
  const rows = await bodiesOf(db, host);
  return rows.map(({ id, body, tombstone }) => {
    const { proof, movedTo } = JSON.parse(Buffer.from(body).toString()) as JsonObject;
    const { verificationMethod } = proof as { verificationMethod: string };
    const by = verificationMethod.slice(verificationMethod.indexOf("#") + 1);
    return { id, tombstone: tombstone === 1, movedTo, by };
  });
}

function bodiesOf(db: Db, host: string) {
  return db
    .selectFrom("record")
    .selectAll()
    .where("origin", "=", host)
    .where("kind", "!=", beaconKind)
    .execute();
}

/** Makes sure that each record of a host is genuine by a key of the node. */
async function expectGenuine(db: Db, host: string): Promise<void> {
  const known = new Map(
    (await keys.all(db))
      .filter(({ name }) => name !== "rsa")
      .map(({ name, privateKey }) => [
        name,
        createPublicKey(privateKeyOf(JSON.parse(privateKey) as JsonWebKey)),
      ]),
  );
  const keyOf = (method: string) => known.get(method.slice(method.indexOf("#") + 1));
  for (const { id, body } of await bodiesOf(db, host)) {
    const rules = { now: Date.now(), insecure: true, keyOf };
    expect(acceptRecord(body, rules), id).toHaveProperty("record");
  }
}

it("what is killed while it drops a key or moves has done nothing of it, or is finished by the next start", async () => {
  const luck = chance("keys and moves");
  using folder = temporaryFolder();
  const started: Running[] = [];
  await using _end = {
    async [Symbol.asyncDispose]() {
      for (const { child } of started) child.kill("SIGKILL");
      await Promise.all(started.map(({ ended }) => ended));
    },
  };
  const env = { PORT: String(await freePort()), DATA_DIR: folder.path, LOG_LEVEL: "error" };
  const hostNow = () => `localhost:${env.PORT}`;
  const start = (program: string, ...args: string[]) => {
    const running = run(program, args, env);
    started.push(running);
    return running;
  };
  const beside = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    await using store = await open(`sqlite:${join(folder.path, "fragaria.sqlite")}`);
    return await work(store.db);
  };
  /** Starts a command and kills it at any moment of its work, or lets it end. */
  const killed = async (...args: string[]) => {
    const command = start("cli.ts", ...args);
    // Most of the first half goes into starting.
    await Promise.race([sleep(longest * (0.4 + 0.6 * luck.next())), command.ended]);
    command.child.kill("SIGKILL");
    await command.ended;
    expect(await beside((db) => halves(db, hostNow()))).toEqual([]);
    await beside((db) => expectGenuine(db, hostNow()));
  };
  /** Runs the node until something is so, and ends it by any signal. */
  const runUntil = async (right: (db: Db) => Promise<boolean>) => {
    const node = start("main.ts");
    await until(() => beside(right), Boolean, 300_000);
    node.child.kill(luck.pick(["SIGKILL", "SIGTERM"]));
    await node.ended;
    await beside((db) => expectGenuine(db, hostNow()));
  };

  const imported = await start("cli.ts", "import", register, "--as", "eia-861").ended;
  expect(imported).toMatchObject({ code: 0 });
  // As long as a command takes that isn't killed, so that all of its steps are hit.
  const begun = performance.now();
  expect((await start("cli.ts", "key", "drop", "ed25519", "--yes").ended).code).toBe(0);
  const longest = 1.3 * (performance.now() - begun);

  const seen = { before: 0, between: 0, after: 0 };
  const note = (todo: number) => (seen[todo === 0 ? "after" : "between"] += 1);
  const present = async (db: Db) => {
    const valid = (await keys.all(db)).filter(
      ({ name, retired, dropped }) => name !== "rsa" && retired === null && dropped === null,
    );
    expect(valid).toHaveLength(1);
    return valid[0]?.name ?? "";
  };
  for (let round = 0; round < 12; round += 1) {
    const old = await beside(present);
    await killed("key", "drop", old, "--yes");
    const key = await beside(present);
    const own = await beside((db) => ownOf(db, hostNow()));
    expect(own).toHaveLength(listings);
    const todo = own.filter(({ by }) => by !== key).length;
    if (key === old) {
      expect(todo).toBe(0);
      seen.before += 1;
      continue;
    }
    note(todo);
    expect(new Set(own.map(({ by }) => by)).difference(new Set([old, key]))).toEqual(new Set());
    await runUntil(async (db) => (await ownOf(db, hostNow())).every(({ by }) => by === key));
  }

  for (let round = 0; round < 8; round += 1) {
    const [from, port] = [hostNow(), String(await freePort())];
    const to = `localhost:${port}`;
    await killed("move", `http://${to}`);
    const origin = await beside((db) => settings.origin(db, "http://localhost"));
    expect([`http://${from}`, `http://${to}`]).toContain(origin);
    const there = () => beside((db) => ownOf(db, to));
    if (origin === `http://${from}`) {
      expect(await there()).toEqual([]);
      seen.before += 1;
      continue;
    }
    env.PORT = port;
    note(listings - (await there()).length);
    await runUntil(async (db) => (await ownOf(db, from)).every(({ tombstone }) => tombstone));
    const now = await there();
    await beside((db) => expectGenuine(db, from));
    expect(now.filter(({ tombstone }) => tombstone)).toEqual([]);
    expect(now).toHaveLength(listings);
    const left = await beside((db) => ownOf(db, from));
    const ids = new Set(now.map(({ id }) => id));
    expect(new Set(left.map(({ movedTo }) => movedTo))).toEqual(ids);
  }
  console.log(`killed: ${JSON.stringify(seen)}`);
  const { code, errors } = await start("cli.ts", "config").ended;
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
});
