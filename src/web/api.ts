import type { Context } from "hono";
import { z } from "zod";
import { type FacetName, facetNames, SearchQuery } from "../coop/query.ts";
import { movedTo } from "../directory/move-node.ts";
import { AppError } from "../errors.ts";
import { version } from "../outbound.ts";
import { progressOf } from "../replication/fill.ts";
import * as changes from "../store/changes.ts";
import { pageUrl, unlessKnown } from "./answer.ts";
import { beyond, sameOn } from "./beyond.ts";
import { item } from "./item.ts";
import { demandParameters } from "./parameters.ts";
import { trustedHosts } from "./relations/ties.ts";
import type { Site } from "./site.ts";

export const LookupQuery = z.strictObject({
  id: z
    .string("is missing: the address of a co-op, its @handle@host, or its number in a register")
    .trim()
    .min(1)
    .max(600)
    .describe("The address of the co-op or its record, @handle@host, or GB-COH:SC147048"),
});

/** `GET /api/v1/coops`: searches as the search page does. */
export async function searchCoops(site: Site, c: Context): Promise<Response> {
  const url = new URL(c.req.url);
  const query = demandParameters(SearchQuery, url.searchParams);
  const { node, index } = site;
  const here = { node, index, trusted: await trustedHosts(site) };
  const hub = await beyond(site);
  return unlessKnown(site, c, here.trusted, async () => {
    const found = await site.index.search(query);
    const { total, examples, items, facets, next, previous, corrected, suggestion } = found;
    return {
      total,
      examples,
      items: await Promise.all(items.map((entry) => item(here, entry))),
      facets: chosen(facets, query.facets),
      next: pageUrl(site, url, next),
      previous: pageUrl(site, url, previous),
      // What was searched for in place of what was typed, and what else may have been meant.
      corrected: corrected ?? null,
      suggestion: suggestion ?? null,
      // What this node holds: all of the directory, or, as a leaf, only its own.
      scope: site.role === "hub" ? "directory" : "own",
      ...(hub && { directory: sameOn(hub, url.pathname, url.searchParams) }),
    };
  });
}

function chosen<T>(
  facets: Record<FacetName, T>,
  names: SearchQuery["facets"],
): Partial<typeof facets> {
  if (names === undefined) return facets;
  return Object.fromEntries(
    facetNames.filter((name) => names.includes(name)).map((name) => [name, facets[name]]),
  );
}

/** `GET /api/v1/coops/lookup?id=`: every listing of one co-op, by any id that it has. */
export async function lookupCoop(site: Site, c: Context): Promise<Response> {
  const { id } = demandParameters(LookupQuery, new URL(c.req.url).searchParams);
  const { node, index } = site;
  const here = { node, index, trusted: await trustedHosts(site) };
  const known = (await index.lookup(id)).length > 0;
  const present = known ? id : ((await movedTo(site.db, id)) ?? id);
  return unlessKnown(site, c, here.trusted, async () => {
    const found = await site.index.lookup(present);
    if (found.length === 0) throw new AppError("not-found", `No listing here has the id “${id}”.`);
    return { items: await Promise.all(found.map((entry) => item(here, entry))) };
  });
}

/** `GET /health`: 200 when requests can be answered in full, else 503. */
export async function health(site: Site): Promise<Response> {
  const ready = await site.ready().catch(() => false);
  const seq = await changes.head(site.db).catch(() => null);
  const ok = ready && seq !== null;
  const { role, feed } = site;
  const progress = await progressOf(feed.replica).catch(() => undefined);
  const filling = progress && {
    step: progress.step,
    since: new Date(progress.since).toISOString(),
    source: progress.source,
    read: progress.read,
    total: progress.total,
    checked: progress.checked.map(({ host }) => host),
  };
  return Response.json(
    { status: ok ? "ok" : "unavailable", version, seq, indexed: site.index.seq, role, filling },
    { status: ok ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}
