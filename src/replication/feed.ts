import { z } from "zod";
import type { Watch } from "../events.ts";
import { AppError } from "../errors.ts";
import type { LoggedNews } from "../store/news.ts";
import type { LoggedRecord } from "../store/records.ts";
import { limits } from "./describe.ts";
import type { Replica } from "./replica.ts";

/** Where in a feed a reader is: `EPOCH.SEQ`. */
export interface Cursor {
  epoch: string;
  seq: number;
}

export function writeCursor({ epoch, seq }: Cursor): string {
  return `${epoch}.${seq}`;
}

/** Reads a cursor, or says that it is none. */
export function readCursor(text: string): Cursor | undefined {
  const [, epoch, seq] = /^([\w-]{1,64})\.(\d{1,15})$/.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(seq) };
}

const number = (most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, "not a whole number")
    .transform(Number)
    .pipe(z.number().max(most));

/** The parameters of `GET /dir/v1/changes`. */
export const FeedQuery = z.strictObject({
  /** Nothing or `0` for the beginning, else what `Dir-Next` said. */
  after: z
    .string()
    .refine((text) => text === "0" || readCursor(text) !== undefined, "not a cursor EPOCH.SEQ")
    .default("0"),
  limit: number(limits.page).pipe(z.number().min(1)).default(500),
  view: z.enum(["ref", "full"]).default("full"),
  /** A host, or `self` for this node's own records. */
  origin: z.string().max(260).optional(),
  /** Seconds to wait for something new when there is nothing yet. */
  wait: number(limits.wait).default(0),
});
export type FeedQuery = z.infer<typeof FeedQuery>;

/** What the feed is served from. */
export interface FeedSource {
  replica: Replica;
  watch: Watch;
  now: () => number;
}

/** A page: its lines without their line ends, and where the next one begins. */
export interface FeedPage {
  next: Cursor;
  lines: Uint8Array[];
}

/** How many requests may wait at the same time; further ones are answered at once. */
const waitersMost = 200;
/** How many do, of each node of this process: a node has one watch. */
const waiters = new WeakMap<Watch, number>();

/**
 * A page of the log of changes: each record once, at its latest seq,
 * tombstones included. Bulk loading, catching up and following are this call.
 *
 * @throws {AppError} `gone` for a cursor of another epoch: the log was lost or
 *   put back, start again. So it was for one that is ahead of the log.
 */
export async function feedPage(
  { replica, watch, now }: FeedSource,
  query: FeedQuery,
  signal: AbortSignal,
): Promise<FeedPage> {
  const epoch = await replica.epoch();
  const { epoch: known, seq } = readCursor(query.after) ?? { epoch, seq: 0 };
  if (known !== epoch) {
    throw new AppError("gone", `this feed has the epoch ${epoch}; start again from 0`);
  }
  // Read before the page: what is logged in between is then read twice, not skipped.
  let head = await replica.head();
  if (seq > head) {
    throw new AppError("gone", `this feed ends at ${head}, before ${seq}; start again from 0`);
  }
  const only = query.origin === undefined ? {} : { origin: originOf(query.origin, replica.host) };
  const read = () => readRows(replica, seq, query.limit, only);
  let rows = await read();
  const until = now() + query.wait * 1000;
  const waiting = () => waiters.get(watch) ?? 0;
  while (rows.length === 0 && now() < until && waiting() < waitersMost && !signal.aborted) {
    waiters.set(watch, waiting() + 1);
    try {
      const next = await watch.past(head, until - now(), signal);
      if (next <= head) break;
      head = next;
    } finally {
      waiters.set(watch, waiting() - 1);
    }
    rows = await read();
  }
  // A short page has been read to the head; what only others asked for is skipped.
  const last = rows.length < query.limit ? Math.max(head, rows.at(-1)?.seq ?? 0) : rows.at(-1)?.seq;
  const recordLine = query.view === "full" ? fullLine : refLine;
  const lines = rows.map((row) => ("body" in row ? recordLine(row) : newsLine(row)));
  return { next: { epoch, seq: last ?? seq }, lines };
}

