import { open } from "node:fs/promises";
import { readCsv } from "./read-csv.ts";
import { readGeojson } from "./read-geojson.ts";
import { readXlsx } from "./read-xlsx.ts";
import {
  columnLetters,
  nameOf,
  type RawRow,
  tableBounds,
  tableFault,
  type TableSource,
} from "./table.ts";

/** A row of a table, by the names in its header. */
export interface TableRow {
  /** The row as a spreadsheet numbers it: the first one below a header in row 1 is 2. */
  row: number;
  /** What stands in each column that has a name; empty where nothing does. */
  cells: Record<string, string>;
}

export interface TableOptions {
  /** The sheet of a workbook; else its first visible one. */
  sheet?: string | undefined;
  /** The row that names the columns; else the first that isn't empty. */
  header?: number | undefined;
  /** Columns that have to be there. */
  columns?: readonly string[];
}

/**
 * Reads a table row by row, in bounded memory: CSV (UTF-8, between commas,
 * semicolons or tabs), an Excel workbook (XLSX), or the features of a GeoJSON
 * file. Which it is, its first bytes say. Cells come as people see them in a
 * spreadsheet, but numbers without thousands separators and dates as
 * `2024-05-31`. Rows in which nothing stands are left out.
 *
 * @throws {AppError} `bad-request`, at the first fault, with its row and column.
 */
export async function* readTable(
  source: TableSource,
  options: TableOptions = {},
): AsyncGenerator<TableRow> {
  const name = nameOf(source);
  const rows = await reader(source, options);
  let header: string[] | undefined;
  let count = 0;
  for await (const { row, values } of rows) {
    checkCells(name, row, values, header);
    if (header === undefined) {
      if (options.header === undefined ? !values.some(stands) : row < options.header) continue;
      header = readHeader(name, row, values, options.columns ?? []);
      continue;
    }
    if (!values.some(stands)) continue;
    count += 1;
    if (count > tableBounds.rows) {
      throw tableFault(name, { row }, `a table may have at most ${tableBounds.rows} rows`);
    }
    const cells: Record<string, string> = {};
    for (const [at, column] of header.entries()) {
      if (column !== "") cells[column] = values[at] ?? "";
    }
    yield { row, cells };
  }
  if (header === undefined) {
    throw tableFault(name, {}, "there is no row that names the columns: the table is empty");
  }
}

async function reader(
  source: TableSource,
  { sheet }: TableOptions,
): Promise<AsyncIterable<RawRow>> {
  const first = await begin(source);
  const starts = (...bytes: number[]) => bytes.every((byte, at) => first[at] === byte);
  if (starts(0x50, 0x4b)) return readXlsx(source, sheet);
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) {
    throw tableFault(
      nameOf(source),
      {},
      "this is a workbook with a password, or of Excel before 2007: save it as “Excel workbook (.xlsx)” without a password",
    );
  }
  if (/^\s*\{/.test(first.toString("latin1").replace(/^\u00EF\u00BB\u00BF/, ""))) {
    return readGeojson(source);
  }
  return readCsv(source);
}

/** The first bytes of a source, whose size is then known to be within bounds. */
async function begin(source: TableSource): Promise<Buffer> {
  const name = nameOf(source);
  const checked = (size: number) => {
    if (size > tableBounds.file) {
      throw tableFault(name, {}, `the file has more than ${tableBounds.file / 1_000_000} MB`);
    }
    if (size === 0) throw tableFault(name, {}, "the file is empty");
  };
  if ("bytes" in source) {
    checked(source.bytes.length);
    return Buffer.from(source.bytes.subarray(0, 512));
  }
  try {
    await using file = await open(source.path);
    const stat = await file.stat();
    if (stat.isDirectory()) throw tableFault(name, {}, "this is a folder");
    checked(stat.size);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw tableFault(name, {}, "there is no such file", { cause });
    if (code === "EACCES") throw tableFault(name, {}, "the file may not be read", { cause });
    throw cause;
  }
}

const stands = (value: string) => value.trim() !== "";

function checkCells(name: string, row: number, values: string[], header?: string[]): void {
  for (const [at, value] of values.entries()) {
    const why = fault(value);
    if (why !== undefined) {
      const column = header?.[at] ?? "";
      throw tableFault(
        name,
        { row, column: column === "" ? columnLetters(at) : `“${column}”` },
        why,
      );
    }
  }
}

/** What no cell may hold, in a column with a name or without. */
function fault(value: string): string | undefined {
  if (value.length > tableBounds.cell) {
    return `the cell has ${value.length} characters; at most ${tableBounds.cell} are read`;
  }
  if (value.startsWith("=")) {
    return `the cell holds a formula (${value.slice(0, 30)}): put what it comes to in its place`;
  }
  if (value.includes("\0")) return "the cell holds a character that is no text (NUL)";
  return undefined;
}

function readHeader(
  name: string,
  row: number,
  values: string[],
  wanted: readonly string[],
): string[] {
  const header = values.map((value) => value.replace(/\s+/g, " ").trim());
  while (header.at(-1) === "") header.pop();
  if (header.length > tableBounds.columns) {
    throw tableFault(
      name,
      { row },
      `there are ${header.length} columns; at most ${tableBounds.columns} are read`,
    );
  }
  const twice = header.findIndex((column, at) => column !== "" && header.indexOf(column) < at);
  if (twice !== -1) {
    const column = header[twice] ?? "";
    const [first, second] = [header.indexOf(column), twice].map(columnLetters);
    throw tableFault(
      name,
      { row, column: second },
      `the columns ${first} and ${second} are both called “${column}”: give each a name of its own`,
    );
  }
  const missing = wanted.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const names = missing.map((column) => `“${column}”`).join(", ");
    const found = header.filter((column) => column !== "").join(", ");
    throw tableFault(
      name,
      { row },
      `the ${missing.length === 1 ? "column" : "columns"} ${names} can’t be found; there are: ${found.slice(0, 500)}`,
    );
  }
  return header;
}
