import { promisify } from "node:util";
import { constants, gzip, zstdCompress } from "node:zlib";
import type { Context } from "hono";
import { z } from "zod";
import { AppError } from "../errors.ts";
import { beaconId } from "../coop/beacon.ts";
import { listingId } from "../coop/listing-record.ts";
import { coopUrl } from "../directory/ids.ts";
import { asSent } from "../replication/as-sent.ts";
import { describe } from "../replication/describe.ts";
import { progressOf } from "../replication/fill.ts";
import { feedPage, FeedQuery, RecordsRequest, writeCursor } from "../replication/feed.ts";
import { ReconcileQuery } from "../replication/reconcile.ts";
import { peersLines, PeersQuery } from "../replication/peers-list.ts";
import * as changes from "../store/changes.ts";
import * as evidence from "../store/evidence.ts";
import * as hosts from "../store/hosts.ts";
import * as records from "../store/records.ts";
import type { RecordTable } from "../store/tables/records.ts";
import * as settings from "../store/settings.ts";
import { bestEncoding } from "./accept.ts";
import { bodyFaults, demandParameters, InvalidRequest } from "./parameters.ts";
import type { Site } from "./site.ts";

/** For whoever reads from another origin; and nothing is ever guessed from the bytes. */
const open = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "Dir-Next",
  "x-content-type-options": "nosniff",
};

/** Bytes that a response may take over: not a view into a shared pool. */
type Bytes = Uint8Array<ArrayBuffer>;

/** `GET /.well-known/coop-directory`: what this node is to other nodes. */
export async function wellKnown(
  { db, node, role, feed }: Site,
  held: () => Promise<number>,
): Promise<Response> {
  const filling = await progressOf(feed.replica);
  const description = describe(node, role, await settings.epoch(db), await changes.head(db), {
    held: await held(),
    ...(filling !== undefined && { complete: filling.step === "complete" }),
  });
  return Response.json(description, { headers: { ...open, "cache-control": "max-age=60" } });
}

/** How many records are held, counted at most once a minute: it takes a while where there are millions. */
export function heldCount({ db, clock }: Site): () => Promise<number> {
  let counted: { at: number; count: Promise<number> } | undefined;
  return () => {
    if (counted === undefined || clock() - counted.at >= 60_000) {
      counted = { at: clock(), count: records.count(db) };
    }
    return counted.count;
  };
}

/** `GET /dir/v1/excluded`: which hosts’ records aren’t held here, and why. */
export async function excludedHosts({ feed }: Site): Promise<Response> {
  const exclusions = await feed.replica.exclusions();
  return Response.json(exclusions, { headers: { ...open, "cache-control": "max-age=60" } });
}

/**
 * `GET /dir/v1/changes`: a page of the feed, one line a record.
 *
 * @throws {AppError} `bad-request` for the parameters, `gone` for an old epoch.
 */
export async function feedChanges(site: Site, c: Context): Promise<Response> {
  const query = demandParameters(FeedQuery, new URL(c.req.url).searchParams);
  const { next, lines } = await feedPage(site.feed, query, c.req.raw.signal);
  return ndjson(c, lines, { "dir-next": writeCursor(next) });
}

/** `GET /dir/v1/peers`: nodes that this one knows to be alive. */
export async function livePeers(site: Site, c: Context): Promise<Response> {
  const query = demandParameters(PeersQuery, new URL(c.req.url).searchParams);
  const { replica, now } = site.feed;
  const lines = await peersLines({ replica, now, random: Math.random }, query);
  return ndjson(c, lines, { "cache-control": "max-age=60" });
}

/**
 * `POST /dir/v1/records`: the records with these digests, as far as they are
 * held, as the bytes that were signed.
 */
export async function recordsByDigest({ db }: Site, c: Context): Promise<Response> {
  let body: unknown;
  try {
    body = JSON.parse(await c.req.text());
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("bad-request", "The body isn’t JSON.", { cause });
  }
  const asked = RecordsRequest.safeParse(body);
  if (!asked.success) throw new InvalidRequest(bodyFaults(asked.error));
  const held = await records.byDigest(db, asked.data.digests);
  return ndjson(
    c,
    held.map((record) => record.body),
    {},
  );
}

/**
 * `POST /dir/v1/reconcile`: a message about all records, or those of one host,
 * by a node that has signed the request.
 *
 * @throws {AppError} `unauthorized`, `rate-limited`, `bad-request` and
 *   `unavailable`, each with what would be right.
 */
