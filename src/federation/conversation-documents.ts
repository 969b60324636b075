import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import * as answers from "../store/answers.ts";
import type { Post } from "../store/posts.ts";
import * as replies from "../store/replies.ts";
import * as tallies from "../store/tallies.ts";
import { answerAt, postAt } from "./addressed.ts";
import { answerDocument, answerUrl } from "./answer-notes.ts";
import type { FederationData } from "./federation.ts";
import { postUrl } from "./posts.ts";
import { authorizationDocument } from "./quotes.ts";
import { activityContext } from "./vocabulary.ts";

type Data = Pick<FederationData, "db" | "node">;

/** Replies that are listed of a post. */
const mostListed = 1000;

/**
 * What is served of the conversation about a post: how many like it and pass it
 * on, which replies there are, whose quotes are allowed, and what the co-op answers.
 *
 * @returns Undefined for everything else, and for what isn't for everybody.
 */
export async function conversationDocument(
  data: Data,
  { method, url }: Request,
): Promise<JsonObject | undefined> {
  if (method !== "GET" && method !== "HEAD") return undefined;
  const { pathname } = new URL(url);
  const [, own, part, key] =
    /^(\/coops\/[0-9a-z]+\/(?:posts|answers)\/[0-9a-z]+)(?:\/(likes|shares|replies|quotes\/([0-9a-z]+)))?$/.exec(
      pathname,
    ) ?? [];
  if (own === undefined) return undefined;
  const { db, node } = data;
  if (part === undefined) {
    const answer = await answerAt(data, node.origin + own);
    if (answer?.audience !== "public") return undefined;
    const made = await tallies.ofPost(db, answer.id);
    return { ...answerDocument(node, answer), ...reactionsTo(answerUrl(node, answer), made) };
  }
  const post = await postAt(data, node.origin + own);
  if (post === undefined) return reactionsDocument(data, own, part);
  if (key !== undefined) {
    const quote = await replies.get(db, key);
    const stands = quote?.post === post.id && quote.approved !== null && quote.hidden === null;
    return stands ? authorizationDocument(node, quote) : undefined;
  }
  const tally = await tallies.ofPost(db, post.id);
  const collection = { "@context": activityContext, ...collectionsOf(node, post, tally)[part] };
  return part === "replies" ? { ...collection, items: await listed(data, post) } : collection;
}

/** How many like an answer, or pass it on. Replies to it stand below its post. */
async function reactionsDocument(
  data: Data,
  own: string,
  part: string,
): Promise<JsonObject | undefined> {
  const answer = await answerAt(data, data.node.origin + own);
  if (answer?.audience !== "public") return undefined;
  const made = await tallies.ofPost(data.db, answer.id);
  const collection = reactionsTo(answerUrl(data.node, answer), made)[part];
  return collection && { "@context": activityContext, ...collection };
}

/** The replies that everybody may read, and the co-op's answers, by their ids. */
async function listed({ db, node }: Data, post: Post): Promise<string[]> {
  const theirs = await replies.shown(db, post.id, { limit: mostListed });
  const own = (await answers.ofPost(db, post.id)).filter(({ audience }) => audience === "public");
  return [
    ...theirs.filter(({ kind }) => kind === "reply").map(({ id }) => id),
    ...own.map((answer) => answerUrl(node, answer)),
  ];
}

/** The collections of a post. */
function collectionsOf(
  node: Identity,
  post: Post,
  tally: tallies.Tally,
): Record<string, JsonObject> {
  const url = postUrl(node, post);
  return { ...reactionsTo(url, tally), ...counting(url, "replies", tally.replies) };
}

/** Who likes something or passes it on isn't listed, only how many. */
function reactionsTo(
  url: string,
  { likes, boosts }: Pick<tallies.Tally, "likes" | "boosts">,
): Record<string, JsonObject> {
  return { ...counting(url, "likes", likes), ...counting(url, "shares", boosts) };
}

function counting(url: string, name: string, totalItems: number): Record<string, JsonObject> {
  return { [name]: { id: `${url}/${name}`, type: "Collection", totalItems } };
}

/** A Note of a post with what was made of it so far. */
export function withTally(
  node: Identity,
  post: Post,
  note: JsonObject,
  tally: tallies.Tally | undefined,
): JsonObject {
  return { ...note, ...collectionsOf(node, post, tally ?? tallies.nothing) };
}
