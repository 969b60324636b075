import type { Context } from "hono";
import { SearchQuery } from "../coop/query.ts";
import { regionPath } from "../coop/regions.ts";
import { sectorPath } from "../coop/sectors.ts";
import { AppError } from "../errors.ts";
import type { SearchResult } from "../index/directory-index.ts";
import { progressOf } from "../replication/fill.ts";
import * as shownHosts from "../store/shown-hosts.ts";
import { onward } from "./beyond.ts";
import { feedFor } from "./feeds-at.ts";
import { respond } from "./layout.ts";
import { aboutPage } from "./pages/about.ts";
import { homePage } from "./pages/home.ts";
import { narrowings } from "./pages/search-address.ts";
import type { Names } from "./pages/filter-label.ts";
import { searchPage } from "./pages/search.ts";
import { pageParameters, readMost, shortened } from "./parameters.ts";
import type { Site } from "./site.ts";
import { filterNames } from "./filter-names.ts";
import { activityLink } from "./show-coop.ts";
import { knownSources } from "./sources.ts";

/** `GET /` */
export async function showHome(site: Site): Promise<Response> {
  const { facets } = await site.index.search({ limit: 1 });
  const hosts = (await site.index.origins()).length;
  const { name, contact } = site;
  const filling = await progressOf(site.feed.replica);
  const leaf = await onward(site, "/");
  const counts = await site.index.counts();
  return respond(
    site,
    homePage({ name, host: site.node.host, contact, counts, hosts, facets, filling, leaf }),
  );
}

/** `GET /search`: what can't be understood is said, and the rest is searched for. */
export async function showSearch(site: Site, c: Context): Promise<Response> {
  const shorter = shortened(c.req.url);
  if (shorter !== undefined) return c.redirect(shorter, 303);
  const parameters = pageParameters(c.req.url, SearchQuery);
  const written = parameters.get("q") ?? "";
  const { data, faults } = readMost(SearchQuery, parameters);
  let query = narrowed(data);
  let result: SearchResult;
  try {
    result = await site.index.search(query);
  } catch (error) {
    if (!(error instanceof AppError) || query.cursor === undefined) throw error;
    // The cursor is the one thing that only the index can judge.
    faults.push({
      parameter: "cursor",
      detail: "The link to this page of results is no longer good: these are the first ones.",
    });
    const { cursor: _, ...first } = query;
    query = first;
    result = await site.index.search(query);
  }
  const names = await filterNames(site, query, result.facets);
  const wider = result.items.length === 0 ? await widen(site, query, names) : [];
  const leaf = await onward(site, "/search", parameters);
  const { host } = site.node;
  const silent = await shownHosts.silent(site.db);
  const feed = await feedFor(site, query);
  const page = searchPage({
    host,
    query,
    result,
    faults,
    written,
    names,
    wider,
    leaf,
    silent,
    feed,
  });
  return respond(site, page, faults.length === 0 ? 200 : 400);
}

/**
 * Who ticks Scotland where the United Kingdom is ticked means Scotland: what
 * contains something else that is chosen gives way to it.
 */
export function narrowed(query: SearchQuery): SearchQuery {
  const keep = (values: string[] | undefined, path: (value: string) => string[]) => {
    const above = new Set((values ?? []).flatMap((value) => path(value).slice(1)));
    return values?.filter((value) => !above.has(value));
  };
  const { sector, region } = query;
  return {
    ...query,
    ...(sector && { sector: keep(sector, sectorPath) }),
    ...(region && { region: keep(region, regionPath) }),
  };
}

/** The same search with one thing less each, as far as that finds something. */
async function widen(site: Site, query: SearchQuery, names: Names) {
  const { q, cursor: _, ...rest } = query;
  const filters = narrowings(query, names).slice(0, 6);
  const less = filters.map(({ label, rest: others }) => ({
    label: `Without “${label}”`,
    query: others,
  }));
  if (q !== undefined && filters.length > 0) {
    less.push({ label: `Without “${q}”`, query: rest });
  }
  if (q !== undefined && filters.length > 1) {
    less.push({ label: `Only “${q}”, without any filter`, query: { q } });
  }
  const found = await Promise.all(
    less.map(async (each) => {
      const { total } = await site.index.search({ ...each.query, limit: 1 });
      return { ...each, total };
    }),
  );
  return found.filter(({ total }) => total > 0);
}

/** `GET /about` */
export async function showAbout(site: Site): Promise<Response> {
  const { name, contact, sourceUrl, node, index } = site;
  const sources = await knownSources(site.db);
  const silent = await shownHosts.silent(site.db);
  const seq = index.seq;
  const data = {
    name,
    contact,
    sourceUrl,
    origin: node.origin,
    host: node.host,
    counts: await index.counts(),
    seq,
    sources,
    silent,
  };
  return respond(site, aboutPage(data), 200, { link: activityLink(node.actor) });
}
