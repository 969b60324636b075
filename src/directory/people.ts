import { getLogger } from "@logtape/logtape";
import { AppError } from "../errors.ts";
import * as links from "../store/links.ts";
import * as roles from "../store/roles.ts";
import type { Account } from "../store/accounts.ts";
import type { Db, Tx } from "../store/schema.ts";
import { existingAccount, draftAccount, insertAccount, type NewAccount } from "./account.ts";
import { makeLink, useLink } from "./link.ts";

const logger = getLogger(["fragaria", "accounts"]);

export type CoopRole = roles.Role["role"];

/**
 * Makes a link that invites whoever has it to a co-op. Only who may manage the
 * co-op's people may call this.
 */
export async function invite(
  db: Db,
  { coop, role, by }: { coop: string; role: CoopRole; by: string },
  now: number,
): Promise<string> {
  const token = await makeLink(db, { kind: "invitation", coop, role, createdBy: by }, now);
  logger.info("{by} made an invitation to {coop} as {role}", { by, coop, role });
  return token;
}

/**
 * Uses an invitation: the account, which may be made on this occasion, gets its
 * role in the co-op. Who is an owner already stays one.
 *
 * @returns The id of the account, and to what it was invited.
 * @throws {AppError} `gone` for a link that was used, `conflict` for a name that is taken.
 */
export async function acceptInvitation(
  db: Db,
  token: string,
  who: { id: string } | NewAccount,
  now: number,
): Promise<{ account: string; coop: string | null }> {
  const account =
    "id" in who ? await existingAccount(db, who.id) : await draftAccount(who, null, now);
  const fresh = !("id" in who);
  const link = await db
    .transaction()
    .execute((tx) => useInvitation(tx, token, { account, fresh }, now));
  const { coop, role } = link;
  logger.info("{name} accepted an invitation to {coop} as {role}", {
    name: account.name,
    coop,
    role,
  });
  return { account: account.id, coop };
}

async function useInvitation(
  tx: Tx,
  token: string,
  { account, fresh }: { account: Account; fresh: boolean },
  now: number,
): Promise<links.Link> {
  const link = await useLink(tx, token, ["invitation"], now);
  if (fresh) await insertAccount(tx, account);
  const { coop, role } = link;
  if (coop !== null && role !== null) {
    const has = (await roles.of(tx, account.id)).find((each) => each.coop === coop);
    if (has?.role !== "owner") await roles.put(tx, { account: account.id, coop, role, since: now });
  }
  return link;
}

/**
 * Gives an account a role in a co-op, in place of the one it has.
 *
 * @throws {AppError} `conflict` when it would leave the co-op without an owner.
 */
export async function giveRole(
  db: Db,
  { account, coop, role }: { account: string; coop: string; role: CoopRole },
  now: number,
): Promise<void> {
  const { name } = await existingAccount(db, account);
  await db.transaction().execute((tx) => putRole(tx, { account, coop, role, since: now }));
  logger.info("{name} is now {role} of {coop}", { name, role, coop });
}

async function putRole(tx: Tx, role: roles.Role): Promise<void> {
  const { account, coop } = role;
  await roles.lock(tx, coop);
  const had = await owners(tx, coop);
  await roles.put(tx, role);
  // Else they could make themselves owners again.
  if (role.role !== "owner") await links.revokeMadeBy(tx, account, coop);
  await refuseNoOwner(tx, coop, had);
}

/**
 * Takes an account's role in a co-op away.
 *
 * @throws {AppError} `conflict` for the last owner.
 */
export async function takeRole(db: Db, account: string, coop: string): Promise<void> {
  const { name } = await existingAccount(db, account);
  await db.transaction().execute((tx) => removeRole(tx, account, coop));
  logger.info("{name} has no role in {coop} any more", { name, coop });
}

async function removeRole(tx: Tx, account: string, coop: string): Promise<void> {
  await roles.lock(tx, coop);
  const had = await owners(tx, coop);
  await roles.remove(tx, account, coop);
  // Else they could let themselves in again.
  await links.revokeMadeBy(tx, account, coop);
  await refuseNoOwner(tx, coop, had);
}

async function owners(tx: Tx, coop: string): Promise<number> {
  return (await roles.inCoop(tx, coop)).filter(({ role }) => role === "owner").length;
}

async function refuseNoOwner(tx: Tx, coop: string, had: number): Promise<void> {
  if (had === 0 || (await owners(tx, coop)) > 0) return;
  throw new AppError("conflict", "This is the co-op’s last owner. Make somebody else one first.");
}
