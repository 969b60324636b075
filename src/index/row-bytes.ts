import { facetNames } from "../coop/query.ts";
import type { RowFacts } from "./columns.ts";
import type { Figure } from "./figures.ts";
import { nowhere } from "./geo.ts";
import type { KeptSets } from "./kept-sets.ts";

/** What of a row never changes but with its record. */
export type FixedFacts = Omit<RowFacts, "state" | "tie" | "updated">;

/** Which of what most rows lack is there. */
const has = { place: 1, founded: 2, dissolved: 4, figures: 8 } as const;

// In the flags of a figure: its value isn't a whole number, or is below 0.
const fraction = 0x80;

/** The largest whole number that `writeNumber` takes. */
const largest = 2 ** 49 - 1;

const maskBytes = Math.ceil(facetNames.length / 8);

/** Bytes that a row can take without its figures, and each of those: numbers take up to 7. */
const longestRow = maskBytes + facetNames.length * 7 + 2 + 4 * 7;
const longestFigure = 7 + 7 + 1 + 8;

/**
 * A row as the file keeps it: a bit for each facet that isn't empty, the numbers
 * of their sets, then the rest; numbers in groups of 7 bits. About 20 bytes, and
 * 5 for each figure.
 */
export function writeRow(facts: FixedFacts, kept: KeptSets): Buffer {
  const into = {
    bytes: Buffer.allocUnsafe(longestRow + facts.figures.length * longestFigure),
    at: 0,
  };
  into.bytes.fill(0, 0, maskBytes);
  into.at = maskBytes;
  for (let at = 0; at < facetNames.length; at++) {
    const set = facts.sets[at] ?? 0;
    if (set === 0) continue;
    into.bytes[at >> 3] = (into.bytes[at >> 3] ?? 0) | (1 << (at & 7));
    writeNumber(into, set);
  }
  const { latitude, longitude, founded, dissolved, quality, figures } = facts;
  const there =
    (latitude === nowhere ? 0 : has.place) |
    (founded === 0 ? 0 : has.founded) |
    (dissolved === 0 ? 0 : has.dissolved) |
    (figures.length === 0 ? 0 : has.figures);
  into.bytes[into.at++] = there;
  into.bytes[into.at++] = quality;
  if (latitude !== nowhere) {
    writeNumber(into, latitude + 90_000_000);
    writeNumber(into, longitude + 180_000_000);
  }
  if (founded !== 0) writeNumber(into, founded);
  if (dissolved !== 0) writeNumber(into, dissolved);
  for (const figure of figures) writeFigure(into, figure, kept);
  return into.bytes.subarray(0, into.at);
}

export function readRow(bytes: Buffer, kept: KeptSets): FixedFacts {
  const from = { bytes, at: maskBytes };
  const sets = facetNames.map((_, at) =>
    ((bytes[at >> 3] ?? 0) & (1 << (at & 7))) === 0 ? 0 : readNumber(from),
  );
  const there = readByte(from);
  const quality = readByte(from);
  const placed = (there & has.place) !== 0;
  const latitude = placed ? readNumber(from) - 90_000_000 : nowhere;
  const longitude = placed ? readNumber(from) - 180_000_000 : nowhere;
  const founded = (there & has.founded) === 0 ? 0 : readNumber(from);
  const dissolved = (there & has.dissolved) === 0 ? 0 : readNumber(from);
  const figures: Figure[] = [];
  while (from.at < bytes.length) figures.push(readFigure(from, kept));
  return { sets, latitude, longitude, founded, dissolved, quality, figures };
}

function writeFigure(into: Place, figure: Figure, kept: KeptSets): void {
  const { measure, year, value, flags } = figure;
  const whole = Number.isInteger(value) && value >= 0 && value <= largest;
  writeNumber(into, kept.measureNumber(measure));
  writeNumber(into, year);
  into.bytes[into.at++] = whole ? flags : flags | fraction;
  if (whole) writeNumber(into, value);
  else into.at = into.bytes.writeDoubleLE(value, into.at);
}

function readFigure(from: Place, kept: KeptSets): Figure {
  const measure = kept.measure(readNumber(from));
  const year = readNumber(from);
  const flags = readByte(from);
  if ((flags & fraction) === 0) return { measure, year, value: readNumber(from), flags };
  const value = from.bytes.readDoubleLE(from.at);
  from.at += 8;
  return { measure, year, value, flags: flags & ~fraction };
}

/** How far bytes are written or read. */
interface Place {
  bytes: Buffer;
  at: number;
}

function readByte(from: Place): number {
  return from.bytes[from.at++] ?? 0;
}

function writeNumber(into: Place, number: number): void {
  let rest = number;
  while (rest >= 0x80) {
    into.bytes[into.at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  into.bytes[into.at++] = rest;
}

function readNumber(from: Place): number {
  let number = 0;
  for (let weight = 1; ; weight *= 0x80) {
    const byte = readByte(from);
    number += (byte & 0x7f) * weight;
    if (byte < 0x80) return number;
  }
}
