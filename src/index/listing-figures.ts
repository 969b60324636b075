import type { Count, Figures, Listing } from "../coop/listing.ts";
import type { WomenBand } from "../coop/query.ts";
import { carriedForward, estimated, type Figure } from "./figures.ts";

/**
 * The figures of a listing, one of each measure and year.
 *
 * A count of which only a bound is published (“fewer than 5”) is no figure: it
 * is neither added nor counted as reported, and neither is the sum of the kind
 * of members to which it belongs, as a sum without it could be told from.
 * What the profile says of the classes of a kind counts beside, in the latest
 * year for which it says them, or else in which it was last changed.
 */
export function figuresOf(listing: Listing): Figure[] {
  const rows = (listing.figures ?? []).toSorted((a, b) => a.year - b.year);
  const found = new Map<string, Figure>();
  const add = (figure: Figure) => {
    const place = `${figure.year} ${figure.measure}`;
    if (!found.has(place)) found.set(place, figure);
  };
  const kinds = new Map((listing.stakeholders ?? []).map(({ key, kind }) => [key, kind]));
  for (const row of rows) {
    const before = rows.findLast((each) => each.year < row.year && hasSameSource(each, row));
    const values = valuesOf(row, kinds);
    const repeated = before === undefined ? new Set() : carried(before, row, kinds);
    for (const [measure, value] of values) {
      const flags =
        (row.estimate === true ? estimated : 0) | (repeated.has(measure) ? carriedForward : 0);
      add({ measure, year: row.year, value, flags });
    }
  }
  for (const [kind, classes] of Map.groupBy(listing.stakeholders ?? [], (each) => each.kind)) {
    const years = classes.map(({ asOf }) => Number((asOf ?? listing.updated).slice(0, 4)));
    const value = sumOf(classes.map(({ members }) => members));
    if (value === undefined) continue;
    add({ measure: `members:${kind}`, year: Math.max(...years), value, flags: 0 });
  }
  return [...found.values()];
}

/** The share of women among the members, in the latest year that counts both women and men. */
export function womenBand(figures: readonly Figures[]): WomenBand {
  const latest = figures
    .toSorted((a, b) => b.year - a.year)
    .map(({ membersBySex }) => membersBySex)
    .find((each) => typeof each?.female === "number" && typeof each.male === "number");
  const [female, male] = [latest?.female, latest?.male];
  if (typeof female !== "number" || typeof male !== "number" || female + male === 0) {
    return "unknown";
  }
  const percent = (100 * female) / (female + male);
  if (percent < 25) return "0-24";
  if (percent < 50) return "25-49";
  return percent < 75 ? "50-74" : "75-100";
}

/** What a row of figures says, by measure. */
function valuesOf(row: Figures, kinds: ReadonlyMap<string, string>): Map<string, number> {
  const { membersBySex: sex, membersByClass = {}, currency } = row;
  const counts: [string, Count | undefined][] = [
    ["members", row.members],
    ["membersNatural", row.membersNatural],
    ["membersLegal", row.membersLegal],
    ["membersFemale", sex?.female],
    ["membersMale", sex?.male],
    ["workers", row.workers],
    ["workerMembers", row.workerMembers],
    ["volunteers", row.volunteers],
  ];
  const byKind = Map.groupBy(Object.entries(membersByClass), ([key]) => kinds.get(key));
  for (const [kind, classes] of byKind) {
    if (kind === undefined) continue;
    counts.push([`members:${kind}`, sumOf(classes.map(([, count]) => count))]);
  }
  if (currency !== undefined) {
    counts.push(
      [`turnover:${currency}`, row.turnover],
      [`assets:${currency}`, row.assets],
      [`surplus:${currency}`, row.surplus],
    );
  }
  return new Map(counts.filter((each): each is [string, number] => typeof each[1] === "number"));
}

/** Undefined when any of them isn't a number. */
function sumOf(counts: readonly (Count | undefined)[]): number | undefined {
  const known = counts.filter((each) => typeof each === "number");
  return known.length < counts.length ? undefined : known.reduce((sum, each) => sum + each, 0);
}

function hasSameSource(a: Figures, b: Figures): boolean {
  return a.source === b.source && a.isBasedOn === b.isBasedOn;
}

/** So many measures at least don't stay the same by chance. */
const telling = 2;

/**
 * The measures in which a year only repeats an earlier one of the same source:
 * all when both were counted on the same day; those that are the same when there
 * are at least two of them, and no other day is given for the later year.
 */
function carried(before: Figures, row: Figures, kinds: ReadonlyMap<string, string>): Set<string> {
  const old = valuesOf(before, kinds);
  const both = [...valuesOf(row, kinds)].filter(([measure]) => old.has(measure));
  if (row.asOf !== undefined && row.asOf === before.asOf) {
    return new Set(both.map(([measure]) => measure));
  }
  if (row.asOf !== undefined) return new Set();
  const same = both.filter(([measure, value]) => old.get(measure) === value);
  return new Set(same.length < telling ? [] : same.map(([measure]) => measure));
}
