import { signRequest } from "@fedify/fedify/sig";
import { getLogger } from "@logtape/logtape";
import type { Identity } from "../directory/identity.ts";
import type { Watch } from "../events.ts";
import { type Job, repeat } from "../jobs.ts";
import type { Peer } from "../store/peers.ts";
import { ask, askDescription, changesUrl } from "./describe.ts";
import { isConfigured, isGuest } from "./peer-kinds.ts";
import type { Puller } from "./pull.ts";
import type { Replica, Send } from "./replica.ts";

/** Tells a hub that there is something to pull. Throws when it can't be told. */
export type Wake = (hub: string, cursor: string, signal: AbortSignal) => Promise<void>;

/** How many hubs are woken; of those that are configured all. */
const wokenMost = 3;

/** Pauses between tries to wake a hub, doubled from the first to the last; ms. */
const pauses = { first: 2000, last: 600_000 } as const;

/** The longest time after which hubs that were chosen meanwhile are woken, ms. */
const look = 10_000;

/**
 * Which peers to wake: the configured ones, and of the chosen ones those that
 * have been chosen longest, up to three in all. Leaves and guests hear of news
 * from nobody.
 */
function hubsToWake(peers: Peer[]): string[] {
  const hubs = peers.filter((peer) => peer.role !== "leaf" && !isGuest(peer));
  const configured = hubs.filter(isConfigured);
  const chosen = hubs
    .filter((peer) => peer.chosen !== null)
    .toSorted((a, b) => (a.chosen ?? 0) - (b.chosen ?? 0) || (a.url < b.url ? -1 : 1))
    .slice(0, Math.max(0, wokenMost - configured.length));
  return [...configured, ...chosen].map(({ url }) => url);
}

/**
 * Wakes hubs whenever a record of this node has changed since they were last
 * told: at the start, too, as commands may have changed something while the
 * node was stopped, and hubs that were chosen since. One that can't be told is
 * told later.
 */
export function wakeHubs(puller: Puller, wake: Wake, watch: Watch, stop: AbortSignal): Job {
  const { replica, clock } = puller;
  const told = new Map<string, number>();
  const failing = new Map<string, { tries: number; due: number }>();
  let seen = 0;
  let own = 0;
  const turn = async (signal: AbortSignal) => {
    const due = Math.min(look, ...[...failing.values()].map((each) => each.due - clock.now()));
    const head = await watch.past(seen, Math.max(due, 100), signal);
    if (signal.aborted) return true;
    if (head < seen) {
      // The log went back: all of it may be news to those who were told of more.
      told.clear();
      seen = 0;
    }
    if (await hasOwn(replica, seen)) own = head;
    seen = head;
    const hubs = hubsToWake(await replica.peers.all());
    for (const url of failing.keys()) if (!hubs.includes(url)) failing.delete(url);
    const late = hubs.filter((url) => (told.get(url) ?? 0) < own);
    const now = clock.now();
    const ready = late.filter((url) => (failing.get(url)?.due ?? 0) <= now);
    if (ready.length === 0) return true;
    const cursor = `${await replica.epoch()}.${head}`;
    await Promise.all(
      ready.map(async (hub) => {
        try {
          await wake(hub, cursor, AbortSignal.any([signal, clock.timeout(20_000)]));
          told.set(hub, head);
          failing.delete(hub);
        } catch (error) {
          if (signal.aborted) return;
          const { message } = error as Error;
          const tries = (failing.get(hub)?.tries ?? 0) + 1;
          const pause = Math.min(pauses.last, pauses.first * 2 ** (tries - 1));
          failing.set(hub, { tries, due: clock.now() + pause });
          const log = getLogger(["fragaria", "replication"]);
          log.info("{hub} was not woken: {message}", { hub, message });
        }
      }),
    );
    return true;
  };
  const pace = { every: 0, retry: 1000, retryMost: 60_000 };
  return repeat("waking hubs", stop, pace, turn, puller);
}

/** Whether there is something of this node's own behind a cursor. */
async function hasOwn(replica: Replica, seq: number): Promise<boolean> {
  const only = { origin: replica.host };
  if ((await replica.after(seq, 1, only)).length > 0) return true;
  return ((await replica.news?.after(seq, 1, only)) ?? []).length > 0;
}

/** Wakes a hub of which it has turned out that it lacks something, whether it is a peer or not. */
export async function wakeHub(
  { replica, clock }: Puller,
  wake: Wake,
  hub: string,
  stop: AbortSignal,
): Promise<void> {
  const cursor = `${await replica.epoch()}.${await replica.head()}`;
  await wake(hub, cursor, AbortSignal.any([stop, clock.timeout(20_000)]));
}

/**
 * A wake-up over HTTP: an `Update` of this node's own feed, signed, by which a
 * hub knows that there is something to pull. It carries nothing else, so losing
 * it costs nothing: the hub's cursor remembers where it was.
 */
export function signedWake(node: Identity, send: Send): Wake {
  return async (hub, cursor, signal) => {
    const { actor } = await askDescription(send, hub, signal);
    const privateKey = await crypto.subtle.importKey(
      "jwk",
      node.rsa.privateKey,
      { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
      true, // Fedify wants to look at it
      ["sign"],
    );
    const request = new Request(`${actor}/inbox`, {
      method: "POST",
      headers: { "content-type": "application/activity+json" },
      body: JSON.stringify({
        "@context": "https://www.w3.org/ns/activitystreams",
        id: `${node.origin}/wake/${cursor}`,
        type: "Update",
        actor: node.actor,
        object: changesUrl(node.origin),
      }),
    });
    const signed = await signRequest(request, privateKey, new URL(`${node.actor}#main-key`));
    const { method, headers } = signed;
    await ask(send, signed.url, { method, headers, body: await signed.text(), signal }, 64 * 1024);
  };
}
