import { configure, reset } from "@logtape/logtape";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Fault, faultsOf, watchArrivals } from "../../src/federation/arrivals.ts";
import { lookInMirror } from "../../src/federation/mirror.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { guardOutbound } from "../../src/outbound.ts";
import { bakery, testNode } from "../helpers/nodes.ts";
import { openProxy, type Passing } from "../helpers/proxy.ts";
import { elsewhere } from "./elsewhere.ts";
import { followOf } from "./person.ts";

const dispatcher = getGlobalDispatcher();
/** What the node has to say to who runs it. */
const warned: string[] = [];

beforeAll(async () => {
  guardOutbound("http://localhost", true);
  await configure({
    sinks: { memory: ({ message }) => void warned.push(message.join("")) },
    loggers: [
      { category: ["fragaria", "proxy"], sinks: ["memory"], lowestLevel: "warning" },
      { category: ["logtape", "meta"], lowestLevel: null },
    ],
  });
});
afterAll(async () => {
  setGlobalDispatcher(dispatcher);
  await reset();
});
beforeEach(() => void (warned.length = 0));

/** A node behind a proxy at its ORIGIN, with a co-op, and Alice elsewhere. */
async function behindProxy() {
  await using setting = new AsyncDisposableStack();
  const proxy = setting.use(await openProxy());
  const origin = `http://localhost:${proxy.port}`;
  const node = setting.use(await testNode({ ORIGIN: origin, HOST: "127.0.0.1" }));
  proxy.target = node.config.port;
  const there = setting.use(await elsewhere());
  const alice = there.join("alice");
  const { url } = await node.use((db, self) => addCoop(db, self, "bakery", bakery(), Date.now()));
  await node.start();
  /** Lets Alice follow the co-op: signed as Mastodon signs, and by nothing else, for this address. */
  const post = async (signedFor: (address: string) => string) => {
    const inbox = `${url}/inbox`;
    const signed = await alice.sign(signedFor(inbox), followOf(alice, url));
    const { headers } = signed;
    headers.delete("host");
    return fetch(inbox, { method: "POST", headers, body: await signed.text() });
  };
  const rest = setting.move();
  return {
    node,
    proxy,
    follow: () => post((address) => address),
    post,
    look: async () => {
      const { port } = node.config;
      const { reached, faults } = await node.use((_, self) => lookInMirror(self, port));
      return { reached, faults: faults.map(({ words }) => words) };
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

const host = ({ headers }: Passing) => void (headers.host = "127.0.0.1:8000");

const without =
  (...names: string[]) =>
  ({ headers }: Passing) => {
    for (const name of names) delete headers[name];
  };

it("what a proxy does as it should is well, whatever it says of the scheme", async () => {
  await using set = await behindProxy();
  const { proxy, follow, look } = set;
  for (const twist of [
    () => undefined,
    without("x-forwarded-proto"),
    ({ headers }: Passing) => void (headers["x-forwarded-proto"] = "http"),
  ]) {
    proxy.twist = twist;
    expect((await follow()).status).toBe(202);
    expect(await look()).toEqual({ reached: true, faults: [] });
  }
  expect(warned).toEqual([]);
});

it("a Host that isn't passed on breaks no signature, and is told once, with what mends it", async () => {
  await using set = await behindProxy();
  const { proxy, follow, look } = set;
  proxy.twist = host;
  expect((await follow()).status).toBe(202);
  expect((await follow()).status).toBe(202);
  expect(warned).toHaveLength(1);
  const { port } = proxy;
  expect(warned[0]).toContain("arrive with “Host: 127.0.0.1:8000”");
  expect(warned[0]).toContain(`write and sign “Host: localhost:${port}”`);
  expect(warned[0]).toContain(`nginx: add “proxy_set_header Host $host:${port};”`);
  expect(await look()).toEqual({
    reached: true,
    faults: [expect.stringContaining("arrive with “Host: 127.0.0.1:8000”")],
  });
});

it("what was signed for another server is good for nothing here, with that server's Host neither", async () => {
  await using set = await behindProxy();
  const { proxy, follow, post } = set;
  expect((await post((url) => url)).status).toBe(202);
  proxy.twist = ({ headers }) => void (headers.host = "other.example");
  const replayed = await post((url) => url.replace(/localhost:\d+/, "other.example"));
  expect(replayed.status).toBe(401);
  expect(await replayed.text()).toBe("Failed to verify the request signature.");
  // Whoever means this node is let in all the same.
  expect((await follow()).status).toBe(202);
});

it.each<[string, string[], RegExp]>([
  [
    "Digest",
    ["digest"],
    /without the header Digest.*nginx: take out “proxy_set_header Digest "";”/,
  ],
  [
    "Signature",
    ["signature"],
    /without the header Signature.*Caddy: take out “header_up -Signature”/,
  ],
  ["Date", ["date"], /without the header Date/],
])("a proxy that takes out %s is told from a bad signature", async (_, names, words) => {
  await using set = await behindProxy();
  const { proxy, follow, look } = set;
  proxy.twist = without(...names);
  const refused = await follow();
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ detail: expect.stringMatching(words) as string });
  await follow();
  expect(warned).toEqual([expect.stringMatching(words)]);
  expect(await look()).toEqual({ reached: true, faults: [expect.stringMatching(words)] });
});

it("a body that is another than the one that was signed is told", async () => {
  await using set = await behindProxy();
  const { proxy, follow, look } = set;
  const words = /another body than the one that their header Digest was made of/;
  proxy.twist = (passing) => {
    passing.body = Buffer.concat([passing.body, Buffer.from(" ")]);
    passing.headers["content-length"] = String(passing.body.length);
  };
  const refused = await follow();
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ detail: expect.stringMatching(words) as string });
  expect(warned).toEqual([expect.stringMatching(words)]);
  expect(await look()).toEqual({ reached: true, faults: [expect.stringMatching(words)] });
});

