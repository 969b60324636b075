/** One thing that a document does which some server will not take. */
export interface Finding {
  /** Name of the rule, a row of one of the tables. */
  rule: string;
  /** Who demands it: section of our notes on interoperability, software, file. */
  source: string;
  message: string;
  /** Where in the document, e.g. `object.tag[0].name`; empty for the whole. */
  path: string;
}

/** A fault as a rule reports it; `path` is relative to the object being checked. */
export interface Fault {
  path: string;
  message: string;
}

/** A row of a rule table: a name, who demands it, and a pure check. */
export interface Rule<S> {
  name: string;
  source: string;
  /** True for what only matters, or can only be kept, on an https origin. */
  httpsOnly?: true;
  check(subject: S): Fault[];
}

/** A JSON object of unknown content. */
export type JsonObject = { [key: string]: unknown };

/** What rules about a JSON-LD object look at. */
export interface Subject {
  /** The object under test: the document itself or one embedded in it. */
  doc: JsonObject;
  /** Origin of the node that serves or sends it. */
  origin: URL;
  /** Bytes of the document as text, when the caller handed in the text. */
  raw: string | undefined;
  /** The literal spelling of a number in the text, e.g. `51.0`; undefined when it is not known. */
  literal(holder: object, key: string): string | undefined;
  /** The time to compare with; undefined leaves rules about the clock out. */
  now: number | undefined;
}

/** Runs every rule of a table; `prefix` is the path of the embedded object. */
export function apply<S extends { origin: URL }>(
  rules: readonly Rule<S>[],
  subject: S,
  prefix = "",
): Finding[] {
  const https = subject.origin.protocol === "https:";
  return rules
    .filter((rule) => https || rule.httpsOnly !== true)
    .flatMap((rule) =>
      rule.check(subject).map(({ path, message }) => ({
        rule: rule.name,
        source: rule.source,
        message,
        path: join(prefix, path),
      })),
    );
}

function join(prefix: string, path: string): string {
  if (prefix === "" || path === "") return prefix + path;
  return path.startsWith("[") ? prefix + path : `${prefix}.${path}`;
}

type SourceReviver = (
  this: object,
  key: string,
  value: unknown,
  context: { source?: string },
) => unknown;
// Node 24 passes the source text to a reviver; the library types do not know it yet.
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/**
 * Makes a subject of a document given as text or as a value. Only text says how its numbers are
 * spelled: hand in the text that went over the wire wherever it is at hand.
 */
export function subjectOf(
  document: unknown,
  options: { origin: string | URL; now?: number },
): Subject {
  const literals = new WeakMap<object, Map<string, string>>();
  let value = document;
  if (typeof document === "string") {
    value = parseWithSource(document, function (key, parsed, context) {
      if (typeof parsed === "number" && context.source !== undefined) {
        const known = literals.get(this) ?? new Map<string, string>();
        literals.set(this, known.set(key, context.source));
      }
      return parsed;
    });
  }
  return {
    doc: isObject(value) ? value : {},
    origin: new URL(options.origin),
    raw: typeof document === "string" ? document : undefined,
    literal: (holder, key) => literals.get(holder)?.get(key),
    now: options.now,
  };
}

/** True for an object that is neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a string with something in it. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** A value as a list: nothing, one or many. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The URL that a string spells, or undefined. */
export function urlOf(value: unknown): URL | undefined {
  return typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
}

/** True when two ids or origins are on one host, port included. */
export function sameHost(a: unknown, b: unknown): boolean {
  const [left, right] = [a instanceof URL ? a : urlOf(a), b instanceof URL ? b : urlOf(b)];
  return left !== undefined && right !== undefined && left.host === right.host;
}

/** An id given as a string or as an object that has one. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return isObject(value) && typeof value["id"] === "string" ? value["id"] : undefined;
}

/** Shorthand: one fault if `wrong`, none otherwise. */
export function faultIf(wrong: boolean, path: string, message: string): Fault[] {
  return wrong ? [{ path, message }] : [];
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** True for an xsd:dateTime with a time zone. */
export function isDateTime(value: unknown): value is string {
  return typeof value === "string" && dateTime.test(value) && !Number.isNaN(Date.parse(value));
}

/** Visits every object of a document, contexts left out, with its path. */
export function eachObject(
  value: unknown,
  visit: (object: JsonObject, path: string) => void,
  path = "",
): void {
  if (Array.isArray(value)) {
    value.forEach((item, i) => eachObject(item, visit, `${path}[${i}]`));
  } else if (isObject(value)) {
    visit(value, path);
    for (const [key, child] of Object.entries(value)) {
      if (key !== "@context") eachObject(child, visit, path === "" ? key : `${path}.${key}`);
    }
  }
}
