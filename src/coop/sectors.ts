import isic from "./data/isic-rev4.json" with { type: "json" };
import nace from "./data/nace-rev2.json" with { type: "json" };
import { type Findables, findables, ranked } from "./ranking.ts";
import { sectorWords } from "./sector-words.ts";

/** The prefix of every sector code: ISIC Rev.4. */
const scheme = "isic4:";

interface Entry {
  /** Undefined of sections. */
  parent: string | undefined;
  label: string;
}

let table: Map<string, Entry> | undefined;

/** Code → parent and title; built when first asked for. */
function entries(): Map<string, Entry> {
  table ??= new Map(
    isic.map(([code = "", parent = "", label = ""]) => [
      scheme + code,
      { parent: parent === "" ? undefined : scheme + parent, label },
    ]),
  );
  return table;
}

/**
 * Whether this is an ISIC Rev.4 section, division, group or class with its
 * scheme: `isic4:G`, `isic4:47`, `isic4:472`, `isic4:4721`.
 */
export function isSector(code: string): boolean {
  return entries().has(code);
}

/** The official English title of a sector. */
export function sectorLabel(code: string): string | undefined {
  return entries().get(code)?.label;
}

/** The sector itself, then what contains it, up to the section. Empty for an unknown code. */
export function sectorPath(code: string): string[] {
  if (!isSector(code)) return [];
  const path: string[] = [];
  for (let at: string | undefined = code; at !== undefined; at = sectorParent(at)) path.push(at);
  return path;
}

/** What directly contains a sector; undefined of sections, and of unknown codes. */
export function sectorParent(code: string): string | undefined {
  return entries().get(code)?.parent;
}

/** Every sector of every level, what contains others before these. */
export function sectorCodes(): string[] {
  return [...entries().keys()];
}

/** The 21 sections, A to U. */
export function sections(): { code: string; label: string }[] {
  return [...entries()]
    .filter(([, { parent }]) => parent === undefined)
    .map(([code, { label }]) => ({ code, label }));
}

/**
 * The ISIC sector for a code of NACE Rev.2 or of a national classification
 * built on it (UK SIC 2007, NAF, Ateco 2007, CNAE-2009 and so on), as exact as
 * the two allow. Divisions are the same in both; groups and classes are mostly
 * the same, but some numbers mean another thing: NACE 68.20 is renting one's
 * own homes, ISIC 6820 is estate agents. Those are in data/nace-rev2.json, which
 * holds only the differences.
 *
 * @param digits With or without dots, and with any national digits after the fourth.
 */
export function sectorOf(digits: string): string | undefined {
  const plain = digits.replaceAll(".", "").trim();
  if (!/^\d{2,}/.test(plain)) return undefined;
  for (const length of [4, 3, 2]) {
    if (plain.length < length) continue;
    const prefix = plain.slice(0, length);
    const code = scheme + ((nace as Record<string, string>)[prefix] ?? prefix);
    if (isSector(code)) return code;
  }
  return undefined;
}

/**
 * Reads a sector as people write it in an address or a search: `q`, `Q`,
 * `47`, `4721`, `isic4:47`, `ISIC4:Q`.
 *
 * @returns The code with its scheme, or undefined.
 */
export function parseSector(text: string): string | undefined {
  const plain = text.trim().toUpperCase();
  const code = scheme + (plain.startsWith("ISIC4:") ? plain.slice(scheme.length) : plain).trim();
  return isSector(code) ? code : undefined;
}

let list: Findables | undefined;

/**
 * Sectors by their titles and codes, and by plain words for what co-ops do:
 * “credit union”, “housing”, “bakery”. The likeliest first; nothing typed gives
 * the sections.
 */
export function findSectors(text: string, limit: number): { code: string; label: string }[] {
  if (text.trim() === "") return sections().slice(0, limit);
  list ??= findables(
    [...entries()].map(([code, { label }]) => ({
      code,
      label,
      words: sectorWords[code.slice(scheme.length)] ?? [],
    })),
  );
  return ranked(list, text, limit);
}
