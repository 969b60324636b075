/** A node that records could be had from, as far as is known. */
export interface Candidate {
  /** Its origin. */
  url: string;
  /** The administrator named it: it is followed whatever else is so. */
  configured: boolean;
  /** When this node chose it by itself, epoch ms; null if it didn't. */
  chosen: number | null;
  /** A hub that answers, or that is said to. */
  usable: boolean;
}

/** By what upstream hubs are chosen. */
export interface Choice {
  /** How many there should be, configured ones that can be used among them. */
  most: number;
  /** Epoch ms. */
  now: number;
  /** From 0 up to, but not including, 1. */
  random: () => number;
  /** The registrable domain of a URL: who is behind one is behind all of its hosts. */
  domainOf: (url: string) => string;
  /** How long none is exchanged after the last choice, ms. */
  settled: number;
}

/** Those that have been chosen longest are never exchanged for others. */
export const anchors = 2;

/**
 * Chooses the hubs to follow beside the configured ones: at most one of each
 * registrable domain, and those at random, so that whoever wants to surround a
 * node needs many domains and luck. What was chosen stays while it can be used;
 * only once in a while one of them, but none of the two oldest, makes room for
 * another, so that a node that was surrounded gets out by itself.
 *
 * @returns The origins to follow from now on, those that were chosen before
 *   first.
 */
export function chooseUpstreams(candidates: Candidate[], choice: Choice): string[] {
  const { most, now, settled } = choice;
  const configured = candidates.filter((each) => each.configured);
  const room = Math.max(0, most - configured.filter(({ usable }) => usable).length);
  const taken = new Set(configured.map(({ url }) => choice.domainOf(url)));
  const eligible = candidates.filter((each) => !each.configured && each.usable);
  const before = eligible
    .filter(({ chosen }) => chosen !== null)
    .toSorted((a, b) => (a.chosen ?? 0) - (b.chosen ?? 0) || (a.url < b.url ? -1 : 1));
  const fresh = eligible.filter(({ chosen }) => chosen === null);
  const kept = onePerDomain(before, taken, choice).slice(0, room);

  const last = Math.max(...kept.map(({ chosen }) => chosen ?? 0));
  if (kept.length === room && kept.length > anchors && now - last >= settled) {
    const at = anchors + Math.floor(choice.random() * (kept.length - anchors));
    const rest = kept.toSpliced(at, 1);
    const [other] = drawn(fresh, domains(taken, rest, choice), 1, choice);
    if (other !== undefined) return [...rest, other].map(({ url }) => url);
  }
  const added = drawn(fresh, domains(taken, kept, choice), room - kept.length, choice);
  return [...kept, ...added].map(({ url }) => url);
}

/** The first of each domain that isn't taken. */
function onePerDomain(from: Candidate[], taken: Set<string>, { domainOf }: Choice): Candidate[] {
  const seen = new Set(taken);
  return from.filter(({ url }) => {
    const domain = domainOf(url);
    return !seen.has(domain) && seen.add(domain);
  });
}

function domains(taken: Set<string>, more: Candidate[], { domainOf }: Choice): Set<string> {
  return new Set([...taken, ...more.map(({ url }) => domainOf(url))]);
}

function drawn(from: Candidate[], taken: Set<string>, count: number, choice: Choice): Candidate[] {
  const open = from.filter(({ url }) => !taken.has(choice.domainOf(url)));
  return drawDiverse(open, count, 1, choice);
}

/**
 * Draws some at random: first a domain, then one of its hosts, so that a domain
 * with many hosts has no better chance than any other.
 *
 * @param rounds After each domain had its turn the domains have another, so many times.
 */
export function drawDiverse<T extends { url: string }>(
  from: T[],
  count: number,
  rounds: number,
  { random, domainOf }: Pick<Choice, "random" | "domainOf">,
): T[] {
  const hosts = new Map<string, T[]>();
  // In an order of their own, so that nothing but the random source decides.
  for (const each of from.toSorted((a, b) => (a.url < b.url ? -1 : 1))) {
    const domain = domainOf(each.url);
    const others = hosts.get(domain);
    if (others === undefined) hosts.set(domain, [each]);
    else others.push(each);
  }
  const anyOf = <E>(list: E[]) => list.splice(Math.floor(random() * list.length), 1);
  const result: T[] = [];
  for (let round = 0; round < rounds && hosts.size > 0; round += 1) {
    const left = [...hosts];
    while (left.length > 0 && result.length < count) {
      for (const [domain, some] of anyOf(left)) {
        result.push(...anyOf(some));
        if (some.length === 0) hosts.delete(domain);
      }
    }
    if (result.length >= count) break;
  }
  return result;
}
