import { forUpdate, holds } from "./dialect.ts";
import type { Db, Tx } from "./schema.ts";
import type { HostTable } from "./tables/hosts.ts";

export type Host = HostTable;

/** What may be written of a host that is known. */
export type HostFacts = Partial<Omit<Host, "host" | "origin" | "domain" | "seen">>;

export async function get(db: Db, host: string): Promise<Host | undefined> {
  return db.selectFrom("host").selectAll().where("host", "=", host).executeTakeFirst();
}

/** Hosts by their names, as far as they are known. */
export async function byHosts(db: Db, hosts: string[]): Promise<Map<string, Host>> {
  const found = new Map<string, Host>();
  for (let at = 0; at < hosts.length; at += 500) {
    const some = hosts.slice(at, at + 500);
    const rows = await db.selectFrom("host").selectAll().where("host", "in", some).execute();
    for (const row of rows) found.set(row.host, row);
  }
  return found;
}

/** Hosts by their names, which nobody else may change until the transaction ends. */
export async function lock(tx: Tx, hosts: string[]): Promise<Map<string, Host>> {
  if (hosts.length === 0) return new Map();
  const query = tx.selectFrom("host").selectAll().where("host", "in", hosts).orderBy("host");
  const rows = await forUpdate(tx, query).execute();
  return new Map(rows.map((row) => [row.host, row]));
}

/** All hosts below these registered domains, which nobody else may change until the transaction ends. */
export async function lockDomains(tx: Tx, domains: string[]): Promise<Host[]> {
  if (domains.length === 0) return [];
  const query = tx.selectFrom("host").selectAll().where("domain", "in", domains).orderBy("host");
  return forUpdate(tx, query).execute();
}

/** The registered domains of all known hosts behind one, in order. */
export async function domains(db: Db, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("host")
    .select("domain")
    .distinct()
    .where("domain", ">", after)
    .orderBy("domain")
    .limit(limit)
    .execute();
  return rows.map(({ domain }) => domain);
}

/** Which hosts are looked for. */
export interface HostQuery {
  /** Part of the name. */
  q?: string | undefined;
  /** How they stand. */
  state?: "listed" | "held" | "excluded" | undefined;
  /** From behind this host on. */
  after?: string | undefined;
}

/** A page of the hosts that are looked for, in order of their names. */
export async function find(
  db: Db,
  { q, state, after = "" }: HostQuery,
  limit: number,
): Promise<Host[]> {
  let query = db.selectFrom("host").selectAll().where("host", ">", after);
  if (q !== undefined && q !== "") {
    // Not LIKE: what somebody looks for may have its wildcards in it.
    query = query.where((eb) => holds(db, eb.ref("host"), eb.val(q.toLowerCase())));
  }
  if (state === "excluded") query = query.where("exclusion", "is not", null);
  if (state === "listed") query = query.where("listed", "is not", null);
  if (state === "held") {
    query = query.where("exclusion", "is", null).where("listed", "is", null);
  }
  return query.orderBy("host").limit(limit).execute();
}

/** How many hosts there are of each standing. */
export async function countStandings(
  db: Db,
): Promise<{ listed: number; held: number; excluded: number }> {
  const row = await db
    .selectFrom("host")
    .select((eb) => [
      eb.fn.count<number>("listed").as("listed"),
      eb.fn.count<number>("exclusion").as("excluded"),
      eb.fn.countAll<number>().as("all"),
    ])
    .executeTakeFirstOrThrow();
  const [listed, excluded] = [Number(row.listed), Number(row.excluded)];
  return { listed, excluded, held: Number(row.all) - listed - excluded };
}

/** The hosts that are left out, in order of their names. */
export async function excluded(db: Db): Promise<Host[]> {
  return db
    .selectFrom("host")
    .selectAll()
    .where("exclusion", "is not", null)
    .orderBy("host")
    .execute();
}

