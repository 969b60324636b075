import { AppError } from "../../errors.ts";

/** Where a table comes from: a file, or what was uploaded and what it is called there. */
export type TableSource = { path: string; name?: string } | { bytes: Uint8Array; name: string };

/** A row as its format gives it, before the columns have names. */
export interface RawRow {
  /** As a spreadsheet numbers it, from 1. */
  row: number;
  values: string[];
}

/** What a table may hold at most: no spreadsheet program makes more of a cell or a sheet. */
export const tableBounds = {
  /** Bytes. */
  file: 50_000_000,
  rows: 2_000_000,
  columns: 200,
  /** Characters. */
  cell: 32_767,
  /** Characters of all cells of a row. */
  row: 1_000_000,
} as const;

/** What people call a table: in messages. */
export function nameOf(source: TableSource): string {
  return "bytes" in source ? source.name : (source.name ?? source.path);
}

/** That something is wrong with a table, and where. The column is its name, or its letter. */
export function tableFault(
  name: string,
  at: { row?: number; column?: string | undefined },
  why: string,
  options?: { cause?: unknown },
): AppError {
  const place = [
    name,
    ...(at.row === undefined ? [] : [`row ${at.row}`]),
    ...(at.column === undefined ? [] : [`column ${at.column}`]),
  ];
  return new AppError("bad-request", `${place.join(", ")}: ${why}`, options);
}

/** The letters above a column: 0 is A, 26 is AA. */
export function columnLetters(index: number): string {
  const last = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last;
}
