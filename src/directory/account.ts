import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { AppError } from "../errors.ts";
import * as accounts from "../store/accounts.ts";
import * as links from "../store/links.ts";
import type { AccountTable, Db, Tx } from "../store/schema.ts";
import * as sessions from "../store/sessions.ts";
import { makeLink, useLink } from "./link.ts";
import { hashPassword, isName, Password } from "./password.ts";
import { newId } from "./publish.ts";

const logger = getLogger(["fragaria", "accounts"]);

/** By which one signs in. Letters are made small. */
export const LoginName = z
  .string()
  .trim()
  .toLowerCase()
  .min(2, "Use at least 2 characters.")
  .max(40, "Use at most 40 characters.")
  .regex(
    /^[a-z0-9]+([._-][a-z0-9]+)*$/,
    "Use letters from a to z and digits; dots, hyphens and underscores between them.",
  );

export const DisplayName = z
  .string()
  .trim()
  .max(80, "Use at most 80 characters.")
  .regex(/^[^\p{Cc}]*$/u, "Use one line of text.");

export const Email = z
  .string()
  .trim()
  .max(254, "Use at most 254 characters.")
  .pipe(z.email("Write an e-mail address such as name@example.org."));

export type NodeRole = NonNullable<AccountTable["nodeRole"]>;

/** What a person says when they make their account. */
export interface NewAccount {
  name: string;
  displayName?: string | undefined;
  password: string;
}

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

/** An account that is ready to be inserted, its password hashed. */
export async function draftAccount(
  { name, displayName, password }: NewAccount,
  nodeRole: NodeRole | null,
  now: number,
): Promise<accounts.Account> {
  const login = checked(LoginName, name, "the name");
  return {
    id: newId(),
    name: login,
    displayName: displayName === undefined ? null : checked(DisplayName, displayName, "the name"),
    email: null,
    passwordHash: await hashPassword(checkedPassword(password, login)),
    nodeRole,
    created: now,
    disabled: null,
  };
}

/**
 * Inserts an account.
 *
 * @throws {AppError} `conflict` when somebody has its name.
 */
export async function insertAccount(tx: Tx, account: accounts.Account): Promise<void> {
  if (await accounts.add(tx, account)) return;
  throw new AppError("conflict", `The name “${account.name}” is taken. Choose another one.`);
}

/**
 * Adds an account without a password, and a link by which its owner sets one.
 *
 * @throws {AppError} `bad-request` for a name that can't be one, `conflict` for one that is taken.
 */
export async function addAccount(
  db: Db,
  { name, nodeRole }: { name: string; nodeRole: NodeRole | null },
  now: number,
  by: string | null = null,
): Promise<{ id: string; token: string }> {
  const account = {
    id: newId(),
    name: checked(LoginName, name, "the name"),
    displayName: null,
    email: null,
    passwordHash: null,
    nodeRole,
    created: now,
    disabled: null,
  };
  const token = await db.transaction().execute((tx) => insertWithLink(tx, account, now, by));
  logger.info("The account {name} was added", { name: account.name, nodeRole, by });
  return { id: account.id, token };
}

async function insertWithLink(
  tx: Tx,
  account: accounts.Account,
  now: number,
  by: string | null,
): Promise<string> {
  await insertAccount(tx, account);
  return makePasswordLink(tx, account.id, now, by);
}

/** Makes the one link by which an account gets a new password; those made before are void. */
export async function renewPasswordLink(
  db: Db,
  id: string,
  now: number,
  by: string | null = null,
): Promise<string> {
  const { name } = await demandAccount(db, id);
  const token = await db.transaction().execute((tx) => makePasswordLink(tx, id, now, by));
  logger.info("A link for a new password of {name} was made", { name, by });
  return token;
}

async function makePasswordLink(
  tx: Tx,
  id: string,
  now: number,
  by: string | null,
): Promise<string> {
  await links.revoke(tx, "password", id);
  return makeLink(
    tx,
    { kind: "password", account: id, ...(by !== null && { createdBy: by }) },
    now,
  );
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
  const passwordHash = await hashPassword(checkedPassword(password, name));
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
  const { name } = await demandAccount(db, id);
  const passwordHash = await hashPassword(checkedPassword(password, name));
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

/** What others see of an account, and where its owner can be reached. */
export async function describeAccount(
  db: Db,
  id: string,
  facts: { displayName: string | null; email: string | null },
): Promise<void> {
  await demandAccount(db, id);
  await accounts.update(db, id, facts);
}

/**
 * Gives an account its part in running the node, or takes it away.
 *
 * @throws {AppError} `conflict` for the last administrator.
 */
export async function setNodeRole(
  db: Db,
  id: string,
  nodeRole: NodeRole | null,
  by: string | null = null,
): Promise<void> {
  const { name } = await demandAccount(db, id);
  await db.transaction().execute((tx) => changeAccount(tx, id, { nodeRole }));
  logger.info("The role of {name} on this node is now {nodeRole}", { name, nodeRole, by });
}

/**
 * Disables an account: it can't sign in, and whoever is signed in is so no longer.
 *
 * @throws {AppError} `conflict` for the last administrator.
 */
export async function disableAccount(
  db: Db,
  id: string,
  now: number,
  by: string | null = null,
): Promise<void> {
  const { name } = await demandAccount(db, id);
  await db.transaction().execute((tx) => changeAccount(tx, id, { disabled: now }));
  logger.info("The account {name} was disabled", { name, by });
}

/** Lets a disabled account sign in again. */
export async function enableAccount(db: Db, id: string, by: string | null = null): Promise<void> {
  const { name } = await demandAccount(db, id);
  await accounts.update(db, id, { disabled: null });
  logger.info("The account {name} was enabled again", { name, by });
}

async function changeAccount(
  tx: Tx,
  id: string,
  facts: { nodeRole: NodeRole | null } | { disabled: number },
): Promise<void> {
  const before = await accounts.administrators(tx);
  await accounts.update(tx, id, facts);
  if (before > 0 && (await accounts.administrators(tx)) === 0) {
    throw new AppError(
      "conflict",
      "This is the last administrator. Make somebody else an administrator first.",
    );
  }
  if ("disabled" in facts) {
    await sessions.endAll(tx, id, null);
    await links.revoke(tx, "password", id);
  }
}

/**
 * An account by its login name.
 *
 * @throws {AppError} `not-found`.
 */
export async function accountNamed(db: Db, name: string): Promise<accounts.Account> {
  const account = await accounts.byName(db, name.trim().toLowerCase());
  if (account === undefined) throw new AppError("not-found", `There is no account “${name}”.`);
  return account;
}

/**
 * An account by its id.
 *
 * @throws {AppError} `not-found`.
 */
export async function demandAccount(db: Db, id: string): Promise<accounts.Account> {
  const account = await accounts.get(db, id);
  if (account === undefined) throw new AppError("not-found", "There is no such account.");
  return account;
}

/** What an account is called: the name that it shows, or by which it signs in. */
export function calledName({
  name,
  displayName,
}: Pick<accounts.Account, "name" | "displayName">): string {
  return displayName ?? name;
}

function checkedPassword(password: string, name: string): string {
  if (isName(password, name)) {
    throw new AppError("bad-request", "The password can’t be the name. Choose another one.");
  }
  return checked(Password, password, "the password");
}

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ message }) => message).join(" ");
  throw new AppError("bad-request", `${what} can’t be used: ${faults}`);
}
