import { signRequest } from "@fedify/fedify/sig";
import { getLogger } from "@logtape/logtape";
import type { Identity } from "../directory/identity.ts";
import type { Watch } from "../events.ts";
import { type Job, repeat } from "../jobs.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import { ask, askDescription, changesUrl } from "./describe.ts";
import type { Send } from "./replica.ts";

/**
 * A leaf's wake-up: an `Update` of its own feed, signed, by which a hub knows
 * that there is something to pull. It carries nothing else, so losing it costs
 * nothing: the hub's cursor remembers where it was.
 */
function wakeUp(node: Identity, cursor: string): Record<string, unknown> {
  return {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${node.origin}/wake/${cursor}`,
    type: "Update",
    actor: node.actor,
    object: changesUrl(node.origin),
  };
}

/**
 * Wakes the hubs at the start, as commands may have changed something while the
 * node was stopped, and whenever a record of this node has changed.
 */
export function wakeHubs(
  db: Db,
  node: Identity,
  send: Send,
  hubs: string[],
  watch: Watch,
  stop: AbortSignal,
): Job {
  let seen = 0;
  return repeat(
    "waking hubs",
    stop,
    { every: 0, retry: 1000, retryMost: 60_000 },
    async (signal) => {
      const head = await watch.past(seen, 60_000, signal);
      // The log may have gone back: then wait for what comes behind its present end.
      seen = Math.min(seen, head);
      if (head === seen || signal.aborted) return true;
      const own = await records.after(db, seen, 1, { origin: node.host });
      seen = head;
      if (own.length === 0) return true;
      const cursor = `${await settings.epoch(db)}.${head}`;
      await Promise.all(hubs.map((hub) => wakeHub(node, send, hub, cursor, signal)));
      return true;
    },
  );
}

async function wakeHub(
  node: Identity,
  send: Send,
  hub: string,
  cursor: string,
  stop: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(20_000)]);
  try {
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
      body: JSON.stringify(wakeUp(node, cursor)),
    });
    const signed = await signRequest(request, privateKey, new URL(`${node.actor}#main-key`));
    const { method, headers } = signed;
    await ask(send, signed.url, { method, headers, body: await signed.text(), signal }, 64 * 1024);
  } catch (error) {
    const { message } = error as Error;
    getLogger(["fragaria", "replication"]).info("{hub} was not woken: {message}", { hub, message });
  }
}
