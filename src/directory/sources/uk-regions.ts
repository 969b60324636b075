import { subdivisions } from "../../coop/regions.ts";

/** Names that Co-operatives UK writes differently from ISO 3166-2, in lower case. */
const otherwise: Record<string, string> = {
  // The county or the district before 2015: either way in Northern Ireland.
  antrim: "GB-NIR",
  "armagh, banbridge and craigavon": "GB-ABC",
  belfast: "GB-BFS",
  "glasgow, city of": "GB-GLG",
  "herefordshire, county of": "GB-HEF",
  "kingston upon hull, city of": "GB-KHL",
  "mid ulster": "GB-MUL",
  // Divided into North and West in 2021; the name alone does not say which.
  northamptonshire: "GB-ENG",
  "rhondda, cynon, taf": "GB-RCT",
};

let byName: Map<string, string> | undefined;

function names(): Map<string, string> {
  if (byName !== undefined) return byName;
  byName = new Map();
  for (const nation of subdivisions("iso3166-1:GB")) {
    byName.set(plain(nation.label), nation.code);
    for (const { code, label } of subdivisions(nation.code)) byName.set(plain(label), code);
  }
  for (const [name, code] of Object.entries(otherwise))
    byName.set(plain(name), `iso3166-2:${code}`);
  return byName;
}

/** As names are compared: lower case, "X, City of" read as "City of X", no leading "The". */
function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^(.*), (city of|county)$/, "$2 $1")
    .replace(/^the /, "");
}

/**
 * The ISO 3166-2 code, with its scheme, of a county, a district, a council area
 * or a nation of the United Kingdom, by its English name.
 */
export function ukRegion(name: string): string | undefined {
  return names().get(plain(name));
}
