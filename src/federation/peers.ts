import type { Federation } from "@fedify/fedify";
import { type Job, repeat } from "../jobs.ts";
import { askDescription } from "../replication/describe.ts";
import { isGuest } from "../replication/peer-kinds.ts";
import * as followers from "../store/followers.ts";
import * as peers from "../store/peers.ts";
import { NODE } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { activityDocument, fingerprint, send } from "./send.ts";

/**
 * The handshake: our node actor asks to follow that of each configured peer,
 * and asks again now and then until it is accepted. A leaf also asks the hubs
 * that it has chosen, as it lives by their knowing it.
 */
export function shakeHands(
  federation: Federation<FederationData>,
  data: FederationData,
  role: "hub" | "leaf",
  stop: AbortSignal,
): Job {
  const pace = { every: 600_000, retry: 2000, retryMost: 300_000 };
  return repeat("asking to follow peers", stop, pace, async (signal) => {
    const following = await followers.following(data.db, NODE);
    const failures: unknown[] = [];
    const all = (await peers.all(data.db)).filter((peer) => !isGuest(peer));
    const asked = all.filter(({ chosen }) => chosen === null || role === "leaf");
    for (const { url: peer } of asked) {
      const known = following.find(({ actor }) => new URL(actor).origin === peer);
      if (known?.accepted != null) continue;
      await ask(federation, data, peer, signal).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
    return false;
  });
}

async function ask(
  federation: Federation<FederationData>,
  data: FederationData,
  peer: string,
  signal: AbortSignal,
): Promise<void> {
  const { actor } = await askDescription(
    fetch,
    peer,
    AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
  );
  const activity = `${data.node.actor}#follows/${fingerprint(actor)}`;
  await followers.request(data.db, {
    follower: NODE,
    actor,
    activity,
    requested: data.clock(),
    accepted: null,
  });
  const context = federation.createContext(new URL(data.node.origin), data);
  await send(
    context,
    NODE,
    [{ id: new URL(actor), inboxId: new URL(`${actor}/inbox`) }],
    activityDocument("Follow", {
      id: activity,
      actor: data.node.actor,
      object: actor,
      to: [actor],
    }),
  );
}
