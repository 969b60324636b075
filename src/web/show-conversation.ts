import { AppError } from "../errors.ts";
import { answerUrl } from "../federation/answer-notes.ts";
import * as answers from "../store/answers.ts";
import type { Post } from "../store/posts.ts";
import * as replies from "../store/replies.ts";
import * as tallies from "../store/tallies.ts";
import { hostedEntry } from "./entries.ts";
import { respond } from "./layout.ts";
import { answerPage, type Conversation } from "./pages/conversation.ts";
import type { Site } from "./site.ts";

/** Replies on a page. */
const pageSize = 100;

/** A post with what was made of it. */
export type Posted = Post & { tally?: tallies.Tally };

/** Posts, or answers, with what was made of them. */
export async function withTallies<Said extends { id: string }>(
  { db }: Pick<Site, "db">,
  said: Said[],
): Promise<(Said & { tally: tallies.Tally })[]> {
  const made = await tallies.of(
    db,
    said.map(({ id }) => id),
  );
  return said.map((each) => ({ ...each, tally: made.get(each.id) ?? tallies.nothing }));
}

/**
 * What everybody may read of what was said of a post.
 *
 * @param after Behind which reply the page begins, as `nextPage` names it.
 */
export async function conversationOf(
  site: Pick<Site, "db">,
  post: Post,
  name: string,
  after: string | undefined,
): Promise<Conversation> {
  const { db } = site;
  const [, published, key] = /^(\d{1,15})\.([0-9a-z]+)$/.exec(after ?? "") ?? [];
  const from =
    published === undefined || key === undefined
      ? undefined
      : { published: Number(published), key };
  const shown = await replies.shown(db, post.id, { after: from, limit: pageSize });
  const last = shown.length === pageSize ? shown.at(-1) : undefined;
  const own = (await answers.ofPost(db, post.id)).filter(({ audience }) => audience === "public");
  const ids = new Set(shown.map(({ id }) => id));
  const whole = from === undefined && last === undefined;
  return {
    replies: shown,
    // Where there are more pages, each has those to what stands on it.
    answers: await withTallies(site, whole ? own : own.filter(({ parent }) => ids.has(parent))),
    name,
    tally: await tallies.ofPost(db, post.id),
    more: last && nextPage(post, last),
  };
}

function nextPage({ coop, id }: Post, { published, key }: replies.Reply): string {
  return `/coops/${coop}/posts/${id}?after=${published}.${key}#conversation`;
}

/** `GET /coops/:id/answers/:answer` */
export async function showAnswer(site: Site, id: string, answerId: string): Promise<Response> {
  const { db, node } = site;
  const entry = await hostedEntry(site, id);
  const answer = await answers.get(db, answerId);
  if (entry === undefined || answer?.coop !== id || answer.audience !== "public") {
    throw new AppError("not-found", "There is no such answer.");
  }
  if (answer.deleted !== null) throw new AppError("gone", "This answer was deleted.");
  const url = answerUrl(node, answer);
  const [tallied = answer] = await withTallies(site, [answer]);
  const page = answerPage({ name: entry.listing.name, url, answer: tallied });
  return respond(site, page, 200, {
    link: `<${url}>; rel="alternate"; type="application/activity+json"`,
  });
}
