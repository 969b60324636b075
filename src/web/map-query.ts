import { z } from "zod";
import type { Box } from "../coop/earth.ts";
import { checkTogether, SearchQuery } from "../coop/query.ts";
import { largestZoom, mostZoom } from "../index/clusters.ts";

/** All of the earth. */
export const earth: Box = { west: -180, south: -90, east: 180, north: 90 };

const { sort: _, cursor: _cursor, limit: _limit, facets: _facets, ...filters } = SearchQuery.shape;

const Zoom = z
  .string()
  .regex(/^\d{1,2}$/, `not a whole number from 0 to ${mostZoom}`)
  .transform(Number)
  .pipe(z.number().max(mostZoom, `more than ${mostZoom}, which is the closest`));

/** The parameters of `/api/v1/map`: those of a search, and how fine the map is. */
export const MapQuery = z
  .strictObject({
    ...filters,
    bbox: filters.bbox.describe(
      "What of the map is seen: west,south,east,north in degrees; all when it is left out",
    ),
    zoom: Zoom.optional().describe(
      "As of web maps: 0 to 20; clusters are what lies in an eighth of a tile of that zoom. What fits the box when it is left out",
    ),
  })
  .superRefine((query, context) => {
    checkTogether(query, context);
    const most = largestZoom(query.bbox ?? earth);
    if (query.zoom !== undefined && query.zoom > most) {
      context.addIssue({
        code: "custom",
        path: ["zoom"],
        message: `can be ${most} at most for this box: the map would have too many cells`,
      });
    }
  });
