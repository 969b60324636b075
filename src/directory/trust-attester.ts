import { getLogger } from "@logtape/logtape";
import { AppError } from "../errors.ts";
import * as attesters from "../store/attesters.ts";
import * as census from "../store/census.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as vouches from "../store/vouches.ts";
import type { Decider } from "./decide-host.ts";
import type { Identity } from "./identity.ts";
import { originOf } from "./name-host.ts";
import { meetHosts, settleAll } from "./settle-hosts.ts";

/**
 * Lets a host's word count here: whom it vouches for is listed. Whom those vouch
 * for in turn isn't.
 *
 * @param name Its host, or its address.
 * @returns The host.
 * @throws {AppError} `bad-request` when that is no host, or this node itself.
 */
export async function addAttester(
  db: Db,
  node: Identity,
  name: string,
  by: Decider,
  now: number,
): Promise<string> {
  const origin = await originOf(db, node, name);
  const { host } = new URL(origin);
  await db.transaction().execute((tx) => add(tx, host, by, now));
  const named = (await vouches.by(db, host)).map((vouch) => originOfVouch(node, vouch));
  await meetHosts(db, node, [origin, ...named], now);
  await settleAll(db, node, now);
  getLogger(["fragaria", "trust"]).info("The word of {host} counts here", { host });
  return host;
}

async function add(tx: Tx, host: string, by: Decider, now: number): Promise<void> {
  await attesters.add(tx, { host, since: now, account: by?.id ?? null });
}

/** Nodes on loopback speak http among themselves; on a node with https all others do, too. */
function originOfVouch(node: Identity, { host }: vouches.Vouch): string {
  return `${new URL(node.origin).protocol}//${host}`;
}

/**
 * Ends that a host's word counts here. Those whom nobody else vouches for are
 * held and not shown, or left out when they have more than such a host may.
 *
 * @throws {AppError} `not-found` when it is no attester; `bad-request` as
 *   {@link addAttester}.
 */
export async function removeAttester(
  db: Db,
  node: Identity,
  name: string,
  by: Decider,
  now: number,
): Promise<string> {
  const { host } = new URL(await originOf(db, node, name));
  await db.transaction().execute((tx) => remove(tx, host, by, now));
  await settleAll(db, node, now);
  getLogger(["fragaria", "trust"]).info("The word of {host} counts here no more", { host });
  return host;
}

async function remove(tx: Tx, host: string, by: Decider, now: number): Promise<void> {
  if (!(await attesters.remove(tx, host, by?.id ?? null, now))) {
    throw new AppError("not-found", `${host} is no attester of this node`);
  }
  // What administrators take out themselves is nothing to be alarmed about.
  const named = await vouches.by(tx, host);
  await census.forget(
    tx,
    named.map((vouch) => vouch.host),
  );
}
