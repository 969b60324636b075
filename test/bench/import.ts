import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { parse } from "csv-parse";
import pg from "pg";
import { openNode } from "../../src/open-node.ts";
import * as records from "../../src/store/records.ts";
import { measure, progress, reportRate, type Taken } from "./measure.ts";
import { folder, importUk, nodeData, ukFile } from "./uk.ts";

/**
 * Rows of the UK set imported in a second, from the CSV file to signed records
 * on the disk, for the first time and again unchanged; beside it what can't be
 * done without: reading the CSV, and inserting the same bytes.
 */
export async function imports(): Promise<void> {
  const unit = "rows/s";
  await readBare(); // warms up
  const csv = await measure(readBare);
  progress("  csv read");
  for (const engine of ["sqlite", "postgres"] as const) {
    using data = folder();
    await using server = engine === "postgres" ? await startPostgres() : undefined;
    const env = server === undefined ? {} : { DATABASE_URL: server.url };
    const { config } = await nodeData(data.path, env);
    const { store, node } = await openNode(config, Date.now);
    await using _closing = store;
    let left = 0;
    const run = async () => {
      const { rows, refusedCount, changed } = await importUk(store.db, node);
      left = rows - refusedCount;
      if (changed > 0) throw new Error("an unchanged row made a new version");
      return rows;
    };
    const cpu = engine === "postgres" ? "CPU of PostgreSQL not counted" : undefined;
    const first = await measure(run);
    progress(`  ${engine}: first`);
    const again = await measure(run);
    progress(`  ${engine}: again`);
    const options = { ...(cpu !== undefined && { note: cpu }) };
    const beside = { ...options, peer: "csv-parse alone", than: csv };
    reportRate(`import.${engine}.first`, unit, first, beside);
    reportRate(`import.${engine}.again`, unit, again, beside);
    const inserted = await bareInserts(
      engine,
      server?.url,
      data.path,
      await bodies(store.db, left),
    );
    reportRate(`import.${engine}.first-beside-inserts`, unit, first, {
      ...options,
      peer: `bare ${engine === "sqlite" ? "better-sqlite3" : "pg"}: the same records inserted, 500 a transaction`,
      than: inserted,
    });
  }
}

async function readBare(): Promise<number> {
  let rows = 0;
  const parser = createReadStream(ukFile).pipe(parse({ columns: true, bom: true }));
  for await (const _row of parser) rows += 1;
  return rows;
}

type Body = { id: string; body: Buffer };

async function bodies(db: Parameters<typeof records.after>[0], expected: number): Promise<Body[]> {
  const all: Body[] = [];
  for (let seq = 0; ;) {
    const page = await records.after(db, seq, 1000);
    all.push(...page.map(({ id, body }) => ({ id, body: Buffer.from(body) })));
    seq = page.at(-1)?.seq ?? 0;
    if (page.length < 1000) break;
  }
  if (all.length !== expected) throw new Error(`${all.length} records instead of ${expected}`);
  return all;
}

async function bareInserts(
  engine: "sqlite" | "postgres",
  url: string | undefined,
  path: string,
  all: Body[],
): Promise<Taken> {
  if (engine === "postgres") return insertIntoPostgres(url ?? "", all);
  const database = new Database(join(path, "bare.db"));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec("create table record (id text primary key, body blob not null) strict");
  const insert = database.prepare("insert into record (id, body) values (?, ?)");
  const batch = database.transaction((rows: Body[]) => {
    for (const { id, body } of rows) insert.run(id, body);
  });
  const taken = await measure(() => {
    for (let at = 0; at < all.length; at += 500) batch(all.slice(at, at + 500));
    return all.length;
  });
  database.close();
  return taken;
}

async function insertIntoPostgres(url: string, all: Body[]): Promise<Taken> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("create table bare (id text primary key, body bytea not null)");
  const taken = await measure(async () => {
    for (let at = 0; at < all.length; at += 500) {
      const rows = all.slice(at, at + 500);
      await client.query("insert into bare select * from unnest($1::text[], $2::bytea[])", [
        rows.map(({ id }) => id),
        rows.map(({ body }) => body),
      ]);
    }
    return all.length;
  });
  await client.end();
  return taken;
}

/** A PostgreSQL that lives as long as it is held: the one of the tests, without fsync. */
async function startPostgres(): Promise<AsyncDisposable & { url: string }> {
  const program = join(import.meta.dirname, "../helpers/postgres-server.ts");
  const server = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const url = await Promise.race([
    once(createInterface(server.stdout), "line").then(([line]) => String(line)),
    ended.then(() => {
      throw new Error("PostgreSQL didn't start");
    }),
  ]);
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.stdin.end();
      await ended;
    },
  };
}
