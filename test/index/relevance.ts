import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Listing, ListingContent } from "../../src/coop/listing.ts";
import { listingId, listingRecord } from "../../src/coop/listing-record.ts";
import { readExamples } from "../../src/directory/examples.ts";
import { mapRegister, openRegister } from "../../src/directory/mapping.ts";
import { mappingNamed } from "../../src/directory/sources/mappings.ts";
import { Cache } from "../../src/index/cache.ts";
import { Reader } from "../../src/index/reader.ts";
import { Writing } from "../../src/index/writing.ts";
import type { Record as HeldRecord } from "../../src/store/records.ts";
import { beginning, listing } from "./samples.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");

/** The registers that come along, by the word of their mapping. */
const registers = {
  "uk-2023": "coops-uk-2023/standard.Q2-2023.postcodes.csv",
  susy: "susy/initiatives.geojson",
  "eia-861": "us-eia861-2018/eia861_2018_cooperatives.csv",
  ncua: "us-ncua/foicu-2017-12.txt",
};

/** What one of the listings that fit a query is like: all that is said must be true of it. */
const Fit = z.strictObject({
  /** Regular expression on the name. */
  name: z.string().optional(),
  theme: z.string().optional(),
  /** Beginning of a code of its activities. */
  sector: z.string().optional(),
  locality: z.string().optional(),
  country: z.string().optional(),
  region: z.string().optional(),
  /** In its name, its summary or its locality. */
  text: z.string().optional(),
});

const Queries = z.array(
  z.strictObject({
    kind: z.string(),
    q: z.string(),
    /** Names, of which one has to be among the first three, or what such a listing is like. */
    expected: z.union([z.array(z.string()).min(1), Fit]),
  }),
);
type Query = z.infer<typeof Queries>[number];

const Samples = z.array(
  z.strictObject({
    name: z.string(),
    summary: z.string(),
    inLanguage: z.string(),
    theme: z.array(z.string()),
    activity: z.array(z.string()),
    country: z.string(),
    locality: z.string(),
  }),
);

/** How many queries there are, which found what was expected, and which didn't. */
export interface Relevance {
  listings: number;
  queries: number;
  misses: { kind: string; q: string; found: string[] }[];
  /** Milliseconds of each query. */
  times: number[];
}

/** By register, how many of its rows stand for one. */
export type Parts = Readonly<Record<string, number>>;

/** Reads a file of `fixtures/relevance`. */
async function read<T>(name: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(await readFile(join(fixtures, "relevance", name), "utf8")));
}

/**
 * Every listing that comes along: four registers, the worked examples, and
 * samples in other scripts.
 *
 * @param parts Of a register one of so many, and those that are wanted by name.
 */
async function everyListing(parts: Parts, wanted: ReadonlySet<string>): Promise<Listing[]> {
  const contents: Partial<Listing>[] = [];
  for (const [name, path] of Object.entries(registers)) {
    const register = await openRegister(await mappingNamed(name), { path: join(fixtures, path) });
    for await (const row of mapRegister(register)) {
      if (!("content" in row)) continue;
      const isLeftOut = row.row % (parts[name] ?? 1) > 0 && !wanted.has(row.content.name);
      if (!isLeftOut) contents.push(listed(row.content));
    }
  }
  for (const { content } of await readExamples(join(fixtures, "examples"))) {
    contents.push(listed(content));
  }
  for (const { country, locality, ...content } of await read("samples.json", Samples)) {
    const address = {
      type: "PostalAddress" as const,
      addressCountry: country,
      addressLocality: locality,
    };
    contents.push({
      ...listed(content as ListingContent),
      example: true,
      location: { type: "Place", address },
    });
  }
  const usual = listing("usual");
  return contents.map((content, at) => ({
    ...usual,
    ...content,
    id: `https://coops.example/coops/r${at}`,
  }));
}

function listed(content: ListingContent): Partial<Listing> {
  return content;
}

/**
 * Asks every query of `fixtures/relevance/queries.json` over the listings that
 * come along. They go into the index as records without a signature: nobody
 * looks at it there.
 */
export async function relevance(parts: Parts = {}): Promise<Relevance> {
  const queries = await read("queries.json", Queries);
  const names = queries.flatMap(({ expected }) => (Array.isArray(expected) ? expected : []));
  const all = await everyListing(parts, new Set(names));
  using cache = closing(new Cache(":memory:", "relevance"));
  const writing = new Writing(cache);
  cache.write(() => {
    writing.put(
      all.map((each) => {
        const document = listingRecord("https://coops.example/actor", each, beginning);
        const body = Buffer.from(JSON.stringify(document));
        const id = listingId(each.id);
        const record = { id, origin: "coops.example", kind: "listing", body };
        return { subject: id, record: record as unknown as HeldRecord, hidden: false };
      }),
    );
  });
  using reader = new Reader({ cache });
  const byRecord = new Map(all.map((each) => [`${each.id}/listing`, each]));
  const times: number[] = [];
  const misses: Relevance["misses"] = [];
  for (const query of queries) {
    const start = performance.now();
    const { records } = reader.search({ q: query.q, limit: 3, facets: ["none"] });
    times.push(performance.now() - start);
    const found = records.flatMap((record) => byRecord.get(record) ?? []);
    if (!found.some((each) => fits(each, query.expected))) {
      misses.push({ kind: query.kind, q: query.q, found: found.map(({ name }) => name) });
    }
  }
  return { listings: all.length, queries: queries.length, misses, times };
}

function closing(cache: Cache): Cache & Disposable {
  return Object.assign(cache, { [Symbol.dispose]: () => cache.close() });
}

function fits(each: Listing, expected: Query["expected"]): boolean {
  if (Array.isArray(expected)) return expected.includes(each.name);
  const { name, theme, sector, locality, country, region, text } = expected;
  const address = each.location?.address;
  const place = address?.addressLocality?.toLowerCase() ?? "";
  const all = `${each.name} ${each.summary ?? ""} ${place}`.toLowerCase();
  return (
    (name === undefined || new RegExp(name, "iu").test(each.name)) &&
    (theme === undefined || each.theme?.some((code) => code === theme) === true) &&
    (sector === undefined || each.activity?.some((code) => code.startsWith(sector)) === true) &&
    (locality === undefined || place === locality.toLowerCase()) &&
    (country === undefined || address?.addressCountry === country) &&
    (region === undefined || each.location?.region?.includes(region) === true) &&
    (text === undefined || all.includes(text))
  );
}
