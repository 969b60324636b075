import { z } from "zod";
import { readCell, Reading } from "./mapping-values.ts";

// A template looks like the listing that comes of it, with columns in place of
// what a row says (docs/mappings.md).

/** A test on a row: one of its kinds, on what stands in a column. */
export const Condition = z
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
export type Condition = z.infer<typeof Condition>;

/** Whether a test is true of a row. */
export function holds({ column, is, isNot, contains, filled }: Condition, cells: Cells): boolean {
  const cell = (cells[column] ?? "").trim();
  if (is !== undefined) return [is].flat().includes(cell);
  if (isNot !== undefined) return ![isNot].flat().includes(cell);
  if (contains !== undefined) {
    const lower = cell.toLowerCase();
    return [contains].flat().some((text) => lower.includes(text.toLowerCase()));
  }
  return (cell !== "") === filled;
}

export type Cells = Record<string, string>;
export type Json = { [term: string]: z.core.util.JSONType };

/** What a part of the template came to. */
interface Made {
  value: z.core.util.JSONType | undefined;
  /** Whether it reads columns, and whether any of them was filled. */
  reads: boolean;
  found: boolean;
}

/** Makes a part of a listing of a row, and names the columns that it reads. */
export interface Template {
  (cells: Cells, doubts: string[]): Made;
  columns: string[];
}

/** A fault of a mapping, and its place. */
export function fault(path: string[], message: string): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
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

/**
 * Makes a template of what is written, and adds to `faults` what is wrong with it.
 *
 * @param path Where it stands in the mapping.
 */
export function compile(part: z.core.util.JSONType, path: string[], faults: string[]): Template {
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

/** Whether this is an object, and neither a list nor null. */
export function isObject(part: z.core.util.JSONType | undefined): part is Json {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}
