import { z } from "zod";
import { SearchQuery } from "../coop/query.ts";
import { version } from "../outbound.ts";
import { LookupQuery } from "./api.ts";
import { MatchQuery, RelationQuery, SupplyQuery } from "./matching-query.ts";
import { MapQuery } from "./map-query.ts";
import { StatisticsQuery } from "./statistics-query.ts";
import { SuggestQuery } from "./suggest.ts";

/** A question that programs can ask. */
interface Operation {
  summary: string;
  query: z.ZodObject;
  /** What the answer holds. */
  answer: string;
}

/** What programs can ask, by path: each with the schema that reads its parameters. */
export const operations: Readonly<Record<string, Operation>> = {
  "/api/v1/coops": {
    summary: "Co-ops that match a search",
    query: SearchQuery,
    answer: "How many there are, a page of them, counts by facet, and the next page",
  },
  "/api/v1/coops/lookup": {
    summary: "One organisation by any of its ids",
    query: LookupQuery,
    answer: "Its listings",
  },
  "/api/v1/map": {
    summary: "What a search finds on a part of the map",
    query: MapQuery,
    answer:
      "How many there are, how many of them have a place and are in the box, and clusters and single co-ops that add up to the latter",
  },
  "/api/v1/stats": {
    summary: "What a search finds, counted by any two dimensions",
    query: StatisticsQuery,
    answer:
      "Cells row by row with value, contributors and organisations, margins that count each co-op once, the rules, and what a citation needs; also as CSV",
  },
  "/api/v1/suggest": {
    summary: "Names and codes that go on as what is typed",
    query: SuggestQuery,
    answer: "Suggestions, the likeliest first",
  },
  "/api/v1/matches": {
    summary: "Who offers what a co-op looks for, or looks for what it offers",
    query: MatchQuery,
    answer: "How many there are and a page of them, the nearest first, and the next page",
  },
  "/api/v1/supply": {
    summary: "What is needed and bought in a place, and who there could supply it",
    query: SupplyQuery,
    answer: "Organisations of the place by theme and sector",
  },
  "/api/v1/relations": {
    summary: "Who has to do with whom",
    query: RelationQuery,
    answer: "Counts by kind, and a page of the graph: nodes, edges, and the next page",
  },
};

/** `GET /api/v1/openapi.json`: the operations as OpenAPI 3.1, from the schemas that read them. */
export function showOpenApi(origin: string): Response {
  const paths = Object.entries(operations).map(([path, operation]) => [path, pathOf(operation)]);
  const document = {
    openapi: "3.1.0",
    info: {
      title: "Fragaria",
      version,
      description: "A directory of co-operatives. Open to read, from other origins too.",
    },
    servers: [{ url: origin }],
    paths: Object.fromEntries(paths) as unknown,
    components: { responses: { problem } },
  };
  return Response.json(document, {
    headers: { "access-control-allow-origin": "*", "cache-control": "public, max-age=3600" },
  });
}

/** RFC 9457, with every fault of the request at once. */
const problem = {
  description: "What is wrong, and what would be right (RFC 9457)",
  content: {
    "application/problem+json": {
      schema: {
        type: "object",
        properties: {
          title: { type: "string" },
          status: { type: "integer" },
          detail: { type: "string" },
          errors: {
            type: "array",
            items: {
              type: "object",
              properties: { parameter: { type: "string" }, detail: { type: "string" } },
            },
          },
        },
      },
    },
  },
};

function pathOf({ summary, query, answer }: Operation) {
  const refused = { $ref: "#/components/responses/problem" };
  return {
    get: {
      summary,
      parameters: parametersOf(query),
      responses: {
        200: {
          description: answer,
          content: { "application/json": { schema: { type: "object" } } },
        },
        304: { description: "Nothing has changed since the ETag that was sent" },
        400: refused,
        503: refused,
      },
    },
  };
}

function parametersOf(query: z.ZodObject) {
  const { properties = {}, required = [] } = z.toJSONSchema(query, {
    io: "input",
    unrepresentable: "any",
  });
  return Object.entries(properties).map(([name, written]) => {
    const { description, items, anyOf: _, ...schema } = written as z.core.JSONSchema.JSONSchema;
    return {
      name,
      in: "query",
      ...(required.includes(name) && { required: true }),
      ...(description !== undefined && { description }),
      ...(items === undefined
        ? { schema }
        : // Commas between the values, or the parameter once for each.
          { schema: { type: "array", items: plain(items) }, style: "form", explode: false }),
    };
  });
}

function plain(items: unknown) {
  const { $schema: _, ...schema } = items as z.core.JSONSchema.JSONSchema;
  return schema;
}
