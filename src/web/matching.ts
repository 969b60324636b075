import type { Context } from "hono";
import { type Fit, dayOf, fitting, standing } from "../coop/exchange.ts";
import type { Relation } from "../coop/listing.ts";
import { sectorLabel } from "../coop/sectors.ts";
import { AppError } from "../errors.ts";
import type { Entry } from "../index/directory-index.ts";
import { isLacking } from "../index/supply.ts";
import { pageUrl, unlessKnown } from "./answer.ts";
import { brief } from "./brief.ts";
import { exchange, relation as relationRow } from "./item-rows.ts";
import { MatchQuery, RelationQuery, SupplyQuery } from "./matching-query.ts";
import { demandParameters } from "./parameters.ts";
import { trustedHosts } from "./relations/ties.ts";
import type { Site } from "./site.ts";

/** Items of a page, when the question doesn't say. */
const usualLimit = 20;

/** What fits of an offer and a need. */
const fits: Record<Fit, string> = {
  3: "theme and capital",
  2: "theme",
  1: "capital",
  0: "nothing",
};

/** `GET /api/v1/matches`: who offers what a co-op looks for, or looks for what it offers. */
export async function matchCoop(site: Site, c: Context): Promise<Response> {
  const url = new URL(c.req.url);
  const {
    id,
    side,
    radius_km: radius,
    cursor,
    limit = usualLimit,
  } = demandParameters(MatchQuery, url.searchParams);
  const now = site.clock();
  const today = dayOf(now);
  return unlessKnown(site, c, [today], async () => {
    const [entry] = await site.index.lookup(id);
    if (entry === undefined) throw new AppError("not-found", `No listing here has the id “${id}”.`);
    const own = side === "offers" ? entry.listing.needs : entry.listing.offers;
    const question = { side, today, radius, cursor, limit };
    const { total, items, next } = await site.index.matches(entry.record, question);
    return {
      total,
      items: items.map(({ of: other, fit, metres }) => ({
        coop: brief(site.node, other),
        fit: fits[fit],
        distance_km: metres === null ? null : metres / 1000,
        [side]: fitting(standing(other.listing[side], now), standing(own, now)).map(exchange),
      })),
      next: pageUrl(site, url, next),
    };
  });
}

/**
 * `GET /api/v1/supply`: what is needed and bought in a place, theme by theme, and
 * who there could supply it.
 */
export async function supplyPlace(site: Site, c: Context): Promise<Response> {
  const query = demandParameters(SupplyQuery, new URL(c.req.url).searchParams);
  const today = dayOf(site.clock());
  return unlessKnown(site, c, [today], async () => {
    const { organisations, themes } = await site.index.supply({ query, today });
    return {
      organisations,
      themes: themes.map((theme) => ({
        ...theme,
        nobody: isLacking(theme),
        sectors: theme.sectors.map(({ sector, working }) => ({
          sector,
          label: sectorLabel(sector) ?? null,
          working,
        })),
      })),
    };
  });
}

/** `GET /api/v1/relations`: who has to do with whom, as a graph. */
export async function listRelations(site: Site, c: Context): Promise<Response> {
  const url = new URL(c.req.url);
  const {
    kind,
    of,
    confirmed,
    cursor,
    limit = usualLimit,
    ...query
  } = demandParameters(RelationQuery, url.searchParams);
  const trusted = [...(await trustedHosts(site))];
  return unlessKnown(site, c, trusted, async () => {
    const { total, counts, edges, next } = await site.index.relations({
      query,
      kinds: kind,
      of,
      confirmed: confirmed === undefined ? undefined : confirmed === "yes",
      trusted,
      cursor,
      limit,
    });
    const nodes = new Map<string, unknown>();
    const nodeOf = (entry: Entry) => {
      nodes.set(entry.listing.id, { listed: true, ...brief(site.node, entry) });
      return entry.listing.id;
    };
    const rows = edges.map(({ from, to, at, kind: what, confirmed: by }) => {
      const stated = from.listing.relations?.[at];
      const row = stated === undefined ? undefined : relationRow(stated, by ?? undefined);
      return {
        from: nodeOf(from),
        to: to === null ? unlisted(nodes, stated) : nodeOf(to),
        kind: what,
        since: row?.since ?? null,
        until: row?.until ?? null,
        confirmed: row?.confirmed ?? null,
      };
    });
    return {
      total,
      counts,
      nodes: [...nodes.values()],
      edges: rows,
      next: pageUrl(site, url, next),
    };
  });
}

/** Who is named and has no listing here: a council, a hospital. Its id is its URL, its number or its name. */
function unlisted(nodes: Map<string, unknown>, relation: Relation | undefined): string | null {
  if (relation === undefined) return null;
  const { name, id, url, identifier } = relation;
  const number = identifier && `${identifier.propertyID}:${identifier.value}`;
  const key = id ?? number ?? url ?? name;
  if (!nodes.has(key)) nodes.set(key, { listed: false, id: key, name, url: url ?? id ?? null });
  return key;
}
