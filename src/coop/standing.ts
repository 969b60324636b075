/**
 * What a node holds of others, and what it shows: decided from what is known of
 * a host and of its neighbours under the same registered domain, and from
 * nothing else. Trust is local, so other nodes decide otherwise.
 */

/** How many records a host may have here, by who answers for it. */
export const quotas = {
  /** One that nobody vouches for. */
  unknown: 50,
  /** One that a trusted attester vouches for; more if its beacon asks for it, up to `asked`. */
  vouched: 5000,
  asked: 50_000,
  /** Hosts that nobody vouches for, together: below one registered domain, and in all. */
  domainRecords: 200,
  domainHosts: 20,
  hosts: 5000,
} as const;

/** Who answers for a host. */
export interface Backing {
  /** This node itself, or one that it is configured to exchange records with. */
  configured: boolean;
  /** What the administrator decided. */
  decision: "allowed" | "denied" | null;
  /** Whether a trusted attester vouches for it. */
  vouched: boolean;
}

/** All that its standing depends on. */
export interface HostFacts extends Backing {
  host: string;
  /** When it was first heard of, epoch ms: who came first stays. */
  seen: number;
  /** Whether its last beacon is so old that its records are dropped. */
  silent: boolean;
  /** How many records its beacon asks for. */
  asks: number | null;
  /** How many are held. */
  records: number;
  /** The quota that it once went beyond: what was held was then dropped. */
  exceeded: number | null;
}

export type Exclusion = "denied" | "over-quota" | "silent";

/**
 * Listed: held and shown. Held: kept and passed on, but neither found nor
 * counted. Excluded: not kept at all.
 */
export type Standing =
  | { state: "listed" }
  | { state: "held" }
  | { state: "excluded"; reason: Exclusion };

/** Whether nobody answers for a host, so that it is in the company of its neighbours. */
function isUnknown({ configured, decision, vouched }: Backing): boolean {
  return !configured && decision === null && !vouched;
}

/** How many records a host may have. */
export function quotaOf(facts: Backing & Pick<HostFacts, "asks">): number {
  if (facts.configured || facts.decision === "allowed") return Infinity;
  if (!facts.vouched) return quotas.unknown;
  return Math.min(Math.max(facts.asks ?? 0, quotas.vouched), quotas.asked);
}

/**
 * The standing of all known hosts below one registered domain. Hosts that
 * nobody vouches for share its quotas, and who was seen first has the first
 * turn. A host is held as a whole or not at all.
 */
export function standingsOf(hosts: readonly HostFacts[]): Map<string, Standing> {
  const standings = new Map<string, Standing>();
  let [neighbours, records] = [0, 0];
  for (const facts of hosts.toSorted(bySeen)) {
    const alone = ownStanding(facts);
    const shares = alone.state !== "excluded" && isUnknown(facts);
    const over =
      shares &&
      (neighbours >= quotas.domainHosts || records + facts.records > quotas.domainRecords);
    standings.set(facts.host, over ? { state: "excluded", reason: "over-quota" } : alone);
    if (!shares || over) continue;
    neighbours += 1;
    records += facts.records;
  }
  return standings;
}

/** As if it had its domain to itself. */
function ownStanding(facts: HostFacts): Standing {
  if (facts.decision === "denied") return { state: "excluded", reason: "denied" };
  if (facts.silent) return { state: "excluded", reason: "silent" };
  const quota = quotaOf(facts);
  // Once beyond it, it stays excluded until it may have more.
  if (facts.records > quota || quota <= (facts.exceeded ?? -1)) {
    return { state: "excluded", reason: "over-quota" };
  }
  return { state: isUnknown(facts) ? "held" : "listed" };
}

function bySeen(a: HostFacts, b: HostFacts): number {
  return a.seen - b.seen || (a.host < b.host ? -1 : 1);
}
