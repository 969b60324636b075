import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Count, type Exchange, type Figures, Listing } from "../../src/coop/listing.ts";
import { multiStakeholder } from "../../src/coop/stakeholders.ts";
import type { Entry } from "../../src/index/directory-index.ts";
import { item, type Item } from "../../src/web/item.ts";
import { coopPage } from "../../src/web/pages/coop.ts";
import { valueWords } from "../../src/web/pages/series.ts";
import { number } from "../../src/web/text.ts";
import { anyListing } from "../helpers/listings.ts";
import { now, testSite } from "../helpers/site.ts";
import { evened, htmlFaultOf, wordsOf } from "../helpers/page-words.ts";
import { mandated, whole } from "../helpers/whole-listing.ts";

function entryOf(listing: Listing): Entry {
  return {
    record: `${listing.id}/listing`,
    origin: "node.example",
    listing,
    multiStakeholder: multiStakeholder(listing),
    digest: "0".repeat(64),
    issued: now,
  };
}

async function pageOf(listing: Listing): Promise<string> {
  const page = coopPage({
    entry: entryOf(listing),
    organisation: [entryOf(listing)],
    host: "node.example",
    here: true,
    posts: [],
    followers: 3,
    now,
    pageOf: ({ id }) => (id?.includes("1") === true ? "/coops/abcdefghjk" : undefined),
  });
  return String(await page.body);
}

/** All that a page has to say of a listing in the co-op's own words, or in numbers. */
function toldBy(listing: Listing): string[] {
  const { location, contactPoint, provenance, stakeholders = [], relations = [] } = listing;
  const standing = (exchanges: Exchange[] = []) =>
    exchanges.filter(({ validThrough = "9999" }) => validThrough >= "2026-11-21");
  const exchanges = [...standing(listing.offers), ...standing(listing.needs)];
  const maps = [listing.nameMap, listing.summaryMap, listing.purposeMap, listing.howToJoinMap];
  const mains = [listing.name, listing.summary, listing.purpose, listing.howToJoin];
  const told = [
    ...mains,
    // What isn't there has no translations, and a second text in its language isn't one.
    ...maps.flatMap((map = {}, index) =>
      Object.entries(map).flatMap(([tag, text]) =>
        mains[index] === undefined || tag === listing.inLanguage ? [] : [text],
      ),
    ),
    listing.legalName,
    listing.legalForm,
    location?.address.streetAddress,
    location?.address.postalCode,
    location?.address.addressLocality,
    contactPoint?.email,
    contactPoint?.telephone,
    provenance.creditText,
    provenance.mandate?.by,
    provenance.mandate?.basis,
    ...(listing.identifier ?? []).map(({ value }) => value),
    ...stakeholders.flatMap(({ name, nameMap }) => [name, nameMap?.["en"]]),
    ...exchanges.map(({ name }) => name),
    ...relations.flatMap(({ name, identifier }) => [name, identifier?.value]),
    ...(listing.figures ?? []).flatMap((row) => [row.source, ...valuesOf(row)]),
  ];
  return told.filter((each) => each !== undefined);
}

function valuesOf(row: Figures): string[] {
  const { year, asOf: _, membersBySex = {}, membersByClass = {}, ...rest } = row;
  const counts = Object.values({ ...rest, ...membersBySex, ...membersByClass });
  return [
    String(year),
    ...counts
      .filter((each): each is Count => typeof each === "number" || typeof each === "object")
      .map((each) => (typeof each === "number" ? number(each) : valueWords(each))),
  ];
}

describe("any listing", () => {
  test("makes a well-formed page that says all of it, and nothing as markup", async () => {
    await fc.assert(
      fc.asyncProperty(anyListing, async (listing) => {
        const page = await pageOf(listing);
        expect(htmlFaultOf(page)).toBeUndefined();
        const words = wordsOf(page);
        for (const each of toldBy(listing)) {
          expect(words).toContain(evened(each).trim());
        }
      }),
      { numRuns: 100 },
    );
  });

  test("is an item of the API from which its facts can be read again", async () => {
    await fc.assert(
      fc.asyncProperty(anyListing, async (listing) => {
        const { figures, offers, needs, relations, identifiers, ...rest } = await item(
          {
            node: { origin: "https://node.example", host: "node.example" },
            index: {
              organisation: async () => [],
              attested: async () => [],
              lookup: async () => [],
            },
            trusted: new Set(),
          },
          entryOf(listing),
        );
        expect(JSON.stringify(rest)).not.toContain("undefined");
        expect(figures.map(rowAgain)).toEqual(listing.figures ?? []);
        const again = (given: typeof offers) =>
          given.map(({ name, theme, capital, valid_through: validThrough }) =>
            told({ name, theme, capital, validThrough }),
          );
        const plain = (exchanges: Exchange[] = []) =>
          exchanges.map((each) => told({ ...each, nameMap: undefined }));
        expect(again(offers)).toEqual(plain(listing.offers));
        expect(again(needs)).toEqual(plain(listing.needs));
        expect(
          relations.map(({ identifier, ...each }) =>
            told({ ...each, confirmed: undefined, identifier: registrationAgain(identifier) }),
          ),
        ).toEqual(listing.relations ?? []);
        expect(identifiers.map(registrationAgain)).toEqual(listing.identifier ?? []);
        const { status, level, legal_form_code, founded, dissolved, purpose, languages } = rest;
        expect(told({ status, level, legal_form_code, founded, dissolved, purpose })).toEqual(
          told({
            status: listing.status,
            level: listing.level,
            legal_form_code: listing.legalFormCode,
            founded: listing.foundingDate,
            dissolved: listing.dissolutionDate,
            purpose: listing.purpose,
          }),
        );
        expect(languages).toEqual(listing.knowsLanguage ?? []);
      }),
    );
  });
});

