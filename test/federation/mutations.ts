import type { Json, JsonObject } from "../../src/coop/canonical-json.ts";
import type { Chance } from "../long/random.ts";

/**
 * Changes documents in the ways of hostile and of odd servers. Pure: the same
 * seed makes the same of the same. What comes out may hold half surrogates and
 * numbers that JSON can't say; JSON.stringify writes all of it.
 */
export interface Materials {
  /** URLs that mean something to whoever is sent the document. */
  urls: readonly string[];
  /** Other documents, of which fields get into this one. */
  donors: readonly JsonObject[];
}

/** By this nothing that was HTML may be found again where plain text is kept. */
export const marker = "x-fuzz";
const markup = `<${marker} onclick="1">bread</${marker}>`;

const types = [
  "Accept Add Announce Arrive Article Block Bake Create Delete Dislike EmojiReact Flag Follow Ignore",
  "Invite Join Leave Like Listen Move Note Offer Organization Person Question QuoteRequest Read Reject",
  "Relationship Remove TentativeAccept Tombstone Undo Update View Collection OrderedCollectionPage",
  "Mention Link Image CryptographicKey DataIntegrityProof Multikey Object Activity IntransitiveActivity",
]
  .join(" ")
  .split(" ");

const terms = [
  "@context @graph @id @included @index @list @nest @reverse @set @type @value @vocab __proto__ actor",
  "alsoKnownAs as:actor attachment attributedTo bto cc constructor content contentMap endpoints formerType",
  "href https://www.w3.org/ns/activitystreams#actor id inReplyTo inbox instrument items language movedTo",
  "name object outbox preferredUsername proof publicKey published quote quoteUrl result sensitive sharedInbox",
  "signature summary tag target to toString type updated url",
]
  .join(" ")
  .split(" ");

const contexts: readonly Json[] = [
  "https://www.w3.org/ns/activitystreams",
  "http://www.w3.org/ns/activitystreams",
  "as",
  "",
  null,
  [],
  [null],
  ["https://www.w3.org/ns/activitystreams", null],
  "https://never-seen.example/context",
  "https://hostile-0.example/context.json",
  "http://169.254.169.254/context",
  "relative/context",
  5,
  {},
  { "@vocab": 5 },
  { "@vocab": "https://www.w3.org/ns/activitystreams#" },
  { "@base": "https://[" },
  { "@version": 1.1, "@import": "https://never-seen.example/context" },
  { "@version": 1.1, "@propagate": false },
  { "@language": "x" },
  { actor: "as:object", object: "as:actor" },
  { type: "id", id: "type" },
  { id: "@type", type: "@id" },
  { object: { "@id": "as:object", "@container": "@list" } },
  { object: { "@id": "as:object", "@type": "@json" } },
  { object: { "@id": "as:object", "@container": ["@graph", "@id"] } },
  { object: { "@reverse": "as:object" } },
  { to: { "@id": "as:to", "@context": "https://never-seen.example/context" } },
  { content: { "@id": "as:content", "@container": "@language" } },
  { as: "as:as" },
  { a: "b:a", b: "a:b" },
];

const strings: readonly string[] = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\uD800",
  "bread \uDC00 \uD83C",
  "\u202Eevil",
  "\uFEFF",
  "é".normalize("NFD"),
  "👩‍👩‍👧‍👦".repeat(20),
  "̀".repeat(500),
  markup,
  `<p>${markup}</p><script>1</script>`,
  "%00",
  "%",
  "..//..",
  "'; drop table follower; --",
  "{actor}",
  "yesterday",
  "0000-00-00T00:00:00Z",
  "+275760-09-13T00:00:00Z",
  "-271821-04-20T00:00:00Z",
  "2026-13-45T99:99:99Z",
  "9999-12-31T23:59:59Z",
  "P1Y",
  "as:Public",
  "en",
  "xx-not-a-language-tag-at-all-really",
  "_:b0",
];

const addresses: readonly string[] = [
  "https://",
  "https:///",
  "http://[",
  "https://[::1]/inbox",
  "https://[::ffff:10.0.0.1]/users/a",
  "http://127.0.0.1/inbox",
  "https://2130706433/inbox",
  "https://0x7f.1/inbox",
  "https://10.0.0.8/users/a",
  "https://169.254.169.254/latest/meta-data",
  "https://localhost/users/a",
  "https://user:secret@hostile-1.example/users/a",
  "https://hostile-1.example:0/users/a",
  "https://hostile-1.example:99999/users/a",
  "https://hostile-1.example./users/a",
  "https://HOSTILE-1.example/users/../users/a",
  "https://höstile.example/users/ä",
  "https://xn--hstile-wxa.example/users/a",
  "https://hostile-1.example/users/%61",
  "https://hostile-1.example/users/a?x=1#y",
  "https://hostile-1.example/users/\u0000",
  "//hostile-1.example/users/a",
  "/users/a",
  "users/a",
  "hostile-1.example/users/a",
  "file:///etc/passwd",
  "data:application/json,{}",
  "javascript:alert(1)",
  "urn:uuid:6f2f1b0e",
  "did:key:z6Mk",
  "ap://did:key:z6Mk/actor",
  "acct:a@hostile-1.example",
  `https://hostile-1.example/${"a".repeat(3000)}`,
  `https://${"a.".repeat(120)}example/`,
  `https://${"a".repeat(300)}.example/`,
];

