import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { startPeer } from "../processes.ts";
import { folder } from "../uk.ts";
import type { Answer, Engine } from "./engine.ts";
import { bytesOf } from "./files.ts";
import type { SqliteLoad } from "./load-sqlite.ts";
import { clusterSql, facetSql, pageSql, type Speech, tableSql } from "./peer-sql.ts";
import type { Options } from "./options.ts";
import { cellsOf, facetsOf, fieldsOf } from "./postgres.ts";
import type { Question, SearchQuestion, Words } from "./questions.ts";

/** A SQLite file with the data in it, asked in plain SQL; `--keep` keeps it, too. */
export async function openSqlite(options: Options, cleanup: AsyncDisposableStack): Promise<Engine> {
  const { seed, n, keep } = options;
  const path = keep ?? cleanup.use(folder()).path;
  mkdirSync(path, { recursive: true });
  const file = join(path, `peer-${n}-${seed}.sqlite`);
  if (!existsSync(file)) {
    const load: SqliteLoad = { seed, size: n, file: `${file}.new` };
    await using _loader = await startPeer(new URL("./load-sqlite.ts", import.meta.url), load);
    renameSync(`${file}.new`, file);
  }
  const database = new Database(file, { readonly: true });
  database.pragma("cache_size = -262144");
  database.pragma("mmap_size = 8589934592");
  return {
    name: "SQLite",
    bytes: () => Promise.resolve(bytesOf([file])),
    ask: (question) => askSqlite(database, question),
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

const speech: Speech = {
  from: "texts join coop on coop.id = texts.rowid",
  match: (words) => `texts match '${expression(words)}'`,
  within: ({ south, north, west, east }) =>
    `id in (select id from place where south >= ${south} and north <= ${north} and west >= ${west} and east <= ${east})`,
  medians: (rows, columns, from) =>
    `select ${rows}, ${columns}, count(*) as n, avg(case when place in ((told + 1) / 2, (told + 2) / 2) then members end) as median, sum(members) as members from (
      select ${rows}, ${columns}, members, count(members) over cell as told,
        row_number() over (partition by ${rows}, ${columns} order by members is null, members) as place
        from ${from} window cell as (partition by ${rows}, ${columns}))
      group by ${rows}, ${columns}`,
};

function expression(words: Words): string {
  switch (words.kind) {
    case "all":
      return words.words.map((word) => `"${word}"`).join(" AND ");
    case "phrase":
      return `"${words.words.join(" ")}"`;
    case "beginning":
      return `"${words.text}"*`;
    default:
      return `"${words.typed}"`;
  }
}

function askSqlite(database: Database.Database, question: Question): Promise<Answer> | undefined {
  const rows = (sql: string) => database.prepare<[], Record<string, unknown>>(sql).all();
  switch (question.kind) {
    case "search":
      if (question.words?.kind === "misspelt") return undefined;
      return Promise.resolve(searchIn(rows, question));
    case "table":
      return Promise.resolve(cellsOf(rows(tableSql(question, speech))));
    default:
      return Promise.resolve(fieldsOf(rows(clusterSql(question))));
  }
}

function searchIn(
  rows: (sql: string) => Record<string, unknown>[],
  question: SearchQuestion,
): Answer {
  const answer = facetsOf(facetSql(question, speech).flatMap(rows));
  const { words } = question;
  if (words === undefined) {
    const after =
      question.deep === true ? Number(rows("select max(id) * 2 / 3 as n from coop")[0]?.["n"]) : -1;
    rows(pageSql(question, speech, after));
  } else {
    const filter = [
      ...(question.country === undefined ? [] : [`country = ${question.country}`]),
      ...(question.type === undefined ? [] : [`type = ${question.type}`]),
      "closed = 0",
    ].join(" and ");
    rows(
      `select id from texts join coop on coop.id = texts.rowid where texts match '${expression(words)}' and ${filter} order by bm25(texts, 10, 3, 1) limit 20`,
    );
  }
  return answer;
}
