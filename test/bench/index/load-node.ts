/**
 * Writes the data into the database of a node that isn't running, as rows of
 * `record` and `change`, past everything that would check them.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type Coop, isFound, type Population, population, textsOf } from "./coops.ts";
import { type ContextSize, recordOf } from "./listing.ts";

export interface Load {
  seed: number;
  size: number;
  context: ContextSize;
  /** The SQLite file, with all its tables and nothing in them. */
  database: string;
  /** Where to write in how many findable co-ops each word is. */
  folder: string;
}

export interface Loaded {
  bodyBytes: number;
  /** How many co-ops a search finds. */
  found: number;
}

/** The file of the counts by number of the word. */
export const frequencyFile = "frequencies.u32";

const batch = 20_000;

process.once("message", (load: Load) => {
  const data = population(load.seed, load.size);
  const database = new Database(load.database);
  database.pragma("locking_mode = exclusive");
  database.pragma("journal_mode = off");
  database.pragma("synchronous = off");
  database.pragma("cache_size = -262144");
  const later = dropIndexes(database);
  const loaded = write(database, data, load);
  for (const sql of later) database.exec(sql);
  database.exec("update counter set value = (select max(seq) from change) where name = 'seq'");
  database.pragma("journal_mode = wal");
  database.close();
  process.send?.(loaded, () => process.disconnect());
});

function dropIndexes(database: Database.Database): string[] {
  const found = database
    .prepare<[], { name: string; sql: string }>(
      "select name, sql from sqlite_schema where type = 'index' and sql is not null and tbl_name in ('record', 'change')",
    )
    .all();
  for (const { name } of found) database.exec(`drop index "${name}"`);
  return found.map(({ sql }) => sql);
}

function write(database: Database.Database, data: Population, { context, folder }: Load): Loaded {
  const record = database.prepare(
    `insert into record (id, origin, kind, issued, tombstone, digest, body, seen)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const change = database.prepare(
    "insert into change (seq, kind, subject, origin) values (?, 'record', ?, ?)",
  );
  const frequencies = new Frequencies(data);
  let [bodyBytes, found] = [0, 0];
  for (let from = 0; from < data.size; from += batch) {
    database.exec("begin");
    for (let at = from; at < Math.min(from + batch, data.size); at += 1) {
      const coop = data.coop(at);
      const { id, origin, kind, issued, tombstone, digest, body } = recordOf(data, coop, context);
      record.run(id, origin, kind, issued, tombstone, digest, body, issued);
      change.run(at + 1, id, origin);
      frequencies.add(coop);
      bodyBytes += body.length;
      if (isFound(coop)) found += 1;
    }
    database.exec("commit");
  }
  writeFileSync(join(folder, frequencyFile), frequencies.counts);
  return { bodyBytes, found };
}

/** In how many co-ops each word is, of those that a search finds. */
class Frequencies {
  readonly counts: Uint32Array;
  readonly #last: Uint32Array;

  constructor({ words }: Population) {
    this.counts = new Uint32Array(words.plain.length);
    this.#last = new Uint32Array(words.plain.length);
  }

  add(coop: Coop): void {
    if (!isFound(coop)) return;
    const { names, texts } = textsOf(coop);
    for (const text of [...names, ...texts]) {
      for (const word of text) {
        if (this.#last[word] === coop.at + 1) continue;
        this.#last[word] = coop.at + 1;
        this.counts[word] = (this.counts[word] ?? 0) + 1;
      }
    }
  }
}
