import { Hono } from "hono";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import { multikey } from "../../src/coop/proof.ts";
import { digestOf } from "../../src/coop/version.ts";
import { listen } from "../../src/listen.ts";
import { testKey } from "./keys.ts";
import { freePort } from "./nodes.ts";

/** A peer that serves whatever it is told to as its feed. */
export interface HostilePeer extends AsyncDisposable {
  origin: string;
  key: ReturnType<typeof testKey>;
  /** Bodies of records, or whole lines, in the order in which they are fed. */
  feed: (Uint8Array | { line: string })[];
  /** How often its feed was asked for. */
  asked: number;
  /** What its description says beside, or instead. */
  says: Record<string, unknown>;
  /** Answers instead of it, where it answers anything. */
  instead?: (request: Request) => Promise<Response> | Response | undefined;
}

/** Starts one. It is a correct peer in everything but what is put into its feed. */
export async function hostilePeer(seed = 66): Promise<HostilePeer> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const key = testKey(origin, seed);
  const actor = `${origin}/actor`;
  const peer: Omit<HostilePeer, keyof AsyncDisposable> = {
    origin,
    key,
    feed: [],
    asked: 0,
    says: {},
  };
  const lines = () =>
    peer.feed.map((each, index) => {
      if ("line" in each) return each.line;
      const record = new TextDecoder().decode(each);
      return `{"seq":${index + 1},"digest":"${digestOf(each)}","record":${record}}`;
    });
  const web = new Hono();
  web.use(async (c, next) => (await peer.instead?.(c.req.raw)) ?? next());
  web.get("/.well-known/coop-directory", (c) =>
    c.json({
      protocol: "DIR/1",
      software: { name: "hostile", version: "6.6.6" },
      actor,
      role: "hub",
      changes: `${origin}/dir/v1/changes`,
      epoch: "bad",
      seq: peer.feed.length,
      records: `${origin}/dir/v1/records`,
      limits: { page: 2000, records: 1000, wait: 25, record: 16384 },
      ...peer.says,
    }),
  );
  web.get("/actor", (c) =>
    c.json({
      id: actor,
      type: "Application",
      assertionMethod: [
        {
          id: key.method,
          type: "Multikey",
          controller: actor,
          publicKeyMultibase: multikey(key.publicKey),
        },
      ],
    }),
  );
  web.get("/dir/v1/changes", async (c) => {
    peer.asked += 1;
    const after = Number(c.req.query("after")?.split(".")[1] ?? 0);
    // What is added while it waits is not passed over.
    c.header("dir-next", `bad.${peer.feed.length}`);
    const rest =
      c.req.query("view") === "ref" ? refs(peer.feed).slice(after) : lines().slice(after);
    if (rest.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
    return c.body(rest.map((line) => `${line}\n`).join(""));
  });
  web.post("/dir/v1/records", async (c) => {
    const { digests } = await c.req.json<{ digests: string[] }>();
    const bodies = peer.feed.filter((each) => !("line" in each)) as Uint8Array[];
    const wanted = bodies.filter((body) => digests.includes(digestOf(body)));
    return c.body(wanted.map((body) => `${new TextDecoder().decode(body)}\n`).join(""));
  });
  const listener = await listen((request) => web.fetch(request), port, "localhost");
  return Object.assign(peer, { [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() });
}

function refs(feed: HostilePeer["feed"]): string[] {
  return feed.map((each, index) => {
    if ("line" in each) return each.line;
    const { id, issued, type } = JSON.parse(new TextDecoder().decode(each)) as JsonObject;
    const kind = type === "Tombstone" ? "tombstone" : "listing";
    const digest = digestOf(each);
    return canonicalJson({
      seq: index + 1,
      id,
      kind,
      issued: Date.parse(issued as string),
      digest,
    });
  });
}
