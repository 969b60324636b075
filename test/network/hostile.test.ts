import { describe, expect, it, vi } from "vitest";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import { signDocument } from "../../src/coop/proof.ts";
import { bounds, signRecord } from "../../src/coop/record.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import { hostilePeer } from "../helpers/hostile-peer.ts";
import { bakery, directoryOf, freePort, testNode, until } from "../helpers/nodes.ts";

// Several processes' worth of work in one: slow on a busy machine, and timed by nothing.
vi.setConfig({ testTimeout: 90_000 });

const bytes = (text: string) => new TextEncoder().encode(text);

/** An honest node A, a hostile one H, and the node B under test, which is a peer of both. */
async function threeNodes() {
  const hostile = await hostilePeer();
  const portA = await freePort();
  const a = await testNode({}, { port: portA });
  const b = await testNode({ PEERS: `${a.origin},${hostile.origin}` });
  const stack = new AsyncDisposableStack();
  stack.use(b);
  stack.use(a);
  stack.use(hostile);
  return { hostile, a, b, stack };
}

/** A record as the hostile node would rightly publish it. */
function ownRecord(origin: string, changes: JsonObject = {}): JsonObject {
  return {
    "@context": ["https://www.w3.org/ns/activitystreams"],
    id: `${origin}/coops/evil/listing`,
    type: ["Document", "coop:Listing"],
    attributedTo: `${origin}/actor`,
    issued: new Date().toISOString(),
    about: {},
    ...changes,
  };
}

