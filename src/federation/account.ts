import { signRequest } from "@fedify/fedify/sig";
import { z } from "zod";
import type { Identity } from "../directory/identity.ts";
import { AppError } from "../errors.ts";
import { readBounded } from "../outbound.ts";
import { deliverable } from "./deliverable.ts";
import { descriptorLinks, readHome } from "./remote-follow.ts";

/** An account on another server, as far as moves and links need to know it. */
export interface Account {
  /** The URL of its actor. */
  id: string;
  /** `@bakery@social.example` */
  handle: string;
  name: string;
  /** Its page, if it names one. */
  page: string | undefined;
  /** Where it takes activities: its own, and that of its server. */
  inbox: string;
  sharedInbox: string | undefined;
  /** The accounts that it says it was. */
  alsoKnownAs: string[];
  /** Where it says it has moved. */
  movedTo: string | undefined;
  /** The web addresses on its profile: its own, those of its rows, and what it was. */
  links: string[];
  /** The signed record of a co-op on a node like this. */
  listing: string | undefined;
}

/** An account, or why there is none, in words for whoever asked. */
export type Found = { account: Account } | Missing;

/** `passing` is what may be otherwise some time later. */
export type Missing = { fault: string; passing?: boolean };

/** Who asks. */
export interface Asker {
  node: Identity;
  /** Lets http and private addresses be: for nodes on loopback. */
  insecure: boolean;
}

/** Milliseconds that a server may take, bytes that it may send, and how often it may send on. */
const patience = 10_000;
const most = 1_000_000;
const hops = 3;

const json = "application/activity+json";

const one = z.union([z.string(), z.object({ href: z.string() }), z.object({ id: z.string() })]);
const Several = z.union([z.array(z.unknown()).max(1000), one]).transform((value) =>
  [value]
    .flat()
    .map(addressOf)
    .filter((each) => each !== undefined),
);

/** An actor as servers write it: Mastodon reads it without JSON-LD, too. */
const Actor = z.object({
  id: z.url().max(2000),
  type: z.union([z.string(), z.array(z.string())]),
  inbox: z.url({ protocol: /^https?$/ }).max(2000),
  endpoints: z
    .object({ sharedInbox: z.url({ protocol: /^https?$/ }).max(2000) })
    .optional()
    .catch(undefined),
  preferredUsername: z.string().min(1).max(300),
  name: z.string().nullish().catch(null),
  alsoKnownAs: Several.nullish().catch(null),
  movedTo: Several.nullish().catch(null),
  url: Several.nullish().catch(null),
  attachment: z
    .union([z.array(z.unknown()).max(1000), z.looseObject({})])
    .nullish()
    .catch(null),
  listing: z.url().optional().catch(undefined),
});

const actorTypes = new Set(["Application", "Group", "Organization", "Person", "Service"]);

function addressOf(value: unknown): string | undefined {
  const read = one.safeParse(value).data;
  if (read === undefined || typeof read === "string") return read;
  return "href" in read ? read.href : read.id;
}

/**
 * Finds the account that somebody has written down, by its handle or by the
 * address of its actor or page.
 */
