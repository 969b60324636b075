import isic from "../../../src/coop/data/isic-rev4.json" with { type: "json" };
import { type CoopType, type Level, type Status, themes } from "../../../src/coop/codes.ts";
import { sectorPath } from "../../../src/coop/sectors.ts";
import { Chance, falling, Weighted } from "./chance.ts";
import { type Places, places } from "./places.ts";
import { languages, type Vocabulary, vocabulary, wordsOfLanguage } from "./words.ts";

/** A co-op of the data: what our listing of it and the rows of the peers are made from. */
export interface Coop {
  at: number;
  language: number;
  /** Numbers of words. */
  name: number[];
  /** Its name in another language. */
  otherName: { language: number; words: number[] } | undefined;
  summary: number[];
  purpose: number[];
  offers: Trade[];
  needs: Trade[];
  city: number;
  latitude: number | undefined;
  longitude: number | undefined;
  /** Numbers of ISIC classes, of one section. */
  classes: number[];
  type: CoopType | undefined;
  level: Level;
  status: Status;
  /** Years. */
  founded: number | undefined;
  dissolved: number | undefined;
  /** By year, the latest first. */
  figures: FiguresOfYear[];
  registered: boolean;
  /** A register's listing of the organisation before this one, which that one stands for. */
  second: boolean;
}

export interface Trade {
  words: number[];
  theme: number;
  capital: number;
}

interface FiguresOfYear {
  year: number;
  members: number;
  workers: number | undefined;
  turnover: number | undefined;
}

/** The whole of the data. Whatever is in it depends on the seed alone. */
export interface Population {
  size: number;
  words: Vocabulary;
  places: Places;
  /** `isic4:0111` and so on, and by number of the class its section. */
  classes: string[];
  sections: string[];
  sectionOf: number[];
  themes: string[];
  coop(at: number): Coop;
  /** Chance for what peers don't hold, put to the same co-op. */
  chanceOf(at: number): Chance;
}

const types: CoopType[] = ["consumer-user", "producer", "worker", "multi-stakeholder"];
const levels: Level[] = ["primary", "secondary", "apex", "group", "subsidiary"];
const statuses: Status[] = ["active", "closed", "dormant", "forming"];

/** So many listings come before one that is a second listing of its neighbour. */
const secondEach = 200;

/** The data of a seed. */
export function population(seed: number, size: number): Population {
  const words = vocabulary(seed);
  const world = places(seed);
  const codes = isic.flatMap(([code = ""]) => (code.length === 4 ? [code] : []));
  const classes = codes.map((code) => `isic4:${code}`);
  const sections = [...new Set(classes.map((code) => sectorPath(code).at(-1) ?? ""))];
  const sectionOf = classes.map((code) => sections.indexOf(sectorPath(code).at(-1) ?? ""));
  const order = shuffled(classes.length, seed);
  const weights = {
    language: new Weighted(languages.map(([, share]) => share)),
    rank: new Weighted(falling(wordsOfLanguage, 1, 1)),
    class: new Weighted(falling(classes.length, 20, 0.8)),
    theme: new Weighted(falling(Object.keys(themes).length, 3, 0.7)),
    type: new Weighted([40, 25, 20, 5, 10]),
    level: new Weighted([93, 4, 0.5, 1, 1.5]),
    status: new Weighted([90, 5, 3, 2]),
  };
  const chance = new Chance(seed);
  const some = (language: number, count: number) =>
    Array.from({ length: count }, () => language * wordsOfLanguage + weights.rank.draw(chance));
  const trade = (language: number): Trade => ({
    words: some(language, 3),
    theme: weights.theme.draw(chance),
    capital: chance.below(5),
  });
  const coop = (at: number): Coop => {
    chance.goTo(at);
    const language = weights.language.draw(chance);
    const other = chance.happens(0.3) ? weights.language.draw(chance) : language;
    const city = world.draw.draw(chance);
    const { latitude, longitude } = world.cities[city] ?? { latitude: 0, longitude: 0 };
    const placed = chance.happens(0.85);
    const first = order[weights.class.draw(chance)] ?? 0;
    const next = first + 1;
    const both = chance.happens(0.15) && sectionOf[next] === sectionOf[first];
    const status = statuses[weights.status.draw(chance)] ?? "active";
    const founded = chance.happens(0.85) ? yearFounded(chance) : undefined;
    return {
      at,
      language,
      name: some(language, 2 + chance.below(3)),
      otherName: other === language ? undefined : { language: other, words: some(other, 3) },
      summary: some(language, 30 + chance.below(37)),
      purpose: chance.happens(0.2) ? some(language, 12) : [],
      offers: chance.happens(0.12) ? [trade(language)] : [],
      needs: chance.happens(0.08) ? [trade(language)] : [],
      city,
      latitude: placed ? near(latitude, chance) : undefined,
      longitude: placed ? near(longitude, chance) : undefined,
      classes: both ? [first, next] : [first],
      type: types[weights.type.draw(chance)],
      level: levels[weights.level.draw(chance)] ?? "primary",
      status,
      founded,
      dissolved: status === "closed" ? 2015 + chance.below(11) : undefined,
      figures: chance.happens(0.3) ? figures(chance) : [],
      registered: chance.happens(0.55) || isSecond(at + 1) || isSecond(at),
      second: isSecond(at),
    };
  };
  return {
    size,
    words,
    places: world,
    classes,
    sections,
    sectionOf,
    themes: Object.keys(themes),
    coop,
    chanceOf(at) {
      const own = new Chance(seed ^ 0x6c697374);
      own.goTo(at);
      return own;
    },
  };
}

function isSecond(at: number): boolean {
  return at % secondEach === secondEach - 1;
}

/** From 1850 on, most of them lately. */
function yearFounded(chance: Chance): number {
  return 2026 - Math.floor(chance.part() ** 2.5 * 176);
}

/** Within a sixth of a degree of a city, near its middle more often than far; five decimals. */
function near(middle: number, chance: Chance): number {
  return Math.round((middle + (chance.part() + chance.part() - 1) * 0.15) * 1e5) / 1e5;
}

/** One to four years on end. */
function figures(chance: Chance): FiguresOfYear[] {
  const last = 2025 - chance.below(3);
  const members = Math.ceil(5 * Math.exp(chance.part() * 6));
  const hasWorkers = chance.happens(0.8);
  const workers = Math.floor(2 * Math.exp(chance.part() * 5));
  const hasTurnover = chance.happens(0.6);
  const turnover = Math.round(20_000 * Math.exp(chance.part() * 7));
  const years = 1 + chance.below(4);
  return Array.from({ length: years }, (_, back) => ({
    year: last - back,
    members: members - back,
    workers: hasWorkers ? Math.max(0, workers - back) : undefined,
    turnover: hasTurnover ? turnover - back * 1000 : undefined,
  }));
}

function shuffled(count: number, seed: number): number[] {
  const chance = new Chance(seed ^ 0x636c6173);
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = chance.below(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

/** Whether a search finds it by default, or at least a listing that stands for it. */
export function isFound({ second, status }: Coop): boolean {
  return !second && status !== "closed";
}

/** Its texts, the names first: numbers of words. */
export function textsOf(coop: Coop): { names: number[][]; texts: number[][] } {
  const { name, otherName, summary, purpose, offers, needs } = coop;
  return {
    names: otherName === undefined ? [name] : [name, otherName.words],
    texts: [summary, purpose, ...[...offers, ...needs].map(({ words }) => words)],
  };
}
