import type { Peer } from "../store/peers.ts";

/** Whether the administrator named it. */
export function isConfigured({ chosen, woke }: Peer): boolean {
  return chosen === null && woke === null;
}

/** Whether a peer is one only because it has woken us: then nothing but its own is read. */
export function isGuest({ chosen, woke }: Peer): boolean {
  return chosen === null && woke !== null;
}
