import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { memberColumns } from "../../src/directory/member-columns.ts";
import { archive, workbookFiles } from "./workbook.ts";

const uk = join(import.meta.dirname, "../../fixtures/coops-uk-2023/standard.Q2-2023.postcodes.csv");

/** A row of a federation's spreadsheet, by our columns. */
export type TableCells = Record<string, string>;

/** The first co-ops of the UK data that have a name of their own, as a federation would list them. */
export function federationRows(count: number): TableCells[] {
  const rows = parse(readFileSync(uk), { columns: true, bom: true }) as TableCells[];
  const seen = new Set<string>();
  const federation: TableCells[] = [];
  for (const row of rows) {
    const name = (row["Name"] ?? "").trim();
    const plain = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .slice(0, 30);
    if (name === "" || seen.has(plain)) continue;
    seen.add(plain);
    const at = federation.length;
    federation.push({
      name,
      handle: `member_${at}`,
      sector: row["SIC Code"] ?? "",
      country: row["Country ID"] ?? "",
      locality: row["Locality"] ?? "",
      website: /^https?:/.test(row["Website"] ?? "") ? (row["Website"] ?? "") : "",
      register: "ZZ-CUK",
      "registration number": row["Identifier"] ?? "",
      "invitation e-mail": `office${at}@member.example`,
    });
    if (federation.length === count) break;
  }
  return federation;
}

/** What can go wrong in a row, each in its way. */
const mistakes: TableCells[] = [
  { name: "" },
  { handle: "Not.a.handle" },
  { country: "Atlantis" },
  { sector: "9999999x" },
  { website: "javascript:alert(1)", "invitation e-mail": "nobody" },
  { members: "twelve" },
  { members: "12" },
  { register: "" },
  { founded: "last year", region: "Middle-earth" },
  { theme: "dragons" },
];

/** The same rows, so many of which have faults, spread over the table. */
export function spoiled(rows: TableCells[], faulty: number): TableCells[] {
  const step = Math.floor(rows.length / faulty);
  return rows.map((row, at) =>
    at % step === step - 1 && (at + 1) / step <= faulty
      ? { ...row, ...mistakes[((at + 1) / step) % mistakes.length] }
      : row,
  );
}

function table(rows: TableCells[]): string[][] {
  const names = memberColumns.map(({ name }) => name);
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))];
}

/** As a CSV file. */
export function federationCsv(rows: TableCells[]): Buffer {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  return Buffer.from(
    table(rows)
      .map((cells) => `${cells.map(quoted).join(",")}\r\n`)
      .join(""),
  );
}

/** As an Excel workbook. */
export function federationXlsx(rows: TableCells[]): Buffer {
  return archive(workbookFiles([{ name: "Members", rows: table(rows) }]));
}
