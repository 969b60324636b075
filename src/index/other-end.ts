import { ProvenanceKind } from "../coop/codes.ts";
import { bare } from "../coop/relation.ts";
import { readIdentifier } from "./identifiers.ts";
import type { Rows } from "./rows.ts";

/** From this rank on (`rankOf`) listings are imported ones. */
const importedRank = 2 * ProvenanceKind.options.indexOf("imported");

/** The rows of listings that have an id: a URL, a registration, a handle; none for an empty one. */
export function rowsNamed(id: string, rows: Rows): number[] {
  const identifier = readIdentifier(id);
  switch (identifier.kind) {
    case "url":
      return identifier.urls.flatMap((url) => rows.find(bare(url))?.row ?? []).slice(0, 1);
    case "keys":
      return identifier.keys.map((key) => rows.byKey(key)).find(({ length }) => length > 0) ?? [];
    default:
      return [];
  }
}

/** All rows of the organisation of a row, the one that stands for it first. */
export function membersOf(row: number, rows: Rows): number[] {
  const found = rows.at(row);
  return found === undefined ? [] : rows.organisation(found);
}

/**
 * Who may be meant by the other end of a relation: the listing that it names, if
 * that is the co-op's own or its federation's; else those of the same
 * organisation that are. An import can confirm nothing.
 *
 * @param url Empty where none is given, as is the registration.
 */
export function speakers(url: string, registration: string, rows: Rows): number[] {
  const speaks = (row: number) => (rows.standing(row)?.rank ?? importedRank) < importedRank;
  for (const id of [url, registration]) {
    const [first, ...others] = rowsNamed(id, rows);
    if (first === undefined) continue;
    if (id === url && speaks(first)) return [first];
    return [...new Set([first, ...others].flatMap((row) => membersOf(row, rows)))].filter(speaks);
  }
  return [];
}
