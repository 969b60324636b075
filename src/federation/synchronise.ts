import { createHash } from "node:crypto";
import type { Context, Federation, MessageQueue, RequestContext } from "@fedify/fedify";
import { getLogger } from "@logtape/logtape";
import * as followers from "../store/followers.ts";
import type { Db } from "../store/schema.ts";
import { NODE } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { activityDocument, fingerprint, send } from "./send.ts";

// FEP-8fcf: servers tell each other who follows whom between them, as a digest
// that goes with what is sent to followers, and mend what differs.

const log = getLogger(["fragaria", "federation"]);

const header = "collection-synchronization";

/** Followers that are read of another server's list. */
const mostRead = 10_000;

/** Lists that are asked for at the same time; others are asked for at their next news. */
const mostAsked = 4;

/** How long a list may take to come, in milliseconds. */
const patience = 20_000;

/** The digest of a set of actors: their SHA-256 hashes, each bit added to the others' without carry; in hex. */
export function digestOf(actors: Iterable<string>): string {
  const sum = Buffer.alloc(32);
  for (const actor of new Set(actors)) {
    const hash = createHash("sha256").update(actor).digest();
    for (let at = 0; at < 32; at++) sum[at] = (sum[at] as number) ^ (hash[at] as number);
  }
  return sum.toString("hex");
}

/** What of a message in Fedify's queue matters here. */
interface Outgoing {
  type: string;
  activity: { actor?: unknown; to?: unknown; cc?: unknown };
  actorIds?: string[];
  headers: Record<string, string>;
}

/**
 * The queue of what goes out, with the digest of the followers there on
 * everything that goes to followers.
 */
export function withDigests(
  db: Db,
  origin: string,
  queue: Required<MessageQueue>,
): Required<MessageQueue> {
  const marked = async (messages: readonly unknown[]): Promise<unknown[]> => {
    const known = new Map<string, Map<string, string>>();
    const done: unknown[] = [];
    for (const message of messages as readonly Outgoing[]) {
      const actor = speaker(message);
      const [first] = message.actorIds ?? [];
      const own = actor?.startsWith(`${origin}/`) === true;
      if (actor === undefined || first === undefined || !own) {
        done.push(message);
        continue;
      }
      const digests = known.get(actor) ?? (await digestsOf(db, actor.slice(origin.length + 1)));
      known.set(actor, digests);
      const server = new URL(first).origin;
      const digest = digests.get(server) ?? digestOf([]);
      const url = `${actor}/followers?base-url=${encodeURIComponent(`${server}/`)}`;
      const value = `collectionId="${actor}/followers", url="${url}", digest="${digest}"`;
      done.push({ ...message, headers: { ...message.headers, [header]: value } });
    }
    return done;
  };
  return {
    ...queue,
    enqueue: async (message, options) => queue.enqueue((await marked([message]))[0], options),
    enqueueMany: async (messages, options) => queue.enqueueMany(await marked(messages), options),
  };
}

/** Who speaks to all followers; undefined for what goes to others. */
function speaker({ type, activity }: Outgoing): string | undefined {
  if (type !== "outbox" || typeof activity.actor !== "string") return undefined;
  const told = [activity.to, activity.cc].flat();
  return told.includes(`${activity.actor}/followers`) ? activity.actor : undefined;
}

/** By server, the digest of those of its people who follow an actor. */
async function digestsOf(db: Db, identifier: string): Promise<Map<string, string>> {
  const byServer = new Map<string, string[]>();
  for await (const { actor } of followersOf(db, identifier)) {
    const { origin } = new URL(actor);
    const there = byServer.get(origin);
    if (there === undefined) byServer.set(origin, [actor]);
    else there.push(actor);
  }
  return new Map([...byServer].map(([origin, actors]) => [origin, digestOf(actors)]));
}

async function* followersOf(db: Db, identifier: string): AsyncGenerator<followers.Follower> {
  let after: string | undefined = "";
  while (after !== undefined) {
    const page: followers.Follower[] = await followers.page(db, identifier, { after, limit: 1000 });
    yield* page;
    after = page.length === 1000 ? page.at(-1)?.actor : undefined;
  }
}

/** The followers of an actor who are on a server, for that server only (`mayRead`). */
export async function followersOn(
  db: Db,
  identifier: string,
  server: URL,
): Promise<{ id: URL; inboxId: URL }[]> {
  const found: { id: URL; inboxId: URL }[] = [];
  for await (const { actor, inbox } of followersOf(db, identifier)) {
    const id = new URL(actor);
    if (id.origin === server.origin) found.push({ id, inboxId: new URL(inbox) });
  }
  return found;
}

/** Who follows from a server is told that server alone; how many follow in all is public. */
export async function mayRead(context: RequestContext<FederationData>): Promise<boolean> {
  const server = context.url.searchParams.get("base-url");
  if (server === null || !URL.canParse(server)) return true;
  const signer = await context.getSignedKeyOwner();
  return signer?.id?.origin === new URL(server).origin;
}

