import type { DraftContent } from "../../directory/draft.ts";
import { contentShape, type Shape } from "./shape.ts";
import { alternatives, readNumber, writeNumber } from "./written.ts";

/**
 * What stands in the fields of a form, in their order. Fields are named by
 * their place in the content: `stakeholders.0.kind`, `nameMap.fr`. Terms with
 * several codes have a field for each code, all with the same name.
 */
export type Form = URLSearchParams;

/**
 * The content as the fields of a form. What a draft has in the wrong place, and
 * what has no place in the model, is left out.
 */
export function formOf(draft: DraftContent): Form {
  const form = new URLSearchParams();
  write(contentShape, "", draft, form);
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
  const read = readShape(contentShape, "", fields, known);
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
