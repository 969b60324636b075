import { getLogger } from "@logtape/logtape";
import { AppError } from "../errors.ts";
import * as accounts from "../store/accounts.ts";
import * as links from "../store/links.ts";
import type { Db, Tx } from "../store/schema.ts";
import { draftAccount, insertAccount, type NewAccount } from "./account.ts";
import { makeLink, useLink } from "./link.ts";

const logger = getLogger(["fragaria", "accounts"]);

/** Whether the node has somebody who administers it; until then a link sets it up. */
export async function hasAdministrator(db: Db): Promise<boolean> {
  return (await accounts.administrators(db)) > 0;
}

/**
 * Makes the one link by which the first administrator sets up the node; those
 * made before are void.
 *
 * @throws {AppError} `conflict` when there is an administrator already.
 */
export async function makeSetupLink(db: Db, now: number): Promise<string> {
  return db.transaction().execute((tx) => renewSetupLink(tx, now));
}

async function renewSetupLink(tx: Tx, now: number): Promise<string> {
  await refuseSecondSetup(tx);
  await links.revoke(tx, "setup", null);
  return makeLink(tx, { kind: "setup" }, now);
}

/**
 * A set-up link is void once there is an administrator, whoever made them one.
 *
 * @throws {AppError} `conflict`.
 */
export async function refuseSecondSetup(db: Db): Promise<void> {
  if (!(await hasAdministrator(db))) return;
  throw new AppError(
    "conflict",
    "This node is set up: it has an administrator, who can add further accounts.",
  );
}

/**
 * Uses the set-up link: makes the first administrator.
 *
 * @returns The id of the account.
 */
export async function setUp(
  db: Db,
  token: string,
  written: NewAccount,
  now: number,
): Promise<string> {
  const account = await draftAccount(written, "administrator", now);
  await db.transaction().execute((tx) => useSetupLink(tx, token, account, now));
  logger.info("The node was set up by {name}, its first administrator", { name: account.name });
  return account.id;
}

async function useSetupLink(
  tx: Tx,
  token: string,
  account: accounts.Account,
  now: number,
): Promise<void> {
  await useLink(tx, token, ["setup"], now);
  await refuseSecondSetup(tx);
  await insertAccount(tx, account);
}
