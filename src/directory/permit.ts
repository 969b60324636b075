import type { Account } from "../store/accounts.ts";
import type { Role } from "../store/roles.ts";

/** An account with all that it is to this node and its co-ops. */
export interface Holder {
  account: Account;
  roles: Role[];
}

/**
 * Whether the account may write a co-op's drafts and news. An editor's rights
 * end at their own co-op. Administrators may do everything here, as whoever runs
 * a node can anyway.
 */
export function mayEdit(holder: Holder, coop: string): boolean {
  return mayAdminister(holder) || roleIn(holder, coop) !== undefined;
}

/** Whether it may publish what was written, and withdraw it. */
export function mayPublish(holder: Holder, coop: string): boolean {
  return mayEdit(holder, coop);
}

/**
 * Whether it may add a co-op to this node: who helps to run it, and who was let
 * in and looks after none yet.
 */
export function mayAddCoop(holder: Holder): boolean {
  const { account, roles } = holder;
  return mayModerate(holder) || (account.disabled === null && roles.length === 0);
}

/** Whether it may invite others to the co-op, and take their roles away. */
export function mayManagePeople(holder: Holder, coop: string): boolean {
  return mayAdminister(holder) || roleIn(holder, coop) === "owner";
}

/** Whether it may change what concerns the node as a whole: accounts, imports, mandates. */
export function mayAdminister({ account }: Holder): boolean {
  return account.disabled === null && account.nodeRole === "administrator";
}

/** Whether it may decide about requests and objections. */
export function mayModerate(holder: Holder): boolean {
  const { account } = holder;
  return mayAdminister(holder) || (account.disabled === null && account.nodeRole === "moderator");
}

/** What the account itself is to the co-op, whatever else it may do. */
export function roleIn({ account, roles }: Holder, coop: string): Role["role"] | undefined {
  if (account.disabled !== null) return undefined;
  return roles.find((each) => each.account === account.id && each.coop === coop)?.role;
}