/** Without what isn't known. */
function told(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

function registrationAgain(given: { scheme: string; value: string } | null) {
  return given === null
    ? undefined
    : { type: "PropertyValue", propertyID: given.scheme, value: given.value };
}

/** A row of the listing from a row of the API. */
function rowAgain(row: Item["figures"][number]): Record<string, unknown> {
  const bounds = row.fewer_than;
  const count = (name: keyof typeof row) => {
    const bound = bounds[name];
    return bound === undefined ? row[name] : { fewerThan: bound };
  };
  const bySex = told({
    female: count("members_female"),
    male: count("members_male"),
    notStated: count("members_sex_not_stated"),
  });
  const byClass = row.members_by_class.map(({ key, members, members_fewer_than }) => [
    key,
    members ?? { fewerThan: members_fewer_than },
  ]);
  return told({
    year: row.year,
    asOf: row.as_of,
    source: row.source,
    isBasedOn: row.source_url,
    estimate: row.estimate ? true : undefined,
    members: count("members"),
    membersNatural: count("members_natural"),
    membersLegal: count("members_legal"),
    membersBySex: Object.keys(bySex).length === 0 ? undefined : bySex,
    membersByClass: byClass.length === 0 ? undefined : Object.fromEntries(byClass),
    workers: count("workers"),
    workerMembers: count("worker_members"),
    volunteers: count("volunteers"),
    turnover: row.turnover,
    assets: row.assets,
    surplus: row.surplus,
    currency: row.currency,
  });
}

describe("a listing that says everything", () => {
  test("is seen on its page", async () => {
    await using site = await testSite();
    const mill = await site.add("mill", {
      name: "Moulin",
      identifier: [{ type: "PropertyValue", propertyID: "CA-QC-CR", value: "1144883399" }],
    });
    const text = await site.page(`/coops/${await site.add("bakery", whole)}`);
    const words = wordsOf(text);
    // Figures: what isn't known is left empty, and nothing stands in for it.
    expect(words).toContain("Members 328 280 est. 2 240 210");
    expect(text.replace(/\s+/g, " ")).toContain(
      "2018: 210. 2019: 240. Not known. Not known. 2022: 280 (estimated). 2023: 328. Not known.",
    );
    expect(words).toContain("fewer than 5");
    expect(words).toContain("Annual report (2018–2019 and 2023, each as of 31 December)");
    expect(words).toContain("Our own guess (2022)");
    expect(text).toContain('href="https://bakery.example/reports"');
    // What has expired isn't offered any more; the last day counts.
    expect(words).toContain(
      "Four le lundi An oven on Mondays Space and things · Food and farming · until 30 June 2028",
    );
    expect(words).toContain("Farine de la région");
    expect(words).not.toContain("Expired offer");
    // Ties: a page here, an address elsewhere, or words.
    expect(text).toContain(`<a href="/coops/${mill}" dir="auto">Moulin de la Rivière</a>`);
    expect(text).toContain('href="https://port.example/coops/abcdefghjk"');
    expect(words).toContain("Ville de Rimouski, 2019 to 2024");
    expect(words).toContain("Stated by this co-op only");
    // Registers and law.
    expect(text).toContain(
      'href="https://find-and-update.company-information.service.gov.uk/company/SC399880"',
    );
    expect(words).toContain("Cooperatives Act");
    expect(words).toContain("Bas-Saint-Laurent qc-region:01");
    expect(words).toContain("Wolastokuk (self-declared)");
    // The map, and what the dot means.
    expect(text).toContain('aria-label="Canada, with a mark at the middle of the town or village"');
    expect(text).toMatch(/<circle class="place" cx="\d+(\.\d)?" cy="\d+(\.\d)?" r="5" \/>/);
  });

  test("names who publishes it under which mandate", async () => {
    const listing = Listing.parse({
      ...whole,
      provenance: mandated,
      id: "https://node.example/coops/abcdefghjk",
      type: ["Organization", "schema:Cooperative"],
      updated: "2026-11-21T20:00:00Z",
      license: "CC0-1.0",
      listed: true,
      discoverable: true,
      indexable: false,
    });
    const words = wordsOf(await pageOf(listing));
    expect(words).toContain(
      "Mandate Published by Fédération des boulangeries on the co-op’s behalf: Décision du conseil, 29 February 2024",
    );
  });

  test("with codes of a later version says that they aren't known, not the usual ones", async () => {
    const {
      status: _,
      level: _level,
      ...rest
    } = entryOf({
      id: "https://node.example/coops/abcdefghjk",
      type: ["Organization", "schema:Cooperative"],
      updated: "2026-11-21T20:00:00Z",
      name: "Later",
      provenance: { kind: "claimed" },
      license: "CC0-1.0",
      listed: true,
      discoverable: true,
      indexable: true,
    }).listing;
    const words = wordsOf(await pageOf(rest));
    expect(words).toContain("Status not known to this version of the directory");
    expect(words).not.toContain("Active");
  });
});
