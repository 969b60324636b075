import { SearchQuery } from "../../src/coop/query.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import type { Db } from "../../src/store/schema.ts";

/** What is only half there in a node's database: nothing, if all its transactions are whole. */
export async function halves(db: Db, host: string): Promise<string[]> {
  const { records, changes, coops, counter, accounts, links } = await db
    .transaction()
    .setAccessMode("read only")
    .execute(async (tx) => ({
      records: await tx.selectFrom("record").select(["id", "origin"]).execute(),
      changes: await tx.selectFrom("change").selectAll().execute(),
      coops: await tx.selectFrom("coop").selectAll().execute(),
      counter: await tx.selectFrom("counter").select("value").executeTakeFirstOrThrow(),
      accounts: await tx.selectFrom("account").selectAll().execute(),
      links: await tx.selectFrom("link").selectAll().execute(),
    }));
  const found: string[] = [];
  const logged = new Set(changes.map(({ subject }) => subject));
  const held = new Map(records.map((record) => [record.id, record]));
  const hosted = new Set(coops.map(({ id }) => id));
  for (const { id, origin } of records) {
    if (!logged.has(id)) found.push(`${id} has no change`);
    const [, coop] = /\/coops\/([0-9a-z]+)\/listing$/.exec(id) ?? [];
    if (origin === host && coop !== undefined && !hosted.has(coop)) {
      found.push(`${id} has no co-op`);
    }
  }
  for (const { kind, subject, seq } of changes) {
    if (kind === "record" && !held.has(subject)) found.push(`the change ${seq} has no record`);
    if (seq > counter.value) found.push(`the change ${seq} is behind the end`);
  }
  const listings = new Set(
    records.filter(({ origin }) => origin === host).map(({ id }) => id.split("/").at(-2) ?? ""),
  );
  for (const { id, content, source } of coops) {
    if ((content !== null || source !== null) && !listings.has(id)) {
      found.push(`the co-op ${id} has no record`);
    }
  }
  for (const { id, name, passwordHash } of accounts) {
    if (passwordHash === null && !links.some(({ account }) => account === id)) {
      found.push(`nobody can set a password for ${name}`);
    }
  }
  return found;
}

/** Every listing that an index finds, with its version, and the counts. */
async function contentsOf(db: Db, file: string) {
  await using index = await openIndex(db, file);
  await index.catchUp();
  const found: string[] = [];
  for (let cursor: string | undefined; ;) {
    const query = SearchQuery.parse({ sort: "name", limit: "100", ...(cursor && { cursor }) });
    const { items, next } = await index.search(query);
    found.push(...items.map(({ record, digest }) => `${record} ${digest}`));
    if (next === null)
      return { found, counts: await index.counts(), origins: await index.origins() };
    cursor = next;
  }
}

/** What a node's index has, and what one that is built anew from the same records has. */
export async function bothIndexes(db: Db, file: string) {
  return { kept: await contentsOf(db, file), anew: await contentsOf(db, ":memory:") };
}
