import { configure, type LogRecord, reset } from "@logtape/logtape";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newDraft } from "../../src/directory/draft.ts";
import { importRows } from "../../src/directory/import.ts";
import { deletePost, post } from "../../src/directory/post.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import { actorDocument } from "../../src/federation/actors.ts";
import { bakery } from "../helpers/nodes.ts";
import { lintActivity, lintObject, lintResponse, report } from "../interop/lint.ts";
import { lintServed } from "../interop/lint-served.ts";
import { addBakery, fullBakery, publicNode, type PublicNode } from "./public-node.ts";

let node: PublicNode;
let coop: string;
const logged: LogRecord[] = [];

beforeAll(async () => {
  await configure({
    sinks: { memory: (record) => void logged.push(record) },
    loggers: [
      { category: "fedify", sinks: ["memory"], lowestLevel: "warning" },
      { category: ["logtape", "meta"], lowestLevel: null },
    ],
  });
  node = await publicNode();
  coop = await addBakery(node);
});

afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await reset();
});

const accept = { accept: "application/activity+json" };
const status = async (path: string) => (await node.ask(path, { headers: accept })).status;
const webFinger = (resource: string) =>
  node.ask(`/.well-known/webfinger?resource=${encodeURIComponent(resource)}`);

describe("what a stranger can read on a public node", () => {
  const actors: [string, () => string, string][] = [
    ["the node actor", () => "/actor", "directory"],
    ["a co-op", () => `/coops/${coop}`, "bakery"],
    ["a class of its members", () => `/coops/${coop}/classes/workers`, "bakery.workers"],
  ];

  it.each(actors)("has no finding: %s", async (_what, path, name) => {
    const { origin, app } = node;
    const handle = `${name}@coops.example`;
    const get = (request: Request) => app.fetch(request);
    const findings = await lintServed(get, { origin, id: `${origin}${path()}`, handle });
    expect(report(findings)).toBe("");
  });

  it.each(actors)(
    "is the document as we wrote it, our own terms with it: %s",
    async (_what, path) => {
      const { app, origin } = node;
      const built = await actorDocument(app.db, app.node, path().slice(1));
      const served = await node.ask(path(), { headers: accept });
      expect(await served.text()).toBe(JSON.stringify(built));
      expect((await node.json(path()))["id"]).toBe(`${origin}${path()}`);
    },
  );

  it("has the co-op's facts as codes and as rows", async () => {
    const actor = await node.json(`/coops/${coop}`);
    const { name, nameMap, coopType, activity, theme, legalForm, stakeholders } = fullBakery;
    expect(actor).toMatchObject({
      type: "Organization",
      listing: `${node.origin}/coops/${coop}/listing`,
      name,
      nameMap,
      coopType,
      activity,
      theme,
      legalForm,
      stakeholders,
    });
    expect(actor["attributionDomains"]).toEqual(["coops.example", "bakery.example"]);
    expect(await node.json(`/coops/${coop}/tags`)).toMatchObject({
      totalItems: 1,
      orderedItems: [{ type: "Hashtag", name: "#Food", href: `${node.origin}/search?theme=food` }],
    });
    const handle = "@bakery.workers@coops.example";
    expect(actor["attachment"]).toContainEqual({
      type: "PropertyValue",
      name: "Class: Travailleuses & travailleurs",
      value: `<a href="${node.origin}/coops/${coop}/classes/workers" class="u-url mention">${handle}</a>`,
    });
    expect(actor["attachment"]).toContainEqual({
      type: "PropertyValue",
      name: "Website",
      value: '<a href="https://bakery.example/" rel="me">https://bakery.example/</a>',
    });
  });

  it("has no finding: notes, the activities that made them, and both in the outbox", async () => {
    const { origin } = node;
    const outbox = await node.json(`/coops/${coop}/outbox`);
    expect(outbox["totalItems"]).toBe(2);
    const page = await node.json(String(outbox["first"]));
    const created = page["orderedItems"] as { id: string; object: { id: string } }[];
    expect(created).toHaveLength(2);
    const findings = [];
    for (const item of created) {
      findings.push(...lintActivity({ "@context": page["@context"], ...item }, { origin }));
      const activity = await node.ask(item.id, { headers: accept });
      findings.push(...lintResponse(activity.headers, activity.status));
      findings.push(...lintActivity(await activity.text(), { origin, now: Date.now() }));
      const note = await node.ask(item.object.id, { headers: accept });
      findings.push(...lintResponse(note.headers, note.status));
      findings.push(...lintObject(await note.text(), { origin }));
    }
    expect(report(findings)).toBe("");
  });

  it("comes in pages, newest first", async () => {
    const { id } = await addCoop(node.app.db, node.app.node, "writer", bakery(), Date.now());
    const texts = Array.from({ length: 45 }, (_, at) => `Number ${at}`);
    for (const [at, text] of texts.entries()) await post(node.app.db, id, { en: text }, 1000 + at);
    const read: string[] = [];
    let next = (await node.json(`/coops/${id}/outbox`))["first"] as string | undefined;
    while (next !== undefined) {
      const page = await node.json(next);
      const items = page["orderedItems"] as { object: { content: string } }[];
      expect(items.length).toBeGreaterThan(0);
      read.push(...items.map(({ object }) => object.content.replace(/<\/?p>/g, "")));
      next = page["next"] as string | undefined;
    }
    expect(read).toEqual(texts.toReversed());
  });

  it("is not misled by a co-op called Public that writes Tongan, whose code is “to”", async () => {
    const { db, node: identity } = node.app;
    const named = { name: "Public", nameMap: { en: "Public", to: "Public" } };
    const { id } = await addCoop(db, identity, "public_house", bakery(named), Date.now());
    await post(db, id, { to: "Mālō e lelei" }, Date.now(), { pinned: true });
    expect(await node.json(`/coops/${id}`)).toMatchObject(named);
    const featured = await node.json(`/coops/${id}/featured`);
    expect(featured["orderedItems"]).toMatchObject([
      { contentMap: { to: "<p>Mālō e lelei</p>" }, cc: [`${node.origin}/coops/${id}/followers`] },
    ]);
  });

  it("gave Fedify nothing to warn of", () => {
    expect(logged.map(({ message }) => message.join(""))).toEqual([]);
  });
});

