import { createHash } from "node:crypto";
import type { SearchQuery } from "../coop/query.ts";
import { AppError } from "../errors.ts";

/** By what a result is in fact sorted. */
export type Sort = "relevance" | "quality" | "nearest" | "name" | "updated";

/** The place of a listing in the order of a result: a page begins behind it. */
export interface Place {
  /** A name for `name`, a number for the others; ascending. */
  key: string | number;
  tie: number;
  /** The page ends before it instead. */
  back?: boolean;
}

/** A place, and the question in whose answer it is one, as an opaque word for URLs. */
export function writeCursor(query: SearchQuery, sort: Sort, { key, tie, back }: Place): string {
  return writePlace(questionOf(query, sort), [key, tie, back === true ? 1 : 0]);
}

/**
 * Reads a cursor back.
 *
 * @param sorts The orders that the result may have had: it goes on in the same.
 * @throws {AppError} `bad-request` when it isn't one, or belongs to another
 *   query or order.
 */
export function readCursor(
  query: SearchQuery,
  sorts: readonly Sort[],
): (Place & { sort: Sort }) | undefined {
  if (query.cursor === undefined) return undefined;
  const [is] = partsOf(query.cursor);
  const sort = sorts.find((each) => hashOf(questionOf(query, each)) === is) ?? sorts[0] ?? "name";
  const type = sort === "name" ? "string" : "number";
  const place = readPlace(questionOf(query, sort), query.cursor, [type, "number", "number"]);
  const [key, tie, back] = place as [string | number, number, number];
  return { sort, key, tie, back: back === 1 };
}

/** What of a query doesn't decide on what is found. */
const besides = new Set(["cursor", "limit", "facets", "lang", "sort"]);

/** All that decides on what is found, and in which order. */
function questionOf(query: SearchQuery, sort: Sort): unknown[] {
  const parts = Object.entries(query)
    .filter(([name, value]) => !besides.has(name) && !isEmpty(value))
    .map(([name, value]): [string, unknown] => [
      name,
      Array.isArray(value) ? [...new Set<string>(value)].toSorted() : value,
    ]);
  return [Object.fromEntries(parts.toSorted(([a], [b]) => (a < b ? -1 : 1))), sort];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/**
 * A place in the answer to a question, as an opaque word for URLs.
 *
 * @param question All that decides on what is found, and in which order.
 */
export function writePlace(question: unknown, place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([hashOf(question), ...place])).toString("base64url");
}

/**
 * Reads a place back.
 *
 * @param types What the parts of the place are.
 * @throws {AppError} `bad-request` when it isn't one, or belongs to another question.
 */
export function readPlace(
  question: unknown,
  cursor: string,
  types: readonly ("string" | "number")[],
): (string | number)[] {
  const [hash, ...place] = partsOf(cursor);
  if (typeof hash !== "string" || place.length === 0) {
    throw new AppError("bad-request", "The cursor is not one that this directory gave out.");
  }
  const fits =
    place.length === types.length && place.every((part, at) => typeof part === types[at]);
  if (hash !== hashOf(question) || !fits) {
    throw new AppError(
      "bad-request",
      "The cursor belongs to another search or another order: begin again without it.",
    );
  }
  return place as (string | number)[];
}

function partsOf(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(parts) ? (parts as unknown[]) : [];
  } catch (cause) {
    throw new AppError("bad-request", "The cursor is not one that this directory gave out.", {
      cause,
    });
  }
}

function hashOf(question: unknown): string {
  return createHash("sha256").update(JSON.stringify(question)).digest("base64url").slice(0, 8);
}
