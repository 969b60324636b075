import { createHash } from "node:crypto";
import type { ListingContent } from "../coop/listing.ts";
import { registrationKey } from "../coop/registrations.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as members from "../store/members.ts";
import type { Db } from "../store/schema.ts";
import { suggestHandle } from "./handle.ts";
import type { Identity } from "./identity.ts";
import { memberColumns, type RowFacts } from "./member-columns.ts";
import { draftOf } from "./sign-listing.ts";
import { readTable } from "./tables/read-table.ts";
import type { TableSource } from "./tables/table.ts";
import { unguarded, writeCsv } from "./write-csv.ts";

/** The most rows of one spreadsheet. */
export const mostMembers = 2000;

/** A row that can become a draft. */
export interface MemberRow {
  /** As the spreadsheet numbers it. */
  row: number;
  /** What stands in our columns. */
  cells: string[];
  handle: string;
  email: string | null;
  registration: string | null;
  content: ListingContent;
  digest: string;
  /** The co-op that came with an earlier spreadsheet, if this is the same. */
  known: members.Member | undefined;
  /** What will become of it. */
  fate: "new" | "changed" | "unchanged" | "speaks-for-itself";
}

/** What is wrong with one cell; with the row as a whole where no column is named. */
export interface CellFault {
  column?: string;
  why: string;
}

/** A row that can't become a draft. */
export interface FaultyRow {
  row: number;
  cells: string[];
  faults: CellFault[];
}

/** What a spreadsheet holds. */
export interface ReadMembers {
  good: MemberRow[];
  faulty: FaultyRow[];
  /** Columns that say nothing to us. */
  ignored: string[];
}

/** The template: the names of the columns, and a row that shows what they are for. */
export function memberTemplate(): string {
  return writeCsv([
    memberColumns.map(({ name }) => name),
    memberColumns.map(({ example }) => example),
  ]);
}

/** The rows as CSV of our columns, to be read again. */
export function rowsAsCsv(rows: Pick<MemberRow, "cells">[]): string {
  return writeCsv([memberColumns.map(({ name }) => name), ...rows.map(({ cells }) => cells)]);
}

const whatIsWrong = "what is wrong";

/** Only the rows that can't be used, with a column that says why: to be mended and read again. */
export function faultyAsCsv(rows: FaultyRow[]): string {
  return writeCsv([
    [...memberColumns.map(({ name }) => name), whatIsWrong],
    ...rows.map(({ cells, faults }) => [...cells, faults.map(faultWords).join("; ")]),
  ]);
}

/** `country: not a country such as IT or Italy`. */
export function faultWords({ column, why }: CellFault): string {
  return column === undefined ? why : `${column}: ${why}`;
}

/**
 * Reads the spreadsheet of a federation, CSV or XLSX, and says of every row
 * what will become of it, or all that is wrong with it. Writes nothing.
 *
 * @throws {AppError} `bad-request` when it isn't such a table at all.
 */
export async function readMembers(
  db: Db,
  node: Identity,
  source: TableSource,
): Promise<ReadMembers> {
  const { rows, ignored } = await readRows(source);
  const judged = rows.map(({ row, cells }) => judge(node, row, cells));
  const good = judged.filter((each): each is Candidate => !("faults" in each));
  const faulty = judged.filter((each): each is FaultyRow => "faults" in each);
  const twice = refuseTwice(good);
  const { matched, taken } = await match(db, twice.rest);
  return {
    good: matched,
    faulty: [...faulty, ...twice.faulty, ...taken].toSorted((a, b) => a.row - b.row),
    ignored,
  };
}

async function readRows(source: TableSource) {
  const rows: { row: number; cells: string[] }[] = [];
  let ignored: string[] = [];
  for await (const { row, cells } of readTable(source)) {
    const columns = new Map(Object.keys(cells).map((name) => [name.toLowerCase(), name]));
    if (rows.length === 0) ignored = demandColumns(columns);
    if (rows.length === mostMembers) {
      throw new AppError(
        "bad-request",
        `There are more than ${mostMembers} rows: split the table into several.`,
      );
    }
    const values = memberColumns.map(({ name }) =>
      unguarded((cells[columns.get(name) ?? ""] ?? "").trim()),
    );
    if (values.some((value) => value !== "")) rows.push({ row, cells: values });
  }
  if (rows.length === 0) {
    throw new AppError("bad-request", "The table has no rows below the names of its columns.");
  }
  return { rows, ignored };
}

function demandColumns(columns: Map<string, string>): string[] {
  const missing = memberColumns
    .filter(({ name, required }) => required === true && !columns.has(name))
    .map(({ name }) => `“${name}”`);
  if (missing.length > 0) {
    throw new AppError(
      "bad-request",
      `The table lacks the ${missing.length === 1 ? "column" : "columns"} ${missing.join(", ")}: the template shows what they are called.`,
    );
  }
  const known = new Set([...memberColumns.map(({ name }) => name), whatIsWrong]);
  return [...columns].filter(([name]) => !known.has(name)).map(([, written]) => written);
}

type Candidate = Omit<MemberRow, "known" | "fate">;

