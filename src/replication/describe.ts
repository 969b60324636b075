import { z } from "zod";
import type { Identity } from "../directory/identity.ts";
import { AppError } from "../errors.ts";
import { readBounded, version } from "../outbound.ts";
import type { Send } from "./replica.ts";

/** What a page of the feed may be at most; peers learn it from the description. */
export const limits = { page: 2000, records: 1000, wait: 25, record: 16 * 1024 } as const;

/**
 * What a node says of its part in the directory at
 * `/.well-known/coop-directory`. The one document that a peer starts from.
 */
export const Description = z.object({
  protocol: z.literal("DIR/1"),
  software: z.object({ name: z.string().max(60), version: z.string().max(60) }),
  /** The node actor, which signs, follows and is followed. */
  actor: z.url(),
  role: z.enum(["hub", "leaf"]),
  /** The feed of changes and its present end. */
  changes: z.url(),
  epoch: z.string().min(1).max(64),
  seq: z.int().min(0),
  /** How many records it holds, some minutes ago. */
  held: z.int().min(0).optional(),
  /** A hub says whether it has filled itself and compared with others. */
  complete: z.boolean().optional(),
  records: z.url(),
  /** Which hosts’ records it doesn’t hold, and why. */
  excluded: z.url().optional(),
  limits: z.object({
    page: z.int().min(1),
    records: z.int().min(1),
    wait: z.int().min(0),
    record: z.int().min(1),
  }),
});
export type Description = z.infer<typeof Description>;

/** Describes this node. */
export function describe(
  node: Identity,
  role: "hub" | "leaf",
  epoch: string,
  seq: number,
  more: Pick<Description, "held" | "complete"> = {},
): Description {
  return {
    protocol: "DIR/1",
    software: { name: "fragaria", version },
    actor: node.actor,
    role,
    changes: changesUrl(node.origin),
    epoch,
    seq,
    ...more,
    records: `${node.origin}/dir/v1/records`,
    excluded: `${node.origin}/dir/v1/excluded`,
    limits,
  };
}

/** Where a node's feed is: a wake-up names it. */
export function changesUrl(origin: string): string {
  return `${origin}/dir/v1/changes`;
}

/**
 * Asks a peer to describe itself.
 *
 * @throws {AppError} `unavailable` when there is no answer that can be
 *   understood, or when it names URLs of another origin.
 */
export async function askDescription(
  send: Send,
  peer: string,
  signal: AbortSignal,
): Promise<Description> {
  const body = await ask(send, `${peer}/.well-known/coop-directory`, { signal }, 64 * 1024);
  const read = Description.safeParse(parseJson(body));
  if (!read.success) {
    const issue = read.error.issues[0];
    throw unavailable(
      peer,
      `its description is faulty: ${issue?.path.join(".")}: ${issue?.message}`,
    );
  }
  for (const url of [read.data.actor, read.data.changes, read.data.records]) {
    if (new URL(url).origin !== peer) {
      throw unavailable(peer, `it describes itself with ${url}, which is of another origin`);
    }
  }
  return read.data;
}

/** A description for as long as it is taken to be true: see `recallDescription`. */
export interface RecalledDescription {
  said?: { description: Description; until: number } | undefined;
}

/** How long a description that was had is believed, ms. */
const believed = 60_000;

/**
 * The same for who asks again and again: a minute old at most. Whoever fails
 * with it forgets it, as the peer may have become another.
 *
 * @param now Epoch ms.
 */
export async function recallDescription(
  recalled: RecalledDescription,
  now: number,
  askNow: () => Promise<Description>,
): Promise<Description> {
  const { said } = recalled;
  if (said !== undefined && now < said.until) return said.description;
  const description = await askNow();
  recalled.said = { description, until: now + believed };
  return description;
}

/**
 * One bounded request to a peer. Redirects are not followed: a peer has one
 * address, and signatures are bound to it.
 *
 * @param most Bytes of the answer, decompressed.
 * @throws {AppError} `unavailable` with what went wrong.
 */
export async function ask(
  send: Send,
  url: string,
  init: RequestInit,
  most: number,
): Promise<Uint8Array> {
  return (await askResponse(send, url, init, most)).body;
}

/** The same, with the headers of the answer. */
export async function askResponse(
  send: Send,
  url: string,
  init: RequestInit,
  most: number,
): Promise<{ headers: Headers; body: Uint8Array }> {
  let response: Response;
  try {
    response = await send(url, { ...init, redirect: "manual" });
  } catch (cause) {
    throw unavailable(url, reasonOf(cause), cause);
  }
  if (!response.ok) {
    await response.body?.cancel();
    if (response.status === 410) throw new AppError("gone", `${url} answers 410`);
    throw unavailable(url, `it answers ${response.status}`);
  }
  try {
    return { headers: response.headers, body: await readBounded(response, most) };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw unavailable(url, `it broke off: ${reasonOf(cause)}`, cause);
  }
}

/** JSON from bytes, or undefined. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined; // what is asked for is then missing, and the caller says so
  }
}

function unavailable(where: string, why: string, cause?: unknown): AppError {
  return new AppError("unavailable", `${where} can't be used: ${why}`, { cause });
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (cause instanceof AggregateError) return (cause.errors[0] as Error).message;
  return cause instanceof Error ? cause.message : message;
}
