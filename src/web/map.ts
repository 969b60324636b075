import type { Context } from "hono";
import { type Box } from "../coop/earth.ts";
import { SearchQuery } from "../coop/query.ts";
import { zoomFor } from "../index/clusters.ts";
import type { MapResult } from "../index/directory-index.ts";
import * as shownHosts from "../store/shown-hosts.ts";
import { unlessKnown } from "./answer.ts";
import { beyond, onward, sameOn } from "./beyond.ts";
import { pageOf } from "./entries.ts";
import { filterNames } from "./filter-names.ts";
import { respond } from "./layout.ts";
import { earth, MapQuery } from "./map-query.ts";
import { boxOf, type View, viewOf, widened, world } from "./map-view.ts";
import { apart } from "./map-marks.ts";
import { mapPage } from "./pages/map.ts";
import { demandParameters, readMost } from "./parameters.ts";
import { narrowed } from "./show.ts";
import type { Site } from "./site.ts";

/** Cells of a map, in either direction: of the answer to programs that don't ask, and of the page. */
const usualCells = 64;
const pageCells = 16;

/** `GET /api/v1/map`: what a search finds on a part of the map, in clusters. */
export async function searchMap(site: Site, c: Context): Promise<Response> {
  const url = new URL(c.req.url);
  const { zoom: asked, bbox: box = earth, ...query } = demandParameters(MapQuery, url.searchParams);
  const zoom = asked ?? zoomFor(box, usualCells);
  const hub = await beyond(site);
  return unlessKnown(site, c, [], async () => {
    const { total, placed, inBox, groups, points } = await site.index.map({ query, box, zoom });
    return {
      bbox: corners(box),
      zoom,
      total,
      placed,
      in_bbox: inBox,
      clusters: groups.map(({ latitude: lat, longitude: lon, count, box: around }) => ({
        lat,
        lon,
        count,
        bbox: corners(around),
      })),
      points: points.map(({ id, name, latitude: lat, longitude: lon, precision }) => ({
        id,
        name,
        lat,
        lon,
        precision: precision ?? null,
        page: site.node.origin + pageOf(site.node.host, id),
      })),
      scope: site.role === "hub" ? "directory" : "own",
      ...(hub && { directory: sameOn(hub, url.pathname, url.searchParams) }),
    };
  });
}

function corners({ west, south, east, north }: Box): number[] {
  return [west, south, east, north];
}

/** `GET /map`: what can't be understood is said, and the rest is shown. */
export async function showMap(site: Site, c: Context): Promise<Response> {
  // Links that people share pick up parameters on the way: those are no fault of theirs.
  const asked = [...new URL(c.req.url).searchParams];
  const parameters = new URLSearchParams(asked.filter(([name]) => name in SearchQuery.shape));
  for (const name of ["sort", "cursor", "limit", "facets"]) parameters.delete(name);
  const { data, faults } = readMost(SearchQuery, parameters);
  const { bbox, ...query } = narrowed(data);
  const view = bbox === undefined ? await viewOfAll(site, query) : viewOf(bbox);
  const box = boxOf(view);
  const [seen, { facets }, leaf, silent] = await Promise.all([
    site.index.map({ query, box, zoom: zoomFor(box, pageCells) }),
    site.index.search({ ...query, bbox: box, facets: ["region"], limit: 1 }),
    onward(site, "/map", parameters),
    shownHosts.silent(site.db),
  ]);
  const names = await filterNames(site, query, facets);
  const { host } = site.node;
  const regions = facets.region;
  const found = apart(view, seen);
  const page = mapPage({ host, query, view, found, regions, faults, names, leaf, silent });
  return respond(site, page, faults.length === 0 ? 200 : 400);
}

/** The part of the map on which everything is that a search finds. */
async function viewOfAll(site: Site, query: SearchQuery): Promise<View> {
  const box = extentOf(await site.index.map({ query, box: earth, zoom: 0 }));
  return box === undefined ? world : viewOf(widened(box));
}

function extentOf({ groups, points }: MapResult): Box | undefined {
  const boxes = groups.map((group) => group.box);
  for (const { latitude, longitude } of points) {
    boxes.push({ west: longitude, east: longitude, south: latitude, north: latitude });
  }
  const [first] = boxes;
  return (
    first &&
    boxes.reduce((all, { west, south, east, north }) => ({
      west: Math.min(all.west, west),
      south: Math.min(all.south, south),
      east: Math.max(all.east, east),
      north: Math.max(all.north, north),
    }))
  );
}
