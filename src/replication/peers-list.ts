import { z } from "zod";
import { beaconId } from "../coop/beacon.ts";
import { patience } from "../coop/liveness.ts";
import { drawDiverse } from "./choose.ts";
import { ask } from "./describe.ts";
import { splitLines } from "./pull.ts";
import type { PinnedKey, Replica, Send } from "./replica.ts";

/** How many nodes are told of at once. */
export const toldMost = 200;

/** The parameters of `GET /dir/v1/peers`. */
export const PeersQuery = z.strictObject({
  /** Only hubs, or only leaves. */
  role: z.enum(["hub", "leaf"]).optional(),
  /** Only this one. */
  host: z.string().max(260).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, "not a whole number")
    .transform(Number)
    .pipe(z.number().min(1).max(toldMost))
    .default(toldMost),
});
export type PeersQuery = z.infer<typeof PeersQuery>;

const Key = z.object({ id: z.string().max(512), publicKeyMultibase: z.string().max(200) });

const Told = z.object({
  origin: z.url().max(512),
  role: z.enum(["hub", "leaf"]).nullable().catch(null),
  seen: z.int().min(0).catch(0),
  keys: z.array(Key).max(20).catch([]),
});

/** What another node says of a third one. */
export interface ToldNode {
  url: string;
  role: "hub" | "leaf" | null;
  /** When it last gave a sign of life, epoch ms. */
  seen: number;
  /** The keys that the answering node has pinned. */
  keys: PinnedKey[];
  /** The bytes of its beacon, as it signed them; undefined when the answering node has none. */
  beacon: Uint8Array | undefined;
}

/**
 * Answers `GET /dir/v1/peers`: nodes that gave a sign of life within a week,
 * drawn at random if there are too many, each with the keys that are pinned
 * here and its beacon. The beacon comes last in its line, so that its bytes can
 * be cut out as they were signed.
 */
export async function peersLines(
  { replica, random, now }: PeersSource,
  { role, host, limit }: PeersQuery,
): Promise<Uint8Array[]> {
  const known = await replica.nodes(now() - patience.live);
  const asked = known.filter(
    (each) =>
      (role === undefined || each.role === role) &&
      (host === undefined || new URL(each.url).host === host),
  );
  const some = drawDiverse(asked, limit, limit, random);
  const keys = await replica.pinned(some.map(({ url }) => url));
  const versions = await replica.versions(some.map(({ url }) => beaconId(url)));
  const bodies = new Map(
    (await replica.byDigest([...versions.values()].map(({ digest }) => digest))).map(
      ({ digest, body }) => [digest, body],
    ),
  );
  const encoder = new TextEncoder();
  return some.map(({ url, role: part, seen }) => {
    const head = JSON.stringify({ origin: url, role: part, seen, keys: keys.get(url) ?? [] });
    const body = bodies.get(versions.get(beaconId(url))?.digest ?? "");
    if (body === undefined) return encoder.encode(head);
    return Buffer.concat([encoder.encode(`${head.slice(0, -1)},"record":`), body, closing]);
  });
}

const closing = Buffer.from("}");

/** What the answer is made of. */
export interface PeersSource {
  replica: Replica;
  random: () => number;
  now: () => number;
}

/**
 * Asks a node which others it knows. What it says is hearsay: whoever acts on
 * it asks the node itself. Lines that can't be read are passed over.
 *
 * @throws {AppError} `unavailable` when there is no answer.
 */
export async function askPeers(
  send: Send,
  peer: string,
  query: Partial<Pick<PeersQuery, "role" | "host" | "limit">>,
  signal: AbortSignal,
): Promise<ToldNode[]> {
  const url = new URL(`${peer}/dir/v1/peers`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const body = await ask(send, url.href, { signal }, 4 * 1024 * 1024);
  return splitLines(body)
    .slice(0, toldMost)
    .flatMap((line) => readTold(line) ?? []);
}

function readTold(line: Uint8Array): ToldNode | undefined {
  const marker = Buffer.from(',"record":');
  const buffer = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const at = buffer.indexOf(marker);
  const head = at === -1 ? buffer : Buffer.concat([buffer.subarray(0, at), closing]);
  try {
    const { origin, role, seen, keys } = Told.parse(JSON.parse(head.toString("utf8")));
    if (new URL(origin).origin !== origin) return undefined;
    const beacon = at === -1 ? undefined : buffer.subarray(at + marker.length, -1);
    return { url: origin, role, seen, keys, beacon };
  } catch {
    return undefined; // hearsay that can't be read is worth nothing
  }
}
