import { type Command, hosted, required } from "./command.ts";
import { answerReply } from "./directory/answer-reply.ts";
import { block, readSubject, unblock } from "./directory/block.ts";
import { hideReply, reportReply } from "./directory/reply.ts";
import { AppError } from "./errors.ts";
import * as blocks from "./store/blocks.ts";
import * as flags from "./store/flags.ts";
import * as replies from "./store/replies.ts";
import type { Db } from "./store/schema.ts";

const coop = { coop: { type: "string" } } as const;

/** The commands about what others say, and whom nobody here wants to hear. */
export const conversationCommands: Record<string, Command> = {
  "reply list": {
    usage: "HANDLE",
    help: "list what others have written to a co-op, the latest first",
    async run({ db }, [handle]) {
      const { id } = await hosted(db, handle);
      for (const each of await replies.of(db, id, { limit: 200 })) {
        const { key, received, audience, hidden, reported } = each;
        const marks = [
          audience === "private" ? "for the co-op alone" : "",
          hidden === null ? "" : "hidden",
          reported === null ? "" : "reported",
        ].filter((mark) => mark !== "");
        const about = marks.length === 0 ? "" : `  (${marks.join(", ")})`;
        const text = each.content.replace(/\s+/g, " ").slice(0, 60);
        console.log(`${key}  ${dateOf(received)}  ${each.handle}${about}  ${text}`);
      }
    },
  },
  "reply answer": {
    usage: "KEY TEXT [--lang fr]",
    help: "answer what somebody has written: to everybody if that was, else to its author",
    options: { lang: { type: "string" } },
    async run({ db }, [key, ...words], { lang }) {
      const said = typeof lang === "string" ? lang : "en";
      await answerReply(db, required(key, "KEY"), { [said]: textOf(words) }, Date.now());
      console.log("the answer is sent when the node runs");
    },
  },
  "reply hide": {
    usage: "KEY",
    help: "let nobody else see here what somebody has written",
    async run({ db }, [key]) {
      await hideReply(db, required(key, "KEY"), true, Date.now());
      console.log("it is hidden");
    },
  },
  "reply show": {
    usage: "KEY",
    help: "show again what was hidden",
    async run({ db }, [key]) {
      await hideReply(db, required(key, "KEY"), false, Date.now());
      console.log("it is shown");
    },
  },
  "reply report": {
    usage: "KEY TEXT",
    help: "report it, in these words, to those who run its author's server",
    async run({ db }, [key, ...words]) {
      await reportReply(db, required(key, "KEY"), textOf(words), Date.now());
      console.log("the report is sent when the node runs, in the name of the node");
    },
  },
  block: {
    usage: "WHOM [--coop HANDLE] [--why TEXT]",
    help: "block an account or a whole domain, for one co-op or for all of the node",
    options: { ...coop, why: { type: "string" } },
    async run({ db, node }, [written], { coop: handle, why }) {
      const subject = await readSubject(db, node, required(written, "WHOM"));
      const scope = { coop: await scopeOf(db, handle), ...subject };
      const said = typeof why === "string" ? why : null;
      await block(db, scope, { account: null, why: said }, Date.now());
      console.log(`${subject.subject} is blocked`);
    },
  },
  unblock: {
    usage: "WHOM [--coop HANDLE]",
    help: "undo that",
    options: coop,
    async run({ db, node }, [written], { coop: handle }) {
      const { subject } = await readSubject(db, node, required(written, "WHOM"));
      await unblock(db, { coop: await scopeOf(db, handle), subject });
      console.log(`${subject} isn't blocked any more`);
    },
  },
  "block list": {
    usage: "[--coop HANDLE]",
    help: "list whom the node, or a co-op, has blocked",
    options: coop,
    async run({ db }, _args, { coop: handle }) {
      for (const { subject, since, why } of await blocks.of(db, await scopeOf(db, handle))) {
        console.log(`${dateOf(since)}  ${subject}${why === null ? "" : `  ${why}`}`);
      }
    },
  },
  "flag list": {
    usage: "",
    help: "list what other servers have reported to you",
    async run({ db }) {
      for (const { id, host, received, settled, objects, content } of await flags.latest(db, 200)) {
        const seen = settled === null ? "" : "  (seen to)";
        console.log(`${dateOf(received)}  ${host}${seen}  ${id}`);
        console.log(`  ${(JSON.parse(objects) as string[]).join(" ")}`);
        if (content !== "") console.log(`  ${content.replace(/\s+/g, " ")}`);
      }
    },
  },
  "flag settle": {
    usage: "ID",
    help: "put a report aside that you have seen to",
    async run({ db }, [id]) {
      if (await flags.settle(db, required(id, "ID"), Date.now())) console.log("it is put aside");
      else throw new AppError("not-found", `there is no report ${id}; “flag list” shows them`);
    },
  },
};

/** Whose blocks these are: a co-op's, or the whole node's. */
async function scopeOf(db: Db, handle: unknown): Promise<string> {
  return typeof handle === "string" ? (await hosted(db, handle)).id : "";
}

function textOf(words: string[]): string {
  return required(words.join(" ") || undefined, "TEXT");
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
