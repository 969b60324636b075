import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Chance } from "./chance.ts";
import { isFound, type Population } from "./coops.ts";
import { frequencyFile } from "./load-node.ts";

/** What is looked for in the texts. */
export type Words =
  /** Each of them somewhere. */
  | { kind: "all"; words: string[] }
  /** A word that begins so. */
  | { kind: "beginning"; text: string }
  /** One after the other. */
  | { kind: "phrase"; words: string[] }
  /** One letter of a word is wrong, and no text has what it is now. */
  | { kind: "misspelt"; typed: string };

/** The total, six facets and the first twenty. */
export interface SearchQuestion {
  kind: "search";
  words?: Words;
  country?: number;
  type?: number;
  /** Within so many kilometres. */
  near?: { latitude: number; longitude: number; km: number };
  box?: { south: number; north: number; west: number; east: number };
  /** Twenty from two thirds of all on, in an order that the engine keeps. */
  deep?: true;
}

type Dimension = "type" | "decade" | "country" | "class" | "region";

/** Cells of organisations that are active and primary, with the members of those that tell. */
export interface TableQuestion {
  kind: "table";
  rows: Dimension;
  columns: Dimension;
  of: "sum" | "median";
  /** Only of this country. */
  country?: number;
}

/** How many there are in each field of a grid over the world. */
export interface ClusterQuestion {
  kind: "clusters";
  /** Fields from west to east, and from south to north. */
  fields: 64 | 512;
}

export type Question = SearchQuestion | TableQuestion | ClusterQuestion;

/** Questions that are alike, put one after the other and reported as one. */
export interface Case {
  name: string;
  /** Whether it counts among the classes of full text. */
  term: boolean;
  questions: Question[];
  /** Where the data alone tell it: the hits of each question. */
  hits?: number[];
}

/** All searches, or all tables. */
export function casesOf(
  part: "search" | "tables",
  data: Population,
  seed: number,
  folder: string,
): Case[] {
  return part === "tables" ? tables : new Asker(data, seed, folder).cases();
}

const table = (rows: Dimension, columns: Dimension, of: "sum" | "median"): Case => ({
  name: `${rows}-by-${columns}${of === "sum" ? "" : `-${of}`}`,
  term: false,
  questions: [{ kind: "table", rows, columns, of }],
});

const tables: Case[] = [
  table("type", "decade", "sum"),
  table("country", "class", "sum"),
  table("region", "class", "sum"),
  {
    name: "region-by-class-of-a-country",
    term: false,
    questions: [{ kind: "table", rows: "region", columns: "class", of: "sum", country: 0 }],
  },
  table("type", "decade", "median"),
  table("country", "class", "median"),
  ...([64, 512] as const).map((fields) => ({
    name: `clusters-${fields}`,
    term: false,
    questions: [{ kind: "clusters" as const, fields }],
  })),
];

/** Shares of all co-ops that have a word: what performance is told by. */
const bands = {
  rare: [1e-5, 3e-5],
  medium: [5e-4, 2e-3],
  common: [0.01, 0.04],
  "very-common": [0.16, 0.31],
} as const;

/** Chooses what to ask from what there is. */
class Asker {
  readonly #data: Population;
  readonly #chance: Chance;
  readonly #counts: Uint32Array;

  constructor(data: Population, seed: number, folder: string) {
    this.#data = data;
    this.#chance = new Chance(seed ^ 0x61736b);
    const bytes = readFileSync(join(folder, frequencyFile));
    this.#counts = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  cases(): Case[] {
    const { size } = this.#data;
    const everywhere = Array.from({ length: 8 }, () => this.#place());
    const search = (name: string, questions: Omit<SearchQuestion, "kind">[]): Case => ({
      name,
      term: false,
      questions: questions.map((each) => ({ kind: "search", ...each })),
    });
    return [
      this.#terms("rare", 16),
      this.#terms("medium", 16),
      this.#terms("common", 12),
      this.#terms("very-common", 4),
      this.#together("two-words", 2, 12),
      this.#together("three-words", 3, 12),
      this.#beginnings(2, 4),
      this.#beginnings(3, 8),
      this.#beginnings(5, 8),
      this.#phrases(12),
      this.#misspelt(12),
      search("everything", [{}]),
      search(
        "country-and-type",
        Array.from({ length: 8 }, (_, at) => ({ country: at * 3, type: at % 4 })),
      ),
      search(
        "word-country-and-type",
        this.#inBand("common", 8).map((word, at) => ({
          words: { kind: "all", words: [this.#word(word)] },
          country: at,
          type: at % 4,
        })),
      ),
      search(
        "radius-50-km",
        everywhere.map((middle) => ({ near: { ...middle, km: 50 } })),
      ),
      search(
        "box",
        everywhere.map(({ latitude, longitude }) => ({
          box: {
            south: latitude - 2,
            north: latitude + 2,
            west: longitude - 3,
            east: longitude + 3,
          },
        })),
      ),
      search(
        "deep-page",
        Array.from({ length: 4 }, (_, type) => ({ type, deep: true })),
      ),
    ].filter(({ questions }) => questions.length > 0 && size > 0);
  }

