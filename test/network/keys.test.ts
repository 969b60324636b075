import { describe, expect, it, vi } from "vitest";
import { methodOf } from "../../src/directory/sign-again.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { bakery, freePort, settle, testNode, type TestNode, until } from "../helpers/nodes.ts";
import { run } from "../helpers/programs.ts";

// Several processes' worth of work in one: slow on a busy machine, and timed by nothing.
vi.setConfig({ testTimeout: 90_000 });

/** Pauses of seconds instead of minutes. */
const HASTE = "60";

/** A command on the node's data, as another process. */
async function command(node: TestNode, ...args: string[]): Promise<string> {
  const { origin, port, dataDir } = node.config;
  const env = { ORIGIN: origin, PORT: String(port), DATA_DIR: dataDir };
  const { code, output, errors } = await run("cli.ts", args, env).ended;
  if (code !== 0) throw new Error(`${args.join(" ")}: ${errors}`);
  return output;
}

/** The keys that have signed what a node holds of an origin, beacons aside. */
function signers(node: TestNode, origin: string): Promise<string[]> {
  return node.use(async (db) => {
    const rows = await db
      .selectFrom("record")
      .select(["id", "body"])
      .where("kind", "in", ["listing", "tombstone"])
      .execute();
    const own = rows.filter(({ id }) => id.startsWith(`${origin}/`));
    return own.map(({ body }) => new URL(methodOf(body)).hash).toSorted();
  });
}

describe("keys that change", () => {
  it("are followed by peers while both run: one that is retired, then one that is dropped", async () => {
    const [portA, portB] = [await freePort(), await freePort()];
    await using a = await testNode({ PEERS: `http://localhost:${portB}`, HASTE }, { port: portA });
    await using b = await testNode({ PEERS: `http://localhost:${portA}`, HASTE }, { port: portB });
    await a.start();
    await b.start();
    const { id } = await a.use((db, node) => addCoop(db, node, "bakery", bakery(), Date.now()));
    await a.use((db, node) => addCoop(db, node, "dairy", bakery({ name: "Latteria" }), Date.now()));
    await until(
      () => signers(b, a.origin),
      (keys) => keys.length === 2,
    );

    expect(await command(a, "key", "rotate")).toContain("ed25519-2 signs from now on");
    await until(() => a.use((_, node) => Promise.resolve(node.keyName === "ed25519-2")));
    await a.use((db, node) =>
      publish(db, node, id, bakery({ name: "Boulangerie du Port" }), Date.now()),
    );
    await until(
      () => signers(b, a.origin),
      (keys) => keys.join() === "#ed25519,#ed25519-2",
    );
    const actor = await a.get("/actor", { accept: "application/activity+json" });
    const { assertionMethod, keyHistory } = (await actor.json()) as Record<string, unknown[]>;
    expect(assertionMethod).toMatchObject([
      { id: `${a.origin}/actor#ed25519-2` },
      { id: `${a.origin}/actor#ed25519` },
    ]);
    expect(keyHistory).toMatchObject([{ until: expect.any(String) }, { proof: {} }]);

    await command(a, "key", "drop", "ed25519", "--yes");
    await until(
      () => signers(b, a.origin),
      (keys) => keys.join() === "#ed25519-2,#ed25519-2",
    );
    // Also of the present one, which is then replaced at once.
    await command(a, "key", "drop", "ed25519-2", "--yes");
    await until(
      () => signers(b, a.origin),
      (keys) => keys.join() === "#ed25519-3,#ed25519-3",
    );
    await settle([a, b]);
    expect(await command(a, "key", "list")).toMatch(/ed25519 .*dropped[^]*ed25519-3 .*present/);
  });

  it("go along when a node moves, and its listings are found by their former ids", async () => {
    const [oldPort, newPort, portB] = [await freePort(), await freePort(), await freePort()];
    const peers = `http://localhost:${oldPort},http://localhost:${newPort}`;
    await using a = await testNode(
      { PEERS: `http://localhost:${portB}`, HASTE },
      { port: oldPort },
    );
    await using b = await testNode({ PEERS: peers, HASTE }, { port: portB });
    await a.start();
    await b.start();
    const { id, url } = await a.use((db, node) =>
      addCoop(db, node, "bakery", bakery(), Date.now()),
    );
    await until(
      () => signers(b, a.origin),
      (keys) => keys.length === 1,
    );
    const updated = await a.use((db) => db.selectFrom("coop").select("updated").execute());
    await expect(command(a, "move", "http://localhost:1")).rejects.toThrow("is at work on");
    await a.stop();
    const to = `http://localhost:${newPort}`;
    await expect(command(a, "move", "ftp://x")).rejects.toThrow("must begin with https://");
    expect(await command(a, "move", to)).toContain(`the node is ${to} from now on, with 1 records`);

    // The former address is gone for good.
    await using moved = await testNode(
      { PEERS: `http://localhost:${portB}`, HASTE, DATA_DIR: a.config.dataDir },
      { port: newPort },
    );
    await moved.start();
    const lookup = async () => {
      const answer = await b.get(`/api/v1/coops/lookup?id=${encodeURIComponent(url)}`);
      const { items } = (await answer.json()) as { items?: { id: string }[] };
      return items?.map((item) => item.id) ?? [];
    };
    await until(lookup, (ids) => ids.join() === `${to}/coops/${id}`);
    expect(await signers(b, a.origin)).toEqual(["#ed25519"]);
    const listing = (await (await moved.get(`/coops/${id}/listing`)).json()) as {
      about: { alsoKnownAs: string[] };
    };
    expect(listing.about.alsoKnownAs).toEqual([url]);
    expect(await moved.use((db) => db.selectFrom("coop").select("updated").execute())).toEqual(
      updated,
    );
    // It stays known by that when it is edited.
    await moved.use((db, node) => publish(db, node, id, bakery({ name: "Port" }), Date.now()));
    const edited = (await (await moved.get(`/coops/${id}/listing`)).json()) as typeof listing;
    expect(edited.about.alsoKnownAs).toEqual([url]);
  });
});
