import type { Peer } from "../store/peers.ts";
import * as peers from "../store/peers.ts";
import type { Onward } from "./pages/leaf.ts";
import type { Site } from "./site.ts";

/** Where the whole directory is to be found: a hub that this leaf knows. */
export interface Beyond {
  host: string;
  /** Its origin. */
  url: string;
}

/**
 * The hub at which a search of a leaf goes on: one that answers, configured
 * ones first. Undefined on a hub, and while none is known.
 */
export async function beyond({ db, role }: Site): Promise<Beyond | undefined> {
  if (role === "hub") return undefined;
  const hubs = (await peers.all(db)).filter(({ role: part }) => part === "hub");
  const rank = ({ fault, chosen }: Peer) => (fault === null ? 0 : 2) + (chosen === null ? 0 : 1);
  const [hub] = hubs.toSorted((a, b) => rank(a) - rank(b) || (b.seen ?? 0) - (a.seen ?? 0));
  return hub && { host: hub.host, url: hub.url };
}

/** For a page of a leaf: where it goes on. Undefined on a hub. */
export async function onward(
  site: Site,
  path: string,
  parameters = new URLSearchParams(),
): Promise<Onward | undefined> {
  if (site.role === "hub") return undefined;
  const hub = await beyond(site);
  return { hub: hub && { host: hub.host, href: sameOn(hub, path, parameters) } };
}

/** The same page or answer on that hub. A cursor means something only where it was made. */
export function sameOn({ url }: Beyond, path: string, parameters: URLSearchParams): string {
  const same = new URL(path, url);
  for (const [name, value] of parameters) {
    if (name !== "cursor") same.searchParams.append(name, value);
  }
  return same.href;
}