export async function reconcile(site: Site, c: Context): Promise<Response> {
  const { origin } = demandParameters(ReconcileQuery, new URL(c.req.url).searchParams);
  const message = await c.req.arrayBuffer();
  const from = await site.requesters.of(asSent(site.node, c.req.raw, message));
  const answer = await site.repairs.answer(from, new Uint8Array(message), origin);
  return new Response(answer.message, {
    headers: {
      ...open,
      "content-type": "application/octet-stream",
      "cache-control": "no-store",
      "dir-next": writeCursor(answer.upTo),
    },
  });
}

/**
 * `GET /dir/v1/records/:digest`: one record. It never changes, but it may be
 * withdrawn, and then no cache in between may have it for long.
 */
export async function recordByDigest({ db }: Site, digest: string): Promise<Response> {
  const [record] = /^[0-9a-f]{64}$/.test(digest) ? await records.byDigest(db, [digest]) : [];
  if (record === undefined)
    throw new AppError("not-found", "No record with this digest is held here.");
  return new Response(new Uint8Array(record.body), {
    headers: {
      ...open,
      "content-type": "application/ld+json",
      "cache-control": "public, max-age=60",
    },
  });
}

/** `GET /coops/:id/listing`: the signed record of a hosted co-op, or the tombstone in its place. */
export async function listing(site: Site, id: string): Promise<Response> {
  return ownRecord(site, listingId(coopUrl(site.node, id)), "listing");
}

/** `GET /attestations/:id`: what this node attests, or the tombstone in its place. */
export async function attestation(site: Site, id: string): Promise<Response> {
  return ownRecord(site, `${site.node.origin}/attestations/${id}`, "attestation");
}

/** The parameters of `GET /dir/v1/beacon`. */
const BeaconQuery = z.strictObject({
  /** Of another node, as far as it is held; of this one if it isn't given. */
  host: z.string().max(260).optional(),
});

/**
 * `GET /dir/v1/beacon`: the newest beacon of this node, or of another one. 204
 * says that none is held of that other one.
 */
export async function beacon(site: Site, c: Context): Promise<Response> {
  const { host } = demandParameters(BeaconQuery, new URL(c.req.url).searchParams);
  const { db, node } = site;
  if (host === undefined || host === node.host) {
    return ownRecord(site, beaconId(node.origin), "beacon");
  }
  const known = await hosts.get(db, host);
  const record = known && (await records.get(db, beaconId(known.origin)));
  return record === undefined
    ? new Response(null, { status: 204, headers: { ...open, "cache-control": "no-store" } })
    : recordResponse(record);
}

/** `GET /dir/v1/evidence/:host`: two beacons by which a host contradicts itself, a line each. */
export async function contradiction({ db }: Site, c: Context, host: string): Promise<Response> {
  const kept = await evidence.get(db, host);
  if (kept === undefined) {
    throw new AppError("not-found", `Nothing is kept here by which ${host} contradicts itself.`);
  }
  return ndjson(c, [kept.first, kept.second], {});
}

async function ownRecord({ db }: Site, id: string, what: string): Promise<Response> {
  const record = await records.get(db, id);
  if (record === undefined) throw new AppError("not-found", `This node publishes no such ${what}.`);
  return recordResponse(record);
}

function recordResponse(record: RecordTable): Response {
  return new Response(new Uint8Array(record.body), {
    status: record.tombstone === 1 ? 410 : 200,
    headers: {
      ...open,
      "content-type": "application/ld+json",
      "cache-control": "max-age=60",
      "last-modified": new Date(Number(record.issued)).toUTCString(),
    },
  });
}

const newline = Buffer.from("\n");
const zstd = promisify(zstdCompress);
const gzipped = promisify(gzip);

async function ndjson(
  c: Context,
  lines: Uint8Array[],
  headers: Record<string, string>,
): Promise<Response> {
  const plain = Buffer.concat(lines.flatMap((line) => [line, newline]));
  // A few lines don't pay for a frame of their own.
  const encoding =
    plain.length > 1024 ? bestEncoding(c.req.header("accept-encoding") ?? null) : undefined;
  return new Response((await compress(plain, encoding)) as Bytes, {
    headers: {
      ...open,
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
      ...headers,
      vary: "Accept-Encoding",
      ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    },
  });
}

/** At level 1: feeds are made for each reader, and most of the gain is there. */
async function compress(plain: Buffer, encoding: "zstd" | "gzip" | undefined): Promise<Uint8Array> {
  if (encoding === "zstd") {
    return zstd(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  }
  return encoding === "gzip" ? gzipped(plain, { level: 1 }) : plain;
}
