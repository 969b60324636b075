import { createHash, sign } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Chance, chanceOf } from "../long/random.ts";
import { fill, filled, hash, type hostileServers, samples, type Target } from "./hostile-server.ts";
import { mutate, spoil, twist, written } from "./mutations.ts";
import { privateKey } from "./person.ts";

/** A request that is sent to the node. */
export interface Case {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | undefined;
}

/** What a case is made for. */
export interface Arena {
  seed: number;
  target: Target;
  /** Where there are people who send things. */
  origins: readonly string[];
  servers: ReturnType<typeof hostileServers>;
  /** Whether it is told who follows whom (FEP-8fcf), of which more may come after the answer. */
  synchronises: boolean;
}

/** The case of a number: always the same from the same seed, but for its date. */
export function caseAt(arena: Arena, at: number): Case {
  const chance = chanceOf(arena.seed ^ hash(`case ${at}`));
  const kind = chance.next();
  return kind < 0.72
    ? delivery(chance, arena, at)
    : kind < 0.82
      ? finger(chance, arena)
      : look(chance, arena);
}

/** Something for an inbox; in most cases its signature is right. */
function delivery(chance: Chance, arena: Arena, at: number): Case {
  const { target, servers } = arena;
  const there = chance.pick(arena.origins);
  // Who was never seen before is fetched, and what comes then may be anything.
  const somebody = chance.next() < 0.6 ? `u${chance.below(12)}` : `fresh${at}`;
  const actor = `${there}/users/${somebody}`;
  const { text: sample, by } = chance.pick(samples);
  const document = fill(sample, target, actor, chance.pick([1, 2, 3, at]));
  const sender = by === undefined || chance.next() < 0.5 ? actor : filled(by, target, actor, 1);
  const kept = chance.next() < 0.8 ? ["actor"] : [];
  const sent =
    chance.next() < 0.1
      ? document
      : mutate(chance, { ...document, actor: sender }, servers.materials(actor), kept);
  const text = written(sent);
  const body = chance.next() < 0.06 ? spoil(chance, text) : Buffer.from(text);
  const path = chance.pick([
    "/inbox",
    "/inbox",
    "{coop}/inbox",
    "{coop}/inbox",
    "/actor/inbox",
    "{coop}/classes/workers/inbox",
    "/feeds/all/inbox",
    "/nobody/inbox",
  ]);
  const url = path.startsWith("{") ? path.replace("{coop}", target.coop) : target.origin + path;
  const content = chance.next() < 0.9 ? "application/activity+json" : chance.pick(contentTypes);
  const headers: Record<string, string> = content === "" ? {} : { "content-type": content };
  const post = { method: "POST", url, headers, body };
  const keyId = `${sender}#main-key`;
  const signed = chance.next() < 0.8 ? signCavage(post, { keyId }) : signRfc9421(post, { keyId });
  if (arena.synchronises && chance.next() < 0.12)
    signed.headers["collection-synchronization"] = synchronization(chance, target, sender);
  return chance.next() < 0.8 ? signed : disturb(chance, post, keyId, signed, arena);
}

const contentTypes = [
  "",
  "application/json",
  "application/ld+json",
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  "application/activity+json; charset=utf-16",
  "APPLICATION/ACTIVITY+JSON",
  "text/plain",
  "text/html",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  ";;;",
  "*/*",
];

interface Signing {
  keyId: string;
  date?: string;
  digest?: string;
  names?: string[];
  algorithm?: string;
}

function signCavage(
  post: Case,
  { keyId, date = new Date().toUTCString(), digest, names, algorithm = "rsa-sha256" }: Signing,
): Case {
  const { host, pathname, search } = new URL(post.url);
  const right = `SHA-256=${createHash("sha256")
    .update(post.body ?? "")
    .digest("base64")}`;
  const headers: Record<string, string> = { ...post.headers, host, date, digest: digest ?? right };
  const list = names ?? ["(request-target)", "host", "date", "digest"];
  const target = `${post.method.toLowerCase()} ${pathname}${search}`;
  const text = list.map(
    (name) => `${name}: ${name === "(request-target)" ? target : headers[name]}`,
  );
  const signature = sign("sha256", Buffer.from(text.join("\n")), privateKey).toString("base64");
  headers["signature"] =
    `keyId="${keyId}",algorithm="${algorithm}",headers="${list.join(" ")}",signature="${signature}"`;
  return { ...post, headers };
}

function signRfc9421(post: Case, { keyId }: Signing): Case {
  const digest = `sha-256=:${createHash("sha256")
    .update(post.body ?? "")
    .digest("base64")}:`;
  const created = Math.floor(Date.now() / 1000);
  const covered = `("@method" "@target-uri" "content-digest");created=${created};keyid="${keyId}";alg="rsa-v1_5-sha256"`;
  const base = [
    `"@method": ${post.method}`,
    `"@target-uri": ${post.url}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${covered}`,
  ];
  const signature = sign("sha256", Buffer.from(base.join("\n")), privateKey).toString("base64");
  return {
    ...post,
    headers: {
      ...post.headers,
      "content-digest": digest,
      "signature-input": `sig1=${covered}`,
      signature: `sig1=:${signature}:`,
    },
  };
}

