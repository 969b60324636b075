import { generateKeyPairSync } from "node:crypto";
import { AppError } from "../errors.ts";
import * as changes from "../store/changes.ts";
import * as keys from "../store/keys.ts";
import type { Db, Tx } from "../store/schema.ts";
import { type Identity, keyRow, refreshIdentity } from "./identity.ts";

/**
 * Gives the node a new key to sign records with, endorsed by the present one.
 * That is retired: what it has signed still counts.
 *
 * @returns The name of the new key.
 * @throws {AppError} `conflict` when somebody else does the same at the moment.
 */
export async function rotateKey(db: Db, node: Identity, now: number): Promise<string> {
  const before = node.keyName;
  const name = await db
    .transaction()
    .execute((tx) => replace(tx, node.origin, before, "retired", now));
  await refreshIdentity(db, node);
  return name;
}

/**
 * Takes a key out of use because it is, or may be, in wrong hands: nothing that
 * it has signed counts any more. If it was the present one, a new one takes its
 * place. What it has signed has to be signed again: {@link signAfresh}.
 *
 * @param name As in {@link Identity.keyName}.
 * @returns The name of the key that signs from now on.
 * @throws {AppError} `not-found`; `conflict` when it was dropped before.
 */
export async function dropKey(db: Db, node: Identity, name: string, now: number): Promise<string> {
  const present = await db.transaction().execute((tx) => drop(tx, node.origin, name, now));
  await refreshIdentity(db, node);
  return present;
}

async function drop(tx: Tx, origin: string, name: string, now: number): Promise<string> {
  const signing = await signingKeys(tx);
  const key = signing.find((each) => each.name === name);
  if (key === undefined) {
    const names = signing.map((each) => each.name).join(", ");
    throw new AppError("not-found", `this node has no key “${name}”: it has ${names}`);
  }
  if (key.dropped !== null) throw new AppError("conflict", `${name} was dropped before`);
  if (key.retired === null) return replace(tx, origin, name, "dropped", now);
  await keys.end(tx, name, "dropped", now);
  const present = signing.findLast(({ retired, dropped }) => retired === null && dropped === null);
  await announce(tx, origin);
  return present?.name ?? name;
}

async function replace(
  tx: Tx,
  origin: string,
  before: string,
  how: "retired" | "dropped",
  now: number,
): Promise<string> {
  const signing = await signingKeys(tx);
  const last = signing.at(-1);
  // The row stays locked: whoever comes second finds that it has ended.
  if (last?.name !== before || !(await keys.end(tx, before, how, now))) {
    throw new AppError("conflict", `${before} is no longer the present key: look again`);
  }
  const name = `ed25519-${signing.length + 1}`;
  const created = Math.max(now, Number(last.created) + 1);
  await keys.add(tx, keyRow(name, generateKeyPairSync("ed25519"), created));
  await announce(tx, origin);
  return name;
}

async function signingKeys(tx: Tx): Promise<keys.Key[]> {
  return (await keys.all(tx)).filter(({ name }) => name !== "rsa");
}

/** By the log, a node that runs learns what a command has done. */
async function announce(tx: Tx, origin: string): Promise<void> {
  await changes.append(tx, [{ kind: "key", subject: `key ${origin}`, origin: "" }]);
}
