/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Thrown for a value that has no canonical JSON, or one nested too deeply. */
export class NotCanonical extends Error {
  override name = "NotCanonical";
}

/**
 * The one way to write a JSON value: keys sorted by UTF-16 code units, no white
 * space, numbers and strings as ECMAScript writes them (RFC 8785).
 *
 * @param value What JSON.parse returns, or an object made of the same.
 * @param depth How many levels of arrays and objects are let through.
 * @throws {NotCanonical} on NaN, infinity, undefined, a lone surrogate, or
 *   deeper nesting.
 */
export function canonicalJson(value: unknown, depth = 64): string {
  return isOrderly(value, depth) ? JSON.stringify(value) : write(value, depth);
}

/**
 * Whether JSON.stringify writes the value canonically: its keys are in order.
 * All that is canonical on the wire is, and is written several times as fast.
 */
function isOrderly(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
      return value.isWellFormed();
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return true;
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth <= 0) return false;
  if (Array.isArray(value)) return value.every((item) => isOrderly(item, depth - 1));
  let last: string | undefined;
  for (const key of Object.keys(value)) {
    if (last !== undefined && key < last) return false;
    if (!key.isWellFormed()) return false;
    if (!isOrderly((value as Record<string, unknown>)[key], depth - 1)) return false;
    last = key;
  }
  return true;
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return text(value);
    case "number":
      if (!Number.isFinite(value)) throw new NotCanonical(`${value} is not a JSON number`);
      return String(Object.is(value, -0) ? 0 : value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      break;
    default:
      throw new NotCanonical(`a value of type ${typeof value} is not JSON`);
  }
  if (value === null) return "null";
  if (depth <= 0) throw new NotCanonical("nested too deeply");
  if (Array.isArray(value)) {
    return `[${value.map((item) => write(item, depth - 1)).join(",")}]`;
  }
  let body = "";
  for (const key of Object.keys(value).toSorted()) {
    const member = write((value as Record<string, unknown>)[key], depth - 1);
    body += `${body === "" ? "" : ","}${text(key)}:${member}`;
  }
  return `{${body}}`;
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new NotCanonical("a string holds half of a surrogate pair");
  return JSON.stringify(value);
}