it("the look in the mirror finds what single requests don't show", async () => {
  await using set = await behindProxy();
  const { proxy, look, node } = set;
  const finds = async (twist: (passing: Passing) => void, words: RegExp) => {
    proxy.twist = twist;
    expect(await look()).toEqual({ reached: true, faults: [expect.stringMatching(words)] });
  };
  await finds((passing) => {
    passing.path = decodeURIComponent(passing.path).replaceAll(" ", "+");
  }, /^The path \/inbox\?looks=a%20b%2Fc arrives as \/inbox\?looks=a\+b\/c/);
  await finds((passing) => {
    passing.path = `/fragaria${passing.path}`;
  }, /arrives as \/fragaria\/inbox\?/);
  await finds((passing) => {
    passing.path = passing.path.replace("inbox", "in");
  }, /answers at .*\/inbox, with 404, is not this node.*nginx: “proxy_pass http:\/\/127/);
  await finds(({ headers }) => {
    headers.date = new Date(0).toUTCString();
  }, /a signature that isn’t right any more/);
  proxy.guard = () => Promise.resolve(502);
  await finds(() => undefined, /with 502, is not this node, or it doesn’t run/);
  await proxy[Symbol.asyncDispose]();
  const gone = await look();
  expect(gone.reached).toBe(false);
  expect(gone.faults[0]).toMatch(
    new RegExp(`^${node.origin} can’t be reached from here: .*ECONNREFUSED`),
  );
});

it("signatures by RFC 9421 show the same, and whole ones nothing", () => {
  const node = { origin: "https://coops.example", host: "coops.example", former: [] };
  const body = Buffer.from("{}");
  const whole = {
    host: "Coops.example:443",
    date: "Sun, 22 Nov 2026 18:00:00 GMT",
    "content-digest": "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:",
    signature: "sig1=:AAAA:",
    "signature-input":
      'sig1=("@method" "@target-uri" "host" "date" "content-digest");created=1;keyid="lacking";tag="none"',
  };
  const shown = (changes: Record<string, string | undefined>) => {
    const pairs = Object.entries({ ...whole, ...changes });
    const headers = pairs.flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    );
    return faultsOf(node, new Headers(headers), body).map(({ kind, words }) => {
      return `${kind} ${/header ([\w-]+)/.exec(words)?.[1]}`;
    });
  };
  expect(shown({})).toEqual([]);
  expect(shown({ "content-digest": undefined })).toEqual(["uncovered Content-Digest"]);
  expect(shown({ date: undefined })).toEqual(["uncovered Date"]);
  expect(shown({ "signature-input": undefined })).toEqual(["unsigned Signature-Input"]);
  expect(shown({ signature: undefined })).toEqual(["unsigned Signature"]);
  const other = "sha-256=:AAAAo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:";
  expect(shown({ "content-digest": other })).toEqual(["body Content-Digest"]);
});

it("a fault that only one sender shows isn't the proxy's; one that lasts is told once a day", () => {
  let now = 0;
  const arrivals = watchArrivals(() => now);
  const fault: Fault = { kind: "body", words: "Something {else}." };
  arrivals.note([], true);
  arrivals.note([fault], false);
  expect(arrivals.faults()).toEqual([]);
  now += 3_600_000;
  arrivals.note([fault], false);
  expect(arrivals.faults()).toEqual([fault]);
  now += 23 * 3_600_000;
  arrivals.note([fault], false);
  expect(warned).toHaveLength(1);
  expect(warned[0]).toBe("Something {else}.");
  now += 3_600_000;
  arrivals.note([fault], false);
  expect(warned).toHaveLength(2);
  arrivals.note([], true);
  expect(arrivals.faults()).toEqual([]);
  // Anybody can write any Host over something that they haven't signed.
  now += 3_600_000;
  arrivals.note([{ kind: "host", words: "Host." }], false);
  expect(arrivals.faults()).toEqual([]);
});
