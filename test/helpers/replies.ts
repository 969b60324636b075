import { takeNote } from "../../src/directory/reply.ts";
import type { Reply } from "../../src/store/replies.ts";
import type { Db } from "../../src/store/schema.ts";

let written = 0;

/** Lets somebody elsewhere have written something to a co-op; returns its key. */
export async function addReply(
  db: Db,
  coop: string,
  changes: Partial<Reply> & { now?: number } = {},
): Promise<string> {
  written += 1;
  const {
    now = Date.parse("2026-11-22T10:00:00Z"),
    post = null,
    kind,
    approved,
    ...rest
  } = changes;
  const author = changes.author ?? "https://social.example/users/bob";
  const [key = ""] = await takeNote(
    db,
    {
      id: `${author}/statuses/${written}`,
      audience: "public",
      author,
      host: new URL(author).host,
      handle: `@${author.slice(author.lastIndexOf("/") + 1)}@${new URL(author).host}`,
      profile: author,
      inbox: `${author}/inbox`,
      url: `${author}/${written}`,
      content: "Good bread",
      warning: null,
      language: "en",
      attachments: 0,
      published: now,
      ...rest,
    },
    [{ coop, post, kind: kind ?? (post === null ? "mention" : "reply") }],
    now,
    approved != null,
  );
  return key;
}
