import { z } from "zod";
import { Listing } from "../../coop/listing.ts";
import type { DraftContent } from "../../directory/draft.ts";
import type { FormFault } from "../forms.ts";
import { alternatives, isAmbiguous, readNumber, writeNumber } from "./written.ts";

/**
 * What stands in the fields of a form, in their order. Fields are named by
 * their place in the content: `stakeholders.0.kind`, `nameMap.fr`. Terms with
 * several codes have a field for each code, all with the same name.
 */
export type Form = URLSearchParams;

/** What a publisher writes, strictly. */
const Content = Listing.omit({
  id: true,
  type: true,
  updated: true,
  preferredUsername: true,
  alsoKnownAs: true,
  listed: true,
});

/** How a part of the content is written into fields. */
type Shape =
  | { as: "text"; schema: z.ZodType }
  | { as: "number"; schema: z.ZodType; whole: boolean }
  | { as: "count"; schema: z.ZodType }
  /** A box that is ticked, or not; `always` when not ticked means no rather than not given. */
  | { as: "flag"; always: boolean }
  /** Yes, no, or not given. */
  | { as: "choice" }
  /** What nobody has to write, such as a type. */
  | { as: "constant"; value: unknown }
  | { as: "object"; fields: [name: string, shape: Shape][] }
  | { as: "rows"; of: Shape }
  | { as: "codes"; of: Shape }
  | { as: "map"; of: Shape; key: z.ZodType };

const content = shapeOf(Content);

/** The form is made from the schema: a term that the model gains can be edited at once. */
function shapeOf(schema: z.core.$ZodType, optional = false): Shape {
  if (schema instanceof z.ZodOptional) return shapeOf(schema.unwrap(), true);
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape);
    return { as: "object", fields: shape.map(([name, each]) => [name, shapeOf(each)]) };
  }
  if (schema instanceof z.ZodArray) {
    const of = shapeOf(schema.element);
    return of.as === "object" ? { as: "rows", of } : { as: "codes", of };
  }
  if (schema instanceof z.ZodRecord) {
    return { as: "map", of: shapeOf(schema.valueType), key: schema.keyType as z.ZodType };
  }
  if (schema instanceof z.ZodUnion) return { as: "count", schema };
  if (schema instanceof z.ZodNumber) {
    return { as: "number", schema, whole: schema.format?.includes("int") === true };
  }
  if (schema instanceof z.ZodBoolean) {
    return optional ? { as: "choice" } : { as: "flag", always: true };
  }
  if (schema instanceof z.ZodLiteral) {
    return schema.value === true
      ? { as: "flag", always: false }
      : { as: "constant", value: schema.value };
  }
  return { as: "text", schema: schema as z.ZodType };
}

/**
 * The content as the fields of a form. What a draft has in the wrong place, and
 * what has no place in the model, is left out.
 */
export function formOf(draft: DraftContent): Form {
  const form = new URLSearchParams();
  write(content, "", draft, form);
  return form;
}

function write(shape: Shape, name: string, value: unknown, form: Form): void {
  if (value === undefined || value === null) return;
  switch (shape.as) {
    case "object": {
      if (!isObject(value)) return;
      for (const [field, inner] of shape.fields) {
        write(inner, below(name, field), own(value, field), form);
      }
      return;
    }
    case "map": {
      if (!isObject(value)) return;
      for (const [key, each] of Object.entries(value))
        write(shape.of, below(name, key), each, form);
      return;
    }
    case "rows": {
      if (!Array.isArray(value)) return;
      for (const [index, row] of value.entries()) {
        write(shape.of, below(name, String(index)), row, form);
      }
      return;
    }
    case "codes": {
      if (!Array.isArray(value)) return;
      for (const each of value) write(shape.of, name, each, form);
      return;
    }
    case "constant": {
      return;
    }
    default: {
      const text = textOf(shape.as, value);
      if (text !== undefined) form.append(name, text);
    }
  }
}

function textOf(as: Shape["as"], value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return writeNumber(value);
  if (typeof value === "boolean") {
    return as !== "flag" ? String(value) : value ? "yes" : undefined;
  }
  const limit = isObject(value) ? value["fewerThan"] : undefined;
  return typeof limit === "number" ? `<${limit}` : undefined;
}

/** What a form says. */
export interface Reading {
  content: DraftContent;
  /** Fields that have no place in the model. */
  unknown: string[];
}

/**
 * The content that a form says. Empty fields and rows are not given; texts lose
 * the spaces around them; what is no number where there should be one stays as
 * it was written, for whoever publishes to refuse.
 */
export function contentOf(form: Form): Reading {
  const known = new Set<string>();
  const fields = fieldsOf(form);
  const read = readShape(content, "", fields, known);
  const unknown = [...fields.values.keys()].filter((name) => !known.has(name));
  return { content: (read ?? {}) as DraftContent, unknown };
}

/** The fields of a form by their names, for a form may have thousands of them. */
interface Fields {
  values: Map<string, string[]>;
  /** What stands behind a name in the names of fields: the numbers of rows, or languages. */
  keys: Map<string, Set<string>>;
}

/** No name in the model has more parts. */
const deepest = 8;

