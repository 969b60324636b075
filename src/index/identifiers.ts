import { registrationKey } from "../coop/registrations.ts";

/** What the keys begin with that listings of one organisation share. */
const identityPrefix = "=";

/** Whether listings with this key belong to one organisation. */
export function isIdentity(key: string): boolean {
  return key.startsWith(identityPrefix);
}

/**
 * The keys of an entry in a register, the more exact first: as the register
 * writes the number, if it is one (organisations are told apart by that); and
 * as people and spreadsheets mangle it, without case, signs and leading zeros,
 * which two numbers may share.
 *
 * @param scheme An org-id.guide scheme: `GB-COH`.
 */
export function registrationKeys(scheme: string, value: string): string[] {
  const exact = registrationKey(scheme, value);
  const loose = value
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[-\s\u2010-\u2015./_]/gu, "")
    .replace(/^0+(?=.)/u, "");
  return [
    ...(exact === undefined ? [] : [identityPrefix + exact]),
    `~${scheme.toUpperCase()}:${loose}`,
  ];
}

/** The key of `@handle@host`; undefined when that can't be a host. */
export function handleKey(handle: string, host: string): string | undefined {
  const url = `https://${host}`;
  if (!URL.canParse(url)) return undefined;
  return `@${handle.toLowerCase()}@${new URL(url).host}`;
}

/** What somebody may have meant by an id. */
export type Identifier =
  | { kind: "url"; urls: string[] }
  | { kind: "keys"; keys: string[] }
  | { kind: "unknown" };

/**
 * Reads an id: the URL of a record or of a co-op, a registration such as
 * `GB-COH:01234567`, or a handle, with or without the first @ or `acct:`.
 * Keys are to be tried one after the other, the more exact first.
 */
export function readIdentifier(text: string): Identifier {
  const id = text.trim();
  if (/^https?:\/\//i.test(id)) {
    if (!URL.canParse(id)) return { kind: "unknown" };
    const url = new URL(id);
    url.hash = "";
    return { kind: "url", urls: [...new Set([id, url.href, url.href.replace(/\/+$/, "")])] };
  }
  const registration = /^([a-z]{2}(?:-[a-z0-9_]+)+):(.+)$/iu.exec(id);
  if (registration !== null) {
    const [, scheme = "", value = ""] = registration;
    return { kind: "keys", keys: registrationKeys(scheme, value) };
  }
  const handle = /^(?:acct:)?@?([^@\s/]+)@([^@\s/]+)$/iu.exec(id);
  const key = handle === null ? undefined : handleKey(handle[1] ?? "", handle[2] ?? "");
  return key === undefined ? { kind: "unknown" } : { kind: "keys", keys: [key] };
}
