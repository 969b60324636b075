import { type Theme } from "../../coop/codes.ts";
import { countryNamed } from "../../coop/country-names.ts";
import type { ListingContent } from "../../coop/listing.ts";
import type { MappedRow, Mapping } from "../mapping.ts";
import { holdsContact } from "../personal.ts";
import { pointColumns } from "../tables/read-geojson.ts";
import { website } from "../website.ts";

const isBasedOn =
  "https://github.com/DigitalCommons/open-data-and-maps/blob/850149e086478fd3950efaa8c8e66bf716056e07/data/susy/original-data/data.json";
const license = "LicenseRef-Public-Domain";

type Cells = Record<string, string>;

/**
 * Initiatives of the social and solidarity economy in Europe, collected in 2017
 * by the project SSEDAS (fixtures/susy). Most are no co-ops: see
 * {@link saysItIsCoop}. Neither street, opening hours, pictures nor anybody's
 * number are read.
 */
export const susy: Mapping = {
  name: "susy-2017",
  title: "Co-ops among the social and solidarity economy initiatives of SUSY (Europe, 2017)",
  table: { columns: ["_id", "name", "addr:country", "type_of_initiative"] },
  editionOf: () => "2017",
  toListing,
};

function toListing(cells: Cells): MappedRow {
  const name = (cells["name"] ?? "").replace(/\s+/gu, " ").trim();
  if (!saysItIsCoop(cells)) return { skipped: "nothing in the row says that it is a co-op" };
  if (name === "") return { refused: `${cells["_id"]} has no name` };
  const doubts: string[] = [];
  const country = countryOf(cells["addr:country"] ?? "");
  if (country === undefined) {
    return { refused: `addr:country “${cells["addr:country"]}” is no country` };
  }
  const address = [cells["contact:website"], cells["website"]].find((text) => text?.trim());
  const url = address === undefined ? undefined : website(address);
  if (address !== undefined && url === undefined) {
    doubts.push(`website “${address.slice(0, 80)}” is no web address: it is left out`);
  }
  const theme = themesOf(cells);
  const type = typeOf(cells);
  const postalCode = cells["addr:postcode"]?.trim() ?? "";
  const town = cells["addr:city"]?.trim() ?? "";
  const content: ListingContent = {
    name,
    ...described(cells, doubts),
    ...(url !== undefined && { url }),
    ...(type !== undefined && { coopType: type }),
    ...(theme.length > 0 && { theme }),
    location: {
      type: "Place",
      address: {
        type: "PostalAddress",
        ...(town !== "" && { addressLocality: town }),
        ...(postalCode !== "" && postalCode.length <= 20 && { postalCode }),
        addressCountry: country,
      },
      ...point(cells),
      region: [`iso3166-1:${country}`],
    },
    provenance: {
      kind: "imported",
      isBasedOn,
      creditText: "SSEDAS partners, through data.transformap.co",
      license,
    },
    license,
    discoverable: false,
    indexable: false,
  };
  return { key: cells["_id"] ?? "", content, doubts };
}

/** A co-op, in the languages of the set; not co-operation, which is something else. */
const noun = [
  "co-?op",
  "co-?operative",
  "cooperativ[ae]s?",
  "cooperativă",
  "coopératives?",
  "coöperatie",
  "kooperativa",
  String.raw`\p{L}*genossenschaft`,
  "eG",
  "food-?coop",
  "zadruga",
  "družstvo",
  "spółdzielnia",
  "osuuskunta",
  "szövetkezet",
  String.raw`συνεταιρισμ\p{L}+`,
  String.raw`κοιν\.?\s?σ\.?\s?επ\.?`,
].join("|");
const within = (text: string) =>
  new RegExp(String.raw`(?<![\p{L}\p{N}-])(?:${text})(?![\p{L}\p{N}-])`, "iu");
const named = within(`${noun}|s\\.\\s?coop\\.?`);
/** “A worker co-operative selling …”, “Co-operative of …”, “run as a workers’ co-operative”. */
const begins = new RegExp(
  String.raw`^(?:an?\s+)?(?:[\p{L}'’-]+\s+){0,3}co-?op(?:erative)?(?:[.,;:]|$|\s(?:of|for|in|that|which|who|whose|where|run|owned|created|managed|selling|supporting|generating|providing)(?!\p{L}))`,
  "iu",
);
const states = new RegExp(
  String.raw`(?<!\p{L})(?:is|are|as|ist|es|è|est|é)\s+(?:an?|una|une|uma|eine)\s+(?:[\p{L}'’-]+\s+){0,4}(?:${noun})(?![\p{L}-])`,
  "iu",
);

