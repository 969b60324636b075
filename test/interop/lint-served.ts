import {
  lintActor,
  lintCollection,
  lintHtmlProfile,
  lintNodeInfo,
  lintObject,
  lintResponse,
  lintWebFinger,
} from "./lint.ts";
import type { CollectionKind } from "./lint-collection.ts";
import { nodeInfoLinks } from "./lint-discovery.ts";
import { idOf, isObject, listOf, type Finding, type JsonObject } from "./lint-rule.ts";

/** How to reach the node: `fetch`, or `app.request` in the gate. Must not follow redirects. */
export type Get = (request: Request) => Response | Promise<Response>;

/**
 * Fetches all that a stranger can GET about one actor (its document, collections and their first
 * pages, pinned notes, WebFinger, HTML page, NodeInfo), unsigned, and lints it. The path of each
 * finding begins with the address.
 */
export async function lintServed(
  get: Get,
  options: { origin: string; id: string; handle: string },
): Promise<Finding[]> {
  const { origin, id, handle } = options;
  const findings: Finding[] = [];
  const add = (address: string, found: Finding[]) =>
    findings.push(...found.map((one) => ({ ...one, path: `${address} ${one.path}`.trim() })));
  const document = async (address: string, lint: (text: string) => Finding[]) => {
    const response = await ask(get, address, "application/activity+json");
    const text = await response.text();
    add(address, lintResponse(response.headers, response.status, response));
    const parsed = parse(text);
    // Text that is not JSON is linted as an empty document.
    add(address, lint(Object.keys(parsed).length === 0 ? "{}" : text));
    return parsed;
  };

  const actor = await document(id, (text) => lintActor(text, options));
  for (const kind of ["followers", "following", "outbox", "featured", "featuredTags"] as const) {
    const address = idOf(actor[kind]);
    if (address === undefined) continue;
    const lint = (as: CollectionKind) => (text: string) =>
      lintCollection(text, { origin, kind: as, mayBeEmpty: actor["type"] !== "Organization" });
    const collection = await document(address, lint(kind));
    const first = collection["first"];
    if (typeof first === "string") await document(first, lint("page"));
    if (kind !== "featured") continue;
    for (const item of listOf(collection["orderedItems"])) {
      const note = idOf(item);
      if (note !== undefined) await document(note, (text) => lintObject(text, { origin }));
    }
  }

  for (const resource of [`acct:${handle}`, id]) {
    const address = `${origin}/.well-known/webfinger?resource=${encodeURIComponent(resource)}`;
    const response = await ask(get, address, "application/jrd+json");
    const type = response.headers.get("content-type") ?? "";
    add(address, lintWebFinger(parse(await response.text()), type, { origin, resource, id }));
  }

  const page = idOf(actor["url"]) ?? id;
  const html = await ask(get, page, "text/html");
  // An id that only sends people on needs no link there: it is the document's own address.
  const sendsOn = page === id && html.status === 302;
  if (!sendsOn) add(page, lintHtmlProfile(await html.text(), id));

  const well = `${origin}/.well-known/nodeinfo`;
  const discovery = parse(await (await ask(get, well, "application/json")).text());
  const documents = new Map<string, unknown>();
  for (const address of nodeInfoLinks(discovery)) {
    documents.set(address, parse(await (await ask(get, address, "application/json")).text()));
  }
  add(well, lintNodeInfo(discovery, documents, { origin }));
  return findings;
}

async function ask(get: Get, address: string, accept: string): Promise<Response> {
  return get(new Request(address, { headers: { accept }, redirect: "manual" }));
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    // An error page: the status and the missing members are found and named by the rules.
    return {};
  }
}
