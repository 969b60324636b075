import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { until } from "../helpers/nodes.ts";
import { followOf, person } from "./person.ts";
import { addBakery, publicNode } from "./public-node.ts";
import { followersOf, quiet, stage } from "./stage.ts";

describe("an inbox, of what it can't trust", () => {
  it("refuses what isn't signed, is signed wrongly, by others, or was changed on the way", async () => {
    await using set = await stage("sqlite", []);
    const { node, there, alice, url } = set;
    const inbox = `${url}/inbox`;
    const follow = followOf(alice, url);
    const headers = { "content-type": "application/activity+json" };
    const unsigned = new Request(inbox, { method: "POST", headers, body: JSON.stringify(follow) });
    expect((await fetch(unsigned)).status).toBe(401);

    for (const signatures of ["draft-cavage-http-signatures-12", "rfc9421"] as const) {
      const resend = async (
        change: (signed: Request) => Promise<[string, RequestInit]> | [string, RequestInit],
      ) => {
        const signed = await alice.sign(inbox, follow, signatures);
        const [to, init] = await change(signed);
        return (await fetch(to, { method: "POST", ...init })).status;
      };
      const same = async (signed: Request): Promise<RequestInit> => ({
        headers: signed.headers,
        body: await signed.text(),
      });
      const other = JSON.stringify(followOf(alice, `${url}/classes/workers`));
      expect(
        await resend(async (signed) => [inbox, { ...(await same(signed)), body: other }]),
      ).toBe(401);
      expect(await resend(async (signed) => [`${node.origin}/inbox`, await same(signed)])).toBe(
        401,
      );
      expect(
        await resend(async (signed) => {
          const names =
            signatures === "rfc9421" ? ["content-digest", "signature-input"] : ["digest", "date"];
          for (const name of names) signed.headers.delete(name);
          return [inbox, await same(signed)];
        }),
      ).toBe(401);
      expect(
        await resend(async (signed) => {
          const created = /created=\d+/;
          const input = signed.headers.get("signature-input")?.replace(created, "created=9e9");
          if (input === undefined) signed.headers.set("date", "yesterday");
          else signed.headers.set("signature-input", input);
          return [inbox, await same(signed)];
        }),
      ).toBe(401);
    }
    const bob = there.join("bob");
    expect((await there.send(bob, inbox, follow)).status).toBe(401);
    // Nobody has this account, so nobody can have signed for it.
    const nobody = person(`${there.origin}/users/nobody`);
    expect((await there.send(nobody, inbox, followOf(nobody, url))).status).toBe(401);
    await quiet(node);
    expect(await followersOf(node)).toEqual([]);
    expect((await there.send(alice, inbox, follow)).status).toBe(202);
    await there.receives(0, "Accept");
  });

  it("takes no more than a megabyte, whether it says so or not", async () => {
    await using set = await stage("sqlite", []);
    const { node, there, alice, url } = set;
    const long = JSON.stringify({ ...followOf(alice, url), content: "x".repeat(1_000_000) });
    const headers = { "content-type": "application/activity+json" };
    await using site = await publicNode();
    const coop = await addBakery(site);
    for (const inbox of [`/coops/${coop}/inbox`, "/inbox"]) {
      const length = { ...headers, "content-length": String(long.length) };
      let read = 0;
      const body = () =>
        new Blob([long]).stream().pipeThrough(
          new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, controller) {
              read += chunk.length;
              controller.enqueue(chunk);
            },
          }),
        );
      const post = (headers: Record<string, string>) =>
        site.ask(inbox, { method: "POST", headers, body: body(), duplex: "half" } as RequestInit);
      expect((await post(length)).status).toBe(413);
      expect(read).toBeLessThan(200_000);
      // Chunked: nobody says how much there will be.
      expect((await post(headers)).status).toBe(413);
    }
    expect(
      (await there.send(alice, `${node.origin}/inbox`, JSON.parse(long) as JsonObject)).status,
    ).toBe(413);
    const short = { ...followOf(alice, url), content: "x".repeat(900_000) };
    expect((await there.send(alice, `${url}/inbox`, short)).status).toBe(202);
    await there.receives(0, "Accept");
  });

  it("answers whatever is posted with an error of the sender", async () => {
    await using node = await publicNode();
    const coop = await addBakery(node);
    const types = [
      "application/activity+json",
      "application/ld+json",
      "application/json",
      "text/plain",
      "",
    ];
    const send = async (body: string | Uint8Array<ArrayBuffer>, type = types[0] ?? "") => {
      const headers = type === "" ? {} : { "content-type": type };
      const statuses = [];
      for (const inbox of ["/inbox", `/coops/${coop}/inbox`, "/actor/inbox"]) {
        statuses.push((await node.ask(inbox, { method: "POST", headers, body })).status);
      }
      return statuses;
    };
    const refused = (statuses: number[]) => {
      expect(
        statuses.every((status) => status >= 400 && status < 500),
        String(statuses),
      ).toBe(true);
    };
    const context = "https://www.w3.org/ns/activitystreams";
    const terms = (define: (at: number) => string) =>
      Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`t${at}`, define(at)]));
    const documents: unknown[] = [
      null,
      0,
      "",
      "Follow",
      true,
      [],
      [[]],
      {},
      { type: "Follow" },
      { "@context": context, type: "Follow" },
      [{ "@value": "", "@type": context }],
      { "@context": context, type: "Follow", id: 5, actor: {}, object: [] },
      { "@context": context, type: ["Follow", "Undo"], id: "x", actor: "y", object: "z" },
      { "@context": context, type: "Follow", id: "https://", actor: "http://[", object: "\u0000" },
      { "@context": 5, type: "Follow" },
      { "@context": { "@vocab": 5 }, type: "Follow" },
      { "@context": context, type: "Follow", signature: {} },
      {
        "@context": context,
        type: "Follow",
        signature: { type: "RsaSignature2017", creator: "x", signatureValue: "!" },
      },
      {
        "@context": context,
        type: "Follow",
        actor: `${node.origin}/actor`,
        proof: { type: "DataIntegrityProof" },
      },
      {
        "@context": context,
        type: "Note",
        published: "yesterday",
        id: "https://a.example/",
        actor: "https://a.example/",
      },
      { "@graph": [{ "@id": "_:b0" }] },
      // A context that can't be had, and a signature for which it would be needed.
      {
        "@context": [context, "https://nowhere.invalid/context"],
        type: "Follow",
        actor: "https://nowhere.invalid/",
        signature: {
          type: "RsaSignature2017",
          creator: "https://nowhere.invalid/#key",
          created: "2026-11-21T20:00:00Z",
          signatureValue: "AAAA",
        },
      },
      { __proto__: null, constructor: 1, toString: 2 },
      // What would keep whoever processes it busy for minutes, or out of stack.
      { "@context": [context, { "@base": "/".repeat(200_000) }], type: "Follow", id: "x" },
      { "@context": context, type: "Follow", id: "../".repeat(300_000) },
      {
        "@context": [context, terms((at) => `as:t${at}`)],
        type: "Follow",
        tag: Array.from({ length: 5000 }, () => ({ "@context": { x: "as:x" }, type: "Note" })),
      },
      { "@context": [context, terms((at) => `t${at + 1}:x`)], type: "Follow" },
    ];
    for (const document of documents) refused(await send(JSON.stringify(document)));
    for (const text of [
      "",
      "{",
      "nonsense",
      "[".repeat(300_000),
      `${"[".repeat(300_000)}${"]".repeat(300_000)}`,
      `${'{"object":'.repeat(50_000)}1${"}".repeat(50_000)}`,
      "\u0000",
    ]) {
      for (const type of types) refused(await send(text, type));
    }
    refused(await send(Uint8Array.of(0xff, 0xfe, 0x00)));

    const term = fc.constantFrom(
      "type",
      "id",
      "actor",
      "object",
      "to",
      "proof",
      "signature",
      "@context",
      "@id",
      "@type",
      "@value",
    );
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(context, "Follow", "Undo", "https://a.example/", "as:Public"),
    );
    const { tree } = fc.letrec<{ tree: unknown; node: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.constant(null),
        fc.boolean(),
        tie("node"),
      ),
      node: fc.oneof(
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.oneof(term, text), tie("tree"), { maxKeys: 6 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (document) => refused(await send(JSON.stringify(document)))),
      { numRuns: 100 },
    );
  });
});

