import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import { NODE_HANDLE } from "./actors.ts";

const APPLICATION = "https://www.w3.org/ns/activitystreams#Application";
const nodeInfo = (version: string) => `http://nodeinfo.diaspora.software/ns/schema/${version}`;

/**
 * What Fedify's discovery documents lack for the servers that we want to be
 * found by, added to its answer.
 *
 * @param request With the public origin of this node.
 * @param answer Serves a request as Fedify does.
 * @returns Undefined for every other document.
 */
export async function discover(
  node: Identity,
  request: Request,
  answer: (request: Request) => Promise<Response>,
): Promise<Response | undefined> {
  const url = new URL(request.url);
  switch (url.pathname) {
    case "/.well-known/webfinger":
      return webFinger(node, url, answer);
    case "/.well-known/nodeinfo":
      // The node actor is found by this link (FEP-2677); old crawlers ask for 2.0.
      return changed(await answer(request), (document) => ({
        links: [
          ...(document["links"] as JsonObject[]),
          { rel: nodeInfo("2.0"), href: `${node.origin}/nodeinfo/2.0` },
          { rel: APPLICATION, href: node.actor, type: "application/activity+json" },
        ],
      }));
    case "/nodeinfo/2.0": {
      const newer = await answer(new Request(`${node.origin}/nodeinfo/2.1`));
      const older = await changed(newer, ({ software, ...document }) => {
        // Version 2.0 knows no more of the software.
        const { name, version } = software as JsonObject;
        return {
          ...document,
          software: { name, version } as JsonObject,
          version: "2.0",
          $schema: `${nodeInfo("2.0")}#`,
        };
      });
      older.headers.set("content-type", `application/json; profile="${nodeInfo("2.0")}#"`);
      return older;
    }
    default:
      return undefined;
  }
}

/**
 * WebFinger. Asked for a URL it answers with the handle as subject, as servers
 * show the subject as the handle; a handle is spelled in small letters,
 * however it was asked for; asked for the node itself it answers with the node
 * actor (FEP-d556).
 */
async function webFinger(
  node: Identity,
  url: URL,
  answer: (request: Request) => Promise<Response>,
): Promise<Response> {
  const resource = url.searchParams.get("resource");
  const wholeNode = resource === node.origin || resource === `${node.origin}/`;
  if (wholeNode) url.searchParams.set("resource", `acct:${NODE_HANDLE}@${node.host}`);
  else if (resource?.startsWith("acct:")) url.searchParams.set("resource", resource.toLowerCase());
  return changed(await answer(new Request(url)), (document) => {
    const names = [document["subject"], ...((document["aliases"] ?? []) as string[])];
    const handle = names.find((name) => typeof name === "string" && name.startsWith("acct:"));
    if (handle === undefined) return document;
    const aliases = names.filter((name) => name !== handle);
    return { ...document, subject: handle, aliases: [...new Set(aliases)] as string[] };
  });
}

async function changed(
  answer: Response,
  change: (document: JsonObject) => JsonObject,
): Promise<Response> {
  if (!answer.ok) return answer;
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  const document = (await answer.json()) as JsonObject;
  return new Response(JSON.stringify(change(document)), { status: answer.status, headers });
}
