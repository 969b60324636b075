import { join } from "node:path";
import Database from "better-sqlite3";
import { openNode } from "../../src/app.ts";
import { SearchQuery } from "../../src/coop/query.ts";
import type { DirectoryIndex } from "../../src/index/directory-index.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import type { Db } from "../../src/store/schema.ts";
import { measure, progress, quantile, report, reportRate } from "./measure.ts";
import { folder, ukData } from "./uk.ts";

/** What is asked, and how FTS5 is asked the same. */
const queries: Record<string, Record<string, string> & { expression?: string }> = {
  rare: { q: "bakery", expression: "bakery" },
  medium: { q: "housing", expression: "housing" },
  common: { q: "limited", expression: "limited" },
  "two-terms": { q: "housing limited", expression: "housing limited" },
  "prefix-3": { q: "com*", expression: "com*" },
  everything: {},
  "sector-and-region": { sector: "I", region: "GB" },
  "term-and-filters": { q: "club", type: "consumer-user", region: "GB" },
};

/**
 * Searches of the UK set, in process: the text, filters, facets and the first
 * twenty. Beside it SQLite's own full text over the same names and places: how
 * many, and the best twenty ids, but no facets, filters or listings.
 */
export async function search(): Promise<void> {
  using data = folder();
  const { config } = await ukData(data.path);
  const { store } = await openNode(config, Date.now);
  await using _closing = store;
  await reportBuild(store.db);
  await using index = await openIndex(store.db, join(config.dataDir, "index.sqlite"));
  await index.catchUp();
  using bare = await bareFullText(store.db);
  for (const [name, { expression, ...parameters }] of Object.entries(queries)) {
    const query = SearchQuery.parse(parameters);
    const ours = await timed(() => index.search(query));
    const than = expression === undefined ? undefined : await timed(() => bare.search(expression));
    const { total } = await index.search(query);
    reportQuantiles(name, ours, than, `${total} hits`);
  }
}

async function reportBuild(db: Db): Promise<void> {
  let index: DirectoryIndex | undefined;
  const built = await measure(async () => {
    index = await openIndex(db, ":memory:");
    await index.catchUp();
    return (await index.counts()).coops;
  });
  await index?.[Symbol.asyncDispose]();
  reportRate("index.build", "records/s", built, { note: "from the database, in memory" });
  progress("  index built");
}

interface Timed {
  each: number[];
  seconds: number;
}

/** Milliseconds of each call, for 400 ms; the first calls warm up. */
async function timed(work: () => unknown): Promise<Timed> {
  for (let at = 0; at < 20; at += 1) await work();
  const each: number[] = [];
  const start = performance.now();
  while (performance.now() - start < 400) {
    const begin = performance.now();
    await work();
    each.push(performance.now() - begin);
  }
  return { each, seconds: (performance.now() - start) / 1000 };
}

function reportQuantiles(name: string, ours: Timed, than: Timed | undefined, note: string): void {
  for (const share of [0.5, 0.95]) {
    const value = quantile(ours.each, share);
    const peerValue = than && quantile(than.each, share);
    report({
      name: `index.${name}.p${share * 100}`,
      value,
      unit: "ms",
      ...(peerValue !== undefined && {
        peer: "bare FTS5: count and the best 20, no facets",
        peerValue,
        ratio: value / peerValue,
      }),
      n: ours.each.length,
      seconds: ours.seconds,
      note,
    });
  }
}

async function bareFullText(db: Db) {
  const database = new Database(":memory:");
  database.exec("create virtual table texts using fts5 (name, place)");
  const insert = database.prepare("insert into texts (name, place) values (?, ?)");
  for (const { body } of await db.selectFrom("record").select("body").execute()) {
    const { about } = JSON.parse(Buffer.from(body).toString()) as {
      about: { name: string; location?: { address: { addressLocality?: string } } };
    };
    insert.run(about.name, about.location?.address.addressLocality ?? "");
  }
  const count = database.prepare("select count(*) from texts where texts match ?");
  const best = database.prepare(
    "select rowid from texts where texts match ? order by bm25(texts) limit 20",
  );
  return {
    search: (expression: string) => [count.get(expression), best.all(expression)],
    [Symbol.dispose]: () => void database.close(),
  };
}
