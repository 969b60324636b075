import type { z } from "zod";
import { AppError } from "../errors.ts";

/** What is wrong with one parameter of a request, or with one place in its body. */
export interface Fault {
  parameter?: string;
  /** A JSON pointer into the body (RFC 6901). */
  pointer?: string;
  detail: string;
}

/** A request whose parameters or body can't be used: every fault at once. */
export class InvalidRequest extends AppError {
  readonly faults: Fault[];

  constructor(faults: Fault[]) {
    super("bad-request", faults.map(({ detail }) => detail).join(" "));
    this.faults = faults;
  }
}

/** Parameters as an object: once is a string, more often an array. */
function fromUrl(parameters: URLSearchParams): Record<string, string | string[]> {
  const read: Record<string, string | string[]> = {};
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    // A form sends its empty fields too.
    const filled = values.filter((value) => value.trim() !== "");
    if (filled.length > 0) read[name] = filled.length === 1 ? (filled[0] ?? "") : filled;
  }
  return read;
}

/** Reads parameters, and says all that is wrong with them. */
export function readParameters<Schema extends z.ZodObject>(
  schema: Schema,
  parameters: URLSearchParams,
): { data: z.output<Schema> } | { faults: Fault[] } {
  const read = schema.safeParse(fromUrl(parameters), { reportInput: true });
  if (read.success) return { data: read.data };
  const names = Object.keys(schema.shape);
  return { faults: read.error.issues.flatMap((issue) => parameterFaults(issue, names)) };
}

/** Kilometres around a point for which none are given. */
const usualRadius = 25;

/**
 * The parameters that a page knows: links that people share pick up others on
 * the way. Its form always has a radius, and the point may be empty.
 */
export function pageParameters(url: string, { shape }: z.ZodObject): URLSearchParams {
  const asked = [...new URL(url).searchParams].filter(([name]) => name in shape);
  const parameters = new URLSearchParams(asked);
  if (!("near" in shape)) return parameters;
  if ((parameters.get("near") ?? "").trim() === "") parameters.delete("radius_km");
  else if (!parameters.has("radius_km")) parameters.set("radius_km", String(usualRadius));
  return parameters;
}

/**
 * A form sends its empty fields, too: the address without them, to be shared.
 * Undefined where there are none.
 */
export function shortened(url: string): string | undefined {
  const { pathname, searchParams } = new URL(url);
  const filled = [...searchParams].filter(([, value]) => value.trim() !== "");
  if (filled.length === searchParams.size) return undefined;
  const isNear = filled.some(([name]) => name === "near");
  const kept = new URLSearchParams(filled.filter(([name]) => name !== "radius_km" || isNear));
  return kept.size === 0 ? pathname : `${pathname}?${kept}`;
}

/** Reads what can be understood of parameters; the others are left out, and it is said why. */
export function readMost<Schema extends z.ZodObject>(
  schema: Schema,
  parameters: URLSearchParams,
): { data: Partial<z.output<Schema>>; faults: Fault[] } {
  const left = new URLSearchParams(parameters);
  const faults: Fault[] = [];
  for (;;) {
    const read = readParameters(schema, left);
    if ("data" in read) return { data: read.data, faults };
    faults.push(...read.faults);
    const before = left.size;
    for (const { parameter } of read.faults) if (parameter !== undefined) left.delete(parameter);
    // Without a point there is nothing around it.
    if (!left.has("near")) left.delete("radius_km");
    if (left.size === before) return { data: {}, faults };
  }
}

/**
 * Reads parameters.
 *
 * @throws {InvalidRequest} with every fault.
 */
export function demandParameters<Schema extends z.ZodObject>(
  schema: Schema,
  parameters: URLSearchParams,
): z.output<Schema> {
  const read = readParameters(schema, parameters);
  if ("faults" in read) throw new InvalidRequest(read.faults);
  return read.data;
}

function parameterFaults(issue: z.core.$ZodIssue, names: string[]): Fault[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = nearest(key, names);
      const hint =
        near === undefined ? `The parameters are ${names.join(", ")}.` : `Did you mean “${near}”?`;
      return { parameter: key, detail: `There is no parameter “${key}”. ${hint}` };
    });
  }
  const parameter = String(issue.path[0] ?? "");
  return [{ parameter, detail: detailOf(issue, parameter) }];
}

function detailOf(issue: z.core.$ZodIssue, parameter: string): string {
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    const near = nearest(String(issue.input), values);
    const hint =
      near === undefined ? `The values are ${values.join(", ")}.` : `Did you mean “${near}”?`;
    return `${parameter} can’t be “${String(issue.input)}”. ${hint}`;
  }
  if (issue.code === "invalid_type" && Array.isArray(issue.input)) {
    return `${parameter} can be given only once.`;
  }
  return `${parameter}: ${issue.message}${/[.?!]$/.test(issue.message) ? "" : "."}`;
}

/** The faults of a body, by JSON pointers. */
export function bodyFaults(error: z.ZodError): Fault[] {
  return error.issues.slice(0, 20).map(({ path, message }) => ({
    pointer: path
      .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
      .join(""),
    detail: `${message}.`,
  }));
}

/** The word that was probably meant, if there is one that close. */
export function nearest(word: string, words: string[]): string | undefined {
  const wanted = word.toLowerCase();
  const [best] = words
    .map((each) => ({ each, distance: distance(wanted, each.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  if (best === undefined) return undefined;
  return best.distance <= Math.max(1, Math.floor(best.each.length / 3)) ? best.each : undefined;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
