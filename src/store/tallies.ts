import type { Db } from "./schema.ts";

/** How much everybody may know that was made of a post. */
export interface Tally {
  likes: number;
  boosts: number;
  replies: number;
  quotes: number;
}

export const nothing: Tally = { likes: 0, boosts: 0, replies: 0, quotes: 0 };

/** What was made of these posts; of those that are left out nothing was. */
export async function of(db: Db, posts: string[]): Promise<Map<string, Tally>> {
  const found = new Map<string, Tally>();
  if (posts.length === 0) return found;
  const add = (post: string, facts: Partial<Tally>) =>
    void found.set(post, { ...nothing, ...found.get(post), ...facts });
  const reactions = await db
    .selectFrom("reaction")
    .select((eb) => ["post", "kind", eb.fn.countAll<number>().as("n")])
    .where("post", "in", posts)
    .groupBy(["post", "kind"])
    .execute();
  for (const { post, kind, n } of reactions) {
    add(post, kind === "like" ? { likes: Number(n) } : { boosts: Number(n) });
  }
  const replies = await db
    .selectFrom("reply")
    .select((eb) => ["post", "kind", eb.fn.countAll<number>().as("n")])
    .where("post", "in", posts)
    .where("audience", "=", "public")
    .where("hidden", "is", null)
    .groupBy(["post", "kind"])
    .execute();
  for (const { post, kind, n } of replies) {
    add(post ?? "", kind === "quote" ? { quotes: Number(n) } : { replies: Number(n) });
  }
  const answers = await db
    .selectFrom("answer")
    .select((eb) => ["post", eb.fn.countAll<number>().as("n")])
    .where("post", "in", posts)
    .where("audience", "=", "public")
    .where("deleted", "is", null)
    .groupBy("post")
    .execute();
  for (const { post, n } of answers) {
    add(post ?? "", { replies: (found.get(post ?? "")?.replies ?? 0) + Number(n) });
  }
  return found;
}

/** What was made of one post. */
export async function ofPost(db: Db, post: string): Promise<Tally> {
  return (await of(db, [post])).get(post) ?? nothing;
}