const numbers: readonly number[] = [
  0,
  -0,
  -1,
  1.5,
  1e308,
  5e-324,
  2 ** 53,
  2 ** 63,
  -(2 ** 31) - 1,
  Date.parse("2026-11-22"),
];

/** A value as nobody expects it. */
function oddValue(chance: Chance, { urls, donors }: Materials): unknown {
  switch (chance.below(12)) {
    case 0:
      return null;
    case 1:
      return chance.next() < 0.5;
    case 2:
      return chance.pick(numbers);
    case 3:
      return chance.pick([[], {}, [[]], [null], [{}, {}]]);
    case 4:
      return chance.pick(strings);
    case 5:
      return chance.pick(addresses);
    case 6:
      return chance.pick(types);
    case 7:
      return chance.pick(donors);
    case 8:
      return { [chance.pick(terms)]: chance.pick(strings) };
    case 9:
      return Array.from({ length: 1 + chance.below(4) }, () => chance.pick(urls));
    default:
      return chance.pick(urls);
  }
}

/** Where a value stands. */
interface Place {
  holder: Record<string, unknown> | unknown[];
  key: string;
}

function placesIn(value: unknown, found: Place[] = [], levels = 12): Place[] {
  if (typeof value !== "object" || value === null || levels === 0) return found;
  for (const key of Object.keys(value)) {
    const holder = value as Record<string, unknown>;
    if (found.length >= 300) return found;
    found.push({ holder, key });
    // Whoever reads what was changed there stops: seldom enough is enough (`context`).
    if (key === "@context") continue;
    placesIn(holder[key], found, levels - 1);
  }
  return found;
}

function at({ holder, key }: Place): unknown {
  return (holder as Record<string, unknown>)[key];
}

