import { z } from "zod";
import { chunksOf, utf8Text } from "./read-text.ts";
import { nameOf, type RawRow, tableFault, type TableSource } from "./table.ts";

/** GeoJSON (RFC 7946), as far as a table can be made of it. */
const Features = z.object({
  type: z.literal("FeatureCollection"),
  features: z
    .array(
      z.object({
        properties: z.record(z.string(), z.unknown()).nullable(),
        geometry: z.object({ type: z.string(), coordinates: z.unknown() }).nullable().optional(),
      }),
    )
    .min(1, "there is no feature"),
});

/** The columns in which the place of a point stands. */
export const pointColumns = { latitude: "geometry.latitude", longitude: "geometry.longitude" };

/**
 * Reads a feature collection as a table: a column for each property that any
 * feature has, and two for the point. The first feature is row 1.
 *
 * @throws {AppError} `bad-request`, naming the feature where there is one.
 */
export async function* readGeojson(source: TableSource): AsyncGenerator<RawRow> {
  const name = nameOf(source);
  let text = "";
  for await (const piece of utf8Text(chunksOf(source))) {
    text += piece.text;
    if (piece.broken) throw tableFault(name, {}, "this is not UTF-8 text");
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw tableFault(name, {}, `this is not JSON: ${(cause as Error).message}`, { cause });
  }
  const read = Features.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw tableFault(name, {}, `this is not GeoJSON: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const columns = new Set<string>();
  for (const { properties } of read.data.features) {
    for (const column of Object.keys(properties ?? {})) columns.add(column);
  }
  const all = [...columns, pointColumns.longitude, pointColumns.latitude];
  // Before the first feature, as a header is before the first row.
  yield { row: 0, values: all };
  for (const [index, { properties, geometry }] of read.data.features.entries()) {
    const at = geometry?.type === "Point" ? (geometry.coordinates as unknown[]) : [];
    const [longitude = "", latitude = ""] = Array.isArray(at) ? at : [];
    yield {
      row: index + 1,
      values: [
        ...[...columns].map((column) => asCell(properties?.[column])),
        asCell(longitude),
        asCell(latitude),
      ],
    };
  }
}

/** Texts, numbers and yes or no; a list or an object has no place in a cell. */
function asCell(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
