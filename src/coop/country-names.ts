import { countries } from "./regions.ts";

/** Languages in whose words countries are found, for registers that write them out. */
const languages =
  "en bg cs da de el es et fi fr ga hr hu is it ja ko lt lv mk mt nl nb pl pt ro ru sk sl sq sr sv tr uk zh".split(
    " ",
  );

/** Names that Intl doesn't have: parts of countries, usual short forms, former names. */
const otherwise: Record<string, string> = {
  uk: "GB",
  "great britain": "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  "northern ireland": "GB",
  usa: "US",
  "united states of america": "US",
  eire: "IE",
  "republic of ireland": "IE",
  holland: "NL",
  "the netherlands": "NL",
  "czech republic": "CZ",
  "slovak republic": "SK",
  "south korea": "KR",
  "republic of korea": "KR",
  turkey: "TR",
  "viet nam": "VN",
};

let table: Map<string, string> | undefined;

function names(): Map<string, string> {
  if (table !== undefined) return table;
  table = new Map();
  // English last, so that where two languages differ it is the one that counts.
  for (const language of languages.toReversed()) {
    for (const { code, label } of countries(language)) table.set(plain(label), code.slice(-2));
  }
  for (const [name, code] of Object.entries(otherwise)) table.set(name, code);
  return table;
}

/** As names are compared: without case, accents and stops. */
function plain(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\p{M}.]/gu, "")
    .replace(/\s+/gu, " ")
    .trim()
    .toLowerCase();
}

/**
 * The country that somebody has written as a code of ISO 3166-1 (`IT`, `ITA`
 * is not one) or as its name in one of thirty languages.
 *
 * @returns ISO 3166-1 alpha-2, or undefined.
 */
export function countryNamed(text: string): string | undefined {
  const name = plain(text);
  const code = name.toUpperCase();
  if (/^[A-Z]{2}$/.test(code) && codes().has(code)) return code;
  // The European Union writes Greece and the United Kingdom so.
  if (code === "EL") return "GR";
  return names().get(name);
}

let known: Set<string> | undefined;

function codes(): Set<string> {
  return (known ??= new Set(countries().map(({ code }) => code.slice(-2))));
}
