import type { Context } from "hono";
import { dayOf } from "../coop/exchange.ts";
import { findRegions, parseRegion } from "../coop/regions.ts";
import { AppError } from "../errors.ts";
import { respond } from "./layout.ts";
import { RelationQuery, SupplyQuery } from "./matching-query.ts";
import { relationListPage } from "./pages/relation-list.ts";
import { supplyPage } from "./pages/supply.ts";
import { pageParameters, readMost, shortened } from "./parameters.ts";
import { trustedHosts } from "./relations/ties.ts";
import type { Site } from "./site.ts";

/** Relations on a page. */
const pageSize = 50;

/** `GET /supply`: what a place needs and buys, and who there could supply it. */
export async function showSupply(site: Site, c: Context): Promise<Response> {
  const shorter = shortened(c.req.url);
  if (shorter !== undefined) return c.redirect(shorter, 303);
  const parameters = pageParameters(c.req.url, SupplyQuery);
  const written = parameters.get("region") ?? "";
  // People write names, too: the likeliest region is meant.
  const [named] = parseRegion(written) === undefined ? findRegions(written, { limit: 1 }) : [];
  if (named !== undefined && written.trim() !== "") parameters.set("region", named.code);
  const { data: query, faults } = readMost(SupplyQuery, parameters);
  const unknown = faults.find(({ parameter }) => parameter === "region");
  if (unknown !== undefined) {
    unknown.detail = `No region is called “${written}”: write a name such as Lancashire, or a code such as GB-LAN.`;
  }
  const supply = await site.index.supply({ query, today: dayOf(site.clock()) });
  const page = supplyPage({ query, written, supply, faults });
  return respond(site, page, faults.length === 0 ? 200 : 400);
}

/** `GET /relations`: who has to do with whom. */
export async function showRelations(site: Site, c: Context): Promise<Response> {
  const shorter = shortened(c.req.url);
  if (shorter !== undefined) return c.redirect(shorter, 303);
  const { data, faults } = readMost(RelationQuery, pageParameters(c.req.url, RelationQuery));
  const { kind, of, confirmed, cursor, limit = pageSize, ...query } = data;
  const trusted = [...(await trustedHosts(site))];
  const isConfirmed = confirmed === undefined ? undefined : confirmed === "yes";
  const question = { query, kinds: kind, of, confirmed: isConfirmed, trusted, limit };
  let asked = { kind, of, confirmed, cursor };
  const graph = await site.index.relations({ ...question, cursor }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== "bad-request") throw error;
    faults.push({
      parameter: "cursor",
      detail: "The link to this page is no longer good: these are the first ones.",
    });
    asked = { ...asked, cursor: undefined };
    return site.index.relations(question);
  });
  const [entry] = of === undefined ? [] : await site.index.lookup(of);
  if (of !== undefined && entry === undefined) {
    faults.push({
      parameter: "of",
      detail: `No listing here has the id “${of}”: it is an address, a handle such as @bakery@coops.example, or a number in a register such as GB-COH:07444723.`,
    });
  }
  const { host } = site.node;
  const page = relationListPage({ host, asked, query, graph, of: entry, faults });
  return respond(site, page, faults.length === 0 ? 200 : 400);
}
