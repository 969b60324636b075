import { pipeline } from "node:stream/promises";
import { type CsvError, parse } from "csv-parse";
import { AppError } from "../../errors.ts";
import { chunksOf, type TextPiece, utf8Text } from "./read-text.ts";
import {
  columnLetters,
  nameOf,
  type RawRow,
  tableBounds,
  tableFault,
  type TableSource,
} from "./table.ts";

/**
 * Reads CSV (RFC 4180) in UTF-8, with commas, semicolons or tabs between the
 * cells: whichever the first line has most of. Rows are counted as spreadsheets
 * do, so a cell of several lines is within one row.
 *
 * @throws {AppError} `bad-request` with row and column: not UTF-8, quotation
 *   marks that don't match, a row with more or fewer cells than the first.
 */
export async function* readCsv(source: TableSource): AsyncGenerator<RawRow> {
  const name = nameOf(source);
  const pieces = utf8Text(refuseUtf16(name, chunksOf(source)));
  const start = await pieces.next();
  const first = start.done === true ? { text: "", broken: false } : start.value;
  const parser = parse({
    delimiter: delimiterOf(first.text),
    relax_column_count: true,
    max_record_size: tableBounds.row,
  });
  let broken = first.broken;
  // With a sign where it breaks off, the row in which that is becomes a row of its own.
  const textOf = (piece: TextPiece) => (piece.broken ? `${piece.text}\uFFFD` : piece.text);
  async function* texts() {
    yield textOf(first);
    for await (const piece of pieces) {
      broken ||= piece.broken;
      yield textOf(piece);
    }
  }
  // What goes wrong there comes out of the parser, too.
  pipeline(texts(), parser).catch(() => {});

  let row = 0;
  let width: number | undefined;
  // One row is held back: where the text breaks off, the last one is not whole.
  let held: RawRow | undefined;
  try {
    for await (const values of parser as AsyncIterable<string[]>) {
      if (held !== undefined) yield held;
      row += 1;
      held = { row, values };
      if (values.length === 1 && values[0] === "") continue; // an empty line
      width ??= values.length;
      if (values.length === width || (values.length === 1 && values[0] === "") || broken) continue;
      throw tableFault(
        name,
        { row },
        `there ${values.length === 1 ? "is 1 cell" : `are ${values.length} cells`} in this row and ${width} in the first: a delimiter or a quotation mark is missing, or the file breaks off here`,
      );
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    // Rows before this one may not have come out yet.
    const { records, column } = cause as CsvError & { records?: number; column?: number };
    const at = (records ?? row) + 1;
    if (broken) throw notUtf8(name, at, column);
    throw unreadable(name, at, cause as CsvError);
  } finally {
    parser.destroy();
  }
  if (broken) throw notUtf8(name, row, held === undefined ? undefined : held.values.length - 1);
  if (held !== undefined) yield held;
}

function notUtf8(name: string, row: number, column: number | undefined): AppError {
  const at = { row, ...(typeof column === "number" && { column: columnLetters(column) }) };
  return tableFault(name, at, "this is not UTF-8 text: save it as “CSV UTF-8” and try again");
}

const reasons: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: "a quotation mark is opened and never closed, or the file breaks off here",
  CSV_INVALID_CLOSING_QUOTE: "something follows a closing quotation mark within the cell",
  INVALID_OPENING_QUOTE: "a quotation mark stands in the middle of a cell: it must be doubled",
  CSV_MAX_RECORD_SIZE: `the row has more than ${tableBounds.row} characters; perhaps a quotation mark is never closed`,
};

function unreadable(name: string, row: number, cause: CsvError): AppError {
  const why = reasons[cause.code];
  if (why === undefined) {
    return tableFault(name, { row }, `this can’t be read as CSV: ${cause.message}`, { cause });
  }
  const column = cause["column"];
  const at = { row, ...(typeof column === "number" && { column: columnLetters(column) }) };
  return tableFault(name, at, why, { cause });
}

/** Excel's “Unicode text” is UTF-16, which has a mark at the beginning or NULs between letters. */
async function* refuseUtf16(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    const mark = chunk.subarray(0, 2).toString("hex");
    const spaced = chunk[0] === 0 || chunk[1] === 0;
    if (first && (mark === "fffe" || mark === "feff" || spaced)) {
      throw tableFault(
        name,
        { row: 1 },
        "this is UTF-16 text: save it as “CSV UTF-8” and try again",
      );
    }
    first = false;
    yield chunk;
  }
}

function delimiterOf(text: string): string {
  const unquoted = text.replace(/"[^"]*"/g, "");
  const line = unquoted.split(/[\r\n]/).find((each) => each !== "") ?? "";
  const counts = [",", ";", "\t"].map((sign) => ({ sign, count: line.split(sign).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.sign ?? ",";
}