describe("an inbox on the public internet", () => {
  afterEach(() => void vi.unstubAllGlobals());

  /** Lets Alice, whose server answers for every address, follow a co-op of a public node. */
  async function followFromAfar(changes: Record<string, unknown>) {
    const node = await publicNode();
    // An address that Fedify takes for a public one. Nothing goes out there: `fetch` is ours.
    const alice = person("https://1.2.3.4/users/alice", changes);
    const posted: string[] = [];
    vi.stubGlobal("fetch", (input: Request | URL | string, init?: RequestInit) => {
      const request = new Request(input, init);
      // It looks whether it is reached at its own address.
      if (request.url.startsWith(node.origin)) return Promise.resolve(node.app.fetch(request));
      if (request.method === "POST") {
        posted.push(request.url);
        return Promise.resolve(new Response(null, { status: 202 }));
      }
      const headers = { "content-type": "application/activity+json" };
      if (!request.url.startsWith(alice.id))
        return Promise.resolve(new Response(null, { status: 404 }));
      return Promise.resolve(new Response(JSON.stringify(alice.document), { headers }));
    });
    const coop = await addBakery(node);
    const actor = `${node.origin}/coops/${coop}`;
    node.app.start();
    const { status } = await node.app.fetch(
      await alice.sign(`${actor}/inbox`, followOf(alice, actor)),
    );
    const { db } = node.app;
    await until(async () => (await db.selectFrom("queue").select("id").execute()).length === 0);
    const followers = await db.selectFrom("follower").selectAll().execute();
    await node[Symbol.asyncDispose]();
    return { status, posted, followers };
  }

  it("takes a follower whose inbox is public", async () => {
    const { status, posted, followers } = await followFromAfar({
      inbox: "https://social.example/inbox",
    });
    expect(status).toBe(202);
    expect(followers).toMatchObject([{ inbox: "https://social.example/inbox", sharedInbox: null }]);
    expect(posted).toEqual(["https://social.example/inbox"]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["no inbox", { inbox: undefined }],
    ["an inbox on plain http", { inbox: "http://social.example/inbox" }],
    ["an inbox on this machine", { inbox: "https://localhost/inbox" }],
    ["an inbox on this machine, by another name", { inbox: "https://node.localhost/inbox" }],
    ["an inbox at 127.0.0.1", { inbox: "https://127.0.0.1:8000/inbox" }],
    ["an inbox at 127.0.0.1, as a number", { inbox: "https://2130706433/inbox" }],
    ["an inbox in a private network", { inbox: "https://10.0.0.8/inbox" }],
    ["an inbox at a cloud's metadata", { inbox: "https://169.254.169.254/inbox" }],
    ["an inbox at [::1]", { inbox: "https://[::1]/inbox" }],
    ["an inbox at a mapped address", { inbox: "https://[::ffff:192.168.1.1]/inbox" }],
    ["an inbox that is no address of the web", { inbox: "file:///etc/passwd" }],
    ["a private inbox for all", { endpoints: { sharedInbox: "https://192.168.0.1/inbox" } }],
    ["another id than it was found by", { id: "https://1.2.3.4/users/alice/other" }],
  ])("refuses a follower with %s", async (_what, changes) => {
    const { status, posted, followers } = await followFromAfar(changes);
    expect(status).toBe(202);
    expect(followers).toEqual([]);
    expect(posted).toEqual([]);
  });
});
