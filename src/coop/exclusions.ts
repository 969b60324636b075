import { z } from "zod";
import type { Exclusion } from "./standing.ts";

const Host = z.string().min(1).max(260);

/** What a node doesn't hold: `GET /dir/v1/excluded`. */
export const Exclusions = z.object({
  hosts: z.array(z.object({ host: Host, reason: z.string().max(60) })),
  /** No host whose name is one of these, or ends in a dot and one of these, but for those named. */
  domains: z.array(z.object({ domain: Host, reason: z.string().max(60), except: z.array(Host) })),
  /** When there is: no host at all but for those named. */
  others: z.object({ reason: z.string().max(60), except: z.array(Host) }).optional(),
});
export type Exclusions = z.infer<typeof Exclusions>;

/** Reads a list for asking of many hosts whether it leaves them out. */
export function excludedBy({ hosts, domains, others }: Exclusions): (host: string) => boolean {
  const single = new Set(hosts.map(({ host }) => host));
  const below = new Map(domains.map(({ domain, except }) => [domain, new Set(except)]));
  const known = others && new Set(others.except);
  return (host) => {
    if (single.has(host)) return true;
    if (known !== undefined && !known.has(host)) return true;
    return below.size > 0 && suffixes(host).some((name) => below.get(name)?.has(host) === false);
  };
}

/** `a.b.example:1` itself, then without its port: `a.b.example`, `b.example`, `example`. */
function suffixes(host: string): string[] {
  const labels = host.replace(/:\d+$/, "").split(".");
  return [host, ...labels.map((_, at) => labels.slice(at).join("."))];
}

/** What is known of a host, as far as others' room depends on it. */
export interface Acquaintance {
  host: string;
  domain: string;
  /** Whether nobody answers for it. */
  unknown: boolean;
  exclusion: Exclusion | null;
}

/** How many hosts that nobody vouches for are let in. */
export interface Room {
  /** Below one registered domain. */
  domainHosts: number;
  /** In all. */
  hosts: number;
}

/**
 * The hosts that a node knows, counted by who shares a quota with whom, so that
 * a flood of names costs a look-up each.
 */
export class Acquaintances {
  readonly #room: Room;
  readonly #known = new Map<string, Acquaintance>();
  /** By domain: the hosts below it that nobody vouches for. */
  readonly #unknown = new Map<string, Set<string>>();
  #count = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Notes what is now known of a host. */
  put(acquaintance: Acquaintance): void {
    const { host, domain, unknown } = acquaintance;
    this.delete(host);
    this.#known.set(host, acquaintance);
    if (!unknown) return;
    const others = this.#unknown.get(domain);
    if (others === undefined) this.#unknown.set(domain, new Set([host]));
    else others.add(host);
    this.#count += 1;
  }

  /** Forgets a host. */
  delete(host: string): void {
    const known = this.#known.get(host);
    this.#known.delete(host);
    if (known?.unknown !== true) return;
    this.#count -= 1;
    const others = this.#unknown.get(known.domain);
    others?.delete(host);
    if (others?.size === 0) this.#unknown.delete(known.domain);
  }

  get(host: string): Acquaintance | undefined {
    return this.#known.get(host);
  }

  /** Whether a host of this domain that isn't known yet may be got to know. */
  hasRoom(domain: string): boolean {
    const others = this.#unknown.get(domain)?.size ?? 0;
    return others < this.#room.domainHosts && this.#count < this.#room.hosts;
  }

  /** All that is left out, for others to know. */
  exclusions(): Exclusions {
    const known = [...this.#known.values()].toSorted((a, b) => (a.host < b.host ? -1 : 1));
    const hosts = known.flatMap(({ host, exclusion }) =>
      exclusion === null ? [] : [{ host, reason: exclusion }],
    );
    const kept = known.filter(({ exclusion }) => exclusion === null);
    const full = new Map<string, string[]>();
    for (const [domain, others] of this.#unknown) {
      if (others.size >= this.#room.domainHosts) full.set(domain, []);
    }
    for (const { host, domain } of kept) full.get(domain)?.push(host);
    const domains = [...full].map(([domain, except]) => ({ domain, reason: "over-quota", except }));
    return {
      hosts,
      domains: domains.toSorted((a, b) => (a.domain < b.domain ? -1 : 1)),
      ...(this.#count >= this.#room.hosts && {
        others: { reason: "over-quota", except: kept.map(({ host }) => host) },
      }),
    };
  }
}
