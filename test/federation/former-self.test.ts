import { configure, reset } from "@logtape/logtape";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { finishMove, moveNode } from "../../src/directory/move-node.ts";
import { listen } from "../../src/listen.ts";
import { guardOutbound } from "../../src/outbound.ts";
import * as departures from "../../src/store/departures.ts";
import { eachEngine } from "../helpers/database.ts";
import { quickPace, until } from "../helpers/nodes.ts";
import { lintActivity, lintActor, report } from "../interop/lint.ts";
import { type Delivery, type Elsewhere, verifies } from "./elsewhere.ts";
import { followOf } from "./person.ts";
import { stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
/** What the node has to say to who runs it. */
const warned: string[] = [];

beforeAll(async () => {
  guardOutbound("http://localhost", true);
  await configure({
    sinks: { memory: ({ message }) => void warned.push(message.join("")) },
    loggers: [
      { category: ["fragaria", "federation"], sinks: ["memory"], lowestLevel: "warning" },
      { category: ["logtape", "meta"], lowestLevel: null },
    ],
  });
});
afterAll(async () => {
  setGlobalDispatcher(dispatcher);
  await reset();
});

const day = 86_400_000;
const accept = { accept: "application/activity+json" };

/** A node that was at localhost and moves to 127.0.0.1, where the same port answers, or not. */
async function movedNode(engine: "sqlite" | "postgres") {
  const set = await stage(engine, ["", "/classes/workers"]);
  const { node } = set;
  const origin = node.origin.replace("localhost", "127.0.0.1");
  const now = Date.now();
  await node.stop();
  await node.use(async (db, identity) => {
    const moved = await moveNode(db, identity, origin, now);
    await finishMove(db, moved, Date.now);
  });
  const { config } = node;
  const env = {
    PORT: String(config.port),
    DATA_DIR: config.dataDir,
    DATABASE_URL: config.databaseUrl,
  };
  const open = async (clock: () => number) =>
    createApp(readConfig({ ...env, ORIGIN: origin }), clock, quickPace, "boot-2");
  return { ...set, old: node.origin, origin, now, open, port: config.port };
}

/** The moves that were told, and no other news: after days of silence a node also says that it is there. */
function movesIn({ received }: Elsewhere): Delivery[] {
  return received.filter(({ activity }) => activity["type"] === "Move");
}

eachEngine("a node that has moved", (engine) => {
  it("is still known at its former address, and takes its followers along", async () => {
    await using set = await movedNode(engine);
    const { there, alice, id, url, old, origin, open, port } = set;
    await using app = await open(Date.now);
    await using _listener = await listen((request) => app.fetch(request), port, "0.0.0.0");
    const present = `${origin}/coops/${id}`;

    const served = await (await fetch(url, { headers: accept })).text();
    const former = JSON.parse(served) as { id: string; publicKey: { publicKeyPem: string } };
    expect(report(lintActor(served, { origin: old }))).toBe("");
    expect(former).toMatchObject({ id: url, movedTo: present, inbox: `${url}/inbox` });
    expect(former).not.toHaveProperty("alsoKnownAs");
    const now = await (await fetch(present, { headers: accept })).text();
    expect(report(lintActor(now, { origin }))).toBe("");
    expect(JSON.parse(now)).toMatchObject({ id: present, alsoKnownAs: [url] });
    expect(JSON.parse(now)).not.toHaveProperty("movedTo");
    const { host } = new URL(old);
    const finger = await fetch(`${old}/.well-known/webfinger?resource=acct:bakery@${host}`);
    expect(await finger.json()).toMatchObject({
      subject: `acct:bakery@${host}`,
      links: expect.arrayContaining([
        { rel: "self", type: "application/activity+json", href: url },
      ]) as unknown,
    });
    // People get the page, and who asks for nobody gets nothing.
    expect((await fetch(url, { headers: { accept: "text/html" } })).status).toBe(200);
    expect((await fetch(`${old}/coops/0000000000`, { headers: accept })).status).toBe(404);

    app.start();
    const told = await until(
      () => movesIn(there),
      ({ length }) => length >= 2,
    );
    for (const [at, path] of ["", "/classes/workers"].entries()) {
      const delivery = told[at];
      const activity = delivery?.activity;
      const actor = `${url}${path}`;
      expect(activity).toMatchObject({
        type: "Move",
        actor,
        object: actor,
        target: `${present}${path}`,
      });
      expect(report(lintActivity(delivery?.body ?? "", { origin: old, now: Date.now() }))).toBe("");
      expect(delivery && verifies(delivery, former.publicKey.publicKeyPem)).toBe(true);
      expect(delivery?.headers.get("signature")).toContain(`keyId="${actor}#main-key"`);
      expect(activity?.["proof"]).toMatchObject({ verificationMethod: `${actor}#ed25519` });
    }
    // Her server follows the new one: what is written from then on comes by it.
    await there.send(alice, `${present}/inbox`, followOf(alice, present));
    await until(() => there.received.some(({ activity }) => activity["type"] === "Accept"));
    expect(await departures.untold(app.db, old, 10)).toEqual([]);
  }, 60_000);

  it("waits for its former address to lead here, and tells its followers after a week all the same", async () => {
    await using set = await movedNode(engine);
    const { there, old, now, open } = set;
    // Nothing listens at either address.
    {
      await using app = await open(() => now + 6 * day);
      app.start();
      await until(() => warned.some((each) => each.includes(`${old} has moved`)));
      app.stop();
    }
    expect(movesIn(there)).toEqual([]);
    await using app = await open(() => now + 8 * day);
    app.start();
    await until(() => movesIn(there).length === 2);
    await until(async () => (await departures.untold(app.db, old, 10)).length === 0);
    expect(movesIn(there)).toHaveLength(2);
  }, 60_000);
});