function fieldsOf(form: Form): Fields {
  const fields: Fields = { values: new Map(), keys: new Map() };
  for (const [name, value] of form) {
    const values = fields.values.get(name);
    if (values !== undefined) {
      values.push(value);
      continue;
    }
    fields.values.set(name, [value]);
    const parts = name.split(".", deepest);
    for (const [at, key] of parts.entries()) {
      const above = parts.slice(0, at).join(".");
      const keys = fields.keys.get(above) ?? new Set();
      fields.keys.set(above, keys.add(key));
    }
  }
  return fields;
}

function readShape(shape: Shape, name: string, fields: Fields, known: Set<string>): unknown {
  switch (shape.as) {
    case "object": {
      return readObject(shape, name, fields, known);
    }
    case "rows": {
      const rows = rowNumbers(fields.keys.get(name)).map((index) =>
        readShape(shape.of, below(name, index), fields, known),
      );
      const given = rows.filter((row) => row !== undefined);
      return given.length === 0 ? undefined : given;
    }
    case "map": {
      const entries = [...(fields.keys.get(name) ?? [])]
        .filter((key) => shape.key.safeParse(key).success)
        .map((key) => [key, readShape(shape.of, below(name, key), fields, known)] as const)
        .filter(([, value]) => value !== undefined);
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    }
    case "codes": {
      known.add(name);
      const codes = (fields.values.get(name) ?? []).map((text) => readText(shape.of, text));
      const given = codes.filter((code) => code !== undefined);
      return given.length === 0 ? undefined : given;
    }
    default: {
      known.add(name);
      return readText(shape, fields.values.get(name)?.[0] ?? "");
    }
  }
}

function readObject(
  shape: Extract<Shape, { as: "object" }>,
  name: string,
  fields: Fields,
  known: Set<string>,
): object | undefined {
  const read: Record<string, unknown> = {};
  let given = name === "";
  for (const [field, inner] of shape.fields) {
    if (inner.as === "constant") {
      read[field] = inner.value;
      continue;
    }
    const value = readShape(inner, below(name, field), fields, known);
    if (value === undefined) continue;
    read[field] = value;
    given = true;
  }
  return given ? read : undefined;
}

function readText(shape: Shape, written: string): unknown {
  const text = written.replace(/\r\n?/g, "\n").trim();
  if (shape.as === "flag") return text === "yes" ? true : shape.always ? false : undefined;
  if (text === "") return undefined;
  switch (shape.as) {
    case "choice": {
      return text === "true" ? true : text === "false" ? false : text;
    }
    case "number": {
      return readNumber(text, shape.whole, (value) => shape.schema.safeParse(value).success);
    }
    case "count": {
      const [, limit] = /^(?:<|fewer than)\s*(\d+)$/i.exec(text) ?? [];
      if (limit !== undefined) return { fewerThan: Number(limit) };
      return readNumber(text, true, (value) => shape.schema.safeParse(value).success);
    }
    case "text": {
      const accepts = (each: string) => shape.schema.safeParse(each).success;
      return accepts(text) ? text : (alternatives(text).find(accepts) ?? text);
    }
    default: {
      return undefined;
    }
  }
}

/** The numbers of the rows of which a form has fields, in order. */
export function rowsOf(form: Form, name: string): string[] {
  const start = `${name}.`;
  const keys = [...form.keys()]
    .filter((each) => each.startsWith(start))
    .map((each) => each.slice(start.length).split(".", 1)[0] ?? "");
  return rowNumbers(new Set(keys));
}

function rowNumbers(keys: ReadonlySet<string> = new Set()): string[] {
  return [...keys].filter((key) => /^\d{1,3}$/.test(key)).toSorted((a, b) => Number(a) - Number(b));
}

function below(name: string, key: string): string {
  return name === "" ? key : `${name}.${key}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** What keeps a content from being published, by field. */
export function faultsOf(draft: DraftContent): FormFault[] {
  const checked = Content.safeParse(draft, { reportInput: true });
  if (checked.success) return [];
  return checked.error.issues.map((issue) => {
    const path = issue.path.map(String).join(".");
    const field = path === "location.address" ? "location.address.addressCountry" : path;
    return { ...(field !== "" && { field }), message: inWords(issue) };
  });
}

function inWords(issue: z.core.$ZodIssue): string {
  const { input } = issue;
  switch (issue.code) {
    case "invalid_type": {
      if (input === undefined) return "Fill this in.";
      if (typeof input === "string" && isAmbiguous(input)) {
        return "This can be read in two ways: leave out what separates the thousands.";
      }
      const number = issue.expected === "number" || issue.expected === "int";
      return number ? "Not a number." : "This can’t be read.";
    }
    case "invalid_union": {
      return "Not a whole number. For fewer than five, write <5.";
    }
    case "invalid_value": {
      return input === undefined ? "Choose one." : "Choose one of those that are offered.";
    }
    case "too_small": {
      return issue.origin === "string" ? "Fill this in." : `At least ${issue.minimum}.`;
    }
    case "too_big": {
      const what = { string: " characters", array: " entries" }[String(issue.origin)] ?? "";
      return `At most ${issue.maximum}${what}.`;
    }
    case "invalid_format": {
      return issue.format === "email" ? "Not an e-mail address." : sentence(issue.message);
    }
    case "unrecognized_keys": {
      return `No listing has ${issue.keys.join(", ")}.`;
    }
    default: {
      return sentence(issue.message);
    }
  }
}

/** Words of an error as a sentence of its own. */
export function sentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}