function judge(node: Identity, row: number, cells: string[]): Candidate | FaultyRow {
  if (memberColumns.every(({ example }, at) => cells[at] === example)) {
    return { row, cells, faults: [{ why: "it is the example of the template: delete this row" }] };
  }
  const facts: RowFacts = { content: {}, place: {} };
  const faults: CellFault[] = [];
  for (const [at, { name, required, take }] of memberColumns.entries()) {
    const value = cells[at] ?? "";
    const why = value === "" ? required && "it is empty" : take(value, facts);
    if (why !== undefined) faults.push({ column: name, why });
  }
  const whole = together(facts);
  faults.push(...whole);
  const handle = facts.handle ?? suggestHandle(facts.content.name ?? "");
  if (handle === "" && facts.content.name !== undefined) {
    faults.push({ column: "handle", why: "it can’t be made from this name: write one" });
  }
  if (faults.length > 0) return { row, cells, faults };
  const { content } = facts;
  const complete: ListingContent = {
    ...content,
    name: content.name ?? "",
    provenance: { kind: "claimed" },
    license: "CC0-1.0",
    discoverable: true,
    indexable: true,
  };
  try {
    draftOf(node, { id: "0000000000", handle }, complete, 0);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { row, cells, faults: [{ why: error.message }] };
  }
  const [registration] = complete.identifier ?? [];
  const digest = createHash("sha256")
    .update(JSON.stringify([handle, complete]))
    .digest("hex");
  return {
    row,
    cells,
    handle,
    email: facts.email ?? null,
    registration:
      (registration && registrationKey(registration.propertyID, registration.value)) ?? null,
    content: complete,
    digest,
  };
}

/** What takes more than one column: place, figures and registration. */
function together({ content, place, register, number, members, year }: RowFacts): CellFault[] {
  const faults: CellFault[] = [];
  const { country, region, locality, postalCode } = place;
  if (country !== undefined) {
    const within = region?.startsWith("iso3166-") === true ? region.split(":")[1] : undefined;
    if (within !== undefined && within.slice(0, 2) !== country) {
      faults.push({ column: "region", why: `${within} is not in the country ${country}` });
    }
    content.location = {
      type: "Place",
      address: {
        type: "PostalAddress",
        ...(locality !== undefined && { addressLocality: locality }),
        ...(postalCode !== undefined && { postalCode }),
        addressCountry: country,
      },
      ...(region !== undefined && { region: [region] }),
    };
  }
  if (members !== undefined && year !== undefined) content.figures = [{ year, members }];
  if (members !== undefined && year === undefined) {
    faults.push({ column: "year", why: "it is empty: the number of members needs its year" });
  }
  if ((register === undefined) !== (number === undefined)) {
    const column = register === undefined ? "register" : "registration number";
    faults.push({ column, why: "it is empty: a registration has a register and a number" });
  }
  if (register !== undefined && number !== undefined) {
    if (!/^[A-Z]{2}(-[A-Z0-9_]+)+$/.test(register)) {
      faults.push({ column: "register", why: "not a register such as IT-REA or GB-COH" });
    } else if (number.length > 60) {
      faults.push({ column: "registration number", why: "more than 60 characters" });
    } else {
      content.identifier = [{ type: "PropertyValue", propertyID: register, value: number }];
    }
  }
  return faults;
}

/** Of rows with the same handle or registration the first one stands. */
function refuseTwice(rows: Candidate[]): { rest: Candidate[]; faulty: FaultyRow[] } {
  const seen = new Map<string, number>();
  const rest: Candidate[] = [];
  const faulty: FaultyRow[] = [];
  for (const each of rows) {
    const { row, cells, handle, registration } = each;
    const keys: [column: string, key: string][] = [
      ["handle", `@${handle}`],
      ...(registration === null ? [] : [["registration number", registration] as [string, string]]),
    ];
    const faults = keys
      .filter(([, key]) => seen.has(key))
      .map(([column, key]) => ({ column, why: `${key} stands in row ${seen.get(key)}, too` }));
    if (faults.length > 0) {
      faulty.push({ row, cells, faults });
    } else {
      rest.push(each);
      for (const [, key] of keys) seen.set(key, row);
    }
  }
  return { rest, faulty };
}

/** Finds the co-ops that came before, and whose handle is somebody else's. */
async function match(
  db: Db,
  rows: Candidate[],
): Promise<{ matched: MemberRow[]; taken: FaultyRow[] }> {
  const remembered = await members.matching(db, {
    handles: rows.map(({ handle }) => handle),
    registrations: rows.flatMap(({ registration }) => registration ?? []),
  });
  const own = await coops.byIds(
    db,
    remembered.map(({ coop }) => coop),
  );
  const before = remembered.filter(({ coop }) => own.has(coop));
  const byHandle = new Map(before.map((each) => [each.handle, each]));
  const byRegistration = new Map(before.map((each) => [each.registration ?? "", each]));
  const hosted = await coops.byHandles(
    db,
    rows.map(({ handle }) => handle),
  );
  const matched: MemberRow[] = [];
  const taken: FaultyRow[] = [];
  for (const each of rows) {
    const { row, cells, handle, registration } = each;
    const known =
      (registration === null ? undefined : byRegistration.get(registration)) ??
      byHandle.get(handle);
    const holder = hosted.get(handle);
    if (holder !== undefined && holder.id !== known?.coop) {
      const why = `@${handle} is taken by another co-op of this node: write another one`;
      taken.push({ row, cells, faults: [{ column: "handle", why }] });
      continue;
    }
    matched.push({ ...each, known, fate: fateOf(each, known, own.get(known?.coop ?? "")) });
  }
  return { matched, taken };
}

function fateOf(
  { digest }: Candidate,
  known: members.Member | undefined,
  coop: coops.HostedCoop | undefined,
): MemberRow["fate"] {
  if (known === undefined) return "new";
  if (known.digest === digest) return "unchanged";
  const { provenance } = JSON.parse(coop?.content ?? "{}") as Partial<ListingContent>;
  return provenance?.kind === "claimed" || coop?.deleted != null ? "speaks-for-itself" : "changed";
}
