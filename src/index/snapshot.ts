import { facetNames } from "../coop/query.ts";
import { readArrays, removeArrays, stampOf, writeArrays } from "./array-file.ts";
import { Columns } from "./columns.ts";
import type { Dictionaries } from "./sets.ts";

/** What begins a snapshot; raise the number with every change to what is in it. */
const magic = "fragaria columns 2\n";

/** What whoever reads a snapshot must know: by facet, how many sets were known. */
interface About {
  sets: number[];
}

/**
 * Writes all that the columns hold into a file, which is there as a whole or not
 * at all; unless somebody else is at it. The dictionaries are not among it: whoever reads must have them.
 *
 * @param key What it must be a snapshot of to be of use: which file of the index
 *   gave the numbers.
 * @param stamp How far that had come.
 */
export function writeSnapshot(
  file: string,
  columns: Columns,
  { key, stamp }: { key: string; stamp: number },
): void {
  const about: About = { sets: facetNames.map((name) => columns.sets(name).size) };
  writeArrays(file, magic, { key, stamp, about, arrays: columns.save() });
}

/** Where the snapshot of an index is. */
export function snapshotOf(index: string): string {
  return `${index}-columns`;
}

export function removeSnapshot(index: string): void {
  removeArrays(snapshotOf(index));
}

/** How far a snapshot of `key` has come; undefined when there is none. */
export function snapshotStamp(file: string, key: string): number | undefined {
  return stampOf(file, magic, key);
}

/**
 * Reads a snapshot.
 *
 * @param dictionaries All sets that the index knows now: its numbers mean those.
 * @returns Undefined when there is none, or it is damaged, or of something else
 *   than `key`: then the columns must be made from the index itself.
 */
export function readSnapshot(
  file: string,
  dictionaries: Dictionaries,
  key: string,
): { columns: Columns; stamp: number } | undefined {
  const found = readArrays<About>(file, magic, key, ({ about: { sets } }) =>
    facetNames.every((name, at) => dictionaries[name].size >= (sets[at] ?? Infinity)),
  );
  if (found === undefined) return undefined;
  try {
    return { columns: Columns.restore(dictionaries, found.arrays), stamp: found.stamp };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
