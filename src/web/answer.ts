import { createHash } from "node:crypto";
import type { Context } from "hono";
import { version } from "../outbound.ts";
import type { Site } from "./site.ts";

/** Answers a program in JSON, or 304 if it has the answer already; see `unlessHeld`. */
export async function unlessKnown(
  site: Site,
  c: Context,
  deciding: Iterable<string>,
  answer: () => Promise<unknown>,
  caching?: string,
): Promise<Response> {
  const json = async (headers: Record<string, string>) =>
    Response.json(await answer(), { headers });
  return unlessHeld(site, c, deciding, json, caching);
}

/**
 * Answers a program, or with 304 if it has the answer already: what the index
 * has read so far, and whatever else decides, are the name of the answer.
 *
 * @param deciding What the answer depends on beside the address and the index.
 * @param answer With these headers, which are those of a 304, too.
 * @param caching How long it may be kept without asking.
 */
export async function unlessHeld(
  site: Site,
  c: Context,
  deciding: Iterable<string>,
  answer: (headers: Record<string, string>) => Promise<Response>,
  caching = "no-cache",
): Promise<Response> {
  const decided = createHash("sha256")
    .update([...deciding].toSorted((a, b) => (a < b ? -1 : 1)).join(" "))
    .digest("hex");
  const etag = `W/"${version}-${site.index.epoch}-${site.index.seq}-${decided.slice(0, 8)}"`;
  const headers = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag",
    "cache-control": caching,
    "x-content-type-options": "nosniff",
    etag,
  };
  const known = (c.req.header("if-none-match") ?? "").split(",").map((each) => each.trim());
  if (known.includes(etag)) return new Response(null, { status: 304, headers });
  return answer(headers);
}

/** The address of another page of an answer; null where there is none. */
export function pageUrl(site: Site, asked: URL, cursor: string | null): string | null {
  if (cursor === null) return null;
  const url = new URL(asked.pathname + asked.search, site.node.origin);
  url.searchParams.set("cursor", cursor);
  return url.href;
}
