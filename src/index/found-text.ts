import { type Asked, readText } from "./asked.ts";
import { expressionOf } from "./expression.ts";
import type { Cache } from "./cache.ts";
import type { Columns } from "./columns.ts";
import type { FullText } from "./full-text.ts";
import { meant } from "./spelling.ts";

/** What a text finds, by itself. */
export interface FoundText {
  /** As it was understood. */
  asked: Asked;
  /** What was looked for: the text that was typed, or the one that was meant. */
  typed: string;
  /** Ascending; undefined is everything. */
  rows: Uint32Array | undefined;
  /** Nothing had been found, so this was looked for instead. */
  corrected?: { from: string; to: string };
  /** A text that finds much more. */
  suggestion?: string;
}

/** Something else is suggested to who finds so few. */
const fewRows = 3;

/** Beyond this it doesn't matter how many listings another text would find. */
const mostCounted = 200;

/** Finds the rows whose text has what was typed, or if there are none, what may have been meant. */
export function findText(typed: string, { texts, words }: Cache, columns: Columns): FoundText {
  const asked = readText(typed);
  const rows = rowsOf(asked, texts);
  if (asked.kind !== "words" || rows === undefined || rows.length > fewRows) {
    return { asked, typed, rows };
  }
  const count = (other: Asked) =>
    other.kind === "words" ? texts.count(expressionOf(other), mostCounted) : 0;
  const to = meant(typed, rows.length, words.upToDate(columns), count);
  if (to === undefined) return { asked, typed, rows };
  if (rows.length > 0) return { asked, typed, rows, suggestion: to };
  const other = readText(to);
  return { asked: other, typed: to, rows: rowsOf(other, texts), corrected: { from: typed, to } };
}

function rowsOf(asked: Asked, texts: FullText): Uint32Array | undefined {
  switch (asked.kind) {
    case "words":
      return texts.hits(expressionOf(asked));
    case "nothing":
      return new Uint32Array(0);
    default:
      return undefined;
  }
}
