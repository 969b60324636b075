import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { AppError } from "../errors.ts";
import * as census from "../store/census.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { originOf } from "./name-host.ts";
import { meet, settleHost } from "./settle-hosts.ts";

/** Why a host is denied, in the administrator's words: not for the public. */
export const Why = z.string().trim().min(1).max(500, "This can have at most 500 characters.");

/** Who decides: an account, or null for a command. */
export type Decider = { id: string } | null;

/**
 * Allows a host: its listings are shown without limit, whoever vouches for it or
 * doesn't. It need not be known yet.
 *
 * @param name Its host, or its address.
 * @returns The host.
 * @throws {AppError} `bad-request` when that is no host, or this node itself.
 */
export function allowHost(
  db: Db,
  node: Identity,
  name: string,
  by: Decider,
  now: number,
): Promise<string> {
  return decide(db, node, name, { decision: "allowed", why: null }, by, now);
}

/**
 * Denies a host: nothing of it is held, and what is held disappears. Its name is
 * in the public list of what this node leaves out; the reason isn't.
 *
 * @param why In words, for those who run this node.
 * @throws {AppError} as {@link allowHost}.
 */
export function denyHost(
  db: Db,
  node: Identity,
  name: string,
  why: string,
  by: Decider,
  now: number,
): Promise<string> {
  return decide(db, node, name, { decision: "denied", why }, by, now);
}

async function decide(
  db: Db,
  node: Identity,
  name: string,
  decision: Pick<hosts.Host, "decision" | "why">,
  by: Decider,
  now: number,
): Promise<string> {
  const origin = await originOf(db, node, name);
  await db.transaction().execute((tx) => write(tx, node, origin, decision, by, now));
  const { host } = new URL(origin);
  getLogger(["fragaria", "trust"]).info("{host} is {decision} here", {
    host,
    decision: decision.decision ?? "left to others",
  });
  return host;
}

/**
 * Leaves it to the configuration and to the attesters again what becomes of a
 * host.
 *
 * @throws {AppError} `conflict` when nothing was decided about it; `bad-request`
 *   as {@link allowHost}.
 */
export async function undoDecision(
  db: Db,
  node: Identity,
  name: string,
  by: Decider,
  now: number,
): Promise<string> {
  const { host } = new URL(await originOf(db, node, name));
  if (((await hosts.get(db, host))?.decision ?? null) === null) {
    throw new AppError("conflict", `nothing was decided about ${host}`);
  }
  return decide(db, node, host, { decision: null, why: null }, by, now);
}

async function write(
  tx: Tx,
  node: Identity,
  origin: string,
  decision: Pick<hosts.Host, "decision" | "why">,
  by: Decider,
  now: number,
): Promise<void> {
  const { host } = new URL(origin);
  const met = await meet(tx, node, [origin], now);
  const decided = { decided: now, decidedBy: by?.id ?? null };
  // What it went beyond without anybody's answering for it is forgotten.
  const anew = decision.decision === "allowed" ? { exceeded: null } : {};
  await hosts.update(tx, host, { ...decision, ...decided, ...anew });
  const settled = await settleHost(tx, node, host, now);
  // What administrators take out themselves is nothing to be alarmed about.
  await census.forget(tx, [host]);
  await changes.append(tx, [...met, ...settled]);
}
