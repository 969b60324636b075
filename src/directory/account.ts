import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { AppError } from "../errors.ts";
import * as accounts from "../store/accounts.ts";
import * as links from "../store/links.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { AccountTable } from "../store/tables/people.ts";
import * as sessions from "../store/sessions.ts";
import { makePasswordLink } from "./link.ts";
import { demandPassword, hashPassword } from "./password.ts";
import { newId } from "./ids.ts";

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

/** The account that does something to another one; null for a command. */
export type By = Pick<accounts.Account, "id" | "name"> | null;

/** What a person says when they make their account. */
export interface NewAccount {
  name: string;
  displayName?: string | undefined;
  password: string;
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
    passwordHash: await hashPassword(demandPassword(password, login)),
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
  by: By = null,
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
  logger.info("The account {name} was added", { name: account.name, nodeRole, by: by?.name });
  return { id: account.id, token };
}

async function insertWithLink(
  tx: Tx,
  account: accounts.Account,
  now: number,
  by: By,
): Promise<string> {
  await insertAccount(tx, account);
  return makePasswordLink(tx, account.id, now, by?.id ?? null);
}

/** What others see of an account, and where its owner can be reached. */
export async function describeAccount(
  db: Db,
  id: string,
  facts: { displayName: string | null; email: string | null },
): Promise<void> {
  await existingAccount(db, id);
  await accounts.update(db, id, facts);
}

/**
 * Gives an account its part in running the node, or takes it away. Links that
 * it has made are void, unless it may make all that there are.
 *
 * @throws {AppError} `conflict` for the last administrator.
 */
export async function setNodeRole(
  db: Db,
  id: string,
  nodeRole: NodeRole | null,
  by: By = null,
): Promise<void> {
  const { name } = await existingAccount(db, id);
  await db.transaction().execute((tx) => changeAccount(tx, id, { nodeRole }));
  logger.info("The role of {name} on this node is now {nodeRole}", {
    name,
    nodeRole,
    by: by?.name,
  });
}

/**
 * Disables an account: it can't sign in, whoever is signed in is so no longer,
 * and the links that it made are void.
 *
 * @throws {AppError} `conflict` for the last administrator.
 */
export async function disableAccount(
  db: Db,
  id: string,
  now: number,
  by: By = null,
): Promise<void> {
  const { name } = await existingAccount(db, id);
  await db.transaction().execute((tx) => changeAccount(tx, id, { disabled: now }));
  logger.info("The account {name} was disabled", { name, by: by?.name });
}

/** Lets a disabled account sign in again. */
export async function enableAccount(db: Db, id: string, by: By = null): Promise<void> {
  const { name } = await existingAccount(db, id);
  await accounts.update(db, id, { disabled: null });
  logger.info("The account {name} was enabled again", { name, by: by?.name });
}

async function changeAccount(
  tx: Tx,
  id: string,
  facts: { nodeRole: NodeRole | null } | { disabled: number },
): Promise<void> {
  await accounts.lockAdministrators(tx);
  const before = await accounts.administrators(tx);
  await accounts.update(tx, id, facts);
  // Links that they may not make any more would let them in again as somebody else.
  if (!("nodeRole" in facts && facts.nodeRole === "administrator")) {
    await links.revokeMadeBy(tx, id);
  }
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
export async function existingAccount(db: Db, id: string): Promise<accounts.Account> {
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

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ message }) => message).join(" ");
  throw new AppError("bad-request", `${what} can’t be used: ${faults}`);
}
