import type { Account } from "./accounts.ts";
import { forUpdate } from "./dialect.ts";
import type { Db, Tx } from "./schema.ts";
import type { RoleTable } from "./tables/people.ts";

export type Role = RoleTable;

/** What an account is to which co-ops. */
export async function of(db: Db, account: string): Promise<Role[]> {
  return db
    .selectFrom("role")
    .selectAll()
    .where("account", "=", account)
    .orderBy("since")
    .orderBy("coop")
    .execute();
}

/** The people of a co-op: those who can sign in or will, the first one first. */
export async function inCoop(
  db: Db,
  coop: string,
): Promise<(Role & Pick<Account, "name" | "displayName">)[]> {
  return db
    .selectFrom("role")
    .innerJoin("account", "account.id", "role.account")
    .selectAll("role")
    .select(["account.name", "account.displayName"])
    .where("role.coop", "=", coop)
    .where("account.disabled", "is", null)
    .orderBy("role.since")
    .orderBy("account.name")
    .execute();
}

/**
 * Keeps the roles in a co-op as they are until the transaction ends, so that of
 * its last two owners not each takes the other's role away.
 */
export async function lock(tx: Tx, coop: string): Promise<void> {
  const query = tx.selectFrom("role").select("account").where("coop", "=", coop);
  await forUpdate(tx, query.orderBy("account")).execute();
}

/** Gives an account its role in a co-op, in place of the one it has. */
export async function put(db: Db, role: Role): Promise<void> {
  await db
    .insertInto("role")
    .values(role)
    .onConflict((conflict) =>
      conflict.columns(["account", "coop"]).doUpdateSet({ role: role.role, since: role.since }),
    )
    .execute();
}

export async function remove(db: Db, account: string, coop: string): Promise<void> {
  await db.deleteFrom("role").where("account", "=", account).where("coop", "=", coop).execute();
}

/** Takes away what anybody is to a co-op. */
export async function removeAll(db: Db, coop: string): Promise<void> {
  await db.deleteFrom("role").where("coop", "=", coop).execute();
}
