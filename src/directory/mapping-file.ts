import { z } from "zod";
import { Listing, type ListingContent, measures, PartialDate } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import { groupRows } from "./mapping-groups.ts";
import { DateFormat, readCell, Reading } from "./mapping-values.ts";
import type { MappedRow, Mapping } from "./mapping.ts";

/** A test on a row: one of its kinds, on what stands in a column. */
const Condition = z
  .strictObject({
    column: z.string().min(1),
    is: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    isNot: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    /** Any of these, whatever their case. */
    contains: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
    filled: z.boolean().optional(),
  })
  .refine(
    (condition) => Object.keys(condition).length === 2,
    "needs exactly one of is, isNot, contains, filled",
  );
type Condition = z.infer<typeof Condition>;

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
    !/^(id|type|updated|preferredUsername|listed|example|provenance|license|discoverable|indexable)$/.test(
      term,
    ),
);

/** Reads a mapping that somebody has written as JSON.
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

function fault(path: string[], message: string): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
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

function holds({ column, is, isNot, contains, filled }: Condition, cells: Cells): boolean {
  const cell = (cells[column] ?? "").trim();
  if (is !== undefined) return [is].flat().includes(cell);
  if (isNot !== undefined) return ![isNot].flat().includes(cell);
  if (contains !== undefined) {
    const lower = cell.toLowerCase();
    return [contains].flat().some((text) => lower.includes(text.toLowerCase()));
  }
  return (cell !== "") === filled;
}

type Cells = Record<string, string>;
type Json = { [term: string]: z.core.util.JSONType };

/** What a part of the template came to. */
interface Made {
  value: z.core.util.JSONType | undefined;
  /** Whether it reads columns, and whether any of them was filled. */
  reads: boolean;
  found: boolean;
}

interface Template {
  (cells: Cells, doubts: string[]): Made;
  columns: string[];
}

function compileListing(listing: Json, faults: string[]): Template {
  for (const term of Object.keys(listing)) {
    if (terms.includes(term)) continue;
    faults.push(`listing.${term}: there is no such term; there are: ${terms.join(", ")}`);
  }
  if (listing["name"] === undefined) faults.push("listing.name: a listing needs a name");
  return compile(listing, ["listing"], faults);
}

/** `{ "join": [ … ], "with": " " }`: several values as one text. */
const Join = z.strictObject({ join: z.array(z.json()).min(1), with: z.string().max(20) });

/** `{ "cases": [ { "when": …, "value": … }, { "value": … } ] }`: the first that holds. */
const Cases = z.strictObject({
  cases: z
    .array(z.strictObject({ when: Condition.optional(), value: z.json() }))
    .min(1)
    .max(50),
});

function compile(part: z.core.util.JSONType, path: string[], faults: string[]): Template {
  if (path.length > 20) faults.push(fault(path, "too deep"));
  if (Array.isArray(part))
    return listOf(part.map((each, at) => compile(each, [...path, `${at}`], faults)));
  if (part === null || typeof part !== "object") return constant(part);
  if (Object.hasOwn(part, "column")) {
    const reading = checked(Reading, { as: "text", ...part }, path, faults);
    return reading === undefined ? constant(null) : reader(reading);
  }
  if (Object.hasOwn(part, "join")) {
    const read = checked(Join, part, path, faults);
    const parts = read?.join.map((each, at) => compile(each, [...path, "join", `${at}`], faults));
    return joined(parts ?? [], read?.with ?? "");
  }
  if (Object.hasOwn(part, "cases")) {
    const read = checked(Cases, part, path, faults);
    const cases = read?.cases.map(({ when, value }, at) => ({
      when,
      value: compile(value, [...path, "cases", `${at}`, "value"], faults),
    }));
    return firstOf(cases ?? []);
  }
  return objectOf(part, path, faults);
}

function checked<T>(
  schema: z.ZodType<T>,
  part: unknown,
  path: string[],
  faults: string[],
): T | undefined {
  const read = schema.safeParse(part);
  if (read.success) return read.data;
  for (const issue of read.error.issues) {
    faults.push(fault([...path, ...issue.path.map(String)], issue.message));
  }
  return undefined;
}

function template(columns: string[], make: (cells: Cells, doubts: string[]) => Made): Template {
  return Object.assign(make, { columns });
}

function constant(value: z.core.util.JSONType): Template {
  return template([], () => ({ value, reads: false, found: false }));
}

function reader(reading: Reading): Template {
  return template([reading.column], (cells, doubts) => {
    const { value, doubts: more } = readCell(reading, cells);
    doubts.push(...more);
    return { value, reads: true, found: value !== undefined };
  });
}

function joined(parts: Template[], sign: string): Template {
  return template(columnsIn(parts), (cells, doubts) => {
    const made = parts.map((part) => part(cells, doubts));
    const texts = made.flatMap(({ value }) =>
      value === undefined || value === null ? [] : [String(value as string)],
    );
    const reads = made.some((each) => each.reads);
    const found = made.some((each) => each.found);
    return { value: reads && !found ? undefined : texts.join(sign), reads, found };
  });
}

function firstOf(cases: { when: Condition | undefined; value: Template }[]): Template {
  const columns = cases.flatMap(({ when }) => (when === undefined ? [] : [when.column]));
  return template([...columns, ...columnsIn(cases.map(({ value }) => value))], (cells, doubts) => {
    const fit = cases.find(({ when }) => when === undefined || holds(when, cells));
    return fit?.value(cells, doubts) ?? { value: undefined, reads: true, found: false };
  });
}

/** An element that reads columns and finds nothing in them is left out; what a cell lists is spliced in. */
function listOf(parts: Template[]): Template {
  return template(columnsIn(parts), (cells, doubts) => {
    const made = parts.map((part) => part(cells, doubts));
    const value = made.flatMap((each) => {
      if (each.value === undefined || (each.reads && !each.found)) return [];
      return Array.isArray(each.value) ? each.value : [each.value];
    });
    const reads = made.some((each) => each.reads);
    const found = made.some((each) => each.found);
    return { value: value.length === 0 ? undefined : value, reads, found };
  });
}

/** `when` in an object says when it is there: a test, or `always`, though none of its columns be filled. */
function objectOf(part: Json, path: string[], faults: string[]): Template {
  const { when, ...rest } = part;
  const condition =
    when === undefined || when === "always"
      ? undefined
      : checked(Condition, when, [...path, "when"], faults);
  const entries = Object.entries(rest).map(
    ([term, value]) => [term, compile(value, [...path, term], faults)] as const,
  );
  const columns = condition === undefined ? [] : [condition.column];
  return template([...columns, ...columnsIn(entries.map(([, each]) => each))], (cells, doubts) => {
    if (condition !== undefined && !holds(condition, cells)) {
      return { value: undefined, reads: true, found: false };
    }
    const made = entries.map(([term, each]) => [term, each(cells, doubts)] as const);
    const filled = made.filter(([, { value }]) => value !== undefined);
    return {
      value:
        filled.length === 0
          ? undefined
          : Object.fromEntries(filled.map(([term, { value }]) => [term, value ?? null])),
      reads: when === undefined && made.some(([, each]) => each.reads),
      found: when !== undefined || made.some(([, each]) => each.found),
    };
  });
}

function columnsIn(templates: Template[]): string[] {
  return templates.flatMap(({ columns }) => columns);
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

function isObject(part: z.core.util.JSONType | undefined): part is Json {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}