/** The same with something about its headers that isn't as it should be. */
function disturb(
  chance: Chance,
  post: Case,
  keyId: string,
  signed: Case,
  { target, origins, synchronises }: Arena,
): Case {
  const again = (changes: Partial<Signing>) => signCavage(post, { keyId, ...changes });
  const { headers } = signed;
  const change = (more: Record<string, string>) => ({
    ...signed,
    headers: { ...headers, ...more },
  });
  const day = 86_400_000;
  switch (chance.below(20)) {
    case 0:
      return post;
    case 1:
      return again({
        date: new Date(Date.now() + chance.pick([-400, -2, 2, 9000]) * day).toUTCString(),
      });
    case 2:
      return again({ date: chance.pick(["", "yesterday", "Thu, 32 Foo 2026 99:99:99 GMT", "0"]) });
    case 3:
      return again({
        digest: chance.pick([
          "SHA-256=",
          "sha-256=AAAA",
          "MD5=1B2M2Y8AsgTpgAmY7PhCfg==",
          "",
          "SHA-256=:::",
          "UNKNOWN=a,SHA-256=b",
        ]),
      });
    case 4:
      return again({
        names: chance.pick([
          ["(request-target)"],
          ["date"],
          [""],
          ["host", "host"],
          ["(created)"],
          ["digest", "x-none"],
        ]),
      });
    case 5:
      return again({ algorithm: chance.pick(["hs2019", "none", "", "rsa-md5", "ed25519"]) });
    case 6:
      return again({ keyId: chance.pick(oddKeys(target, origins)) });
    case 7:
      return signRfc9421(post, { keyId: chance.pick(oddKeys(target, origins)) });
    case 8:
      return change({ signature: `${headers["signature"]}, ${headers["signature"]}` });
    case 9:
      return change({
        signature: chance.pick([
          "",
          "x",
          "keyId=",
          'keyId="",signature=""',
          "sig1=:AAAA:",
          `keyId="${"a".repeat(7000)}"`,
        ]),
      });
    case 10:
      return change({
        "signature-input": chance.pick([
          "",
          "sig1=",
          "sig1=()",
          'sig1=("@method");keyid="x"',
          `sig1=${"(".repeat(3000)}`,
        ]),
      });
    case 11:
      return change({
        signature: twist(chance, headers["signature"] ?? "").replace(/[^ -~]/g, ""),
      });
    case 12:
      return change({ host: chance.pick(["evil.example", "localhost", "", "127.0.0.1:1"]) });
    case 13:
      return {
        ...change({ "content-encoding": "gzip" }),
        body: Buffer.from(gzipSync(post.body ?? "")),
      };
    case 14:
      return {
        ...change({ "content-encoding": "gzip" }),
        body: Buffer.from(gzipSync(Buffer.alloc(50_000_000))),
      };
    case 15:
      return change({
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "gopher",
        forwarded: "host=;;",
      });
    case 16:
      return { ...signed, body: Buffer.concat([post.body ?? Buffer.of(), Buffer.from(" ")]) };
    case 17:
      return { ...signed, method: chance.pick(["PUT", "PATCH", "DELETE"]) };
    case 18:
      return { ...signed, url: `${post.url}${chance.pick(["?", "/", "//", "?a=b", "%00", "#x"])}` };
    default:
      if (!synchronises) return post;
      return change({
        "collection-synchronization": twist(chance, synchronization(chance, target, keyId)).replace(
          /[^ -~]/g,
          "",
        ),
      });
  }
}

/** Key ids that lead to something else than a key, or nowhere. */
function oddKeys({ origin, coop, post }: Target, origins: readonly string[]): string[] {
  const there = origins[0] ?? "";
  return [
    `${there}/users/u1/statuses/1`,
    `${there}/users/u2`,
    `${there}/users/u3#other-key`,
    `${there}/users/nokey${"a".repeat(1500)}`,
    `${origin}/actor#main-key`,
    `${coop}#main-key`,
    post,
    "https://10.0.0.1/key",
    "https://[::1]/key",
    "https://localhost/key",
    "data:application/json,{}",
    "acct:a@b.example",
    "not a url",
    "",
    "https://never-seen.example/key",
  ];
}

function synchronization(chance: Chance, { coop }: Target, sender: string): string {
  const [actor = ""] = sender.split("#");
  const digest = chance.pick(["0".repeat(64), "f".repeat(64), "", "zz"]);
  const url = chance.pick([
    `${actor}/followers?x`,
    `${actor}/followers`,
    coop,
    "https://10.0.0.1/f",
    "x",
  ]);
  return `collectionId="${actor}/followers", url="${url}", digest="${digest}"`;
}

