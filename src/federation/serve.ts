import type { Federation } from "@fedify/fedify";
import type { Json } from "../coop/canonical-json.ts";
import { AppError } from "../errors.ts";
import { asSent } from "../replication/as-sent.ts";
import { demandCovered, demandReadable } from "../replication/covered.ts";
import { actorDocument } from "./actors.ts";
import { type Arrivals, faultsOf } from "./arrivals.ts";
import { conversationDocument } from "./conversation-documents.ts";
import { discover } from "./discovery.ts";
import type { FederationData } from "./federation.ts";
import { answerAsFormer, formerSelfAt } from "./former-self.ts";
import { isUnheardOf } from "./inbox.ts";
import { mirror } from "./mirror.ts";
import { assumeContext, blamed, readActivity } from "./receive.ts";
import type { Screen } from "./screen.ts";
import { serveFeed } from "./serve-feeds.ts";
import { compareFollowers } from "./synchronise.ts";
import { tidy } from "./tidy.ts";
import { heardFrom } from "./unreachable.ts";

const activityJson = { "content-type": "application/activity+json" };

/** The collections of an actor, by the path of their URLs. */
const collections = /^\/(.+)\/(?:outbox|followers|following|featured|tags)$/;

/**
 * Answers what belongs to ActivityPub.
 *
 * @returns Undefined when the request is for somebody else: a page.
 */
export async function serveFederation(
  federation: Federation<FederationData>,
  data: FederationData,
  screen: Screen,
  arrivals: Arrivals,
  request: Request,
): Promise<Response | undefined> {
  const pass = () => new Response(null, { status: 404, headers: { "fragaria-pass": "1" } });
  const options = { contextData: data, onNotFound: pass, onNotAcceptable: pass };
  const ask = async (asked: Request) => {
    try {
      return await federation.fetch(asked, options);
    } catch (error) {
      throw blamed(error);
    }
  };
  const former = formerSelfAt(data.node, request.url);
  if (former !== undefined) {
    const present = (asked: Request) => serveFederation(federation, data, screen, arrivals, asked);
    const said = await answerAsFormer(data, former, request, present);
    if (said !== undefined) return said;
  }
  const { pathname } = new URL(request.url);
  const posted = request.method === "POST" && pathname.endsWith("/inbox");
  if (posted) demandCovered(request.headers);
  else demandReadable(request.headers);
  const { body, activity } = posted ? await readActivity(request) : { body: null, activity: null };
  const seen = asSent(data.node, request, body);
  const reflected = body && (await mirror(data.node, request, seen, body));
  if (reflected) return reflected;
  const done = posted ? await screen.admit(request, activity) : () => Promise.resolve();
  // It is about nothing that is kept here, so there is nothing to be sure of.
  if (done === undefined) return new Response(null, { status: 202 });
  assumeContext(seen, activity);
  // Fedify would answer with empty collections of actors that don't exist.
  const [, owner] = collections.exec(pathname) ?? [];
  if (owner !== undefined && typeof (await actorDocument(data.db, data.node, owner)) === "string") {
    return undefined;
  }
  const served = await serveFeed(data.db, data.node, seen);
  if (served !== undefined) return served;
  const said = await conversationDocument(data, seen);
  if (said !== undefined) return Response.json(said, { headers: activityJson });
  let verified = false;
  let answer: Response;
  try {
    answer = (await discover(data.node, seen, ask)) ?? (await ask(seen));
    verified = answer.status === 202;
  } finally {
    await done(verified);
  }
  if (answer.headers.has("fragaria-pass")) return undefined;
  if (body !== null && (verified || answer.status === 401)) {
    const faults = faultsOf(data.node, request.headers, body);
    arrivals.note(faults, verified);
    const fault = faults.find(({ kind }) => kind !== "host");
    if (!verified && fault !== undefined) throw new AppError("unauthorized", fault.words);
  }
  // Fedify takes an activity of a type that it doesn't know for none.
  if (posted && answer.status === 400 && isUnheardOf(request.headers, activity)) {
    return new Response(null, { status: 202 });
  }
  if (body !== null && answer.status === 202) {
    await heardFrom(data.db, body);
    await compareFollowers(federation, data, request.headers, body);
  }
  return tidied(answer);
}

/** The answer with its document as servers that read no JSON-LD expect it. */
async function tidied(answer: Response): Promise<Response> {
  if (!/^application\/(activity|ld)\+json/.test(answer.headers.get("content-type") ?? "")) {
    return answer;
  }
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  const text = await answer.text();
  if (text === "") return new Response(null, { status: answer.status, headers });
  const document = JSON.stringify(tidy(JSON.parse(text) as Json));
  return new Response(document, { status: answer.status, headers });
}
