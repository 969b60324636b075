import type * as changes from "../store/changes.ts";
import type { News } from "../store/news.ts";

/** What the log says when a post of a feed is there, or is another. */
export function feedChange(post: string): changes.NewChange {
  return { kind: "feed", subject: post, origin: "" };
}

/** What the log says of a post that feeds may pass on: that there is one, or that it is gone. */
export function newsChange({ id, origin }: Pick<News, "id" | "origin">): changes.NewChange {
  return { kind: "news", subject: id, origin };
}

/** What the log says when feeds pass a post on, or no longer. */
export function boostChange(id: string): changes.NewChange {
  return { kind: "boost", subject: `boost ${id}`, origin: "" };
}

/** The URL of the post that a change of that kind is about. */
export function boostedBy({ subject }: Pick<changes.Change, "subject">): string {
  return subject.replace(/^boost /, "");
}
