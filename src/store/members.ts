import type { Db, Tx } from "./schema.ts";
import type { CoopTable } from "./tables/coops.ts";
import type { MemberTable } from "./tables/people.ts";

export type Member = MemberTable;

/** Those with these handles or registrations. */
export async function matching(
  db: Db,
  { handles, registrations }: { handles: string[]; registrations: string[] },
): Promise<Member[]> {
  const found = new Map<string, Member>();
  for (const [column, values] of [
    ["handle", handles],
    ["registration", registrations],
  ] as const) {
    for (let at = 0; at < values.length; at += 500) {
      const rows = await db
        .selectFrom("member")
        .selectAll()
        .where(column, "in", values.slice(at, at + 500))
        .execute();
      for (const row of rows) found.set(row.coop, row);
    }
  }
  return [...found.values()];
}

export async function put(tx: Tx, member: Member): Promise<void> {
  const { coop: _, ...facts } = member;
  await tx
    .insertInto("member")
    .values(member)
    .onConflict((conflict) => conflict.column("coop").doUpdateSet(facts))
    .execute();
}

/** Notes that a co-op has said yes, and forgets where to write to. */
export async function answer(tx: Tx, coop: string, now: number): Promise<void> {
  await tx
    .updateTable("member")
    .set({ answered: now, email: null })
    .where("coop", "=", coop)
    .execute();
}

export async function remove(tx: Tx, coop: string): Promise<void> {
  await tx.deleteFrom("member").where("coop", "=", coop).execute();
}

/** A co-op whose draft waits for a yes or a mandate. */
export type Waiting = Member & Pick<CoopTable, "draft" | "content">;

/** Those that wait, in order of their handles. */
export async function waiting(db: Db, after: string, limit: number): Promise<Waiting[]> {
  return db
    .selectFrom("member")
    .innerJoin("coop", "coop.id", "member.coop")
    .selectAll("member")
    .select(["coop.draft", "coop.content"])
    .where("member.answered", "is", null)
    .where("coop.draft", "is not", null)
    .where("coop.deleted", "is", null)
    .where("member.handle", ">", after)
    .orderBy("member.handle")
    .limit(limit)
    .execute();
}

/** How many wait, and how many of those have never been published. */
export async function count(db: Db): Promise<{ waiting: number; fresh: number }> {
  const row = await db
    .selectFrom("member")
    .innerJoin("coop", "coop.id", "member.coop")
    .select((eb) => [
      eb.fn.count<number>("member.coop").as("waiting"),
      eb.fn.count<number>("member.coop").filterWhere("coop.content", "is", null).as("fresh"),
    ])
    .where("member.answered", "is", null)
    .where("coop.draft", "is not", null)
    .where("coop.deleted", "is", null)
    .executeTakeFirstOrThrow();
  return { waiting: Number(row.waiting), fresh: Number(row.fresh) };
}
