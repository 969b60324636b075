import type { Statement } from "./statistics.ts";
import { isTimed } from "../index/dimensions.ts";
import { parseMeasure } from "../index/measures.ts";
import { number } from "./text.ts";

/** How a table was counted, as far as it matters for it: in sentences. */
export function rulesOf({ asked, table, silentListings, hosts }: Statement): string[] {
  const { question, defaults } = asked;
  const { query, rows, cols, year, compare, matched, stat } = question;
  const measure = parseMeasure(question.measure);
  const timed = isTimed(rows) || isTimed(cols);
  const byYear = year !== undefined || rows === "year" || cols === "year";
  const rules = [
    query.count === "listings"
      ? "Listings are counted, each by itself."
      : "Organisations are counted, each once, whatever the number of its listings.",
  ];
  if (defaults.length === 2) {
    rules.push(
      "Only active co-ops of the primary level are counted, unless another level or status is chosen.",
    );
  } else if (defaults.includes("level")) {
    rules.push("Only co-ops of the primary level are counted, unless another level is chosen.");
  } else if (defaults.includes("status")) {
    rules.push("Only active co-ops are counted, unless another status is chosen.");
  }
  if (byYear) {
    rules.push(
      "In a year there are the co-ops that were founded by its end and not dissolved by then; everything else about them is as it is now.",
    );
    if (table.undated !== null && table.undated > 0) {
      rules.push(
        `${number(table.undated)} are in no year, because nobody says when they were founded or closed.`,
      );
    }
  }
  if (rows !== undefined || cols !== undefined) {
    rules.push(
      "A co-op may have several values, and is counted at each: rows need not add up to their total, which has each co-op once.",
    );
  }
  if (measure?.runs !== undefined) {
    rules.push("Only what was reported is counted: who reported nothing isn’t taken for zero.");
    rules.push(
      byYear || timed
        ? "Figures that only repeat the year before are told apart, and are in no value."
        : "Of each co-op the latest figure is taken, of whatever year.",
    );
    if (
      question.measure.startsWith("members") ||
      question.measure === "women" ||
      question.measure === "men"
    ) {
      rules.push(
        "Counts told as “fewer than” a number are never added, nor are counts under five of people who need protection.",
      );
    }
    if (stat === "median" || stat === "quartiles") {
      rules.push(
        "Quantiles are exact, by type 7 of Hyndman and Fan (1996), as in R and in spreadsheets.",
      );
    }
    if (stat === "ratio")
      rules.push(
        "The sum of the members who work there, as a part of the sum of the workers, of those that told both.",
      );
  }
  if (compare !== undefined)
    rules.push("“Both” are those that reported in both years; differences are not only theirs.");
  if (matched) rules.push("Only figures of co-ops that have one in every year are counted.");
  if (hosts.silent > 0) {
    rules.push(
      `${number(silentListings)} listings of hosts that are silent are left out, which doesn’t say that these co-ops have closed.`,
    );
  }
  return rules;
}
