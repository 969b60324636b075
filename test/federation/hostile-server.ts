import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { PUBLIC } from "../../src/federation/vocabulary.ts";
import { type Chance, chanceOf } from "../long/random.ts";
import { type Materials, mutate, spoil, written } from "./mutations.ts";
import { person } from "./person.ts";

/** What is there at the node under test. */
export interface Target {
  origin: string;
  coop: string;
  post: string;
}

/** What activities are made of: an activity as a server sends it, with places to be filled in. */
export interface Sample {
  text: string;
  /** Who sends it, if it isn't the actor. */
  by: string | undefined;
}

interface Remote {
  context?: unknown;
  actor: JsonObject;
  documents?: Record<string, JsonObject>;
  steps: { by?: string; activity: JsonObject }[];
}

const folder = join(import.meta.dirname, "../../fixtures/remote");
const remotes = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const { context } = JSON.parse(text) as Remote;
    return JSON.parse(text.replaceAll('"{context}"', () => JSON.stringify(context))) as Remote;
  });

/** The contexts and the like that some of them have at addresses of their own. */
const documents = Object.assign({}, ...remotes.map((remote) => remote.documents ?? {})) as Record<
  string,
  JsonObject
>;

const as = "https://www.w3.org/ns/activitystreams";
const note: JsonObject = {
  id: "{actor}/statuses/{n}",
  type: "Note",
  attributedTo: "{actor}",
  inReplyTo: "{post}",
  content: "<p>Good <b>bread</b></p>",
  to: [PUBLIC],
  cc: ["{coop}"],
};
const relation: JsonObject = {
  type: "Relationship",
  subject: "{actor}",
  relationship: "https://w3id.org/fragaria/ns#supplies",
  object: "{coop}",
};

/** What the shapes of other servers leave out: our own, and the ends of what others send. */
const ours: JsonObject[] = [
  { id: "{actor}#q/{n}", type: "QuoteRequest", object: "{post}", instrument: note },
  {
    id: "{actor}#q/{n}",
    type: "QuoteRequest",
    object: "{post}",
    instrument: "{actor}/statuses/{n}",
  },
  { id: "{actor}#o/{n}", type: "Offer", object: relation, target: "{coop}" },
  { id: "{actor}#u/{n}", type: "Undo", object: "{actor}#o/{n}" },
  { id: "{actor}#a/{n}", type: "Accept", object: "{origin}/actor#follows/{n}" },
  { id: "{actor}#r/{n}", type: "Reject", object: "{coop}#offers/{n}" },
  { id: "{actor}#w/{n}", type: "Update", object: "{there}/dir/v1/changes" },
  { id: "{actor}#f/{n}", type: "Follow", object: "{origin}/actor" },
  { id: "{actor}#f/{n}", type: "Follow", object: "{coop}/classes/workers" },
  { id: "{actor}#f/{n}", type: "Follow", object: "{origin}/feeds/all" },
  { id: "{actor}#c/{n}", type: "Create", object: note },
  {
    id: "{actor}#c/{n}",
    type: "Create",
    object: "{actor}/statuses/{n}",
    to: [PUBLIC],
    cc: "{coop}",
  },
  { id: "{actor}#c/{n}", type: "Create", object: { ...note, quote: "{post}", inReplyTo: null } },
  { id: "{actor}#d/{n}", type: "Delete", object: "{actor}" },
  {
    id: "{actor}#d/{n}",
    type: "Delete",
    object: { id: "{actor}/statuses/{n}", type: "Tombstone" },
  },
  { id: "{actor}#m/{n}", type: "Move", object: "{actor}", target: "{moved}" },
  { id: "{actor}#b/{n}", type: "Block", object: "{coop}" },
  { id: "{actor}#l/{n}", type: "Like", object: "{post}" },
];

/** Every kind of activity that anybody sends here. */
export const samples: readonly Sample[] = [
  ...remotes.flatMap(({ steps }) =>
    steps.map(({ by, activity }) => ({ by, text: JSON.stringify(activity) })),
  ),
  ...ours.map((activity) => ({
    by: undefined,
    text: JSON.stringify({
      "@context": [as, { quote: { "@id": "https://w3id.org/fep/044f#quote", "@type": "@id" } }],
      actor: "{actor}",
      ...activity,
    }).replaceAll('"QuoteRequest"', '"https://w3id.org/fep/044f#QuoteRequest"'),
  })),
];

/** Fills in a sample as somebody would send it. */
export function fill(text: string, target: Target, actor: string, n: number): JsonObject {
  return JSON.parse(filled(text, target, actor, n)) as JsonObject;
}

/** Fills in any text. */
export function filled(text: string, target: Target, actor: string, n: number): string {
  const places: Record<string, string> = {
    ...target,
    actor,
    there: new URL(actor).origin,
    hostThere: new URL(actor).host,
    host: new URL(target.origin).host,
    moved: `${new URL(actor).origin}/users/moved`,
    now: new Date().toISOString(),
    n: String(n),
  };
  return text.replaceAll(/\{(\w+)\}/g, (all, place: string) => places[place] ?? all);
}

/** What a server answers. */
export interface Served {
  status: number;
  headers: Record<string, string>;
  /** `endless`: as many bytes as are taken. */
  body: Uint8Array<ArrayBuffer> | "endless";
}

const json = "application/activity+json";

