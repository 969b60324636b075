import type { SearchQuery } from "./query.ts";

/** How many co-ops of a kind there are, as somebody has published it: so that coverage can be said. */
export interface Population {
  /** What is counted, as it goes on after a number. */
  words: string;
  total: number;
  /** The search for those of them that are listed, whatever became of them. */
  query: SearchQuery;
  /** The region that a table has to do with for this to be told. */
  region: string;
  source: string;
  url: string;
}

/** Totals whose source was read; no others. */
export const populations: readonly Population[] = [
  {
    words: "solidarity co-ops that were founded in Quebec from 1997 to 2007",
    total: 479,
    query: {
      region: ["iso3166-2:CA-QC"],
      legal_form: ["form:ca-qc-coop-solidarite"],
      founded_from: 1997,
      founded_to: 2007,
      status: ["forming", "active", "dormant", "closed"],
    },
    region: "iso3166-2:CA-QC",
    source:
      "J.-P. Girard and G. Langlois, “Solidarity Co-operatives (Quebec, Canada)”, in The Changing Boundaries of Social Enterprises, OECD 2009",
    url: "https://wiki.p2pfoundation.net/Solidarity_Cooperatives",
  },
];
