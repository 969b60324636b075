import {
  type Count,
  type Figures,
  type Listing,
  type Measure,
  measures,
} from "../../coop/listing.ts";
import { number } from "../text.ts";
import { measureWords, sexWords } from "../words.ts";

/** What is said of one year. */
export interface Cell {
  /** A number, or a bound below which it lies. */
  value: Count;
  estimate: boolean;
  /** Which row of the listing's figures says it. */
  row: Figures;
}

/** One thing over the years; a year without a cell isn't known. */
export interface Series {
  /** Unique among the series of a listing. */
  key: string;
  label: string;
  /** Whether the label is the co-op's own word. */
  own: boolean;
  /** Whether it is a part of the series before it that is none. */
  part: boolean;
  /** ISO 4217, of an amount of money. */
  currency: string | undefined;
  cells: Map<number, Cell>;
}

/** The years of which anything is told, the earliest first. */
export function yearsOf(figures: Figures[]): number[] {
  return [...new Set(figures.map(({ year }) => year))].toSorted((a, b) => a - b);
}

/**
 * The figures of a listing as series, in the order in which they are shown.
 * Amounts in different currencies are different series.
 */
export function seriesOf({ figures = [], stakeholders = [] }: Listing): Series[] {
  const found = new Map<string, Series>();
  const put = (series: Omit<Series, "cells">, row: Figures, value: Count | undefined) => {
    if (value === undefined) return;
    const known = found.get(series.key) ?? { ...series, cells: new Map<number, Cell>() };
    known.cells.set(row.year, { value, estimate: row.estimate === true, row });
    found.set(series.key, known);
  };
  const names = new Map(stakeholders.map(({ key, name }) => [key, name]));
  for (const measure of measures) {
    for (const row of figures) {
      for (const [series, value] of valuesOf(measure, row, names)) put(series, row, value);
    }
  }
  return [...found.values()];
}

type Value = [series: Omit<Series, "cells">, value: Count | undefined];

function valuesOf(measure: Measure, row: Figures, names: Map<string, string>): Value[] {
  const plain = { own: false, part: false, currency: undefined };
  switch (measure) {
    case "membersBySex":
      return (["female", "male", "notStated"] as const).map((sex) => [
        { ...plain, key: `${measure} ${sex}`, label: sexWords[sex], part: true },
        row.membersBySex?.[sex],
      ]);
    case "membersByClass":
      return inOrder(row.membersByClass ?? {}, names).map(([key, value]) => {
        const name = names.get(key);
        // A class that there is no more goes by its key.
        const label = name ?? key;
        return [
          { ...plain, key: `${measure} ${key}`, label, own: name !== undefined, part: true },
          value,
        ];
      });
    case "membersNatural":
    case "membersLegal":
    case "workerMembers":
      return [[{ ...plain, key: measure, label: measureWords[measure], part: true }, row[measure]]];
    case "turnover":
    case "assets":
    case "surplus": {
      const { currency } = row;
      const label = measureWords[measure];
      return [[{ ...plain, key: `${measure} ${currency}`, label, currency }, row[measure]]];
    }
    default:
      return [[{ ...plain, key: measure, label: measureWords[measure] }, row[measure]]];
  }
}

/** The classes that there are in their order, then those that there are no more. */
function inOrder(byClass: Record<string, Count>, names: Map<string, string>): [string, Count][] {
  const entries = Object.entries(byClass);
  const order = [...names.keys()];
  const placeOf = (key: string) => (names.has(key) ? order.indexOf(key) : order.length);
  return entries.toSorted(([a], [b]) => placeOf(a) - placeOf(b));
}

/** `412`, `fewer than 5`. */
export function valueWords(value: Count): string {
  return typeof value === "number" ? number(value) : `fewer than ${number(value.fewerThan)}`;
}