/** Lists that are being asked for, by actor. */
const asking = new Map<string, Promise<void>>();

/** Waits for the lists that are being asked for now, and for what comes of them. */
export async function compared(): Promise<void> {
  await Promise.all(asking.values());
}

/**
 * Somebody has told us the digest of those who follow them from here. Where that
 * isn't what we know, the list is asked for: who of ours isn't in it is asked to
 * be taken in again, and who is in it without following is taken out. Goes on
 * after it has returned.
 *
 * @param headers Of a delivery whose signature was right.
 */
export async function compareFollowers(
  federation: Federation<FederationData>,
  data: FederationData,
  headers: Headers,
  body: Buffer,
): Promise<void> {
  const told = readHeader(headers, body);
  if (told === undefined) return;
  const { actor, url, digest } = told;
  const { db, node } = data;
  const following = (await followers.following(db, NODE)).filter(
    (each) => each.actor === actor && each.accepted !== null,
  );
  const ours = following.map(() => node.actor);
  if (digestOf(ours) === digest || asking.has(actor) || asking.size >= mostAsked) return;
  const context = federation.createContext(new URL(node.origin), data);
  const mending = mend(context, actor, url, new Set(ours))
    .catch((error: unknown) => {
      log.warn("{url} can't be compared with what we know: {error}", { url, error });
    })
    .finally(() => asking.delete(actor));
  asking.set(actor, mending);
}

function readHeader(
  headers: Headers,
  body: Buffer,
): { actor: string; url: string; digest: string } | undefined {
  const given = headers.get(header);
  if (given === null || given.length > 2000) return undefined;
  const parameters = new Map(
    [...given.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value ?? ""]),
  );
  const { actor } = JSON.parse(body.toString()) as { actor?: string | { id?: string } };
  const id = typeof actor === "string" ? actor : actor?.id;
  const [url, collection] = [parameters.get("url"), parameters.get("collectionId")];
  const digest = parameters.get("digest") ?? "";
  const all = [id, url, collection];
  if (!/^[0-9a-f]{64}$/.test(digest) || !all.every((each) => URL.canParse(each ?? ""))) {
    return undefined;
  }
  // Nobody speaks for another server.
  if (new Set(all.map((each) => new URL(each ?? "").origin)).size > 1) return undefined;
  return { actor: id ?? "", url: url ?? "", digest };
}

async function mend(
  context: Context<FederationData>,
  actor: string,
  url: string,
  ours: ReadonlySet<string>,
): Promise<void> {
  const { db, node } = context.data;
  const theirs = await readList(context, url);
  const lost = [...ours].filter((each) => !theirs.has(each));
  // Asked again by whoever keeps up the handshake.
  if (lost.length > 0) {
    log.info("{actor} has lost that we follow it", { actor });
    await followers.unaccept(db, NODE, actor);
  }
  for (const unknown of theirs) {
    if (ours.has(unknown) || !unknown.startsWith(`${node.origin}/`)) continue;
    const identifier = unknown.slice(node.origin.length + 1);
    const follow = { type: "Follow", id: `${unknown}#follows/${fingerprint(actor)}` };
    const undo = activityDocument("Undo", {
      id: `${unknown}#undos/${fingerprint(actor)}`,
      actor: unknown,
      object: { ...follow, actor: unknown, object: actor },
      to: [actor],
    });
    await send(context, identifier, [await recipient(context, actor)], undo);
  }
}

async function recipient(context: Context<FederationData>, actor: string) {
  const { document } = await context.documentLoader(actor);
  const { id, inbox } = document as { id?: string; inbox?: string };
  if (id !== actor || inbox === undefined) throw new Error(`${actor} has no inbox`);
  return { id: new URL(actor), inboxId: new URL(inbox) };
}

/** The actors in a collection and the pages that it consists of, all on one server. */
async function readList(context: Context<FederationData>, url: string): Promise<Set<string>> {
  const { origin } = new URL(url);
  const loader = await context.getDocumentLoader({ identifier: NODE });
  const found = new Set<string>();
  const seen = new Set<string>();
  const signal = AbortSignal.timeout(patience);
  let next: unknown = url;
  while (next !== undefined && found.size < mostRead && seen.size < 20) {
    let page = next as { items?: unknown; orderedItems?: unknown; first?: unknown; next?: unknown };
    if (typeof next === "string") {
      if (seen.has(next) || new URL(next, url).origin !== origin) break;
      seen.add(next);
      page = (await loader(next, { signal })).document as typeof page;
    }
    for (const item of [page.orderedItems ?? page.items ?? []].flat()) {
      const id: unknown =
        typeof item === "object" && item !== null && "id" in item ? item.id : item;
      if (typeof id === "string" && found.size < mostRead) found.add(id);
    }
    next = page.first ?? page.next;
  }
  return found;
}
