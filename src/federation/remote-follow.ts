import { z } from "zod";
import { readBounded } from "../outbound.ts";

/** Where somebody has an account. */
export interface Home {
  /** With its port, if it has one of its own. */
  host: string;
  /** The name before the @, if they gave it. */
  name?: string;
}

/** What a server says of itself or of an account (RFC 7033), as far as it matters here. */
const Descriptor = z.object({
  links: z
    .array(
      z.object({
        rel: z.string(),
        type: z.string().optional(),
        href: z.string().optional(),
        template: z.string().optional(),
      }),
    )
    .max(1000),
});

/** By which a server says where its people follow others: FEP-3b86, and what was before it. */
const relations = [
  "https://w3id.org/fep/3b86/Follow",
  "https://w3id.org/fep/3b86/Object",
  "http://ostatus.org/schema/1.0/subscribe",
];

/** Milliseconds that a server may take, and bytes that it may send. */
const patience = 10_000;
const most = 100_000;

/**
 * Reads what people write when they are asked for their server: its name, their
 * handle, or the address of a page there.
 */
export function readHome(written: string): Home | undefined {
  const text = written.trim().toLowerCase();
  const [, name, host = text] = /^@?([^@/\s]+)@([^@/\s]+)$/.exec(text) ?? [];
  const url = URL.parse(/^https?:\/\//.test(host) ? host : `https://${host}`);
  if (url === null || url.username !== "" || !/^(\[.+\]|[^[\]]{1,253})$/.test(url.hostname)) {
    return undefined;
  }
  const local = url.hostname === "localhost";
  if (!local && !url.hostname.includes(".") && !url.hostname.startsWith("[")) return undefined;
  return name === undefined ? { host: url.host } : { host: url.host, name };
}

/**
 * Asks somebody's server where they can follow an actor.
 *
 * @param scheme `https:`, or `http:` on loopback.
 * @returns The address of that page, and whether the server has named it: one
 *   that names none may have the page where Mastodon has it, which other servers
 *   assume, too (`remote_interaction_helper.ts`). Undefined if it doesn't answer.
 */
export async function followPage(
  home: Home,
  actor: string,
  scheme: "https:" | "http:",
): Promise<{ url: string; named: boolean } | undefined> {
  const { host } = home;
  const links = await descriptorLinks(home, scheme);
  if (links === undefined) return undefined;
  for (const relation of relations) {
    const template = links.find(({ rel }) => rel === relation)?.template;
    const url = template === undefined ? undefined : fill(template, actor, scheme);
    if (url !== undefined) return { url, named: true };
  }
  const usual = `${scheme}//${host}/authorize_interaction?uri=${encodeURIComponent(actor)}`;
  return { url: usual, named: false };
}

/**
 * What a server says of itself, or of an account there: the links of its
 * WebFinger; none if there is no such thing, undefined if nobody answers.
 */
export async function descriptorLinks(
  { host, name }: Home,
  scheme: "https:" | "http:",
): Promise<z.infer<typeof Descriptor>["links"] | undefined> {
  const resource = name === undefined ? `${scheme}//${host}/` : `acct:${name}@${host}`;
  const address = `${scheme}//${host}/.well-known/webfinger`;
  try {
    const response = await fetch(`${address}?resource=${encodeURIComponent(resource)}`, {
      headers: { accept: "application/jrd+json, application/json" },
      signal: AbortSignal.timeout(patience),
    });
    const body = await readBounded(response, most);
    if (!response.ok) return [];
    const read = Descriptor.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return read.success ? read.data.links : [];
  } catch (error) {
    // What isn't JSON is an answer, too.
    return error instanceof SyntaxError ? [] : undefined;
  }
}

/** What the template leads to; undefined if that isn't a page of the web. */
function fill(template: string, actor: string, scheme: string): string | undefined {
  const filled = template
    .replace(/\{(uri|object)\}/g, encodeURIComponent(actor))
    // What else an intent can be given: where to come back to.
    .replace(/\{[^{}]*\}/g, "");
  const url = URL.parse(filled);
  return url?.protocol === "https:" || url?.protocol === scheme ? url.href : undefined;
}
