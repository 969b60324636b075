import { getLogger } from "@logtape/logtape";
import { domainOf } from "../directory/domain.ts";
import { askDescription } from "./describe.ts";
import { isGuest } from "./peer-kinds.ts";
import type { Puller } from "./pull.ts";

/** How many nodes that nobody configured may have a hub read them, in all and of one domain. */
const guestsMost = { all: 2000, domain: 20 } as const;

/** After how long without an answer a guest is forgotten, in milliseconds. */
const forgottenAfter = 30 * 86_400_000;

/** How many may wait to be asked who they are, and how many are asked at once. */
const waitingMost = 1000;
const asking = 8;

/** Lets nodes in that wake this hub without being its peers. */
export interface Guests {
  /** Somebody who isn't a peer has woken us. */
  knock(origin: string): void;
  /** Settles when nobody is being asked any more. */
  idle(): Promise<void>;
}

/**
 * A leaf finds its hubs by itself, and so does a hub whom nobody follows yet:
 * who wakes this hub gets its own records read from then on, if they may be
 * held here, and if it is a node at all.
 *
 * @param onGuest Called when there is a new one.
 */
export function openToGuests(
  puller: Puller,
  stop: AbortSignal,
  onGuest: (origin: string) => void | Promise<void>,
): Guests {
  const waiting = new Set<string>();
  const running = new Set<Promise<void>>();
  const busy = new Set<string>();
  const next = () => {
    while (running.size < asking && !stop.aborted) {
      const [origin] = waiting;
      if (origin === undefined) return;
      waiting.delete(origin);
      busy.add(origin);
      const one = admit(puller, origin, stop, onGuest).finally(() => {
        running.delete(one);
        busy.delete(origin);
        next();
      });
      running.add(one);
    }
  };
  return {
    knock(origin) {
      if (waiting.size >= waitingMost || busy.has(origin)) return;
      waiting.add(origin);
      next();
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

async function admit(
  puller: Puller,
  origin: string,
  stop: AbortSignal,
  onGuest: (origin: string) => void | Promise<void>,
): Promise<void> {
  const { replica, send, clock } = puller;
  const log = getLogger(["fragaria", "replication"]);
  const { host } = new URL(origin);
  try {
    if (host === replica.host || !(await replica.policy())(host)) return;
    const all = await replica.peers.all();
    if (!all.some(({ url }) => url === origin)) {
      const guests = all.filter(isGuest);
      const domain = domainOf(host);
      const kin = guests.filter((each) => domainOf(each.host) === domain);
      if (guests.length >= guestsMost.all || kin.length >= guestsMost.domain) {
        log.info("{host} woke this hub, which has no room for another node", { host });
        return;
      }
      const signal = AbortSignal.any([stop, clock.timeout(20_000)]);
      const { role, actor } = await askDescription(send, origin, signal);
      const now = clock.now();
      await replica.peers.add({ url: origin, role, actor, woke: now, seen: now, reclaimed: now });
      log.info("{host} woke this hub and is read from now on", { host });
    }
    await onGuest(origin);
  } catch (error) {
    const { message } = error as Error;
    log.info("{host} woke this hub, but can't be read: {message}", { host, message });
  }
}

/** Forgets guests that haven't answered for long: if they come back they wake us again. */
export async function forgetGuests({ replica, clock }: Puller): Promise<void> {
  for (const peer of await replica.peers.all()) {
    if (!isGuest(peer) || peer.fault === null) continue;
    if (clock.now() - Math.max(peer.seen ?? 0, peer.woke ?? 0) > forgottenAfter) {
      await replica.peers.remove(peer.url);
    }
  }
}
