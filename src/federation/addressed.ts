import * as answers from "../store/answers.ts";
import * as coops from "../store/coops.ts";
import * as posts from "../store/posts.ts";
import type { FederationData } from "./federation.ts";

type Data = Pick<FederationData, "db" | "node">;

/** The part of a URL that names something of a co-op of this node. */
function parts({ node }: Data, url: string): [coop: string, rest: string] | undefined {
  if (!url.startsWith(`${node.origin}/coops/`)) return undefined;
  const path = url.slice(node.origin.length);
  const [, coop, rest = ""] = /^\/coops\/([0-9a-z]+)(\/[^?#]*)?$/.exec(path) ?? [];
  return coop === undefined ? undefined : [coop, rest];
}

/** The post that a URL names, if everybody may read it. */
export async function postAt(data: Data, url: string): Promise<posts.Post | undefined> {
  const [coop, rest] = parts(data, url) ?? [];
  const [, id] = /^\/posts\/([0-9a-z]+)$/.exec(rest ?? "") ?? [];
  if (coop === undefined || id === undefined) return undefined;
  const post = await posts.get(data.db, id);
  if (post?.coop !== coop || post.deleted !== null || post.due !== null) return undefined;
  return (await coopAt(data, `${data.node.origin}/coops/${coop}`)) === undefined ? undefined : post;
}

/** The post or the answer that a URL names, if everybody may read it. */
export async function saidAt(
  data: Data,
  url: string,
): Promise<{ id: string; coop: string } | undefined> {
  const post = await postAt(data, url);
  if (post !== undefined) return post;
  const answer = await answerAt(data, url);
  return answer?.audience === "public" ? answer : undefined;
}

/** The co-op whose actor a URL names, or that of one of its classes; none that isn't published. */
export async function coopAt(data: Data, url: string): Promise<string | undefined> {
  const [id, rest] = parts(data, url) ?? [];
  if (id === undefined || !/^(?:\/classes\/[a-z0-9-]+)?$/.test(rest ?? "")) return undefined;
  const coop = await coops.get(data.db, id);
  if (coop === undefined || coop.deleted !== null) return undefined;
  return coop.handle === null || coop.content === null ? undefined : id;
}

/** The answer that a URL names, if it wasn't deleted. */
export async function answerAt(data: Data, url: string): Promise<answers.Answer | undefined> {
  const [coop, rest] = parts(data, url) ?? [];
  const [, id] = /^\/answers\/([0-9a-z]+)$/.exec(rest ?? "") ?? [];
  if (coop === undefined || id === undefined) return undefined;
  const answer = await answers.get(data.db, id);
  return answer?.coop === coop && answer.deleted === null ? answer : undefined;
}