describe("WebFinger", () => {
  it.each<[string, () => string, string, () => string]>([
    ["a handle", () => "acct:bakery@coops.example", "bakery", () => `/coops/${coop}`],
    ["upper case", () => "acct:Bakery@Coops.Example", "bakery", () => `/coops/${coop}`],
    ["a URL", () => `https://coops.example/coops/${coop}`, "bakery", () => `/coops/${coop}`],
    [
      "a class",
      () => "acct:bakery.workers@coops.example",
      "bakery.workers",
      () => `/coops/${coop}/classes/workers`,
    ],
    ["the node", () => "acct:directory@coops.example", "directory", () => "/actor"],
    ["the node by its address", () => "https://coops.example/", "directory", () => "/actor"],
    ["the node by its origin", () => "https://coops.example", "directory", () => "/actor"],
  ])("finds by %s", async (_what, resource, name, path) => {
    const response = await webFinger(resource());
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/jrd\+json/);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const { subject, links } = (await response.json()) as { subject: string; links: object[] };
    expect(subject).toBe(`acct:${name}@coops.example`);
    const href = `${node.origin}${path()}`;
    expect(links).toContainEqual({ rel: "self", type: "application/activity+json", href });
  });

  it.each([
    "acct:nobody@coops.example",
    "acct:bakery@elsewhere.example",
    "acct:bakery.eaters@coops.example",
    "acct:bakery.workers.zzz@coops.example",
    "acct:bakery.@coops.example",
    "acct:@coops.example",
    "https://coops.example/coops/nobody",
    "https://elsewhere.example/",
  ])("doesn't find %s", async (resource) => {
    expect((await webFinger(resource)).status).toBe(404);
  });

  it.each(["", "nonsense", "acct:", "mailto:bakery@coops.example", "acct:%00@coops.example"])(
    "answers a resource such as “%s” with an error of the client",
    async (resource) => {
      const { status } = await webFinger(resource);
      expect([400, 404]).toContain(status);
    },
  );
});

describe("NodeInfo", () => {
  it("is there in both versions, and leads to the node actor", async () => {
    const { links } = await node.json("/.well-known/nodeinfo", "application/json");
    const byRel = new Map(
      (links as { rel: string; href: string }[]).map(({ rel, href }) => [rel, href]),
    );
    expect(byRel.get("https://www.w3.org/ns/activitystreams#Application")).toBe(
      `${node.origin}/actor`,
    );
    for (const version of ["2.0", "2.1"]) {
      const schema = `http://nodeinfo.diaspora.software/ns/schema/${version}`;
      const response = await node.ask(byRel.get(schema) ?? "");
      expect(response.headers.get("content-type")).toContain(`profile="${schema}#"`);
      expect(await response.json()).toMatchObject({ version, software: { name: "fragaria" } });
    }
    const software = async (version: string) =>
      (await node.json(`/nodeinfo/${version}`, "application/json"))["software"];
    expect(await software("2.1")).toMatchObject({ repository: "https://code.example/fragaria" });
    // The schema of 2.0 allows nothing else.
    expect(Object.keys((await software("2.0")) as object)).toEqual(["name", "version"]);
  });
});

