import { createHash, createPublicKey, verify } from "node:crypto";
import { faultIf, isObject } from "./lint-rule.ts";
import type { Fault, Rule } from "./lint-rule.ts";

/** A signed POST as it went out. */
export interface RequestSubject {
  headers: Headers;
  body: string;
  origin: URL;
  /** Where it went, for the signature; undefined leaves verifying out. */
  url: URL | undefined;
  /** The sender's RSA key in PEM; undefined leaves verifying out. */
  publicKeyPem: string | undefined;
}

const covered = ["(request-target)", "host", "date", "digest"];

function parametersOf(headers: Headers): Record<string, string> {
  const found: Record<string, string> = {};
  for (const match of (headers.get("signature") ?? "").matchAll(/([a-zA-Z]+)="([^"]*)"/g)) {
    found[match[1] ?? ""] = match[2] ?? "";
  }
  return found;
}

/** Rules about an outgoing signed delivery. */
export const requestRules: readonly Rule<RequestSubject>[] = [
  {
    name: "request-cavage",
    source: "§4, §9: RFC 9421 gets 202 and is dropped by snac2 and Friendica",
    check: ({ headers }) => [
      ...faultIf(headers.has("signature-input"), "signature-input", "must not be RFC 9421"),
      ...faultIf(parametersOf(headers)["signature"] === undefined, "signature", "is missing"),
    ],
  },
  {
    name: "request-key-id",
    source: "§9 Lemmy: must contain #; the key is the actor's",
    check: ({ headers, body }) => {
      const keyId = parametersOf(headers)["keyId"];
      if (keyId === undefined) return [];
      const actor = actorOf(body);
      return [
        ...faultIf(!keyId.includes("#"), "signature.keyId", "must contain #"),
        ...faultIf(
          actor !== undefined && keyId.split("#")[0] !== actor,
          "signature.keyId",
          `must be a key of ${actor}`,
        ),
      ];
    },
  },
  {
    name: "request-algorithm",
    source: "§4, §9 Friendica and WordPress require the parameter",
    check: ({ headers }) =>
      faultIf(
        parametersOf(headers)["signature"] !== undefined &&
          parametersOf(headers)["algorithm"] !== "rsa-sha256",
        "signature.algorithm",
        "must be rsa-sha256",
      ),
  },
  {
    name: "request-covered",
    source: "§4 signature_verification.rb, §9 Misskey, §14",
    check: ({ headers }) => {
      const { headers: list, signature } = parametersOf(headers);
      if (signature === undefined) return [];
      const names = (list ?? "").split(" ");
      return covered.flatMap((name) =>
        faultIf(!names.includes(name), "signature.headers", `must cover ${name}`),
      );
    },
  },
  {
    name: "request-digest",
    source: "§4 SHA-256 only, §7 onepage.pub#141",
    check: ({ headers, body }) =>
      faultIf(
        headers.get("digest")?.replace(/^sha-256=/i, "SHA-256=") !==
          `SHA-256=${createHash("sha256").update(body).digest("base64")}`,
        "digest",
        "must be SHA-256 of the body",
      ),
  },
  {
    name: "request-date",
    source: "§4 ±1 h; §9 Friendica ±5 min: an HTTP date",
    check: ({ headers }) =>
      faultIf(
        !/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(
          headers.get("date") ?? "",
        ),
        "date",
        "must be an HTTP date",
      ),
  },
  {
    name: "request-verifies",
    source: "§4, §7",
    check: ({ headers, url, publicKeyPem }) => {
      const { headers: list, signature } = parametersOf(headers);
      if (url === undefined || publicKeyPem === undefined || signature === undefined) return [];
      const text = (list ?? "")
        .split(" ")
        .map((name) =>
          name === "(request-target)"
            ? `${name}: post ${url.pathname}${url.search}`
            : `${name}: ${headers.get(name) ?? (name === "host" ? url.host : "")}`,
        )
        .join("\n");
      const right = verify(
        "sha256",
        Buffer.from(text),
        createPublicKey(publicKeyPem),
        Buffer.from(signature, "base64"),
      );
      return faultIf(!right, "signature", "does not verify with the actor's key");
    },
  },
  {
    name: "request-content-type",
    source: "§9 GoToSocial: three exact forms, else 406",
    check: ({ headers }) =>
      faultIf(
        !exactTypes.includes(headers.get("content-type") ?? ""),
        "content-type",
        `must be one of: ${exactTypes.join(" | ")}`,
      ),
  },
  {
    name: "request-user-agent",
    source: "§13.4 (was `node`), §14",
    check: ({ headers }) =>
      faultIf(
        !(headers.get("user-agent") ?? "").startsWith("Fragaria/"),
        "user-agent",
        `is "${headers.get("user-agent") ?? ""}", must start with Fragaria/`,
      ),
  },
  {
    name: "request-followers",
    source: "§10 FEP-8fcf: collectionId, url and digest, of the actor's own followers",
    check: ({ headers, body }) => {
      const given = headers.get("collection-synchronization");
      const actor = actorOf(body);
      if (given === null || actor === undefined) return [];
      const list = `${actor}/followers`;
      const [, id, url = ""] =
        /^collectionId="([^"]+)", url="([^"]+)", digest="[0-9a-f]{64}"$/.exec(given) ?? [];
      return [
        ...faultIf(id !== list, "collection-synchronization", `must be of ${list}`),
        ...faultIf(!url.startsWith(`${list}?`), "collection-synchronization", "must lead to it"),
      ];
    },
  },
  {
    name: "request-size",
    source: "§9 Misskey: 64 kB, contexts count; §14",
    check: ({ body }) => faultIf(Buffer.byteLength(body) >= 64_000, "", "must be under 64 kB"),
  },
];

/** An answer to an unsigned GET of an id. */
export interface ResponseSubject {
  headers: Headers;
  status: number;
  /** True when a redirect was followed to get here. */
  redirected: boolean;
  origin: URL;
}

const exactTypes = [
  "application/activity+json",
  "application/activity+json; charset=utf-8",
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
];

/** Rules about the answer to an unsigned GET of an actor, object or collection. */
export const responseRules: readonly Rule<ResponseSubject>[] = [
  {
    name: "response-status",
    source: "§2.3, §14: 200 to an unsigned GET",
    check: ({ status }) =>
      faultIf(status !== 200 && !isRedirect(status), "", `is ${status}, must be 200`),
  },
  {
    name: "response-direct",
    source: "§2.3, §9 Misskey: final URL == id, §14",
    check: ({ status, redirected }) =>
      faultIf(redirected || isRedirect(status), "", "an id must not redirect"),
  },
  {
    name: "response-content-type",
    source: "§2.3, §7 mastodon#23735, §9 Lemmy: exact strings, §14",
    check: ({ headers }) =>
      faultIf(
        !exactTypes.slice(0, 2).includes(headers.get("content-type") ?? ""),
        "content-type",
        `is "${headers.get("content-type") ?? ""}", must be ${exactTypes[0]}`,
      ),
  },
  {
    name: "response-vary",
    source: "§14: page and document share an address",
    check: ({ headers }): Fault[] => {
      const vary = (headers.get("vary") ?? "").toLowerCase().split(/\s*,\s*/);
      return faultIf(!vary.includes("accept"), "vary", "must have Accept");
    },
  },
];

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function actorOf(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) && typeof parsed["actor"] === "string" ? parsed["actor"] : undefined;
  } catch {
    // Not JSON: what was signed is still worth checking.
    return undefined;
  }
}