/**
 * Whether a row says of itself that it is a co-op: in its name, in the field
 * that says what kind of place it is, in a keyword, or in a sentence of its
 * description that says so. The tag `food_cooperative` alone is none of these:
 * half of those that have it are companies, projects and campaigns.
 */
function saysItIsCoop(cells: Cells): boolean {
  if (named.test(cells["name"] ?? "") || named.test(cells["POI_TYPE"] ?? "")) return true;
  const keywords = (cells["free_keywords"] ?? "").split(/[;,]/);
  if (keywords.some((each) => /(?:^|\s)co-?op(?:erative)?(?:\s\(.*\))?$/i.test(each.trim()))) {
    return true;
  }
  return descriptions(cells).some(([, text]) => begins.test(text) || states.test(text));
}

function typeOf(cells: Cells): ListingContent["coopType"] {
  const said = ["name", "POI_TYPE", "free_keywords", "description"]
    .map((column) => cells[column] ?? "")
    .join(" ");
  if (/\bwork(?:er|ers|ers'|ers’)?[- ]co-?op|\bworker members/i.test(said)) return "worker";
  return /\bconsumer co-?op/i.test(said) ? "consumer-user" : undefined;
}

/** Spellings that are no name of a country in any language. */
const misspelt: Record<string, string> = {
  frace: "FR",
  italu: "IT",
  cypres: "CY",
  // In ISO 3166 this is Suriname; all seventeen rows are in Slovakia.
  sr: "SK",
  aberdeen: "GB",
};

function countryOf(text: string): string | undefined {
  return misspelt[text.trim().toLowerCase()] ?? countryNamed(text);
}

/** `description`, whose language isn't said, and those that say theirs, sometimes misspelt. */
function descriptions(cells: Cells): [language: string, text: string][] {
  return Object.entries(cells).flatMap(([column, text]) => {
    const [, language] = /^des\w{7,8}(?:[:_]([a-z]{2}))?$/.exec(column) ?? [];
    if (!column.startsWith("des") || text.trim() === "") return [];
    // The set has “gr” for Greek.
    return [[language === "gr" ? "el" : (language ?? ""), text.trim()]] as [string, string][];
  });
}

function described(cells: Cells, doubts: string[]): Pick<ListingContent, "summary" | "summaryMap"> {
  const fit = descriptions(cells).filter(([language, text]) => {
    if (text.length <= 2000 && !holdsContact(text)) return true;
    const what =
      text.length > 2000 ? "is longer than 2000 characters" : "holds an address or a number";
    doubts.push(`description ${language} ${what}: it is left out`);
    return false;
  });
  const map = Object.fromEntries(fit.filter(([language]) => language !== ""));
  const summary = fit.find(([language]) => language === "")?.[1];
  return {
    ...(summary !== undefined && { summary }),
    ...(Object.keys(map).length > 0 && { summaryMap: map }),
  };
}

/** The tags of the set that stand for a theme, by how they begin. */
const tags: [beginning: string, theme: Theme][] = [
  ["food", "food"],
  ["slowfood", "food"],
  ["farm_shop", "food"],
  ["agro", "food"],
  ["communitysupported_agriculture", "food"],
  ["community_garden", "food"],
  ["permaculture", "food"],
  ["local_farmersmarket", "food"],
  ["vegetable_box", "food"],
  ["fairtrade", "fair-trade"],
  ["recycling", "environment"],
  ["upcycling", "environment"],
  ["waste", "environment"],
  ["repair", "environment"],
  ["collective_energy", "energy"],
  ["ethicalfinance", "finance"],
  ["microfinance", "finance"],
  ["solidarity_lending", "finance"],
  ["cohousing", "housing"],
  ["ecovillage", "housing"],
  ["sse_education", "education"],
  ["bicycle", "transport"],
  ["sustainable_mobility", "transport"],
];

function themesOf(cells: Cells): Theme[] {
  const given = (cells["type_of_initiative"] ?? "").split(/[;,]/).map((tag) => tag.trim());
  const found = tags.filter(([beginning]) => given.some((tag) => tag.startsWith(beginning)));
  return [...new Set(found.map(([, theme]) => theme))];
}

function point(
  cells: Cells,
): Pick<NonNullable<ListingContent["location"]>, "latitude" | "longitude"> {
  const [latitude, longitude] = [pointColumns.latitude, pointColumns.longitude].map(
    (column) => Math.round(Number(cells[column] || Number.NaN) * 1e5) / 1e5,
  );
  if (latitude === undefined || longitude === undefined) return {};
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : {};
}
