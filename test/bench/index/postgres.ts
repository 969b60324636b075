import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { startPeer } from "../processes.ts";
import type { Answer, Engine } from "./engine.ts";
import type { PostgresLoad } from "./load-postgres.ts";
import { clusterSql, facetSql, pageSql, type Speech, tableSql } from "./peer-sql.ts";
import type { Question, SearchQuestion, Words } from "./questions.ts";
import { types } from "./peer-rows.ts";

/** In its favour: room for all of it, nothing on the disk waited for, both cores. */
const settings = [
  "shared_buffers=4GB",
  "effective_cache_size=12GB",
  "work_mem=256MB",
  "maintenance_work_mem=1GB",
  "max_parallel_workers_per_gather=2",
  "max_parallel_maintenance_workers=2",
  "random_page_cost=1.1",
  "jit=off",
  "wal_level=minimal",
  "max_wal_senders=0",
  "max_wal_size=16GB",
];

/** Hits up to which the best are looked for, as ours does it; more are given in a fixed order. */
const ranked = 5000;

/** Longer than this it isn't waited for. Milliseconds. */
const patience = 30_000;

/** A PostgreSQL with the data in it. */
export async function openPostgres(seed: number, size: number): Promise<Engine> {
  await using cleanup = new AsyncDisposableStack();
  const program = join(import.meta.dirname, "../../helpers/postgres-server.ts");
  const server = spawn(process.execPath, [program, ...settings], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  cleanup.defer(async () => {
    server.stdin.end();
    await ended;
  });
  const url = await Promise.race([
    once(createInterface(server.stdout), "line").then(([line]) => String(line)),
    ended.then(() => {
      throw new Error("PostgreSQL didn't start");
    }),
  ]);
  const load: PostgresLoad = { seed, size, url };
  {
    await using _loader = await startPeer(new URL("./load-postgres.ts", import.meta.url), load);
  }
  const client = cleanup.adopt(new pg.Client(url), (each) => each.end());
  await client.connect();
  await client.query(`set statement_timeout = ${patience}`);
  const disposal = cleanup.move();
  return {
    name: "PostgreSQL",
    async bytes() {
      const [row] = await rowsOf(client, "select pg_total_relation_size('coop') as n");
      return Number(row?.["n"]);
    },
    ask: (question) => askPostgres(client, question),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

const speech: Speech = {
  from: "coop",
  match: (words) => `words @@ '${tsquery(words)}'::tsquery`,
  within: ({ south, north, west, east }) =>
    `latitude is not null and point(longitude, latitude) <@ box(point(${west}, ${south}), point(${east}, ${north}))`,
  medians: (rows, columns, from) =>
    `select ${rows}, ${columns}, count(*) as n, percentile_cont(0.5) within group (order by members) as median, sum(members) as members from ${from} group by ${rows}, ${columns}`,
};

function tsquery(words: Words): string {
  switch (words.kind) {
    case "all":
      return words.words.join(" & ");
    case "phrase":
      return words.words.join(" <-> ");
    case "beginning":
      return `${words.text}:*`;
    default:
      return words.typed;
  }
}

function askPostgres(client: pg.Client, question: Question): Promise<Answer> | undefined {
  switch (question.kind) {
    case "search":
      return question.words?.kind === "misspelt" ? undefined : searchIn(client, question);
    case "table":
      return rowsOf(client, tableSql(question, speech)).then(cellsOf);
    default:
      return rowsOf(client, clusterSql(question)).then(fieldsOf);
  }
}

async function searchIn(client: pg.Client, question: SearchQuestion): Promise<Answer> {
  const counted: Row[] = [];
  for (const sql of facetSql(question, speech)) counted.push(...(await rowsOf(client, sql)));
  const answer = facetsOf(counted);
  const { words } = question;
  if (words !== undefined && (answer["hits"] ?? 0) <= ranked) {
    const query = `'${tsquery(words)}'::tsquery`;
    await rowsOf(
      client,
      `select id from coop where closed = 0 and words @@ ${query} order by ts_rank(words, ${query}) desc, id limit 20`,
    );
  } else {
    const after =
      question.deep === true
        ? Number((await rowsOf(client, "select max(id) * 2 / 3 as n from coop"))[0]?.["n"])
        : -1;
    await rowsOf(client, pageSql(question, speech, after));
  }
  return answer;
}

type Row = Record<string, unknown>;

async function rowsOf(client: pg.Client, sql: string): Promise<Row[]> {
  return (await client.query<Row>(sql)).rows;
}

/** The total, and how many worker co-ops there are. */
export function facetsOf(rows: Row[]): Answer {
  let [hits, worker] = [0, 0];
  for (const { facet, value, n } of rows) {
    if (facet === "level") hits += Number(n);
    if (facet === "type" && Number(value) === types.indexOf("worker") && value !== null) {
      worker = Number(n);
    }
  }
  return { hits, worker };
}

/** Cells in which both are known, and what is in them. */
export function cellsOf(rows: Row[]): Answer {
  let [cells, organisations, members, medians] = [0, 0, 0, 0];
  for (const row of rows) {
    const [first, second] = Object.values(row);
    if (first === null || second === null) continue;
    cells += 1;
    organisations += Number(row["n"]);
    members += Number(row["members"] ?? 0);
    medians += Number(row["median"] ?? 0);
  }
  return { cells, organisations, members, medians };
}

export function fieldsOf(rows: Row[]): Answer {
  return { points: rows.reduce((sum, { n }) => sum + Number(n), 0) };
}