describe("a hostile peer", () => {
  it("changes nothing of what others published, and its own genuine records are let in", async () => {
    const { hostile, a, b, stack } = await threeNodes();
    await using _all = stack;
    await a.start();
    const { id } = await a.use((db, node) => addCoop(db, node, "bakery", bakery(), Date.now()));
    const bodyOf = () =>
      a
        .use((db) => db.selectFrom("record").select("body").executeTakeFirstOrThrow())
        .then(({ body }) => body);
    const first = await bodyOf();
    await a.use((db, node) => publish(db, node, id, bakery({ name: "Second" }), Date.now()));
    const second = JSON.parse(new TextDecoder().decode(await bodyOf())) as JsonObject;
    await a.use((db, node) => withdraw(db, node, id, Date.now()));
    const withdrawn = await directoryOf(a);

    const later = new Date(Date.now() + 1000).toISOString();
    const created = `${later.slice(0, 19)}Z`;
    const forged = { ...second, issued: later };
    delete (forged as JsonObject)["proof"];
    const own = signRecord(ownRecord(hostile.origin), hostile.key);
    hostile.feed = [
      // A's record, signed by H with H's key: by its own name, and under A's.
      bytes(canonicalJson(signDocument(forged, hostile.key, created))),
      bytes(
        canonicalJson(
          signDocument(forged, { ...hostile.key, method: `${a.origin}/actor#ed25519` }, created),
        ),
      ),
      // The same, attributed to H.
      bytes(
        canonicalJson(
          signDocument(
            { ...forged, attributedTo: `${hostile.origin}/actor` },
            hostile.key,
            created,
          ),
        ),
      ),
      // Altered after A had signed it.
      bytes(canonicalJson({ ...second, issued: later })),
      bytes(
        canonicalJson({ ...second, about: { ...(second["about"] as JsonObject), name: "Owned" } }),
      ),
      // Genuine versions that A has since withdrawn.
      first,
      bytes(canonicalJson(second)),
      // H's own, too large by a byte; from the future; without a proof.
      bytes(
        canonicalJson(
          signDocument(
            ownRecord(hostile.origin, { filler: "x".repeat(bounds.size) }),
            hostile.key,
            created,
          ),
        ),
      ),
      bytes(
        canonicalJson(ownRecord(hostile.origin, { id: `${hostile.origin}/coops/none/listing` })),
      ),
      own.body,
    ];
    await b.start();
    const ownId = `${hostile.origin}/coops/evil/listing`;
    await until(
      () => directoryOf(b),
      (held) => held.some(([each]) => each === ownId) && held.length === 2,
    );
    // Everything was looked at: what follows in the feed is taken in as well.
    hostile.feed.push(
      signRecord(
        ownRecord(hostile.origin, { id: `${hostile.origin}/coops/last/listing` }),
        hostile.key,
      ).body,
    );
    const all = await until(
      () => directoryOf(b),
      ({ length }) => length === 3,
    );
    expect(all.filter(([each]) => each.startsWith(a.origin))).toEqual(withdrawn);
    expect(all.find(([each]) => each === ownId)?.[1]).toBe(own.digest);
  });

  it("can't bring back what was withdrawn by serving it once more when its peer has caught up", async () => {
    const { hostile, a, b, stack } = await threeNodes();
    await using _all = stack;
    await a.start();
    await b.start();
    const { id } = await a.use((db, node) => addCoop(db, node, "bakery", bakery(), Date.now()));
    const { body } = await a.use((db) =>
      db.selectFrom("record").select("body").executeTakeFirstOrThrow(),
    );
    await a.use((db, node) => withdraw(db, node, id, Date.now()));
    const tombstone = await directoryOf(a);
    await until(
      () => directoryOf(b),
      (held) => JSON.stringify(held) === JSON.stringify(tombstone),
    );
    hostile.feed = [body, body];
    const asked = hostile.asked;
    await until(() => hostile.asked > asked + 2);
    expect(await directoryOf(b)).toEqual(tombstone);
  });

  it.each<[string, string]>([
    ["a line that is no JSON", "{"],
    [
      "a line without end",
      `{"seq":1,"digest":"${"0".repeat(64)}","record":${"[".repeat(20_000_000)}`,
    ],
    ["a line that goes back", '{"seq":0,"id":"x","kind":"listing","issued":0,"digest":""}'],
  ])(
    "is named on the network page when it sends %s, and harms nobody else",
    async (_what, line) => {
      const { hostile, a, b, stack } = await threeNodes();
      await using _all = stack;
      hostile.feed = [{ line }];
      await a.start();
      await b.start();
      const fault = () =>
        b.use((db) =>
          db
            .selectFrom("peer")
            .select("fault")
            .where("url", "=", hostile.origin)
            .executeTakeFirst(),
        );
      await until(fault, (row) => row?.fault != null);
      await a.use((db, node) => addCoop(db, node, "bakery", bakery(), Date.now()));
      await until(
        () => directoryOf(b),
        ({ length }) => length === 1,
      );
      expect((await b.get("/network")).status).toBe(200);
    },
  );

  it("is asked ever less when its feed goes on for ever and brings nothing, and is named", async () => {
    const { hostile, a, b, stack } = await threeNodes();
    await using _all = stack;
    let pages = 0;
    hostile.instead = (request) => {
      const url = new URL(request.url);
      if (url.pathname !== "/dir/v1/changes") return undefined;
      pages += 1;
      const after = Number(url.searchParams.get("after")?.split(".")[1] ?? 0);
      const lines = Array.from({ length: 1000 }, (_, at) => {
        const digest = "0".repeat(64);
        return `{"seq":${after + at + 1},"digest":"${digest}","record":{}}\n`;
      });
      return new Response(lines.join(""), { headers: { "dir-next": `bad.${after + 1000}` } });
    };
    await a.start();
    await b.start();
    await a.use((db, node) => addCoop(db, node, "bakery", bakery(), Date.now()));
    await until(
      () => directoryOf(b),
      ({ length }) => length === 1,
    );
    const fault = () =>
      b.use((db) =>
        db.selectFrom("peer").select("fault").where("url", "=", hostile.origin).executeTakeFirst(),
      );
    await until(fault, (row) => row?.fault?.includes("no genuine record") === true);
    // Without pauses it would be a hundred and more.
    await until(() => pages >= 5);
    const before = pages;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(pages - before).toBeLessThan(16);
  });

  it("is not believed about a host that isn't a peer", async () => {
    const { hostile, b, stack } = await threeNodes();
    await using _all = stack;
    await using stranger = await hostilePeer(67);
    hostile.feed = [
      signRecord(ownRecord(stranger.origin), stranger.key).body,
      signRecord(ownRecord(hostile.origin), hostile.key).body,
    ];
    await b.start();
    const held = await until(
      () => directoryOf(b),
      ({ length }) => length > 0,
    );
    expect(held.map(([id]) => id)).toEqual([`${hostile.origin}/coops/evil/listing`]);
  });
});