export async function findAccount(asker: Asker, written: string): Promise<Found> {
  const text = written.trim();
  const scheme = asker.node.origin.startsWith("http:") ? "http:" : "https:";
  if (/^https?:\/\//i.test(text)) return fetchAccount(asker, text);
  const home = readHome(text);
  if (home?.name === undefined) {
    return {
      fault:
        "Write the handle of the account, such as @bakery@mastodon.social, or the address of its profile.",
    };
  }
  const links = await descriptorLinks(home, scheme);
  if (links === undefined) return { fault: `${home.host} doesn’t answer. Is its name spelled so?` };
  const self = links.find(
    ({ rel, type = "" }) =>
      rel === "self" && /^application\/(activity\+json|ld\+json\s*;.*activitystreams)/.test(type),
  );
  if (self?.href === undefined) {
    return { fault: `${home.host} knows no account by the name of ${home.name}.` };
  }
  const found = await fetchAccount(asker, self.href);
  if ("fault" in found) return found;
  return { account: { ...found.account, handle: `@${home.name}@${home.host}` } };
}

/**
 * Reads an account from its server. The request is signed by the node's actor,
 * as servers with authorised fetch demand; where the answer names another id
 * than was asked for, that is asked for, and has to name itself.
 */
export async function fetchAccount(asker: Asker, address: string): Promise<Found> {
  const first = await read(asker, address);
  if ("fault" in first || first.actor.id === sameAs(address)) return told(first);
  const second = await read(asker, first.actor.id);
  if ("fault" in second || second.actor.id === sameAs(first.actor.id)) return told(second);
  return { fault: `${address} doesn’t say clearly which account it is.` };
}

/** The address as ids are written, without the fragment, which isn't sent. */
function sameAs(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  url.hash = "";
  return address.includes("#") ? url.href : address;
}

type Read = { actor: z.infer<typeof Actor> } | Missing;

async function read(asker: Asker, address: string): Promise<Read> {
  try {
    const response = await get(asker, address);
    if (response === undefined) return { fault: `${address} is no public web address.` };
    const type = response.headers.get("content-type") ?? "";
    const body = await readBounded(response, most);
    if (!response.ok) {
      const gone = response.status === 404 || response.status === 410;
      const why = gone ? "there is no such account there" : `it answers ${response.status}`;
      return { fault: `${address} can’t be read: ${why}.`, passing: !gone };
    }
    if (!/^application\/(activity|ld)\+json/.test(type)) {
      return { fault: `${address} is a page, and not an account of the fediverse.` };
    }
    const actor = Actor.safeParse(JSON.parse(new TextDecoder().decode(body)));
    const types = actor.success ? [actor.data.type].flat() : [];
    if (!actor.success || !types.some((each) => actorTypes.has(each))) {
      return { fault: `${address} is not an account.` };
    }
    return { actor: actor.data };
  } catch (error) {
    const passing = !(error instanceof SyntaxError || error instanceof AppError);
    const why = error instanceof SyntaxError ? "makes no sense" : "can’t be reached just now";
    return { fault: `${address} ${why}.`, passing };
  }
}

/** What is there, over some hops, each signed anew; undefined where nothing may be asked. */
async function get({ node, insecure }: Asker, address: string): Promise<Response | undefined> {
  const key = await privateKey(node);
  const signal = AbortSignal.timeout(patience);
  let url = URL.parse(address);
  for (let hop = 0; url !== null && deliverable(url, insecure) && hop <= hops; hop += 1) {
    const request = new Request(url, { headers: { accept: json }, redirect: "manual", signal });
    const signed = await signRequest(request, key, new URL(`${node.actor}#main-key`), {
      spec: "draft-cavage-http-signatures-12",
    });
    const response = await fetch(signed);
    const next = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || next === null) return response;
    await response.body?.cancel();
    url = URL.parse(next, url);
  }
  return undefined;
}

async function privateKey({ rsa }: Identity): Promise<CryptoKey> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return crypto.subtle.importKey("jwk", rsa.privateKey, algorithm, true, ["sign"]);
}

function told(found: Read): Found {
  if ("fault" in found) return found;
  const { id, name, preferredUsername, alsoKnownAs, movedTo, url, attachment, listing } =
    found.actor;
  const { inbox, endpoints } = found.actor;
  const rows = [attachment ?? []].flat() as { value?: unknown; href?: unknown }[];
  return {
    account: {
      id,
      handle: `@${preferredUsername}@${new URL(id).host}`,
      name: (name ?? "").trim().slice(0, 200) || preferredUsername,
      page: url?.find((each) => /^https?:/.test(each)),
      inbox,
      sharedInbox: endpoints?.sharedInbox,
      alsoKnownAs: alsoKnownAs ?? [],
      movedTo: movedTo?.[0],
      links: [
        ...(url ?? []),
        ...(alsoKnownAs ?? []),
        ...rows.flatMap((row) => [row?.value, row?.href].flatMap(addressesIn)),
      ],
      listing,
    },
  };
}

/** The addresses in a row of a profile, which is HTML or bare text. */
function addressesIn(value: unknown): string[] {
  if (typeof value !== "string") return [];
  const found = value.slice(0, 10_000).matchAll(/https?:\/\/[^\s"'<>]+/g);
  return [...found].map(([address]) => address.replaceAll("&amp;", "&"));
}