function put({ holder, key }: Place, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

type Change = (place: Place, chance: Chance, materials: Materials) => void;

/** What can happen to one value of a document. */
const changes: Record<string, Change> = {
  drop: ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  odd: (place, chance, materials) => put(place, oddValue(chance, materials)),
  again: (place) => put(place, [at(place), at(place)]),
  beside: (place, chance, materials) => put(place, [at(place), oddValue(chance, materials)]),
  list: (place, chance) => {
    const value = at(place);
    if (Array.isArray(value)) put(place, value[0]);
    else put(place, chance.next() < 0.7 ? [value] : [[value], []]);
  },
  object: (place, chance) => {
    const value = at(place);
    if (typeof value === "object" && value !== null && "id" in value) put(place, value.id);
    else put(place, { [chance.pick(["id", "@id", "@value", "@list", "@set", "href"])]: value });
  },
  url: (place, chance, { urls }) => put(place, chance.pick([...addresses, ...urls])),
  text: (place, chance) => {
    const value = at(place);
    const odd = chance.pick(strings);
    if (typeof value !== "string") return put(place, odd);
    const cut = chance.below(value.length + 1);
    put(place, value.slice(0, cut) + odd + value.slice(cut));
  },
  long: (place, chance) => {
    const length = chance.pick([300, 2001, 6000, 70_000, 400_000]);
    const value = typeof at(place) === "string" ? String(at(place)) : "";
    put(place, value + chance.pick(["a", "<b>é", "&#128512;", " ", "/"]).repeat(length / 4));
  },
  many: (place, chance) => {
    const length = chance.pick([25, 60, 1500]);
    put(
      place,
      Array.from({ length }, () => at(place)),
    );
  },
  deep: (place, chance) => {
    const key = chance.pick(["object", "tag", "attachment", "@context", "inReplyTo", "@graph"]);
    let value = at(place);
    for (let level = chance.pick([3, 20, 60, 900]); level > 0; level--) {
      value = chance.next() < 0.1 ? [value] : { [key]: value };
    }
    put(place, value);
  },
  rename: (place, chance) => {
    const value = at(place);
    if (Array.isArray(place.holder)) return put(place, value);
    delete place.holder[place.key];
    put({ holder: place.holder, key: chance.pick(terms) }, value);
  },
  add: ({ holder }, chance, materials) => {
    if (!Array.isArray(holder))
      put({ holder, key: chance.pick(terms) }, oddValue(chance, materials));
  },
  donate: (place, chance, { donors }) => {
    const from = placesIn(chance.pick(donors));
    if (from.length > 0) put(place, structuredClone(at(chance.pick(from))));
  },
  context: ({ holder }, chance) => {
    const context = chance.pick(contexts);
    const before = (holder as Record<string, unknown>)["@context"];
    const value = chance.next() < 0.5 ? context : [before ?? null, context].flat();
    if (!Array.isArray(holder)) put({ holder, key: "@context" }, value);
  },
  type: ({ holder }, chance) => {
    const type = chance.pick(types);
    const value = chance.pick<unknown>([
      type,
      type,
      type,
      [type, chance.pick(types)],
      `as:${type}`,
      `https://www.w3.org/ns/activitystreams#${type}`,
    ]);
    if (!Array.isArray(holder)) put({ holder, key: "type" }, value);
  },
};

const names = Object.keys(changes);

/**
 * A copy of a document with some changes.
 *
 * @param kept Members of its top level that stay as they are, to get further in.
 */
export function mutate(
  chance: Chance,
  document: JsonObject,
  materials: Materials,
  kept: readonly string[] = [],
): JsonObject {
  // By way of an array, so that the whole document is a value in it, too.
  const root = [structuredClone(document)] as unknown[];
  for (let times = chance.pick([1, 1, 1, 2, 2, 3, 5]); times > 0; times--) {
    const places = placesIn(root);
    if (places.length === 0) break;
    // The whole is changed seldom: little is left of it then.
    const place = chance.next() < 0.03 ? places[0] : chance.pick(places.slice(1));
    if (place !== undefined) changes[chance.pick(names)]?.(place, chance, materials);
  }
  const [made] = root;
  if (typeof made !== "object" || made === null || Array.isArray(made)) {
    return kept.length > 0 ? document : (made as JsonObject);
  }
  for (const name of kept) {
    if (document[name] !== undefined)
      put({ holder: made as JsonObject, key: name }, document[name]);
  }
  return made as JsonObject;
}

/** A document as it is sent. Changes upon changes may be more than fits into a string: then it is just too long. */
export function written(document: unknown): string {
  try {
    return JSON.stringify(document) ?? "null";
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(" ".repeat(2_000_000));
  }
}

/** Bytes that aren't quite the JSON of a text any more. */
export function spoil(chance: Chance, text: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text);
  const cut = chance.below(bytes.length + 1);
  const insert = (what: Uint8Array | string) =>
    Buffer.concat([bytes.subarray(0, cut), Buffer.from(what), bytes.subarray(cut)]);
  switch (chance.below(10)) {
    case 0:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 1:
      return Buffer.from(bytes.subarray(0, cut));
    case 2:
      return insert(Uint8Array.of(chance.pick([0xff, 0xc0, 0x80, 0x00, 0xed])));
    case 3:
      return Buffer.from(text, "utf16le");
    case 4:
      return Buffer.from(text.replace("{", '{"type":"Undo","@context":null,'));
    case 5:
      return Buffer.from(text.replace(/}$/, ',"type":"Delete","actor":"https://a.example/"}'));
    case 6:
      return Buffer.from(text.replace(/:"/, ':1e999,"x":"'));
    case 7:
      return Buffer.from(text + chance.pick([" ", "\n\n", ",", "null", text, "\u0000"]));
    case 8:
      return Buffer.from("[".repeat(chance.pick([30, 5000, 100_000])) + text);
    default: {
      if (bytes.length > 0) bytes[cut % bytes.length] = chance.below(256);
      return Buffer.from(bytes);
    }
  }
}

/** A string that was meant to name something, in another form. */
export function twist(chance: Chance, text: string): string {
  const cut = chance.below(text.length + 1);
  switch (chance.below(14)) {
    case 0:
      return encodeURIComponent(text);
    case 1:
      return text.replaceAll("%", "%25");
    case 2:
      return `${text.slice(0, cut)}${chance.pick(["%", "%zz", "%00", "%ff", "%2F", "%2e%2e"])}${text.slice(cut)}`;
    case 3:
      return text.toUpperCase();
    case 4:
      return text.slice(0, cut);
    case 5:
      return text + text;
    case 6:
      return text.replace(/@/, chance.pick(["@@", "", "%40", "＠", "@a@"]));
    case 7:
      return text.replace(/:/, chance.pick(["", "::", "://", ":@"]));
    case 8:
      return text.replace(
        /\.example/,
        chance.pick([".exämple", ".example:443", ".example:0", "."]),
      );
    case 9:
      return `${text.slice(0, cut)}${"a".repeat(chance.pick([300, 5000]))}${text.slice(cut)}`;
    case 10:
      return chance.pick([...strings, ...addresses]).toWellFormed();
    case 11:
      return `${text}/${chance.pick(["..", ".", "", "x", "%2e", "constructor", "__proto__"])}`;
    case 12:
      return text.replace(/\d|[a-z]$/, chance.pick(["é", "🍞", "\u202E", "0", "-"]));
    default:
      return `${text.slice(0, cut)}${chance.pick(["?", "#", "&", ";", " ", "\t", "\\", "//"])}${text.slice(cut)}`;
  }
}
