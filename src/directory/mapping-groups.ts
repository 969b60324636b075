import type { TableRow } from "./tables/read-table.ts";
import { tableFault } from "./tables/table.ts";

/** How several rows of one co-op become one. */
export interface Grouping {
  /** Of the rows with one key, the one with the most here speaks for all. */
  largest: string;
  /** Columns that are added up; unknown when any of the rows has no number there. */
  sum?: string[] | undefined;
  /** New columns that list the values of others, those of the largest rows first, with `;` between. */
  collect?: Record<string, string> | undefined;
}

/** All rows are held until the last is read, as those of one co-op may be apart. */
const most = 200_000;

/** Makes one row of all that have the same key, at the place of the first. */
export async function* groupRows(
  rows: AsyncIterable<TableRow>,
  file: string,
  keyOf: (cells: Record<string, string>) => string,
  { largest, sum = [], collect = {} }: Grouping,
): AsyncGenerator<TableRow> {
  const groups = new Map<string, TableRow[]>();
  let count = 0;
  for await (const each of rows) {
    count += 1;
    if (count > most) {
      throw tableFault(file, { row: each.row }, `at most ${most} rows can be grouped`);
    }
    const key = keyOf(each.cells);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  for (const group of groups.values()) {
    const ordered = group.toSorted(
      (a, b) => (number(b.cells[largest]) ?? 0) - (number(a.cells[largest]) ?? 0),
    );
    const [first] = ordered;
    if (first === undefined) continue;
    const values = (column: string) => ordered.map(({ cells }) => (cells[column] ?? "").trim());
    const sums = sum.map((column) => [column, total(values(column).map(number))] as const);
    const lists = Object.entries(collect).map(([name, column]) => {
      const filled = values(column).filter((value) => value !== "");
      return [name, [...new Set(filled)].join(";")] as const;
    });
    const row = group[0]?.row ?? first.row;
    yield { row, cells: { ...first.cells, ...Object.fromEntries([...sums, ...lists]) } };
  }
}

function number(text = ""): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

function total(numbers: (number | undefined)[]): string {
  let sum = 0;
  for (const each of numbers) {
    if (each === undefined) return "";
    sum += each;
  }
  return String(Number(sum.toPrecision(15)));
}
