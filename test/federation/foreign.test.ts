import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { guardOutbound } from "../../src/outbound.ts";
import { person } from "./person.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

/** What a kind of server sends, in the shapes that it has there: a file of `fixtures/remote`. */
interface Remote {
  software: string;
  context: unknown;
  actor: JsonObject;
  /** Other documents of that server, by path. */
  documents?: Record<string, JsonObject>;
  steps: Step[];
}

interface Step {
  does: keyof typeof effects | "nothing";
  /** What a reply is read as. */
  says?: string;
  /** Who sends it, if it isn't the actor. */
  by?: string;
  activity: JsonObject;
}

/** What the node knows of the actor and of what was said of its post. */
interface State {
  follows: number;
  replies: number;
  says: string | undefined;
  likes: number;
  shares: number;
  flags: number;
  blocks: number;
}

const nothing: State = {
  follows: 0,
  replies: 0,
  says: undefined,
  likes: 0,
  shares: 0,
  flags: 0,
  blocks: 0,
};

/** What each step makes of it. */
const effects = {
  follow: () => ({ follows: 1 }),
  unfollow: () => ({ follows: 0 }),
  reply: () => ({ replies: 1 }),
  edit: () => ({}),
  // To the co-op alone, for its editors to read.
  message: () => ({}),
  delete: () => ({ replies: 0, says: undefined }),
  like: ({ likes }) => ({ likes: likes + 1 }),
  unlike: ({ likes }) => ({ likes: likes - 1 }),
  boost: () => ({ shares: 1 }),
  unboost: () => ({ shares: 0 }),
  flag: ({ flags }) => ({ flags: flags + 1 }),
  block: () => ({ follows: 0, blocks: 1 }),
  unblock: () => ({ blocks: 0 }),
  move: () => ({ follows: 0 }),
} satisfies Record<string, (state: State) => Partial<State>>;

const folder = join(import.meta.dirname, "../../fixtures/remote");

describe.each(readdirSync(folder).filter((name) => name.endsWith(".json")))("%s", (name) => {
  const text = readFileSync(join(folder, name), "utf8");

  it(`is understood: ${(JSON.parse(text) as Remote).software}`, async () => {
    await using set = await stage("sqlite", []);
    const { node, there, url, write } = set;
    const post = `${url}/posts/${await write("Du pain")}`;
    await quiet(node);
    const actor = `${there.origin}/users/robin`;
    const places: Record<string, string> = {
      there: there.origin,
      hostThere: new URL(there.origin).host,
      host: new URL(node.origin).host,
      actor,
      coop: url,
      post,
      moved: `${there.origin}/users/moved`,
      now: new Date().toISOString(),
      n: "1",
    };
    const context = JSON.stringify(remote(text).context);
    const filled = text
      .replaceAll('"{context}"', () => context)
      .replaceAll(/\{(\w+)\}/g, (all, place: string) => places[place] ?? all);
    const { actor: document, documents = {}, steps } = remote(filled);
    there.join("moved", { alsoKnownAs: [actor] });
    const robin = there.join("robin", document);
    for (const [path, each] of Object.entries(documents)) there.documents.set(path, each);

    const read = async (): Promise<State> => {
      const note = await node.get(new URL(post).pathname, { accept: "application/activity+json" });
      const tally = (await note.json()) as Record<string, { totalItems?: number } | undefined>;
      const count = (of: string) => tally[of]?.totalItems ?? 0;
      const rows = await node.use(async (db) => ({
        replies: await db.selectFrom("reply").selectAll().execute(),
        flags: await db.selectFrom("flag").selectAll().execute(),
        blocks: await db.selectFrom("blocked_by").selectAll().execute(),
      }));
      return {
        follows: (await followersOf(node)).length,
        replies: count("replies"),
        says: rows.replies[0]?.content,
        likes: count("likes"),
        shares: count("shares"),
        flags: rows.flags.length,
        blocks: rows.blocks.length,
      };
    };

    const expected = { ...nothing };
    for (const [at, { does, says, by, activity }] of steps.entries()) {
      const sender = by === undefined ? robin : person(by);
      if (by !== undefined) there.documents.set(new URL(by).pathname, sender.document);
      const { status } = await there.send(sender, `${node.origin}/inbox`, activity);
      expect(status, `${at}: ${does}`).toBe(202);
      await quiet(node);
      const effect = does === "nothing" ? {} : effects[does](expected);
      Object.assign(expected, effect, says !== undefined && { says });
      expect(await read(), `${at}: ${does}`).toEqual(expected);
    }
  }, 90_000);
});

function remote(text: string): Remote {
  return JSON.parse(text) as Remote;
}
