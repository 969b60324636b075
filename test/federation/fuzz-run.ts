import { sql } from "kysely";
import * as changes from "../../src/store/changes.ts";
import type { Db } from "../../src/store/schema.ts";
import { type Arena, type Case, caseAt } from "./fuzz-cases.ts";
import { marker } from "./mutations.ts";

/** A node, by all the ways in which it is to be looked at. */
export interface Door {
  readonly db: Db;
  /** Says which case it is. */
  enter: (at: number) => void;
  ask: (request: Case) => Promise<{ status: number; headers: Headers; text: string }>;
  /** Waits until all is done that came of it. */
  quiet: () => Promise<void>;
  /** What went wrong inside since the last time. */
  faults: () => string[];
  /** How many activities were delivered so far. */
  delivered: () => number;
}

/** What a run has seen. */
export interface Tally {
  cases: number;
  /** How often there was which status. */
  statuses: Record<string, number>;
}

/** Characters of an answer: a page of news is the largest of them. */
const longest = 500_000;

/**
 * Where something may be written for a request that is refused, or asks for
 * something only: `kv` has the keys that were fetched for it, and for ten minutes
 * those that couldn't be, so that nobody is asked for them again; `cursor` is
 * where readers of the log are, which read on in their own time.
 */
const free = new Set(["kv", "cursor"]);

/**
 * Sends a node one case after the other, and looks at what becomes of each.
 *
 * @param end Epoch ms after which no case begins, but for the first fifty.
 * @throws With the seed and the number of the case, and what was wrong with it.
 */
export async function fuzz(
  door: Door,
  arena: Arena,
  { from, to, end = Infinity }: { from: number; to: number; end?: number },
): Promise<Tally> {
  const statuses: Record<string, number> = {};
  let at = from;
  for (; at < to && (Date.now() < end || at < from + 50); at++) {
    // So that nobody runs out of what they may send in a day.
    if (at % 500 === 0) await door.db.deleteFrom("allowance").execute();
    await written(door.db);
    door.enter(at);
    const sent = door.delivered();
    const request = caseAt(arena, at);
    const { status, headers, text } = await door.ask(request);
    await door.quiet();
    const kind = `${request.method === "POST" ? "POST" : "other"} ${status}`;
    statuses[kind] = (statuses[kind] ?? 0) + 1;
    const faults = door.faults();
    if (status >= 500 && !(status === 503 && headers.has("retry-after"))) {
      faults.push(`it answered ${status}: ${text.slice(0, 300)}`);
    }
    if (text.length > longest) faults.push(`it answered ${text.length} characters`);
    if (text.includes(`<${marker}`)) faults.push("it let HTML of others through");
    if (status >= 400 || request.method !== "POST") {
      const tables = [...(await written(door.db))].filter((table) => !free.has(table));
      if (tables.length > 0) faults.push(`answered ${status}, and wrote ${tables.join(", ")}`);
      if (door.delivered() > sent) faults.push(`answered ${status}, and delivered something`);
    }
    if (at % 100 === 99) faults.push(...(await unsound(door, arena)));
    if (faults.length > 0)
      throw new Error(report(arena.seed, at, request, [`answered ${status}`, ...faults]));
  }
  return { cases: at - from, statuses };
}

function report(seed: number, at: number, { method, url, headers, body }: Case, faults: string[]) {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `Case ${at} of SEED=${seed}: ${faults.join("; ")}`,
    `${method} ${url}`,
    ...head.map((line) => line.slice(0, 500)),
    body?.toString().slice(0, 4000) ?? "",
  ].join("\n");
}

/** Notes of every row that is written from now on in which table it is. SQLite only. */
export async function audit(db: Db): Promise<void> {
  const tables = await db.introspection.getTables();
  await sql`create table fuzz_written (place text not null)`.execute(db);
  for (const { name } of tables) {
    for (const event of ["insert", "update", "delete"]) {
      const trigger = sql.ref(`fuzz_${name}_${event}`);
      const note = sql`insert into fuzz_written values (${sql.lit(name)})`;
      await sql`create trigger ${trigger} after ${sql.raw(event)} on ${sql.table(name)} begin ${note}; end`.execute(
        db,
      );
    }
  }
}

/** The tables that were written since the last time. */
async function written(db: Db): Promise<Set<string>> {
  const { rows } = await sql<{ place: string }>`select distinct place from fuzz_written`.execute(
    db,
  );
  if (rows.length > 0) await sql`delete from fuzz_written`.execute(db);
  return new Set(rows.map(({ place }) => place));
}

