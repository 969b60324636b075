import { z } from "zod";
import { CoopType, Level, Status, Theme } from "./codes.ts";
import { parseRegion } from "./regions.ts";
import { parseSector } from "./sectors.ts";

/** Several values in one parameter: repeated, or with commas between them. */
const list = <T>(item: z.ZodType<T, string>) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) =>
      [value]
        .flat()
        .flatMap((each) => each.split(","))
        .map((each) => each.trim())
        .filter((each) => each !== ""),
    )
    .pipe(z.array(item).max(50));

const Sector = z.string().transform((text, context) => {
  const code = parseSector(text);
  if (code !== undefined) return code;
  context.addIssue({
    code: "custom",
    message: `“${text}” is not an ISIC Rev.4 code, such as Q, 87 or isic4:8720`,
  });
  return z.NEVER;
});

const Region = z.string().transform((text, context) => {
  const code = parseRegion(text);
  if (code !== undefined) return code;
  context.addIssue({
    code: "custom",
    message: `“${text}” is not an ISO 3166 code, such as CA or CA-QC`,
  });
  return z.NEVER;
});

/**
 * What can be asked of the directory, as parameters of the search page and of
 * `/api/v1/coops`. Values of one filter are alternatives, filters add up.
 */
export const SearchQuery = z.strictObject({
  q: z.string().trim().max(200).optional(),
  theme: list(Theme).optional(),
  sector: list(Sector).optional(),
  region: list(Region).optional(),
  type: list(CoopType).optional(),
  multi_stakeholder: list(z.enum(["yes", "no", "unknown"])).optional(),
  level: list(Level).optional(),
  /** Without it, everything but what is closed. */
  status: list(Status).optional(),
  sort: z.enum(["relevance", "name", "updated"]).optional(),
  cursor: z.string().max(500).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, "not a whole number")
    .transform(Number)
    .pipe(z.number().min(1).max(100))
    .optional(),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

/** The filters that have facets, in the order in which pages show them. */
export const facetNames = [
  "theme",
  "sector",
  "region",
  "type",
  "multi_stakeholder",
  "level",
  "status",
] as const;
export type FacetName = (typeof facetNames)[number];
