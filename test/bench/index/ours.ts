import { none } from "../../../src/coop/dimensions.ts";
import { SearchQuery } from "../../../src/coop/query.ts";
import { writeCursor } from "../../../src/index/cursor.ts";
import type { DirectoryIndex } from "../../../src/index/directory-index.ts";
import type { Population } from "./coops.ts";
import type { Answer, Engine } from "./engine.ts";
import { bytesOf, filesOf } from "./files.ts";
import { types } from "./peer-rows.ts";
import type {
  ClusterQuestion,
  Question,
  SearchQuestion,
  TableQuestion,
  Words,
} from "./questions.ts";

/** The six facets that are counted for every search. */
const facets = "region,sector,type,level,status,language";

const world = { south: -90, north: 90, west: -180, east: 180 };

/** The index under test, asked as the pages and the API ask it. Whoever opened it closes it. */
export function asEngine(index: DirectoryIndex, file: string, data: Population): Engine {
  return {
    name: "ours",
    bytes: () => Promise.resolve(bytesOf(filesOf(file))),
    ask: (question) => askIndex(index, data, question),
    async [Symbol.asyncDispose]() {},
  };
}

function askIndex(
  index: DirectoryIndex,
  data: Population,
  question: Question,
): Promise<Answer> | undefined {
  switch (question.kind) {
    case "search":
      return searchIn(index, SearchQuery.parse(parametersOf(data, question)), question);
    case "clusters":
      return clustersOn(index, question);
    default:
      return tableOf(index, data, question);
  }
}

async function searchIn(
  index: DirectoryIndex,
  query: SearchQuery,
  { deep }: SearchQuestion,
): Promise<Answer> {
  // Names begin with j, q, v, x or z.
  const cursor = deep === true ? writeCursor(query, "name", { key: "v", tie: 0 }) : undefined;
  const { total, facets } = await index.search({ ...query, ...(cursor && { cursor }) });
  const worker = facets.type.find(({ value }) => value === "worker");
  return { hits: total, worker: worker?.count ?? 0 };
}

/** Cells in which both are known, and what is in them. */
async function tableOf(
  index: DirectoryIndex,
  data: Population,
  { rows, columns, of, country }: TableQuestion,
): Promise<Answer> {
  const query = SearchQuery.parse({
    level: "primary",
    status: "active",
    ...(country !== undefined && { region: regionOf(data, country) }),
  });
  const span = { from: undefined, to: undefined };
  const asked = { query, rows, cols: columns, measure: "members", stat: of, span, matched: false };
  const table = await index.statistics(asked);
  if (table.kind !== "table") {
    throw new Error(`${table.kind}: ${table.rows} rows, ${table.cols} columns`);
  }
  let [cells, organisations, values] = [0, 0, 0];
  const width = table.cols?.values.length ?? 1;
  for (const [at, count] of table.cells.organisations.entries()) {
    const place = [table.rows?.values[Math.floor(at / width)], table.cols?.values[at % width]];
    if (count === 0 || place.includes(none)) continue;
    cells += 1;
    organisations += count;
    const value = table.cells.value[at] ?? Number.NaN;
    if (!Number.isNaN(value)) values += value;
  }
  return { cells, organisations, [of === "sum" ? "members" : "medians"]: values };
}

async function clustersOn(index: DirectoryIndex, { fields }: ClusterQuestion): Promise<Answer> {
  // At zoom 0 there are eight cells around the earth.
  const zoom = Math.log2(fields / 8);
  const found = await index.map({ query: {}, box: world, zoom });
  return { points: found.inBox };
}

/** A question as parameters of the search page and of `/api/v1/coops`. */
export function parametersOf(
  data: Population,
  { words, country, type, near, box, deep }: SearchQuestion,
): Record<string, string> {
  return {
    facets,
    ...(words && { q: typed(words) }),
    ...(country !== undefined && { region: regionOf(data, country) }),
    ...(type !== undefined && { type: types[type] ?? "" }),
    ...(near && { near: `${near.latitude},${near.longitude}`, radius_km: String(near.km) }),
    ...(box && { bbox: [box.west, box.south, box.east, box.north].join(",") }),
    ...(deep && { sort: "name" }),
  };
}

function regionOf(data: Population, country: number): string {
  return `iso3166-1:${data.places.countries[country]}`;
}

/** What somebody types for it: a word in quotation marks is the whole word, else the last may go on. */
function typed(words: Words): string {
  switch (words.kind) {
    case "all":
      return words.words.map((word) => `"${word}"`).join(" ");
    case "phrase":
      return `"${words.words.join(" ")}"`;
    case "beginning":
      return words.text;
    default:
      return words.typed;
  }
}