/**
 * Servers at these origins that have whatever they are asked for. Who is called
 * `u` and a number is honest; whoever else is asked for may be anything.
 */
export function hostileServers(target: Target, seed: number) {
  const materialsFor = (actor: string): Materials => ({
    urls: urlsOf(target, actor),
    donors: samples.map(({ text }) => fill(text, target, actor, 1)),
  });
  const made = new Map<string, Materials>();
  const materials = (actor: string) => {
    const { origin } = new URL(actor);
    const known = made.get(origin) ?? materialsFor(actor);
    made.set(origin, known);
    return known;
  };
  return {
    materials,
    /** What is answered to a GET, in the course of a case. */
    serve(address: string, at: number): Served {
      const url = new URL(address);
      const chance = chanceOf(seed ^ hash(`${at} ${address}`));
      const document = documentAt(url, target, chance);
      const text = JSON.stringify(document);
      const type = url.pathname.startsWith("/.well-known") ? "application/jrd+json" : json;
      const served = { status: 200, headers: { "content-type": type }, body: Buffer.from(text) };
      const isHonest =
        /^\/users\/(u\d+|moved)(\/|$)/.test(url.pathname) || url.pathname in documents;
      if (isHonest || chance.next() < 0.3) return served;
      return oddly(chance, url, document, served, materials(url.href));
    },
  };
}

function urlsOf({ origin, coop, post }: Target, actor: string): string[] {
  const there = new URL(actor).origin;
  return [
    coop,
    coop,
    post,
    post,
    origin,
    actor,
    `${coop}/classes/workers`,
    `${coop}/followers`,
    `${coop}/posts/none`,
    `${origin}/actor`,
    `${origin}/inbox`,
    `${origin}/feeds/all`,
    `${origin}/actor#main-key`,
    `${actor}/followers`,
    `${actor}/statuses/1`,
    `${there}/users/u1`,
    `${there}/users/fresh`,
    `${there}/dir/v1/changes`,
    PUBLIC,
  ];
}

/** What would be right at an address. */
function documentAt(url: URL, target: Target, chance: Chance): JsonObject {
  const [, name, rest] = /^\/users\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
  const actor = `${url.origin}/users/${name ?? "somebody"}`;
  const known = documents[url.pathname];
  if (known !== undefined) return known;
  if (url.pathname === "/.well-known/webfinger") {
    const asked = url.searchParams.get("resource") ?? "";
    const [, user = "u1"] = /^acct:([^@]+)@/.exec(asked) ?? [];
    const self = { rel: "self", type: json, href: `${url.origin}/users/${user}` };
    return { subject: asked, aliases: [], links: [self] };
  }
  if (rest?.startsWith("/followers") === true) {
    const items = [`${target.origin}/actor`, target.coop, `${target.origin}/feeds/all`];
    return { "@context": as, id: url.href, type: "OrderedCollection", orderedItems: items };
  }
  if (rest?.startsWith("/statuses") === true) {
    const told = fill(JSON.stringify(note), target, actor, 1);
    return { "@context": as, ...told, id: url.href };
  }
  const { actor: shape } = chance.pick(remotes);
  const { publicKey: _key, ...changes } = fill(JSON.stringify(shape), target, actor, 1);
  const old = name === "moved" ? { alsoKnownAs: [`${url.origin}/users/u1`] } : {};
  return person(actor, { ...changes, id: actor, ...old }).document;
}

/** An answer that isn't what it should be. */
function oddly(
  chance: Chance,
  url: URL,
  document: JsonObject,
  served: Served,
  materials: Materials,
): Served {
  const elsewhere = chance.pick([...materials.urls, "https://10.0.0.1/", "/users/u1", "https://["]);
  const self = url.pathname + (chance.next() < 0.5 ? "" : "/");
  // Mostly so that the key is found all the same: then it gets further.
  const kept = chance.next() < 0.75 ? ["id", "publicKey"] : [];
  const changed = () => written(mutate(chance, document, materials, kept));
  const alternate = (to: string) => ({
    "content-type": "text/plain",
    link: `<${to.replace(/[^!-~]/g, "")}>; rel="alternate"; type="application/activity+json"`,
  });
  switch (chance.below(24)) {
    case 0:
      return { ...served, status: chance.pick([400, 401, 403, 404, 410, 429, 500, 503]) };
    case 1:
      return { ...served, status: 302, headers: { location: elsewhere } };
    case 2:
      return { ...served, status: 301, headers: { location: self } };
    case 3:
      return { ...served, headers: alternate(elsewhere) };
    case 4:
      return { ...served, headers: alternate(self) };
    case 5: {
      const page = `<link rel="alternate" type="application/activity+json" href="${elsewhere}">`;
      return { ...served, headers: { "content-type": "text/html" }, body: Buffer.from(page) };
    }
    case 6: {
      const types = ["text/html", "application/json", "image/png", "", "application/ld+json", "x"];
      return { ...served, headers: { "content-type": chance.pick(types) } };
    }
    case 7:
      return { ...served, body: "endless" };
    case 8:
      return { ...served, body: spoil(chance, JSON.stringify(document)) };
    default:
      return { ...served, body: Buffer.from(changed()) };
  }
}

/** FNV-1a, by which each answer has chances of its own, in whatever order they are asked for. */
export function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const byte of Buffer.from(text)) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