/** WebFinger, asked as it can be asked. */
function finger(chance: Chance, { target, origins }: Arena): Case {
  const { host } = new URL(target.origin);
  const resources = [
    `acct:bakery@${host}`,
    `acct:bakery.workers@${host}`,
    `acct:all@${host}`,
    `acct:nobody@${host}`,
    `acct:bakery@elsewhere.example`,
    `bakery@${host}`,
    `acct:@bakery@${host}`,
    target.coop,
    target.post,
    target.origin,
    `${target.origin}/@bakery`,
    `${origins[0]}/users/u1`,
  ];
  let resource = chance.pick(resources);
  for (let times = chance.below(3); times > 0; times--) resource = twist(chance, resource);
  const written = chance.next() < 0.6 ? encodeURIComponent(resource.toWellFormed()) : raw(resource);
  const query = chance.pick([
    `?resource=${written}`,
    `?resource=${written}`,
    `?resource=${written}`,
    `?resource=${written}&resource=${encodeURIComponent(resources[0] ?? "")}`,
    `?resource=${written}&rel=self&rel=${"x".repeat(3000)}`,
    `?Resource=${written}`,
    `?resource`,
    `?${written}`,
    "",
  ]);
  return read(chance, `${target.origin}/.well-known/webfinger${query}`);
}

/** Documents, and what is beside them. */
function look(chance: Chance, { target, origins }: Arena): Case {
  const { origin, coop, post } = target;
  const there = encodeURIComponent(`${origins[0]}/`);
  const paths = [
    coop,
    coop,
    post,
    `${post}/activity`,
    `${post}/likes`,
    `${post}/shares`,
    `${post}/replies`,
    `${post}/replies?page=1`,
    `${post}/quotes/none`,
    `${coop}/classes/workers`,
    `${coop}/answers/none`,
    `${coop}/outbox`,
    `${coop}/outbox?cursor=`,
    `${coop}/outbox?cursor=9`,
    `${coop}/followers`,
    `${coop}/followers?cursor=`,
    `${coop}/followers?base-url=${there}`,
    `${coop}/following?cursor=`,
    `${coop}/featured`,
    `${coop}/tags`,
    `${coop}/inbox`,
    `${coop}/listing`,
    `${origin}/actor`,
    `${origin}/actor/followers?cursor=`,
    `${origin}/actor/outbox`,
    `${origin}/inbox`,
    `${origin}/feeds/all`,
    `${origin}/feeds/all/outbox?cursor=1`,
    `${origin}/feeds/all/followers`,
    `${origin}/nodeinfo/2.0`,
    `${origin}/nodeinfo/2.1`,
    `${origin}/nodeinfo/3.0`,
    `${origin}/.well-known/nodeinfo`,
    `${origin}/.well-known/host-meta`,
    `${origin}/.well-known/host-meta.json`,
    `${origin}/.well-known/change-password`,
  ];
  let path = chance.pick(paths).slice(origin.length);
  for (let times = chance.pick([0, 0, 1, 2]); times > 0; times--) path = raw(twist(chance, path));
  const extra =
    chance.next() < 0.2
      ? chance.pick([
          "?cursor=%00",
          "?cursor=-1",
          "?page=1e9",
          "?cursor=a&cursor=b",
          "?after=%F0%9F%8D%9E",
          "?members=x",
          `?cursor=${"9".repeat(400)}`,
        ])
      : "";
  const whole = read(chance, `${origin}/${path.replace(/^\/+/, "")}${extra}`);
  if (whole.method !== "GET" || chance.next() > 0.15) return whole;
  return signCavage(whole, {
    keyId: `${chance.pick(origins)}/users/u1#main-key`,
    names: ["(request-target)", "host", "date"],
  });
}

const accepts = [
  "application/activity+json",
  "application/activity+json",
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  "application/json",
  "text/html",
  "*/*",
  "",
  "application/jrd+json",
  "application/xrd+xml",
  "application/activity+json;q=0, text/html;q=NaN",
  ",,,;q=;=,",
  "a".repeat(6000),
];

function read(chance: Chance, url: string): Case {
  const method =
    chance.next() < 0.85
      ? "GET"
      : chance.pick(["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "PROPFIND"]);
  const accept = chance.pick(accepts);
  const headers: Record<string, string> = accept === "" ? {} : { accept };
  if (chance.next() < 0.1)
    headers["if-none-match"] = chance.pick(["*", '"', 'W/"', "x".repeat(5000)]);
  if (chance.next() < 0.1)
    headers["accept-language"] = chance.pick(["", "*", "xx-Q;q=9", ";;;", "fr"]);
  const body = /^(PO|PU|PA)/.test(method) ? Buffer.from("{}") : undefined;
  return { method, url, headers, body };
}

/** As it may stand in a request line. */
function raw(text: string): string {
  return text.toWellFormed().replace(/[^!-~]/gu, (each) => encodeURIComponent(each));
}
