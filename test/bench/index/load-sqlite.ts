/** Builds the peer that is plain SQLite: FTS5, a narrow table and its indexes. */
import Database from "better-sqlite3";
import { population } from "./coops.ts";
import { peerColumns, peerRow, peerTexts } from "./peer-rows.ts";

export interface SqliteLoad {
  seed: number;
  size: number;
  file: string;
}

const batch = 20_000;

process.once("message", ({ seed, size, file }: SqliteLoad) => {
  const data = population(seed, size);
  const database = new Database(file);
  database.pragma("locking_mode = exclusive");
  database.pragma("journal_mode = off");
  database.pragma("synchronous = off");
  database.pragma("cache_size = -262144");
  database.exec(`
    create table coop (${peerColumns.map((name) => (name === "id" ? "id integer primary key" : name)).join(", ")});
    create virtual table place using rtree (id, south, north, west, east);
    create virtual table texts using fts5 (name, place, text, content = '', detail = full, tokenize = 'unicode61');
  `);
  const row = database.prepare(
    `insert into coop values (${peerColumns.map((name) => `@${name}`).join(", ")})`,
  );
  const place = database.prepare("insert into place values (?, ?, ?, ?, ?)");
  const text = database.prepare("insert into texts (rowid, name, place, text) values (?, ?, ?, ?)");
  for (let from = 0; from < size; from += batch) {
    database.exec("begin");
    for (let at = from; at < Math.min(from + batch, size); at += 1) {
      const coop = data.coop(at);
      if (coop.second) continue;
      const facts = peerRow(data, coop);
      row.run(facts);
      const { latitude, longitude } = facts;
      if (latitude !== null) place.run(at, latitude, latitude, longitude, longitude);
      const [names, city, texts] = peerTexts(data, coop);
      // Between two texts a word that nobody asks for, so that no phrase reaches across.
      text.run(at, names.join(" w "), city, texts.join(" w "));
    }
    database.exec("commit");
  }
  for (const name of ["country", "region", "class", "type", "founded", "level"]) {
    database.exec(`create index coop_${name} on coop (${name})`);
  }
  // What facets and tables read, in as few pages as SQLite can hold it.
  database.exec(
    "create index coop_coded on coop (closed, country, section, type, level, status, language)",
  );
  database.exec("insert into texts (texts) values ('optimize')");
  database.exec("analyze");
  database.pragma("journal_mode = wal");
  database.close();
  process.send?.({}, () => process.disconnect());
});