describe("what isn't there", () => {
  it.each([
    "/coops/nobody",
    "/coops/nobody/outbox",
    "/coops/nobody/followers?cursor=",
    "/nothing/at/all/following",
    "/outbox",
  ])("isn't: %s", async (path) => {
    expect(await status(path)).toBe(404);
  });

  it("isn't: a class that can't be followed", async () => {
    for (const key of ["eaters", "inclusion", "nobody"]) {
      expect(
        (await node.ask(`/coops/${coop}/classes/${key}/followers`, { headers: accept })).status,
      ).toBe(404);
      const actor = await node.ask(`/coops/${coop}/classes/${key}`, { headers: accept });
      expect(actor.headers.get("content-type")).not.toBe("application/activity+json");
    }
  });

  it("isn't: an actor of an imported co-op, so that nobody is impersonated", async () => {
    const { app, origin } = node;
    // oxlint-disable-next-line typescript/require-await -- importRows takes a stream
    const rows = (async function* () {
      yield { key: "1", content: bakery({ provenance: { kind: "imported" } }) };
    })();
    await importRows(app.db, app.node, "test", rows, Date.now);
    const { id } = await app.db
      .selectFrom("coop")
      .select("id")
      .where("source", "=", "test")
      .executeTakeFirstOrThrow();
    const actor = await node.ask(`/coops/${id}`, { headers: accept });
    expect(actor.headers.get("content-type")).not.toBe("application/activity+json");
    expect(await status(`/coops/${id}/followers`)).toBe(404);
    expect((await webFinger(`${origin}/coops/${id}`)).status).toBe(404);
  });

  it("isn't: an actor of a co-op that is a private draft", async () => {
    const { app, origin, host } = { ...node, host: new URL(node.origin).host };
    const draft = { content: { name: "Secret" }, handle: "secret", by: null };
    const id = await newDraft(app.db, draft, Date.now());
    for (const path of ["", "/followers", "/outbox", "/listing", "/classes/workers"]) {
      const answer = await node.ask(`/coops/${id}${path}`, { headers: accept });
      expect(answer.headers.get("content-type"), path).not.toBe("application/activity+json");
      expect([302, 404], path).toContain(answer.status);
    }
    expect((await webFinger(`${origin}/coops/${id}`)).status).toBe(404);
    expect((await webFinger(`acct:secret@${host}`)).status).toBe(404);
    expect((await webFinger(`acct:secret.workers@${host}`)).status).toBe(404);
  });

  it("a withdrawn listing leaves the actor; a deleted co-op is gone, and its posts with it", async () => {
    const { app, origin } = node;
    const { id } = await addCoop(app.db, app.node, "passing", fullBakery, Date.now());
    const news = await post(app.db, id, { en: "Hello" }, Date.now());
    const gone = await post(app.db, id, { en: "Not so" }, Date.now());
    await deletePost(app.db, gone, Date.now());
    expect(await status(`/coops/${id}/posts/${gone}`)).toBe(410);

    await withdraw(app.db, app.node, id, Date.now());
    expect(await status(`/coops/${id}`)).toBe(200);
    expect(await status(`/coops/${id}/classes/workers`)).toBe(200);
    expect(await status(`/coops/${id}/posts/${news}`)).toBe(200);
    expect((await webFinger("acct:passing@coops.example")).status).toBe(200);
    await publish(app.db, app.node, id, fullBakery, Date.now());

    await deleteCoop(app.db, app.node, id, Date.now());
    for (const path of ["", "/classes/workers", `/posts/${news}`]) {
      expect([path, await status(`/coops/${id}${path}`)]).toEqual([path, 410]);
    }
    expect(await status(`/coops/${id}/followers`)).toBe(404);
    expect((await webFinger("acct:passing@coops.example")).status).toBe(410);
    expect((await webFinger(`${origin}/coops/${id}`)).status).toBe(410);
  });
});
