import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../helpers/nodes.ts";
import { bakeryNode } from "./bakery-node.ts";
import { type Snac, snacSays, startSnac } from "./snac.ts";
import { followers, patience } from "./step.ts";

const hour = 3_600_000;

/** A proxy whose server is away. It says so to everybody, and remembers what was to be delivered. */
async function absent(origin: string) {
  const tried: { id: string; anew: boolean }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      try {
        const { id } = (await json(request)) as { id: string };
        tried.push({ id, anew: "signature-input" in request.headers });
      } finally {
        response.writeHead(502).end();
      }
    })().catch(() => undefined);
  });
  const { hostname, port } = new URL(origin);
  await new Promise<void>((resolve) => server.listen(Number(port), hostname, resolve));
  return {
    tried,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// The node's clock goes ahead from one start to the next; snac's stays, and it looks at no date of a signature.
describe("a day and more that nobody hears anything", () => {
  const using = new AsyncDisposableStack();
  let node: Awaited<ReturnType<typeof bakeryNode>>;
  let snac: Snac;
  beforeAll(async () => {
    node = using.use(await bakeryNode());
    snac = using.use(await startSnac());
    await snac.follow(node.coop.id);
    await snac.waitFor(snacSays.followConfirmed(node.coop.id));
  });
  afterAll(() => using.disposeAsync());

  /** Stops the node, which isn't there for so long. */
  const later = async (ms: number) => {
    await node.stop();
    node.pass(ms);
    await node.start();
  };
  /** At which lines snac has said that. */
  const said = (pattern: RegExp, from = 0) =>
    snac.lines.flatMap((line, at) => (at >= from && pattern.test(line) ? [at] : []));

  test("what a server has missed while it was away comes when it is back, once each, and what is said of one thing in order", async () => {
    const from = snac.lines.length;
    await snac.leave();
    const away = using.use(await absent(snac.origin));
    const early = await node.post("We bake on Sundays");
    await until(() => away.tried.some(({ id }) => id === `${early}/activity`), Boolean, patience);
    const noon = await node.post("There is rye");
    const deleted = await node.post("There is cake");
    await node.reword(early, "We bake on Mondays");
    await node.remove(deleted);
    await node.stop();
    const tried = away.tried.length;
    node.pass(12 * hour);
    await node.start();
    await until(() => away.tried.length > tried, Boolean, patience);
    const evening = await node.post("There are rolls");
    await node.reword(noon, "There is no more rye");
    // What has to wait for what came before it wasn't even tried.
    expect(away.tried.filter(({ id }) => id.includes("#updates/"))).toEqual([]);
    // Nor anything with the signatures that snac takes and throws away: it may be back just then.
    expect(away.tried.filter(({ anew }) => anew)).toEqual([]);
    await away[Symbol.asyncDispose]();

    await snac.comeBack();
    await later(13 * hour);
    for (const note of [early, noon]) await snac.waitFor(snacSays.updatedNote(note), { from });
    await snac.waitFor(snacSays.newNote(evening), { from });
    for (const note of [early, noon]) {
      const [first = 0, ...again] = said(snacSays.newNote(note));
      const [second = 0, ...more] = said(snacSays.updatedNote(note));
      expect([...again, ...more]).toEqual([]);
      expect(first).toBeLessThan(second);
    }
    expect(said(snacSays.newNote(evening))).toHaveLength(1);
    expect(said(snacSays.updateDropped)).toEqual([]);
    expect(snac.stored(early)?.["content"]).toContain("on Mondays");
    expect(snac.stored(noon)?.["content"]).toContain("no more");
    expect(snac.stored(deleted)).toBeUndefined();
    // A day in which the node was there is no absence of it.
    expect(said(snacSays.updateIgnored("Organization"))).toEqual([]);
    expect(await followers(node.coop)).toBe(1);
  });

  test("a node that was away says that it is there again, once, and publishes what was due", async () => {
    const from = snac.lines.length;
    const due = new Date(Date.now() + (25 + 2) * hour).toISOString();
    const note = await node.post("On Tuesday we are closed", "--at", due);
    await later(30 * hour);
    await snac.waitFor(snacSays.newNote(note), { from });
    await snac.waitFor(snacSays.updateIgnored("Organization"), { from });
    // As news of now, as older ones are shown to nobody.
    const published = Date.parse(String(snac.stored(note)?.["published"]));
    expect(published - Date.now()).toBeGreaterThan(54 * hour);
    await node.upgrade();
    await snac.waitFor(snacSays.newNote(await node.post("We are there")), { from });
    expect(said(snacSays.updateIgnored("Organization"), from)).toHaveLength(1);
    expect(said(snacSays.badSignature)).toEqual([]);
    expect(await followers(node.coop)).toBe(1);
  });
});
