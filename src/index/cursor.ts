import { createHash } from "node:crypto";
import { facetNames, type SearchQuery } from "../coop/query.ts";
import { AppError } from "../errors.ts";

/** By what a result is in fact sorted. */
export type Sort = "relevance" | "name" | "updated";

/** The place of a listing in the order of a result: the next page begins behind it. */
export interface Place {
  /** A name for `name`, a number for the others; ascending. */
  key: string | number;
  tie: number;
}

/** A place, and the question in whose answer it is one, as an opaque word for URLs. */
export function writeCursor(query: SearchQuery, sort: Sort, { key, tie }: Place): string {
  return Buffer.from(JSON.stringify([questionOf(query, sort), key, tie])).toString("base64url");
}

/**
 * Reads a cursor back.
 *
 * @throws {AppError} `bad-request` when it isn't one, or belongs to another
 *   query or order.
 */
export function readCursor(query: SearchQuery, sort: Sort): Place | undefined {
  if (query.cursor === undefined) return undefined;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(query.cursor, "base64url").toString("utf8"));
  } catch (cause) {
    throw new AppError("bad-request", "The cursor is not one that this directory gave out.", {
      cause,
    });
  }
  const [question, key, tie] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const keyed = typeof key === (sort === "name" ? "string" : "number");
  if (typeof question !== "string" || typeof tie !== "number") {
    throw new AppError("bad-request", "The cursor is not one that this directory gave out.");
  }
  if (question !== questionOf(query, sort) || !keyed) {
    throw new AppError(
      "bad-request",
      "The cursor belongs to another search or another order: begin again without it.",
    );
  }
  return { key: key as string | number, tie };
}

/** A short hash of all that decides on what is found, and in which order. */
function questionOf(query: SearchQuery, sort: Sort): string {
  const filters = facetNames.map((name) => [...new Set<string>(query[name])].toSorted());
  const text = JSON.stringify([query.q ?? "", filters, sort]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 8);
}
