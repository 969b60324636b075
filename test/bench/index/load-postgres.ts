/** Builds the peer that is PostgreSQL: one narrow table, its text aside, GIN, GiST and B-trees. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Coop, type Population, population } from "./coops.ts";
import { peerColumns, peerRow, peerTexts } from "./peer-rows.ts";

export interface PostgresLoad {
  seed: number;
  size: number;
  url: string;
}

const batch = 50_000;

process.once("message", (load: PostgresLoad) => void fill(load));

async function fill({ seed, size, url }: PostgresLoad): Promise<void> {
  const data = population(seed, size);
  const client = new pg.Client(url);
  await client.connect();
  // Out of line, so that a pass over the facts reads nothing of the texts.
  await client.query(`
    create unlogged table coop (
      id int, turnover float8, members int, workers int, latitude float4, longitude float4,
      country int2, region int2, section int2, class int2, class2 int2, type int2,
      level int2, status int2, language int2, founded int2, decade int2, closed int2, words tsvector
    ) with (toast_tuple_target = 128, autovacuum_enabled = off);
    alter table coop alter column words set storage external;
  `);
  const folder = mkdtempSync(join(tmpdir(), "fragaria-bench-copy-"));
  chmodSync(folder, 0o755); // PostgreSQL may be another user
  const file = join(folder, "rows");
  for (let from = 0; from < size; from += batch) {
    await writeRows(file, data, from, Math.min(from + batch, size));
    await client.query(`copy coop from '${file}'`);
  }
  rmSync(folder, { recursive: true });
  await client.query("set maintenance_work_mem = '1GB'");
  await client.query("create index on coop using gin (words)");
  await client.query("create unique index on coop (id)");
  for (const name of ["country", "region", "class", "type", "founded", "level"]) {
    await client.query(`create index on coop (${name})`);
  }
  await client.query(
    "create index on coop using gist (point(longitude, latitude)) where latitude is not null",
  );
  await client.query("vacuum (analyze, freeze) coop");
  await client.end();
  process.send?.({}, () => process.disconnect());
}

async function writeRows(file: string, data: Population, from: number, to: number) {
  const lines: string[] = [];
  for (let at = from; at < to; at += 1) {
    const coop = data.coop(at);
    if (!coop.second) lines.push(lineOf(data, coop));
  }
  await using rows = await open(file, "w", 0o644);
  await rows.writeFile(`${lines.join("\n")}\n`);
}

function lineOf(data: Population, coop: Coop): string {
  const row = peerRow(data, coop);
  const [names, city, texts] = peerTexts(data, coop);
  // Positions, with a gap between two texts that no phrase reaches across.
  let position = 0;
  const words = [...names, city, ...texts].flatMap((text) => {
    position += 10;
    return text.split(" ").map((word) => `${word}:${(position += 1)}`);
  });
  return [...peerColumns.map((name) => row[name] ?? "\\N"), words.join(" ")].join("\t");
}