/** Records and news behind a cursor, in order. */
async function readRows(
  replica: Replica,
  seq: number,
  limit: number,
  only: { origin?: string },
): Promise<(LoggedRecord | LoggedNews)[]> {
  const found = await replica.after(seq, limit, only);
  const news = (await replica.news?.after(seq, limit, only)) ?? [];
  if (news.length === 0) return found;
  return [...found, ...news].toSorted((a, b) => a.seq - b.seq).slice(0, limit);
}

function originOf(origin: string, host: string): string {
  return origin === "self" ? host : origin;
}

const encoder = new TextEncoder();

function refLine({ seq, id, kind, issued, digest }: LoggedRecord): Uint8Array {
  return encoder.encode(JSON.stringify({ seq, id, kind, issued: Number(issued), digest }));
}

/** News are the same in both views. */
function newsLine({ seq, id, listing, published, deleted }: LoggedNews): Uint8Array {
  const said = { seq, kind: newsKind, id, listing, published: Number(published) };
  return encoder.encode(
    JSON.stringify(deleted === null ? said : { ...said, deleted: Number(deleted) }),
  );
}

/** `record` comes last, so that its bytes can be cut out as they were signed. */
function fullLine({ seq, digest, body }: LoggedRecord): Uint8Array {
  const head = encoder.encode(`{"seq":${seq},"digest":"${digest}","record":`);
  return Buffer.concat([head, body, encoder.encode("}")]);
}

const Digest = z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256 in hexadecimal");

/** The body of `POST /dir/v1/records`. */
export const RecordsRequest = z.strictObject({
  digests: z.array(Digest).min(1).max(limits.records),
});

const Ref = z.object({
  seq: z.int().min(0),
  id: z.string().max(512),
  kind: z.string().max(200),
  issued: z.int(),
  digest: Digest,
});

/** What stands before the record, in a line that has one. */
const Head = Ref.pick({ seq: true, digest: true });

/** What the kind of a line is that tells of a post. */
const newsKind = "news";

/** A post that the feeds of other nodes may pass on, or one that is gone. */
export const NewsLine = z.object({
  id: z.url().max(512),
  listing: z.url().max(512),
  published: z.int(),
  deleted: z.int().optional(),
});
export type NewsLine = z.infer<typeof NewsLine>;

/** Of a line of any kind: where it stands. */
const Place = z.object({ seq: Ref.shape.seq, kind: z.string().optional() });

/** A line of a feed as its reader sees it; of news that can't be understood only where it stands. */
export type Line =
  | { seq: number; news: NewsLine | undefined }
  | { seq: number; digest: string; body: Uint8Array }
  | { seq: number; digest: string; ref: z.infer<typeof Ref> };

/**
 * Reads a line of another node's feed. The bytes of a record are cut out as
 * they are, and judged later.
 *
 * @throws {AppError} `bad-request` when it isn't a line of a feed.
 */
export function readLine(line: Uint8Array): Line {
  const marker = Buffer.from(',"record":');
  const buffer = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const at = buffer.subarray(0, 200).indexOf(marker);
  const head = at === -1 ? buffer : Buffer.concat([buffer.subarray(0, at), Buffer.from("}")]);
  try {
    const value: unknown = JSON.parse(head.toString("utf8"));
    if (at === -1) {
      const { seq, kind } = Place.parse(value);
      if (kind === newsKind) return { seq, news: NewsLine.safeParse(value).data };
      const ref = Ref.parse(value);
      return { seq: ref.seq, digest: ref.digest, ref };
    }
    const { seq, digest } = Head.parse(value);
    return { seq, digest, body: buffer.subarray(at + marker.length, -1) };
  } catch (cause) {
    throw new AppError("bad-request", "a line of the feed can't be read", { cause });
  }
}
