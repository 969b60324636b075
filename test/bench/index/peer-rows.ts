import { type Coop, type Population, textsOf } from "./coops.ts";

/**
 * A co-op as the peers hold it: one narrow row of numbers, and its text without
 * accents. Peers hold organisations only, so that they needn't tell them apart.
 */
export interface PeerRow {
  id: number;
  turnover: number | null;
  members: number | null;
  workers: number | null;
  latitude: number | null;
  longitude: number | null;
  country: number;
  /** Directly below the country. */
  region: number;
  section: number;
  class: number;
  /** A second class of the same section. */
  class2: number | null;
  type: number | null;
  level: number;
  status: number;
  language: number;
  founded: number | null;
  decade: number | null;
  closed: number;
}

export const peerColumns = [
  "id",
  "turnover",
  "members",
  "workers",
  "latitude",
  "longitude",
  "country",
  "region",
  "section",
  "class",
  "class2",
  "type",
  "level",
  "status",
  "language",
  "founded",
  "decade",
  "closed",
] as const satisfies (keyof PeerRow)[];

/** What the numbers of the coded columns stand for. */
export const types = ["consumer-user", "producer", "worker", "multi-stakeholder"];
const levels = ["primary", "secondary", "apex", "group", "subsidiary"];
const statuses = ["active", "closed", "dormant", "forming"];

export function peerRow(data: Population, coop: Coop): PeerRow {
  const city = data.places.cities[coop.city];
  const [first = 0, second] = coop.classes;
  const [latest] = coop.figures;
  const type = coop.type === undefined ? null : types.indexOf(coop.type);
  return {
    id: coop.at,
    turnover: latest?.turnover ?? null,
    members: latest?.members ?? null,
    workers: latest?.workers ?? null,
    latitude: coop.latitude ?? null,
    longitude: coop.longitude ?? null,
    country: city?.country ?? 0,
    region: data.places.provinces[city?.region ?? 0] ?? 0,
    section: data.sectionOf[first] ?? 0,
    class: first,
    class2: second ?? null,
    type,
    level: levels.indexOf(coop.level),
    status: statuses.indexOf(coop.status),
    language: coop.language,
    founded: coop.founded ?? null,
    decade: coop.founded === undefined ? null : Math.floor(coop.founded / 10) * 10,
    closed: coop.status === "closed" ? 1 : 0,
  };
}

/** Names, place and texts of a co-op: words without accents. */
export function peerTexts(data: Population, coop: Coop): [string[], string, string[]] {
  const { names, texts } = textsOf(coop);
  const written = (words: number[]) => words.map((word) => data.words.plain[word]).join(" ");
  const filled = (parts: number[][]) => parts.filter((part) => part.length > 0).map(written);
  return [filled(names), data.places.cities[coop.city]?.name ?? "", filled(texts)];
}
