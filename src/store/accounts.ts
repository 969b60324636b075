import { forUpdate } from "./dialect.ts";
import type { Db, Tx } from "./schema.ts";
import type { AccountTable } from "./tables/people.ts";

export type Account = AccountTable;

export async function get(db: Db, id: string): Promise<Account | undefined> {
  return db.selectFrom("account").selectAll().where("id", "=", id).executeTakeFirst();
}

/** An account by its login name, in small letters. */
export async function byName(db: Db, name: string): Promise<Account | undefined> {
  return db.selectFrom("account").selectAll().where("name", "=", name).executeTakeFirst();
}

/** The accounts, in order of their names. */
export async function all(db: Db): Promise<Account[]> {
  return db.selectFrom("account").selectAll().orderBy("name").execute();
}

/** Adds an account. Says whether its name was still free. */
export async function add(db: Db, account: Account): Promise<boolean> {
  const row = await db
    .insertInto("account")
    .values(account)
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function update(
  db: Db,
  id: string,
  facts: Partial<Omit<Account, "id">>,
): Promise<void> {
  await db.updateTable("account").set(facts).where("id", "=", id).execute();
}

/**
 * Keeps the accounts of administrators as they are until the transaction ends,
 * so that of the last two not each takes the other's rights away.
 */
export async function lockAdministrators(tx: Tx): Promise<void> {
  const query = tx.selectFrom("account").select("id").where("nodeRole", "=", "administrator");
  await forUpdate(tx, query.orderBy("id")).execute();
}

/** How many administrators can sign in, or will once they have set a password. */
export async function administrators(db: Db): Promise<number> {
  const row = await db
    .selectFrom("account")
    .select((eb) => eb.fn.count<number>("id").as("n"))
    .where("nodeRole", "=", "administrator")
    .where("disabled", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}
