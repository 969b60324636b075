import { domainOf } from "../directory/domain.ts";

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
  const taken = new Set(configured.map(behind));
  const eligible = candidates.filter((each) => !each.configured && each.usable);
  const before = eligible
    .filter(({ chosen }) => chosen !== null)
    .toSorted((a, b) => (a.chosen ?? 0) - (b.chosen ?? 0) || (a.url < b.url ? -1 : 1));
  const fresh = eligible.filter(({ chosen }) => chosen === null);
  const kept = onePerDomain(before, taken).slice(0, room);

  const last = Math.max(...kept.map(({ chosen }) => chosen ?? 0));
  if (kept.length === room && kept.length > anchors && now - last >= settled) {
    const at = anchors + Math.floor(choice.random() * (kept.length - anchors));
    const rest = kept.toSpliced(at, 1);
    const [other] = drawn(fresh, domains(taken, rest), 1, choice);
    if (other !== undefined) return [...rest, other].map(({ url }) => url);
  }
  const added = drawn(fresh, domains(taken, kept), room - kept.length, choice);
  return [...kept, ...added].map(({ url }) => url);
}

/** The first of each domain that isn't taken. */
function onePerDomain(from: Candidate[], taken: Set<string>): Candidate[] {
  const seen = new Set(taken);
  return from.filter((each) => !seen.has(behind(each)) && seen.add(behind(each)));
}

function domains(taken: Set<string>, more: Candidate[]): Set<string> {
  return new Set([...taken, ...more.map(behind)]);
}

/** The registrable domain: who is behind one host of it is behind all. */
function behind({ url }: { url: string }): string {
  return domainOf(new URL(url).host);
}

function drawn(from: Candidate[], taken: Set<string>, count: number, choice: Choice): Candidate[] {
  const open = from.filter((each) => !taken.has(behind(each)));
  return drawDiverse(open, count, 1, choice.random);
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
  random: () => number,
): T[] {
  const hosts = new Map<string, T[]>();
  // In an order of their own, so that nothing but the random source decides.
  for (const each of from.toSorted((a, b) => (a.url < b.url ? -1 : 1))) {
    const domain = behind(each);
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
