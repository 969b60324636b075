import type { ListingContent } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import { withoutPersons } from "./personal.ts";
import { readTable, type TableOptions, type TableRow } from "./tables/read-table.ts";
import { nameOf, tableFault, type TableSource } from "./tables/table.ts";

/** What a row of a register becomes. */
export type MappedRow = { row?: number } & (
  | {
      /** The register's own, for ever: by it the row is known again. */
      key: string;
      content: ListingContent;
      /** What of the row could not be used, a sentence each. */
      doubts?: string[];
    }
  /** A row that ought to be a listing and isn't fit for it. */
  | { refused: string }
  /** A row that isn't meant: no co-op, or not one of this register. */
  | { skipped: string }
);

/** How to read a register: its columns, and what a row of it says of a co-op. */
export interface Mapping {
  /** Names the register in the database: never changed. */
  name: string;
  /** What people call the register. */
  title: string;
  /** Where the table is in its file, and which columns it must have. */
  table: TableOptions;
  /** When the facts were true, as a year, a month or a day; of an edition, every row says the same. */
  editionOf(cells: Record<string, string>): string | undefined;
  /** Makes one row of several, where a co-op has more than one. */
  group?: (rows: AsyncIterable<TableRow>, file: string) => AsyncIterable<TableRow>;
  /** Pure. Its provenance gets the edition as the date of retrieval. */
  toListing(cells: Record<string, string>): MappedRow;
}

/** A register in a file, to be read as often as needed. */
export interface Register {
  mapping: Mapping;
  table: TableSource;
  edition: string;
}

/**
 * Looks at the first row of a file to say of when it is.
 *
 * @param edition What whoever imports it says, against what the file says.
 * @throws {AppError} `bad-request` when the file is broken, or doesn't tell.
 */
export async function openRegister(
  mapping: Mapping,
  table: TableSource,
  edition?: string,
): Promise<Register> {
  if (edition !== undefined) return { mapping: dated(mapping, edition), table, edition };
  for await (const { row, cells } of readTable(table, mapping.table)) {
    const found = mapping.editionOf(cells);
    if (found !== undefined) return { mapping, table, edition: found };
    throw tableFault(nameOf(table), { row }, "this row doesn’t say of which edition it is");
  }
  throw tableFault(nameOf(table), {}, "there are no rows below the header");
}

function dated(mapping: Mapping, edition: string): Mapping {
  if (!/^\d{4}(-\d\d(-\d\d)?)?$/.test(edition)) {
    throw new AppError(
      "bad-request",
      `the edition “${edition}” is no date such as 2024 or 2024-05`,
    );
  }
  return { ...mapping, editionOf: () => edition };
}

/** The rows of a register as listings, one after the other. */
export async function* mapRegister({
  mapping,
  table,
  edition,
}: Register): AsyncGenerator<MappedRow & { row: number }> {
  const rows = readTable(table, mapping.table);
  for await (const { row, cells } of mapping.group?.(rows, nameOf(table)) ?? rows) {
    const of = mapping.editionOf(cells);
    if (of !== edition) {
      yield {
        row,
        refused: `the row is of the edition ${of ?? "unknown"}, the first of ${edition}`,
      };
      continue;
    }
    const mapped = mapping.toListing(cells);
    if ("content" in mapped) {
      const { content, doubts } = withoutPersons(mapped.content);
      const provenance = { ...content.provenance, retrieved: edition };
      const all = [...(mapped.doubts ?? []), ...doubts];
      yield { ...mapped, row, content: { ...content, provenance }, doubts: all };
    } else {
      yield { ...mapped, row };
    }
  }
}
