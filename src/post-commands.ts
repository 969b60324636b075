import { type Command, hosted, required } from "./command.ts";
import { deletePost, editPost, pinPost, post } from "./directory/post.ts";
import { AppError } from "./errors.ts";
import * as posts from "./store/posts.ts";
import type { Db } from "./store/schema.ts";

const language = { lang: { type: "string" } } as const;

/** The commands about what a co-op has to say. */
export const postCommands: Record<string, Command> = {
  post: {
    usage: "HANDLE TEXT [--lang fr] [--pin]",
    help: "post news of a co-op to its followers",
    options: { ...language, pin: { type: "boolean" } },
    async run({ db, node }, [handle, ...words], { lang, pin }) {
      const { id } = await hosted(db, handle);
      const said = typeof lang === "string" ? lang : "en";
      const written = await post(db, id, { [said]: textOf(words) }, Date.now(), {
        pinned: pin === true,
      });
      console.log(`${node.origin}/coops/${id}/posts/${written} is sent when the node runs`);
    },
  },
  "post list": {
    usage: "HANDLE",
    help: "list what a co-op has posted, the newest first",
    async run({ db }, [handle]) {
      const { id: coop } = await hosted(db, handle);
      for (const each of (await posts.all(db, coop)).toReversed()) {
        const date = new Date(each.published).toISOString().slice(0, 10);
        const [text = ""] = Object.values(textsOf(each));
        const pinned = each.pinned === null ? "" : "  pinned";
        console.log(`${each.id}  ${date}${pinned}  ${text.replace(/\s+/g, " ").slice(0, 60)}`);
      }
    },
  },
  "post edit": {
    usage: "POST-ID TEXT [--lang fr]",
    help: "give a post another text in its main language or the one named, here and at the followers",
    options: language,
    async run({ db }, [given, ...words], { lang }) {
      const own = await standing(db, given);
      const texts = textsOf(own);
      const [main = "en"] = Object.keys(texts);
      const said = typeof lang === "string" ? lang : main;
      await editPost(db, own.id, { ...texts, [said]: textOf(words) }, Date.now());
      console.log("the post is changed; followers are told when the node runs");
    },
  },
  "post pin": {
    usage: "POST-ID",
    help: "keep a post on top of the co-op's profile",
    async run({ db }, [given]) {
      await pinPost(db, idOf(given), true, Date.now());
      console.log("the post is pinned; followers are told when the node runs");
    },
  },
  "post unpin": {
    usage: "POST-ID",
    help: "keep a post on top of the profile no longer",
    async run({ db }, [given]) {
      await pinPost(db, idOf(given), false, Date.now());
      console.log("the post isn't pinned; followers are told when the node runs");
    },
  },
  "post delete": {
    usage: "POST-ID",
    help: "delete a post, here and at the followers",
    async run({ db }, [given]) {
      await deletePost(db, idOf(given), Date.now());
      console.log("the post is deleted");
    },
  },
};

function textOf(words: string[]): string {
  return required(words.join(" ") || undefined, "TEXT");
}

/** The last part of a post's address, or that address. */
function idOf(given: string | undefined): string {
  return required(given, "POST-ID").split("/").at(-1) ?? "";
}

async function standing(db: Db, given: string | undefined): Promise<posts.Post> {
  const id = idOf(given);
  const found = await posts.get(db, id);
  if (found === undefined) throw new AppError("not-found", `there is no post “${id}”`);
  return found;
}

function textsOf({ content }: posts.Post): Record<string, string> {
  return JSON.parse(content) as Record<string, string>;
}
