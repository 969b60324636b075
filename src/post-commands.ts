import { type Command, hosted, required } from "./command.ts";
import { takeImages } from "./picture-commands.ts";
import { deletePost, editPost, listPost, pinPost, post } from "./directory/post.ts";
import { publishNow } from "./directory/publish-due.ts";
import { AppError } from "./errors.ts";
import * as posts from "./store/posts.ts";
import type { Db } from "./store/schema.ts";

const text = {
  lang: { type: "string" },
  warning: { type: "string" },
  at: { type: "string" },
} as const;

/** The commands about what a co-op has to say. */
export const postCommands: Record<string, Command> = {
  post: {
    usage:
      "HANDLE TEXT [--lang fr] [--warning TEXT] [--image FILE --alt TEXT] [--at TIME] [--class KEY] [--mark] [--pin]",
    help: "post news of a co-op to its followers, with up to four images, at once or at a time such as 2026-12-01T09:00+01:00",
    options: {
      ...text,
      class: { type: "string", multiple: true },
      image: { type: "string", multiple: true },
      alt: { type: "string", multiple: true },
      mark: { type: "boolean" },
      pin: { type: "boolean" },
    },
    async run({ db, node, config }, [handle, ...words], options) {
      const { lang, warning, at, class: keys, image, alt, mark, pin } = options;
      const { id } = await hosted(db, handle);
      const pictures = await takeImages(config, image, alt);
      const said = typeof lang === "string" ? lang : "en";
      const due = timeOf(at);
      const written = await post(db, id, { [said]: textOf(words) }, Date.now(), {
        ...(typeof warning === "string" && { warning: { [said]: warning } }),
        ...(due !== undefined && { due }),
        ...(Array.isArray(keys) && { classes: keys as string[] }),
        listed: mark === true,
        pinned: pin === true,
        pictures,
      });
      const when = due === undefined ? "is sent" : `is published ${new Date(due).toISOString()}`;
      console.log(`${node.origin}/coops/${id}/posts/${written} ${when} when the node runs`);
    },
  },
  "post list": {
    usage: "HANDLE",
    help: "list what a co-op has posted and is going to, the newest first",
    async run({ db }, [handle]) {
      const { id: coop } = await hosted(db, handle);
      for (const each of (await posts.all(db, coop)).toReversed()) {
        const [[, text] = ["", ""]] = posts.textsOf(each);
        const lost = posts.mentionsOf(each).filter(({ actor }) => actor === null);
        const marks = [
          each.due === null ? "" : `waits for ${new Date(each.due).toISOString()}`,
          each.pinned === null ? "" : "pinned",
          each.listed === null ? "" : "marked",
          lost.length === 0 ? "" : `not found: ${lost.map(({ name }) => name).join(" ")}`,
          text.replace(/\s+/g, " ").slice(0, 60),
        ];
        const date = new Date(each.published).toISOString().slice(0, 10);
        console.log([each.id, date, ...marks.filter((mark) => mark !== "")].join("  "));
      }
    },
  },
  "post edit": {
    usage: "POST-ID TEXT [--lang fr] [--warning TEXT] [--at TIME] [--class KEY] [--no-class]",
    help: "give a post another text in its main language or the one named, and other classes that announce it (all that are named), here and at the followers",
    options: {
      ...text,
      class: { type: "string", multiple: true },
      "no-class": { type: "boolean" },
    },
    async run({ db }, [given, ...words], { lang, warning, at, class: keys, ...others }) {
      const own = await standing(db, given);
      const texts = Object.fromEntries(posts.textsOf(own));
      const [main = "en"] = Object.keys(texts);
      const said = typeof lang === "string" ? lang : main;
      const warnings = { ...posts.warningsOf(own), [said]: warning };
      const kept = Object.entries(warnings).flatMap(([tag, line]) =>
        typeof line === "string" && line !== "" ? [[tag, line]] : [],
      );
      const due = timeOf(at);
      await editPost(db, own.id, { ...texts, [said]: textOf(words) }, Date.now(), {
        ...(warning !== undefined && {
          warning: kept.length === 0 ? null : (Object.fromEntries(kept) as Record<string, string>),
        }),
        ...(due !== undefined && { due, zone: "UTC" }),
        ...(Array.isArray(keys) && { classes: keys as string[] }),
        ...(others["no-class"] === true && { classes: [] }),
      });
      console.log(
        own.due === null
          ? "the post is changed; followers are told when the node runs"
          : "the post is changed, and waits for its time",
      );
    },
  },
  "post publish": {
    usage: "POST-ID",
    help: "publish a post now that waits for its time",
    async run({ db }, [given]) {
      await publishNow(db, (await standing(db, given)).id, Date.now());
      console.log("the post is published; followers are told when the node runs");
    },
  },
  "post mark": {
    usage: "POST-ID",
    help: "let the feeds of the directory pass a post on",
    async run({ db }, [given]) {
      await listPost(db, idOf(given), true, Date.now());
      console.log("feeds may pass the post on");
    },
  },
  "post unmark": {
    usage: "POST-ID",
    help: "let the feeds of the directory pass a post on no longer",
    async run({ db }, [given]) {
      await listPost(db, idOf(given), false, Date.now());
      console.log("feeds don't pass the post on");
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
    help: "delete a post, here and at the followers, or one that waits",
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

/** A moment, epoch ms. */
function timeOf(at: unknown): number | undefined {
  if (typeof at !== "string") return undefined;
  const time = /T\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(at) ? Date.parse(at) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new AppError(
    "bad-request",
    `“${at}” is no time: write it with its distance from UTC, such as 2026-12-01T09:00+01:00 or 2026-12-01T08:00Z`,
  );
}
