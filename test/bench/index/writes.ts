import { SearchQuery } from "../../../src/coop/query.ts";
import { listingRecord } from "../../../src/coop/listing-record.ts";
import { type SignedRecord, signRecord } from "../../../src/coop/record.ts";
import type { Identity } from "../../../src/directory/identity.ts";
import type { DirectoryIndex } from "../../../src/index/directory-index.ts";
import * as changes from "../../../src/store/changes.ts";
import * as records from "../../../src/store/records.ts";
import type { Db } from "../../../src/store/schema.ts";
import { quantile, report } from "../measure.ts";
import { isFound, type Population } from "./coops.ts";
import { listingOf } from "./listing.ts";
import { parametersOf } from "./ours.ts";
import { openHere, type Prepared } from "./prepare.ts";
import { casesOf } from "./questions.ts";

/** Listings that are written one at a time. */
const singles = 200;

/** For how long at most; milliseconds. */
const patience = 15_000;

/** A word that no text has. */
const marker = (at: number) => `wccc${at.toString(36)}ccc`;

/**
 * In process: from the moment at which one listing is committed until a search
 * finds it, while eight searches go on all the time and while none does. The
 * listings are removed again at the end.
 */
export async function writes(
  db: Db,
  node: Identity,
  prepared: Prepared,
  data: Population,
): Promise<void> {
  await using index = await openHere(db, prepared);
  await index.catchUp();
  const signed: SignedRecord[] = [];
  for (let at = data.size; signed.length < singles + 2; at += 1) {
    const coop = data.coop(at);
    if (!isFound(coop) || coop.registered) continue;
    const listing = { ...listingOf(data, coop, node.origin), legalName: marker(signed.length) };
    signed.push(signRecord(listingRecord(node.actor, listing, Date.now()), node.signing));
  }
  const queries = casesOf("search", data, 1, prepared.folder)
    .filter(({ term }) => term)
    .flatMap(({ questions }) => questions)
    .filter((question) => question.kind === "search")
    .map((question) => parametersOf(data, question))
    .map((parameters) => SearchQuery.parse(parameters));
  const half = signed.length / 2;
  for (const [name, some, from, searches] of [
    ["searchable", signed.slice(0, half), 0, 0],
    ["searchable-while-searching", signed.slice(half), half, 8],
  ] as const) {
    let over = false;
    let next = 0;
    const searching = Array.from({ length: searches }, async () => {
      while (!over) await index.search(queries[next++ % queries.length] ?? {});
    });
    const waits: number[] = [];
    const start = performance.now();
    for (const [at, record] of some.entries()) {
      if (performance.now() - start > patience) break;
      const waited = await write(db, index, record, marker(from + at));
      if (at > 0) waits.push(waited); // the first warms up
    }
    const seconds = (performance.now() - start) / 1000;
    over = true;
    await Promise.all(searching);
    for (const share of [0.5, 0.99]) {
      report({
        name: `index.${name}.p${share * 100}`,
        value: quantile(waits, share),
        unit: "ms",
        n: waits.length,
        seconds,
        note: `from the commit until it is found${searches > 0 ? `; ${Math.round(next / seconds)} searches a second meanwhile` : ""}; goal: 100`,
      });
    }
  }
  await db.transaction().execute(async (tx) => {
    await records.remove(
      tx,
      signed.map(({ id }) => id),
    );
    const gone = signed.map(({ id, origin }) => ({ kind: "dropped", subject: id, origin }));
    await changes.append(tx, gone);
  });
  await index.catchUp();
}

/** Milliseconds from the commit until it is found. */
async function write(
  db: Db,
  index: DirectoryIndex,
  record: SignedRecord,
  word: string,
): Promise<number> {
  await db.transaction().execute((tx) => records.put(tx, [record], Date.now()));
  const start = performance.now();
  await index.catchUp();
  const { total } = await index.search({ q: `"${word}"` });
  if (total !== 1) throw new Error(`${total} listings have the word ${word}`);
  return performance.now() - start;
}
