import {
  createExponentialBackoffPolicy,
  type FederationOptions,
  type OutboxPermanentFailureHandler,
} from "@fedify/fedify";
import { getLogger } from "@logtape/logtape";
import * as followers from "../store/followers.ts";
import type { Db } from "../store/schema.ts";
import * as unreachable from "../store/unreachable.ts";
import { deliverable } from "./deliverable.ts";
import type { FederationData } from "./federation.ts";

const log = getLogger(["fragaria", "federation"]);

const day = 86_400_000;

/** How long a server is left alone before those who follow from there are let go. */
const leftAlone = 90 * day;

/** How long a server may take to answer when it is asked whether it is there. */
const patience = 20_000;

/** How long it is tried to deliver something, in milliseconds. */
export interface Endurance {
  /** Before the second try; the pauses grow threefold, up to 12 hours. */
  retry: number;
  /** Between two tries at a server that doesn't answer, or only with errors of its own. */
  probe: number;
  /** How long such a server is tried. */
  patience: number;
}

/**
 * What is refused isn't sent again: the same statuses by which Mastodon gives up
 * (`app/workers/activitypub/delivery_worker.rb`). Others may be different next
 * time: a key that couldn't be fetched, a limit of requests.
 */
const final = Array.from({ length: 100 }, (_, at) => 400 + at).filter(
  (status) => ![401, 408, 429].includes(status),
);

/**
 * The retries of deliveries: over three days, or, where a server is away, by one
 * of the messages that wait for it at a time, for as long as the patience lasts.
 */
export function enduring({ retry, probe, patience: tried }: Endurance) {
  return {
    outboxRetryPolicy: createExponentialBackoffPolicy({
      initialDelay: { milliseconds: retry },
      factor: 3,
      maxAttempts: 16,
    }),
    permanentFailureStatusCodes: final,
    circuitBreaker: {
      recoveryDelay: { milliseconds: probe },
      heldActivityTtl: { milliseconds: tried },
    },
  } satisfies Partial<FederationOptions<FederationData>>;
}

/**
 * What becomes of followers to whom something couldn't be delivered. Who is gone
 * is let go; a shared inbox that is gone is asked no more, and those behind it
 * speak for themselves from then on; a server that was away all the time is left
 * alone until it is heard from.
 */
export const onUndeliverable: OutboxPermanentFailureHandler<FederationData> = async (
  { data },
  { reason, inbox, statusCode, actorIds },
) => {
  const { db, insecure, clock } = data;
  if (reason === "circuit-breaker-ttl") {
    log.warn("{host} is left alone: it has taken nothing for long", { host: inbox.host });
    await unreachable.add(db, inbox.host, clock());
    return;
  }
  if (statusCode !== 404 && statusCode !== 410) return;
  await followers.forgetSharedInbox(db, inbox.href);
  if (statusCode === 410) await followers.removeByInbox(db, inbox.href);
  // Not to be found may be a fault of the moment. Only who is nowhere to be found is gone.
  else {
    for (const actor of actorIds) {
      const status = deliverable(actor, insecure) ? await statusOf(actor) : undefined;
      if (status !== 404 && status !== 410) continue;
      log.info("{actor} is gone, and follows nobody any more", { actor: actor.href });
      await followers.removeByInbox(db, inbox.href, actor.href);
    }
  }
};

/** What a server answers to a request for an actor; undefined if it doesn't. */
async function statusOf(actor: URL): Promise<number | undefined> {
  try {
    const answer = await fetch(actor, {
      headers: { accept: "application/activity+json" },
      signal: AbortSignal.timeout(patience),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}

/** A server that was left alone has sent something whose signature is right: it is there. */
export async function heardFrom(db: Db, activity: Buffer): Promise<void> {
  const { actor } = JSON.parse(activity.toString()) as { actor?: string | { id?: string } };
  const id = typeof actor === "string" ? actor : actor?.id;
  if (id === undefined || !URL.canParse(id)) return;
  const { host } = new URL(id);
  if (await unreachable.has(db, host)) await unreachable.remove(db, host);
}

/**
 * Asks servers that are left alone, once a day each, whether they are there again;
 * after 90 days those who follow from there are let go.
 *
 * @param now Epoch ms.
 */
export async function askUnreachable(
  { db, insecure }: Pick<FederationData, "db" | "insecure">,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  for (const { host, since, asked } of await unreachable.all(db)) {
    if (asked > now - day) continue;
    if (signal?.aborted === true) return;
    const there = await followers.onHost(db, host);
    const [first] = there;
    const actor = first && new URL(first.actor);
    const status = actor && deliverable(actor, insecure) ? await statusOf(actor) : undefined;
    if (status !== undefined && status < 500) {
      log.info("{host} is there again", { host });
      await unreachable.remove(db, host);
    } else if (first === undefined || since <= now - leftAlone) {
      log.warn("{count} followers on {host} are let go", { count: there.length, host });
      for (const { followed, actor: gone } of there) await followers.remove(db, followed, gone);
      await unreachable.remove(db, host);
    } else {
      await unreachable.asked(db, host, now);
    }
  }
}
