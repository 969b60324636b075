import { z } from "zod";
import { Theme } from "../coop/codes.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import type { Db, Tx } from "../store/schema.ts";

/** Handles that feeds and the node itself use, or that people would mistake for them. */
const reservedHandles = new Set<string>([
  "directory",
  "actor",
  "admin",
  "administrator",
  "root",
  ...Theme.options,
  "all",
  "sector",
  "region",
  "theme",
  "feeds",
  "feed",
  "search",
  "stats",
  "map",
  "network",
  "about",
  "api",
  "inbox",
  "health",
  "metrics",
  "embed",
  "snapshots",
  "help",
  "info",
  "support",
  "security",
  "abuse",
  "postmaster",
  "webmaster",
  "moderator",
  "fragaria",
]);

const longest = 60;

/** The name before the @: no dot, which class and feed handles are made with. */
export const Handle = z
  .string()
  .max(longest, "a handle has at most 60 characters")
  .regex(
    /^[a-z0-9]+(_[a-z0-9]+)*$/,
    "a handle has small letters without accents, digits, and single underscores between them",
  )
  .refine((handle) => !reservedHandles.has(handle), "this handle is kept for the directory itself");

/** Letters that don't come apart into a plain one and a mark. */
const plain: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
  ħ: "h",
  ŧ: "t",
};

/** Letters of other alphabets, by what stands under them. */
const alphabets = `
а б в г ґ д е є ж з и і к л м н о п р с т у ф х ц ч ш щ ы э ю я
a b v g g d e ye zh z i i k l m n o p r s t u f kh ts ch sh shch y e yu ya
α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ ς τ υ φ χ ψ ω
a v g d e z i th i k l m n x o p r s s t y f ch ps o`;
const rows = alphabets
  .trim()
  .split("\n")
  .map((row) => row.split(" "));
for (const at of [0, 2]) {
  for (const [index, letter] of (rows[at] ?? []).entries()) {
    plain[letter] = rows[at + 1]?.[index] ?? "";
  }
}

/**
 * A handle made from a name: without accents, Cyrillic and Greek letters in
 * Latin ones. Empty where nothing of the name can be written so (`生活クラブ`):
 * then somebody has to choose.
 */
export function suggestHandle(name: string): string {
  // No listing has a longer name; what is written may be any text.
  const letters = name
    .slice(0, 300)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{M}'’ʼьъ]/gu, "");
  const words = Array.from(letters, (letter) => plain[letter] ?? letter)
    .join("")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  // Whole words, as long as they fit.
  while (words.length > 1 && words.join("_").length > 30) words.pop();
  const handle = words.join("_").slice(0, longest);
  return Handle.safeParse(handle).success ? handle : handle === "" ? "" : `${handle}_coop`;
}

/**
 * What is wrong with a handle for a co-op; undefined if nothing is. A handle is
 * never given to a second co-op: old followers would follow a stranger.
 *
 * @param own The co-op that may have it already.
 */
export async function handleFault(
  db: Db,
  handle: string,
  own?: string,
): Promise<string | undefined> {
  const checked = Handle.safeParse(handle);
  if (!checked.success) return checked.error.issues[0]?.message;
  const holder = await coops.byHandle(db, handle);
  return holder === undefined || holder.id === own ? undefined : `the handle “${handle}” is taken`;
}

/**
 * Demands a handle that the co-op may have, within the transaction that gives it.
 *
 * @throws {AppError} `bad-request` for one that nobody may have, `conflict` for one that is taken.
 */
export async function demandHandle(tx: Tx, handle: string, own?: string): Promise<void> {
  const fault = await handleFault(tx, handle, own);
  if (fault === undefined) return;
  const code = Handle.safeParse(handle).success ? "conflict" : "bad-request";
  throw new AppError(code, code === "conflict" ? fault : `the handle “${handle}”: ${fault}`);
}