  #word(number: number): string {
    return this.#data.words.plain[number] ?? "";
  }

  #countOf(number: number): number {
    return this.#counts[number] ?? 0;
  }

  /** Some words that so many have. */
  #inBand(name: keyof typeof bands, count: number): number[] {
    const [least, most] = bands[name];
    // So that small data have rare words, too.
    const [from, to] = [Math.max(1, least * this.#data.size), Math.max(3, most * this.#data.size)];
    const found: number[] = [];
    for (const [word, times] of this.#counts.entries()) {
      if (times >= from && times <= to) found.push(word);
    }
    return Array.from({ length: Math.min(count, found.length) }, () => {
      const at = this.#chance.below(found.length);
      return found.splice(at, 1)[0] ?? 0;
    });
  }

  #terms(name: keyof typeof bands, count: number): Case {
    const words = this.#inBand(name, count);
    return {
      name,
      term: true,
      questions: words.map((word) => ({
        kind: "search",
        words: { kind: "all", words: [this.#word(word)] },
      })),
      hits: words.map((word) => this.#countOf(word)),
    };
  }

  /** Words of which each is common, as they stand in one text. */
  #together(name: string, words: number, count: number): Case {
    const questions = this.#fromTexts(count, (text) => {
      const common = [...new Set(text)].filter((word) => this.#isCommon(word));
      return common.length < words ? undefined : common.slice(-words);
    });
    return {
      name,
      term: true,
      questions: questions.map((each) => ({
        kind: "search",
        words: { kind: "all", words: each },
      })),
    };
  }

  #isCommon(word: number): boolean {
    const times = this.#countOf(word);
    return times > 0.02 * this.#data.size && times < 0.15 * this.#data.size;
  }

  #phrases(count: number): Case {
    const questions = this.#fromTexts(count, (text) => {
      const at = text.findIndex(
        (word, i) => this.#isCommon(word) && this.#isCommon(text[i + 1] ?? 0),
      );
      return at === -1 ? undefined : text.slice(at, at + 2);
    });
    return {
      name: "phrase",
      term: true,
      questions: questions.map((words) => ({ kind: "search", words: { kind: "phrase", words } })),
    };
  }

  /** Different words from the texts of some co-ops. */
  #fromTexts(count: number, choose: (text: number[]) => number[] | undefined): string[][] {
    const found = new Map<string, string[]>();
    for (let tries = 0; found.size < count && tries < 10_000; tries += 1) {
      const coop = this.#data.coop(this.#chance.below(this.#data.size));
      const chosen = isFound(coop) ? choose(coop.summary) : undefined;
      if (chosen === undefined) continue;
      const words = chosen.map((word) => this.#word(word));
      found.set(words.join(" "), words);
    }
    return [...found.values()];
  }

  /** The first letters of words that are common. */
  #beginnings(letters: number, count: number): Case {
    const words = [...this.#inBand("very-common", 2), ...this.#inBand("common", count)];
    const beginnings = new Set(words.map((word) => this.#word(word).slice(0, letters)));
    return {
      name: `prefix-${letters}`,
      term: true,
      questions: [...beginnings].slice(0, count).map((text) => ({
        kind: "search",
        words: { kind: "beginning", text },
      })),
    };
  }

  #misspelt(count: number): Case {
    const words = this.#inBand("medium", count);
    return {
      name: "misspelt",
      term: false,
      questions: words.map((word) => {
        const right = this.#word(word);
        // No word has a c.
        const typed = `${right.slice(0, 3)}c${right.slice(4)}`;
        return { kind: "search", words: { kind: "misspelt", typed } };
      }),
      hits: words.map((word) => this.#countOf(word)),
    };
  }

  /** Where a co-op is. */
  #place(): { latitude: number; longitude: number } {
    for (;;) {
      const { latitude, longitude } = this.#data.coop(this.#chance.below(this.#data.size));
      if (latitude === undefined || longitude === undefined) continue;
      if (Math.abs(latitude) < 80 && Math.abs(longitude) < 170) return { latitude, longitude };
    }
  }
}
