import { z } from "zod";
import { Listing, type ListingContent, measures, PartialDate } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import { groupRows } from "./mapping-groups.ts";
import {
  compile,
  Condition,
  fault,
  holds,
  isObject,
  type Json,
  type Template,
} from "./mapping-template.ts";
import { DateFormat, readCell, Reading } from "./mapping-values.ts";
import type { MappedRow, Mapping } from "./mapping.ts";

/** A mapping as a federation writes it: the whole file (docs/mappings.md). */
const MappingFile = z.strictObject({
  name: z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "not a name such as coop-register"),
  title: z.string().min(1).max(200),
  source: z.strictObject({
    url: Listing.shape.provenance.shape.isBasedOn.unwrap(),
    credit: Listing.shape.provenance.shape.creditText.unwrap().optional(),
    license: Listing.shape.license,
  }),
  edition: z.union([
    PartialDate,
    z.strictObject({
      column: z.string().min(1),
      format: z.array(DateFormat).min(1).max(10).optional(),
    }),
  ]),
  table: z
    .strictObject({ sheet: z.string().min(1).optional(), header: z.int().min(1).optional() })
    .optional(),
  key: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(5)]),
  group: z
    .strictObject({
      /** Of the rows with one key, the one with the most here speaks for all. */
      largest: z.string().min(1),
      sum: z.array(z.string().min(1)).optional(),
      collect: z.record(z.string().min(1), z.string().min(1)).optional(),
    })
    .optional(),
  take: z.array(Condition).optional(),
  skip: z.array(Condition.and(z.object({ why: z.string().min(1).max(200) }))).optional(),
  listing: z.record(z.string(), z.json()),
});

/** The terms of a listing that a mapping may give; the others are the node's own to say. */
const terms = Object.keys(Listing.shape).filter(
  (term) =>
    !/^(id|type|updated|preferredUsername|alsoKnownAs|listed|example|provenance|license|discoverable|indexable)$/.test(
      term,
    ),
);

/**
 * Reads a mapping that somebody has written as JSON.
 *
 * @param name What the file is called: in messages.
 * @throws {AppError} `bad-request` with every fault and its place.
 */
export function readMapping(text: string, name: string): Mapping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad-request", `${name} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  const read = MappingFile.safeParse(json);
  const faults = read.success
    ? []
    : read.error.issues.map(({ path, message }) => fault(path.map(String), message));
  const template = read.success ? compileListing(read.data.listing, faults) : undefined;
  if (!read.success || template === undefined || faults.length > 0) {
    const most = faults.slice(0, 20).join("; ");
    throw new AppError("bad-request", `${name} is no mapping: ${most}`);
  }
  return mappingOf(read.data, template);
}

function mappingOf(file: z.infer<typeof MappingFile>, template: Template): Mapping {
  const { name, title, source, edition, table, key, group, take = [], skip = [] } = file;
  const keys = typeof key === "string" ? [key] : key;
  const keyOf = (cells: Record<string, string>) =>
    keys.map((column) => (cells[column] ?? "").trim()).join("/");
  const dated =
    typeof edition === "string"
      ? edition
      : Reading.parse({ as: "date", column: edition.column, format: edition.format });
  const { credit, license, url } = source;
  return {
    name,
    title,
    table: { ...table, columns: [...columnsOf(file, template)] },
    ...(group !== undefined && { group: (rows, file) => groupRows(rows, file, keyOf, group) }),
    editionOf(cells) {
      if (typeof dated === "string") return dated;
      const { value } = readCell(dated, cells);
      return typeof value === "string" ? value : undefined;
    },
    toListing(cells): MappedRow {
      const out = take.find((condition) => !holds(condition, cells));
      if (out !== undefined) return { skipped: `the mapping takes no row with this ${out.column}` };
      const left = skip.find((condition) => holds(condition, cells));
      if (left !== undefined) return { skipped: left.why };
      const id = keyOf(cells);
      if (id.replaceAll("/", "") === "") return { refused: `there is no ${keys.join(" and no ")}` };
      const doubts: string[] = [];
      const { value } = template(cells, doubts);
      const content = {
        ...completed(value as Json),
        provenance: {
          kind: "imported",
          isBasedOn: url,
          ...(credit !== undefined && { creditText: credit }),
          license,
        },
        license,
        discoverable: false,
        indexable: false,
      };
      // Checked by whoever publishes it.
      return { key: id, content: content as ListingContent, doubts: [...new Set(doubts)] };
    },
  };
}

function compileListing(listing: Json, faults: string[]): Template {
  for (const term of Object.keys(listing)) {
    if (terms.includes(term)) continue;
    faults.push(`listing.${term}: there is no such term; there are: ${terms.join(", ")}`);
  }
  if (listing["name"] === undefined) faults.push("listing.name: a listing needs a name");
  return compile(listing, ["listing"], faults);
}

/** Every column that the mapping names: each has to be in the table. */
function columnsOf(file: z.infer<typeof MappingFile>, { columns }: Template): Set<string> {
  const { key, edition, group, take = [], skip = [] } = file;
  const { largest, sum = [], collect = {} } = group ?? {};
  const named = [
    ...[key].flat(),
    ...(typeof edition === "string" ? [] : [edition.column]),
    ...(largest === undefined ? [] : [largest]),
    ...sum,
    ...[...take, ...skip].map(({ column }) => column),
    ...columns.filter((column) => !Object.hasOwn(collect, column)),
  ];
  return new Set([...named, ...Object.values(collect)]);
}

/** The types that every place and every registration has, which a mapping needn't write. */
function completed(listing: Json): Json {
  const { location, identifier, contactPoint, figures, ...rest } = listing;
  const typed = (type: string, part: z.core.util.JSONType | undefined) =>
    isObject(part) ? { type, ...part } : part;
  return {
    ...rest,
    ...(Array.isArray(identifier) && {
      identifier: identifier.map((each) => typed("PropertyValue", each) ?? null),
    }),
    ...(contactPoint !== undefined && {
      contactPoint: typed("ContactPoint", contactPoint) ?? null,
    }),
    ...(location !== undefined && { location: place(location, typed) }),
    ...(figures !== undefined && { figures: told(figures) }),
  };
}

/** Years of which something is told. */
function told(figures: z.core.util.JSONType): z.core.util.JSONType {
  if (!Array.isArray(figures)) return figures;
  return figures.filter((row) => isObject(row) && measures.some((measure) => measure in row));
}

function place(
  location: z.core.util.JSONType,
  typed: (type: string, part: z.core.util.JSONType | undefined) => z.core.util.JSONType | undefined,
): z.core.util.JSONType {
  if (!isObject(location)) return location;
  const { address, ...rest } = location;
  return {
    type: "Place",
    ...rest,
    ...(address !== undefined && { address: typed("PostalAddress", address) ?? null }),
  };
}