/** What shouldn't be in the database, or isn't told as it is there. */
async function unsound({ db, ask }: Door, { target }: Arena): Promise<string[]> {
  const found: string[] = [];
  const replies = await db.selectFrom("reply").selectAll().execute();
  const flags = await db.selectFrom("flag").selectAll().execute();
  const followers = await db.selectFrom("follower").selectAll().execute();
  const texts: [string, string | null, number][] = [
    ...replies.flatMap((row): [string, string | null, number][] => [
      ["a reply", row.content, 5000],
      ["a warning", row.warning, 500],
      ["a language", row.language, 35],
      ["a handle", row.handle, 500],
      ...[row.id, row.author, row.profile, row.url, row.inbox].map(
        (url): [string, string, number] => ["an address", url, 2000],
      ),
    ]),
    ...flags.flatMap(({ content, id, actor }): [string, string, number][] => [
      ["a report", content, 2000],
      ["an address", id, 2000],
      ["an address", actor, 2000],
    ]),
    ...followers.flatMap((row) =>
      [row.actor, row.activity, row.inbox, row.sharedInbox].map(
        (url): [string, string | null, number] => ["an address", url, 2000],
      ),
    ),
  ];
  for (const [what, text, most] of texts) {
    if (text === null) continue;
    if (text.length > most) found.push(`${what} of ${text.length} characters was kept`);
    if (text.includes(`<${marker}`)) found.push(`HTML was kept: ${text.slice(0, 200)}`);
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    if (/[\u0000-\u0008\u202E]/.test(text) || !text.isWellFormed()) {
      found.push(`what can't be shown was kept: ${JSON.stringify(text).slice(0, 200)}`);
    }
  }
  for (const { published, received, edited } of replies) {
    if ([published, received, edited ?? 0].some((time) => time < 0 || time > Date.now() + 60_000)) {
      found.push(`a reply of another time was kept: ${published}, ${edited}`);
    }
  }
  const read = async (url: string) => {
    const headers = { accept: "application/activity+json" };
    const { text } = await ask({ method: "GET", url, headers, body: undefined });
    return JSON.parse(text) as Record<string, { totalItems?: number } | number | undefined>;
  };
  const post = target.post.slice(target.post.lastIndexOf("/") + 1);
  const reactions = await db.selectFrom("reaction").selectAll().where("post", "=", post).execute();
  const note = await read(target.post);
  const { totalItems } = await read(`${target.coop}/followers`);
  const coop = `coops/${target.coop.slice(target.coop.lastIndexOf("/") + 1)}`;
  const of = (kind: string) => reactions.filter((each) => each.kind === kind).length;
  const shown = replies.filter(
    (each) => each.post === post && each.audience === "public" && each.hidden === null,
  );
  const counts: [string, unknown, number][] = [
    ["likes", total(note["likes"]), of("like")],
    ["shares", total(note["shares"]), of("boost")],
    ["replies", total(note["replies"]), shown.filter(({ kind }) => kind === "reply").length],
    ["followers", totalItems, followers.filter(({ followed }) => followed === coop).length],
  ];
  for (const [what, told, rows] of counts) {
    if ((told ?? 0) !== rows)
      found.push(`${told as number} ${what} are told, and ${rows} are there`);
  }
  const page = await ask({
    method: "GET",
    url: target.post,
    headers: { accept: "text/html" },
    body: undefined,
  });
  if (page.text.includes(`<${marker}`)) found.push("the page of the post has HTML of others in it");
  return found;
}

function total(of: { totalItems?: number } | number | undefined): number | undefined {
  return typeof of === "object" ? of.totalItems : undefined;
}

/** Readers of the log that write something or send something. */
const readers = ["own-news", "gather", "deliver", "offers"];

/** Whether nothing is ready to be handled or sent, and all that happened was read. */
export async function isQuiet(db: Db): Promise<boolean> {
  const busy = await db
    .selectFrom("queue")
    .select("id")
    .where((eb) => eb.or([eb("runAt", "<=", Date.now()), eb("lockedUntil", "is not", null)]))
    .executeTakeFirst();
  if (busy !== undefined) return false;
  const head = await changes.head(db);
  const behind = await db
    .selectFrom("cursor")
    .select("name")
    .where("name", "in", readers)
    .where("seq", "<", head)
    .executeTakeFirst();
  return behind === undefined;
}

/** How many rows there are in all tables. */
export async function rowCount(db: Db): Promise<number> {
  let sum = 0;
  for (const { name } of await db.introspection.getTables()) {
    const counted = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(
      db,
    );
    sum += Number(counted.rows[0]?.n);
  }
  return sum;
}
