import { type ExpressionBuilder, sql } from "kysely";
import type { Host } from "./hosts.ts";
import type { Db, Schema } from "./schema.ts";

/**
 * What everybody may know of other hosts: those that are listed, and those that
 * were and are silent. Who is merely held, or left out, is for those who run
 * this node.
 */
export const kinds = ["all", "silent", "differing", "contradictory"] as const;
export type Kind = (typeof kinds)[number];

/** Numbers of hosts. */
export interface HostSums {
  /** Of those that everybody may know, by kind. */
  shown: Record<Kind, number>;
  live: number;
  stale: number;
  /** Held until somebody vouches for them, and left out for other reasons than silence. */
  waiting: number;
  excluded: number;
}

type Expression = ExpressionBuilder<Schema, "host">;

const isShown = (eb: Expression) =>
  eb.or([eb("listed", "is not", null), eb("exclusion", "=", "silent")]);

const isOf = {
  all: (eb: Expression) => eb.val(true),
  silent: (eb: Expression) => eb("liveness", "in", ["hidden", "dropped"]),
  differing: (eb: Expression) => eb("differs", "is not", null),
  contradictory: (eb: Expression) => eb("equivocated", "is not", null),
};

/** Counts hosts. */
export async function sums(db: Db): Promise<HostSums> {
  const rows = await db
    .selectFrom("host")
    .select((eb) => [
      "liveness",
      "exclusion",
      sql<number>`case when listed is null then 0 else 1 end`.as("listed"),
      eb.fn.countAll<number>().as("hosts"),
      eb.fn.count<number>("differs").as("differing"),
      eb.fn.count<number>("equivocated").as("contradictory"),
    ])
    .groupBy(["liveness", "exclusion", sql`case when listed is null then 0 else 1 end`])
    .execute();
  const found: HostSums = {
    shown: { all: 0, silent: 0, differing: 0, contradictory: 0 },
    live: 0,
    stale: 0,
    waiting: 0,
    excluded: 0,
  };
  for (const { liveness, exclusion, listed, ...counts } of rows) {
    if (listed === 1 || exclusion === "silent") {
      found.shown.all += counts.hosts;
      found.shown.differing += counts.differing;
      found.shown.contradictory += counts.contradictory;
      if (liveness === "live" || liveness === "stale") found[liveness] += counts.hosts;
      else if (liveness !== null) found.shown.silent += counts.hosts;
    } else {
      found[exclusion === null ? "waiting" : "excluded"] += counts.hosts;
    }
  }
  return found;
}

/** A page of those that everybody may know, in order of their names. */
export async function page(db: Db, kind: Kind, after: string, limit: number): Promise<Host[]> {
  return db
    .selectFrom("host")
    .selectAll()
    .where("host", ">", after)
    .where(isShown)
    .$if(kind !== "all", (query) => query.where(isOf[kind]))
    .orderBy("host")
    .limit(limit)
    .execute();
}

/** Hosts that are silent, and how many listings are left out because of it. */
export interface Silent {
  hosts: number;
  listings: number;
}

/**
 * How much is left out because its hosts have been silent for more than thirty
 * days: what the search and statistics leave out without it being closed.
 */
export async function silent(db: Db): Promise<Silent> {
  const row = await db
    .selectFrom("host")
    .select((eb) => [
      eb.fn.countAll<number>().as("hosts"),
      eb.fn.sum<number | null>("leftOut").as("listings"),
    ])
    .where("leftOut", ">", 0)
    .executeTakeFirstOrThrow();
  return { hosts: row.hosts, listings: row.listings ?? 0 };
}
