import type { Db, Tx } from "./schema.ts";

/** How much of these subjects' allowances is used on a day. */
export async function used(db: Db, subjects: string[], day: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom("allowance")
    .select(["subject", "used"])
    .where("subject", "in", subjects)
    .where("day", "=", day)
    .execute();
  return new Map(rows.map(({ subject, used }) => [subject, used]));
}

/** Uses some of each of these subjects' allowances of a day. */
export async function use(tx: Tx, subjects: string[], day: number, some: number): Promise<void> {
  for (const subject of subjects) {
    await tx
      .insertInto("allowance")
      .values({ subject, day, used: some })
      .onConflict((conflict) =>
        conflict.column("subject").doUpdateSet((eb) => ({
          used: eb
            .case()
            .when("allowance.day", "=", day)
            .then(eb("allowance.used", "+", some))
            .else(some)
            .end(),
          day,
        })),
      )
      .execute();
  }
}

/** Forgets what was used before a day. */
export async function prune(db: Db, day: number): Promise<void> {
  await db.deleteFrom("allowance").where("day", "<", day).execute();
}