/**
 * Those of these hosts whose records aren't shown: nobody vouches for them, they
 * are left out, or they have been silent for long. One of which nothing is
 * known is this node itself: others are known before anything of them is held.
 */
export async function hidden(db: Db, of: string[]): Promise<Set<string>> {
  if (of.length === 0) return new Set();
  const rows = await db
    .selectFrom("host")
    .select("host")
    .where("host", "in", of)
    .where((eb) =>
      eb.or([
        eb("listed", "is", null),
        eb("exclusion", "is not", null),
        eb("liveness", "in", ["hidden", "dropped"]),
      ]),
    )
    .execute();
  return new Set(rows.map(({ host }) => host));
}

/** What decides about room for others: who shares a quota with whom, and who is left out. */
export type Standing = Pick<Host, "host" | "domain" | "listed" | "exclusion">;

/** How hosts stand: all, or these as far as they are known. */
export async function standings(db: Db, only?: string[]): Promise<Standing[]> {
  let query = db.selectFrom("host").select(["host", "domain", "listed", "exclusion"]);
  if (only !== undefined) query = query.where("host", "in", only);
  return query.execute();
}

/** Every host that is known, in order of their names. There may be thousands. */
export async function all(db: Db): Promise<Host[]> {
  return db.selectFrom("host").selectAll().orderBy("host").execute();
}

/** A page of the hosts, in order of their names. */
export async function page(db: Db, after: string, limit: number): Promise<Host[]> {
  return db
    .selectFrom("host")
    .selectAll()
    .where("host", ">", after)
    .orderBy("host")
    .limit(limit)
    .execute();
}

/** The hosts of which the log was last told this, in order of their names. */
export async function byLiveness(db: Db, liveness: Host["liveness"]): Promise<Host[]> {
  return db
    .selectFrom("host")
    .selectAll()
    .where("liveness", liveness === null ? "is" : "=", liveness)
    .orderBy("host")
    .execute();
}

/**
 * Makes hosts known that weren't; of the others nothing changes.
 *
 * @param seen Now, epoch ms.
 */
export async function note(
  db: Db,
  hosts: Pick<Host, "host" | "origin" | "domain">[],
  seen: number,
): Promise<void> {
  for (let at = 0; at < hosts.length; at += 500) {
    const rows = hosts.slice(at, at + 500).map(({ host, origin, domain }) => ({
      ...unknown,
      host,
      origin,
      domain,
      seen,
    }));
    await db
      .insertInto("host")
      // In order, so that two transactions lock rows in the same order.
      .values(rows.toSorted((a, b) => (a.host < b.host ? -1 : 1)))
      .onConflict((conflict) => conflict.column("host").doNothing())
      .execute();
  }
}

const unknown = {
  role: null,
  beacon: null,
  count: null,
  summary: null,
  liveness: null,
  leftOut: null,
  agreed: null,
  held: null,
  differs: null,
  sought: null,
  soughtOf: null,
  found: null,
  equivocated: null,
  decision: null,
  decided: null,
  decidedBy: null,
  why: null,
  listed: null,
  vouched: null,
  vouchedBy: null,
  excluded: null,
  exclusion: null,
  exceeded: null,
  asks: null,
  asked: null,
  fault: null,
  rekeyed: null,
} satisfies HostFacts;

/** Notes what was learnt of, or decided about, a host that is known. */
export async function update(db: Db, host: string, facts: HostFacts): Promise<void> {
  await db.updateTable("host").set(facts).where("host", "=", host).execute();
}

/**
 * Hosts with a beacon issued after that moment, of which it isn't known whether
 * what is held is what it counts; in order of their names.
 */
export async function uncompared(db: Db, since: number): Promise<Host[]> {
  return db
    .selectFrom("host")
    .selectAll()
    .where("beacon", ">", since)
    .where("excluded", "is", null)
    .where((eb) => eb.or([eb("agreed", "is", null), eb("agreed", "<", eb.ref("beacon"))]))
    .orderBy("host")
    .execute();
}
