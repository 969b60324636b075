import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** What our connections are called by, so that they can be told from those of other programs. */
export const applicationName = "fragaria";

/**
 * How many connections a PostgreSQL server has to this database, by this
 * software and besides the one that asks. Those of another user are among them.
 */
export async function others(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_stat_activity
    where datname = current_database() and application_name = ${applicationName}
      and pid <> pg_backend_pid()`.execute(db);
  return rows[0]?.count ?? 0;
}
