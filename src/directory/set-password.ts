import { getLogger } from "@logtape/logtape";
import { AppError } from "../errors.ts";
import * as accounts from "../store/accounts.ts";
import * as links from "../store/links.ts";
import type { Db, Tx } from "../store/schema.ts";
import * as sessions from "../store/sessions.ts";
import { type By, existingAccount } from "./account.ts";
import { makePasswordLink, useLink } from "./link.ts";
import { demandPassword, hashPassword } from "./password.ts";

const logger = getLogger(["fragaria", "accounts"]);

/** Makes the one link by which an account gets a new password; those made before are void. */
export async function renewPasswordLink(
  db: Db,
  id: string,
  now: number,
  by: By = null,
): Promise<string> {
  const { name } = await existingAccount(db, id);
  const token = await db
    .transaction()
    .execute((tx) => makePasswordLink(tx, id, now, by?.id ?? null));
  logger.info("A link for a new password of {name} was made", { name, by: by?.name });
  return token;
}

/**
 * Uses a link that sets a password. All sessions of the account end.
 *
 * @returns The id of the account.
 */
export async function useNewPassword(
  db: Db,
  token: string,
  { name, password }: { name: string; password: string },
  now: number,
): Promise<string> {
  const passwordHash = await hashPassword(demandPassword(password, name));
  const id = await db.transaction().execute((tx) => usePasswordLink(tx, token, passwordHash, now));
  logger.info("The password of {name} was set by a link", { name });
  return id;
}

async function usePasswordLink(
  tx: Tx,
  token: string,
  passwordHash: string,
  now: number,
): Promise<string> {
  const { account } = await useLink(tx, token, ["password"], now);
  if (account === null) throw new AppError("internal", "a password link names no account");
  await replacePassword(tx, account, passwordHash, null);
  return account;
}

/** Sets a new password. All sessions of the account end, but for the one that is kept. */
export async function setPassword(
  db: Db,
  id: string,
  password: string,
  keptSession: string | null,
): Promise<void> {
  const { name } = await existingAccount(db, id);
  const passwordHash = await hashPassword(demandPassword(password, name));
  await db.transaction().execute((tx) => replacePassword(tx, id, passwordHash, keptSession));
  logger.info("{name} has a new password", { name });
}

async function replacePassword(
  tx: Tx,
  id: string,
  passwordHash: string,
  keptSession: string | null,
): Promise<void> {
  await accounts.update(tx, id, { passwordHash });
  await sessions.endAll(tx, id, keptSession);
  // Whoever asked for a link to this account shall not undo it later.
  await links.revoke(tx, "password", id);
}
