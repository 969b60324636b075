import { z } from "zod";
import { RelationKind } from "../coop/codes.ts";
import { checkTogether, list, SearchQuery } from "../coop/query.ts";

/** An id of a co-op: its URL, its record's, a registration, or a handle. */
const CoopId = z
  .string("is missing: the address of a co-op, its @handle@host, or its number in a register")
  .trim()
  .min(1)
  .max(600);

const { theme, sector, region, type, level, status, source } = SearchQuery.shape;
const { near, radius_km, bbox, cursor, limit } = SearchQuery.shape;

/** Which co-ops, and where. */
const facts = { theme, sector, region, type, level, status, source, near, radius_km, bbox };

/** The parameters of `/api/v1/matches`. */
export const MatchQuery = z.strictObject({
  id: CoopId.describe("The co-op: its address or its record’s, @handle@host, or GB-COH:SC147048"),
  side: z
    .enum(["offers", "needs"])
    .default("offers")
    .describe("offers: who offers what it looks for; needs: who looks for what it offers"),
  radius_km: radius_km.describe("No farther away than so many kilometres"),
  cursor,
  limit,
});

/** The parameters of `/api/v1/supply`: at least one place should be among them. */
export const SupplyQuery = z.strictObject(facts).superRefine(checkTogether);

/** The parameters of `/api/v1/relations`. */
export const RelationQuery = z
  .strictObject({
    kind: list(RelationKind).optional().describe("Kinds of relations"),
    of: CoopId.optional().describe("Only from or to this co-op, by any of its ids"),
    confirmed: z
      .enum(["yes", "no"])
      .optional()
      .describe("Whether anything speaks for the relation beside the listing that states it"),
    ...facts,
    cursor,
    limit,
  })
  .superRefine(checkTogether);
