import type { Context, Federation } from "@fedify/fedify";
import { getLogger } from "@logtape/logtape";
import type { JsonObject } from "../coop/canonical-json.ts";
import type { FormerSelf, Identity } from "../directory/identity.ts";
import * as departures from "../store/departures.ts";
import type { Db } from "../store/schema.ts";
import { fetchAccount } from "./account.ts";
import { actorDocument } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { activityDocument, send } from "./send.ts";
import { recipients } from "./tell-followers.ts";
import { PUBLIC } from "./vocabulary.ts";

const log = getLogger(["fragaria", "federation"]);

const day = 86_400_000;

/** How long it is waited for the former address to lead here before followers are told all the same. */
const leadPatience = 7 * day;

/** The former address at which this node was asked, if it is one. */
export function formerSelfAt(node: Identity, url: string): FormerSelf | undefined {
  const { host } = new URL(url);
  return host === node.host ? undefined : node.former.find((self) => self.host === host);
}

/**
 * An actor as it is at a former address of its node: with its former id, by
 * which servers of followers know it, and with where it is now.
 *
 * @returns Undefined when there is none, or none yet at that time.
 */
async function formerActor(
  db: Db,
  node: Identity,
  self: FormerSelf,
  identifier: string,
): Promise<JsonObject | undefined> {
  const document = await actorDocument(db, { ...node, ...self, former: [] }, identifier);
  return typeof document === "string"
    ? undefined
    : { ...document, movedTo: `${node.origin}/${identifier}` };
}

/**
 * Answers what servers ask a former address: who an actor was, and by which
 * handle. Everything else is as at the present one.
 *
 * @param present Answers a request to the present address.
 */
export async function answerAsFormer(
  { db, node }: FederationData,
  self: FormerSelf,
  request: Request,
  present: (request: Request) => Promise<Response | undefined>,
): Promise<Response | undefined> {
  if (request.method !== "GET") return undefined;
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/.well-known/webfinger") {
    const asked = new URL(pathname, node.origin);
    const resource = searchParams.get("resource") ?? "";
    asked.searchParams.set("resource", replaced(resource, self, node));
    const answer = await present(new Request(asked, { headers: request.headers }));
    if (answer?.ok !== true) return answer;
    const headers = new Headers(answer.headers);
    headers.delete("content-length");
    return new Response(replaced(await answer.text(), node, self), { headers });
  }
  const document = await formerActor(db, node, self, pathname.slice(1));
  if (document === undefined) return undefined;
  return Response.json(document, {
    headers: { "content-type": "application/activity+json", vary: "Accept" },
  });
}

type Place = Pick<Identity, "origin" | "host">;

function replaced(text: string, from: Place, to: Place): string {
  return text.replaceAll(from.origin, to.origin).replaceAll(`@${from.host}`, `@${to.host}`);
}

/**
 * Tells the followers that actors had at a former address of the node where they
 * are now: as soon as that address leads here, as the servers of followers ask
 * there whether it is true, or after a week, as some ask nobody.
 */
export async function tellOfMove(
  federation: Federation<FederationData>,
  data: FederationData,
  signal?: AbortSignal,
): Promise<void> {
  const { db, node, clock } = data;
  const context = federation.createContext(new URL(node.origin), data);
  for (const self of node.former) {
    const [first] = await departures.untold(db, self.origin, 1);
    if (first === undefined) continue;
    const fault = await leadsHere(data, self);
    if (fault !== undefined && clock() < first.moved + leadPatience) {
      log.warn(
        "Followers can't be told yet that {origin} has moved, as it doesn't lead here: {fault}",
        { origin: self.origin, fault },
      );
      continue;
    }
    for (;;) {
      const some = await departures.untold(db, self.origin, 100);
      for (const each of some) {
        if (signal?.aborted === true) return;
        await tell(context, self, each);
      }
      if (some.length < 100) break;
    }
  }
}

/** Why the former address of the node doesn't lead to the present one; undefined if it does. */
async function leadsHere(data: FederationData, self: FormerSelf): Promise<string | undefined> {
  const { actor } = data.node;
  const found = await fetchAccount(data, self.actor);
  if ("fault" in found) return found.fault;
  const { id, movedTo } = found.account;
  // Where all requests are sent on, that has to do.
  if (id === actor || (id === self.actor && movedTo === actor)) return undefined;
  return `${self.actor} is another one: ${id}`;
}

async function tell(
  context: Context<FederationData>,
  self: FormerSelf,
  departure: departures.Departure,
): Promise<void> {
  const { db, node, clock } = context.data;
  const { identifier, target, moved } = departure;
  const actor = `${self.origin}/${identifier}`;
  const document = activityDocument("Move", {
    id: `${actor}#moves/${moved}`,
    actor,
    object: actor,
    to: [PUBLIC],
    cc: [`${actor}/followers`],
  });
  const everybody = await recipients(context, identifier);
  const was = { origin: self.origin, keyName: node.keyName };
  await send(context, identifier, everybody, { ...document, target }, was);
  await departures.announce(db, departure, clock());
}
