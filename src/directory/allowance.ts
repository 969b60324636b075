import * as allowances from "../store/allowances.ts";
import type { Db, Tx } from "../store/schema.ts";
import { domainOf } from "./domain.ts";

/** What one activity takes of the allowances of whoever sends it. */
export const costs = { text: 10, reaction: 1 } as const;

/** The allowances of a day, in UTC: of an author, of a registered domain, and of all together. */
export const allowed = { author: 300, domain: 10_000, everybody: 100_000 } as const;

const day = 86_400_000;

/** When allowances are whole again, epoch ms. */
export function nextDay(now: number): number {
  return (Math.floor(now / day) + 1) * day;
}

/** An allowance that an activity takes something of. */
export interface Share {
  subject: string;
  most: number;
}

/** Whose allowances an activity of this actor takes something of. */
export function sharesOf(actor: string): Share[] {
  return [
    { subject: actor, most: allowed.author },
    { subject: domainOf(new URL(actor).host), most: allowed.domain },
    { subject: "*", most: allowed.everybody },
  ];
}

/**
 * Whether there is as much left of each of these allowances today. Reads only,
 * so whoever only claims to be somebody uses nothing of theirs up.
 *
 * @param taken What is being taken of a subject's and isn't written yet.
 */
export async function affords(
  db: Db,
  shares: Share[],
  cost: number,
  now: number,
  taken: (subject: string) => number,
): Promise<boolean> {
  const subjects = shares.map(({ subject }) => subject);
  const used = await allowances.used(db, subjects, Math.floor(now / day));
  return shares.every(
    ({ subject, most }) => (used.get(subject) ?? 0) + taken(subject) + cost <= most,
  );
}

/** Takes something of allowances, for what was sent and is known to come from there. */
export async function spend(db: Db, shares: Share[], cost: number, now: number): Promise<void> {
  await db.transaction().execute((tx) => write(tx, shares, cost, now));
}

async function write(tx: Tx, shares: Share[], cost: number, now: number): Promise<void> {
  // In one order for all, so that nobody waits for somebody who waits for them.
  const subjects = shares.map(({ subject }) => subject).toSorted();
  await allowances.use(tx, subjects, Math.floor(now / day), cost);
}

/** Forgets the allowances of days that are over. */
export async function pruneAllowances(db: Db, now: number): Promise<void> {
  await allowances.prune(db, Math.floor(now / day));
}
