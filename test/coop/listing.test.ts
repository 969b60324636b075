import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/coop/canonical-json.ts";
import { Listing, StakeholderClass } from "../../src/coop/listing.ts";
import {
  context,
  listingId,
  listingRecord,
  readListing,
  tombstoneRecord,
} from "../../src/coop/listing-record.ts";
import { multiStakeholder } from "../../src/coop/stakeholders.ts";

const node = "https://bakery.example/actor";
const minimal = {
  id: "https://bakery.example/coops/7f3k2m9q1x",
  type: ["Organization", "schema:Cooperative"],
  updated: "2026-11-20T09:00:00.000Z",
  name: "Boulangerie de la Gare",
  provenance: { kind: "claimed" },
  license: "CC0-1.0",
  listed: true,
  discoverable: true,
  indexable: true,
} satisfies JsonObject;

const full = {
  ...minimal,
  preferredUsername: "boulangerie",
  nameMap: { fr: "Boulangerie de la Gare", en: "Station Bakery" },
  url: "https://bakery.example/",
  purpose: "Bread for the town",
  purposeMap: { en: "Bread for the town" },
  legalFormCode: "form:fr-scic",
  status: "active",
  level: "primary",
  coopType: "multi-stakeholder",
  activity: ["isic4:4721", "isic4:1071"],
  theme: ["food", "work"],
  knowsLanguage: ["fr", "pt-BR"],
  stakeholders: [
    { key: "workers", kind: "worker", name: "Workers", members: 12, voteShare: 50 },
    { key: "eaters", kind: "user", name: "Eaters", members: 40, voteShare: 50 },
  ],
  location: {
    type: "Place",
    address: { type: "PostalAddress", addressLocality: "Dijon", addressCountry: "FR" },
    latitude: 47.32,
    longitude: 5.04,
    precision: "locality",
    region: ["iso3166-2:FR-21", "nuts:FRC11"],
  },
  figures: [
    { year: 2025, members: 52, membersByClass: { workers: 12, eaters: 40 }, estimate: true },
    { year: 2025, source: "Annual report", workers: 14, turnover: -1.5, currency: "EUR" },
    { year: 2024, membersBySex: { female: { fewerThan: 5 } } },
  ],
  offers: [{ name: "An oven on Mondays", theme: "food", capital: "physical" }],
  needs: [{ name: "An accountant", capital: "human", validThrough: "2027-01-31" }],
  relations: [
    { kind: "buys-from", name: "Mill", id: "https://mill.example/coops/1", since: "2012-05" },
    { kind: "public-contract-with", name: "Ville de Dijon" },
  ],
} satisfies JsonObject;

/** A copy with one place changed; undefined leaves it out. */
function changed(path: (string | number)[], value: Json | undefined): JsonObject {
  const copy = structuredClone<JsonObject>(full);
  let at = copy as Record<string | number, Json>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, Json>;
  const last = path.at(-1) ?? "";
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const read = (about: Json) => readListing({ id: listingId(minimal.id), about });

describe("whoever publishes is held to the letter", () => {
  test("the least and the most are let in", () => {
    expect(Listing.parse(minimal)).toEqual(minimal);
    expect(Listing.parse(full)).toEqual(full);
  });

  test.each<[string, (string | number)[], Json | undefined]>([
    ["a term that doesn't exist", ["colour"], "red"],
    ["one inside a place", ["location", "floor"], 3],
    ["one inside a class", ["stakeholders", 0, "quorum"], true],
    ["a link that runs", ["url"], "javascript:alert(1)"],
    ["a link to data", ["url"], "data:text/html,hello"],
    ["a link that is none", ["url"], "bakery"],
    ["a type of co-op that is none", ["coopType"], "platform"],
    ["a code without its scheme", ["activity", 0], "4721"],
    ["a code that isn't in ISIC", ["activity", 0], "isic4:4700"],
    ["a region that isn't in ISO 3166", ["location", "region", 0], "iso3166-2:FR-00"],
    ["a theme that is none", ["theme", 0], "fun"],
    ["a country in small letters", ["location", "address", "addressCountry"], "fr"],
    ["a latitude beyond the pole", ["location", "latitude"], 91],
    ["a share above the whole", ["stakeholders", 0, "voteShare"], 101],
    ["half a member", ["stakeholders", 0, "members"], 1.5],
    ["two classes of one key", ["stakeholders", 1, "key"], "workers"],
    ["no classes, in a list", ["stakeholders"], []],
    ["a month that is none", ["foundingDate"], "1997-13"],
    ["a handle with a dot", ["preferredUsername"], "boulangerie.users"],
    ["a language that is none", ["nameMap", "french"], "x"],
    ["an empty language map", ["nameMap"], {}],
    ["an empty name", ["name"], ""],
    ["no name", ["name"], undefined],
    ["no provenance", ["provenance"], undefined],
    ["no consent", ["listed"], false],
    ["an example that isn't one", ["example"], false],
    ["an update on no day of the calendar", ["updated"], "2026-02-30T09:00:00Z"],
    ["an update at no hour of the day", ["updated"], "2026-02-20T25:00:00Z"],
    ["a form of no list", ["legalFormCode"], "SCIC"],
    ["a row of figures without one", ["figures", 2], { year: 2024, estimate: true }],
    ["an amount without its currency", ["figures", 1, "currency"], undefined],
    ["a figure twice in one year", ["figures", 1, "members"], 52],
    [
      "figures of thirteen years",
      ["figures"],
      Array.from({ length: 13 }, (_, index) => ({ year: 2000 + index, members: 1 })),
    ],
    ["a count by a class that can't be", ["figures", 0, "membersByClass"], { "two words": 1 }],
    ["an offer of no capital", ["offers", 0, "capital"], undefined],
    ["a need until a month", ["needs", 0, "validThrough"], "2027-01"],
    ["a relation with nobody", ["relations", 0, "name"], undefined],
    ["a mandate without its basis", ["provenance", "mandate"], { by: "Union", date: "2020" }],
  ])("%s is refused", (_, path, value) => {
    expect(Listing.safeParse(changed(path, value)).success).toBe(false);
  });

  test("small counts may be hidden", () => {
    const each = { key: "wd", kind: "disadvantaged-worker", name: "W", members: { fewerThan: 5 } };
    expect(StakeholderClass.safeParse(each).success).toBe(true);
    expect(StakeholderClass.safeParse({ ...each, members: { atLeast: 5 } }).success).toBe(false);
  });
});

describe("whoever reads takes what it knows", () => {
  test("a listing of our own is read as it was written", () => {
    expect(read(full)).toEqual(full);
  });

  test.each<[string, (string | number)[], Json, (string | number)[], Json | undefined]>([
    ["a term", ["colour"], "red", ["colour"], undefined],
    ["a term in a place", ["location", "floor"], 3, ["location", "floor"], undefined],
    [
      "a term in an address",
      ["location", "address", "unit"],
      "4",
      ["location", "address", "unit"],
      undefined,
    ],
    [
      "a term in a class",
      ["stakeholders", 0, "quorum"],
      true,
      ["stakeholders", 0, "quorum"],
      undefined,
    ],
    [
      "a term in the provenance",
      ["provenance", "mandate"],
      {},
      ["provenance", "mandate"],
      undefined,
    ],
    [
      "an empty mandate",
      ["provenance"],
      { kind: "mandated", mandate: {} },
      ["provenance"],
      { kind: "mandated" },
    ],
    ["a type of co-op", ["coopType"], "platform", ["coopType"], undefined],
    ["a status", ["status"], "sleeping", ["status"], undefined],
    ["a level", ["level"], "galactic", ["level"], undefined],
    [
      "a currency",
      ["figures", 1, "currency"],
      "shells",
      ["figures", 1],
      { year: 2025, source: "Annual report", workers: 14 },
    ],
    [
      "a figure that stands twice",
      ["figures", 1, "members"],
      53,
      ["figures", 1, "members"],
      undefined,
    ],
    [
      "a thirteenth year",
      ["figures"],
      Array.from({ length: 13 }, (_, index) => ({ year: 2000 + index, members: 1 })),
      ["figures"],
      Array.from({ length: 12 }, (_, index) => ({ year: 2000 + index, members: 1 })),
    ],
    [
      "a kind of relation",
      ["relations", 0, "kind"],
      "married-to",
      ["relations"],
      full.relations.slice(1),
    ],
    ["a capital", ["offers", 0, "capital"], "cultural", ["offers"], undefined],
    ["one sector of two", ["activity", 0], "isic5:4721", ["activity"], ["isic4:1071"]],
    ["one theme of two", ["theme", 1], "fun", ["theme"], ["food"]],
    [
      "one region of two",
      ["location", "region", 0],
      "hex/42",
      ["location", "region"],
      ["nuts:FRC11"],
    ],
    ["a precision", ["location", "precision"], "door", ["location", "precision"], undefined],
    ["a link that runs", ["url"], "javascript:alert(1)", ["url"], undefined],
    [
      "a share above the whole",
      ["stakeholders", 0, "voteShare"],
      101,
      ["stakeholders", 0, "voteShare"],
      undefined,
    ],
    [
      "a name in a language that is none",
      ["nameMap", "french"],
      "x",
      ["nameMap", "french"],
      undefined,
    ],
    [
      "a further type",
      ["type"],
      ["Organization", "schema:Cooperative", "x:Bakery"],
      ["type"],
      minimal.type,
    ],
    [
      "more sectors than there may be",
      ["activity"],
      Array.from({ length: 12 }, () => "isic4:47"),
      ["activity"],
      Array.from({ length: 10 }, () => "isic4:47"),
    ],
    ["a figure where a text belongs", ["legalName"], 7, ["legalName"], undefined],
    ["two classes of one key", ["stakeholders", 1, "key"], "workers", ["stakeholders"], undefined],
    [
      "a class of a kind",
      ["stakeholders", 1, "kind"],
      "river",
      ["stakeholders", 1, "kind"],
      "other",
    ],
    ["a class of no kind", ["stakeholders", 1, "kind"], 7, ["stakeholders"], undefined],
    ["a place without its country", ["location", "address"], {}, ["location"], undefined],
  ])("%s that we don't know is left out, the rest is kept", (_, path, value, at, left) => {
    expect(read(changed(path, value))).toEqual(changed(at, left));
  });

  test("a kind that we don't know answers the ILO's test neither yes nor no", () => {
    const answer = (kind: Json, members: Json) => {
      const users = { ...full.stakeholders[1], voteShare: 30 };
      const others = { key: "beings", kind, name: "Beings", voteShare: 20, members };
      const all = [...full.stakeholders.slice(0, 1), users, others];
      return multiStakeholder(read(changed(["stakeholders"], all))!);
    };
    expect(answer("supporting", 3)).toBe("yes");
    expect(answer("river", 3)).toBe("unknown");
  });

  test.each<[string, JsonObject]>([
    ["no name", changed(["name"], undefined)],
    ["a provenance of no known kind", changed(["provenance"], { kind: "dreamt" })],
    ["another listing's id", changed(["id"], "https://bakery.example/coops/other")],
    ["no consent", changed(["listed"], false)],
  ])("%s makes it unreadable", (_, about) => {
    expect(read(about)).toBeUndefined();
  });

  test.each<Json>([null, [], "text", 7, {}])("%j is not a listing", (about) => {
    expect(read(about)).toBeUndefined();
  });

  test("whatever is put where, it is read without a fault, and what is read is valid", () => {
    const paths = [
      ...Object.keys(full).map((key) => [key]),
      ["location", "region"],
      ["location", "address"],
      ["location", "address", "addressCountry"],
      ["stakeholders", 0],
      ["stakeholders", 1, "kind"],
      ["provenance", "kind"],
      ["theme", 0],
      ["nameMap", "fr"],
      ["unheard of"],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const listing = read(changed(path, value as Json));
        if (listing !== undefined) expect(Listing.safeParse(listing).success).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the record", () => {
  test("every term of the schema has its place in the context or in ActivityStreams", () => {
    const own = context.at(-1) as JsonObject;
    // The rest falls to @vocab, our own namespace; these must not.
    for (const term of ["legalName", "foundingDate", "areaServed", "license", "validThrough"]) {
      expect(own[term]).toBe(`schema:${term}`);
    }
    expect(own["@vocab"]).toBe("https://w3id.org/fragaria/ns#");
  });

  test("is an envelope around the listing", () => {
    const listing = Listing.parse(full);
    expect(listingRecord(node, listing, Date.UTC(2026, 10, 21, 20, 15, 3, 412))).toEqual({
      "@context": context,
      id: `${minimal.id}/listing`,
      type: ["Document", "coop:Listing"],
      attributedTo: node,
      issued: "2026-11-21T20:15:03.412Z",
      about: listing,
    });
  });

  test("a tombstone says nothing of the co-op", () => {
    const tombstone = tombstoneRecord(node, listingId(minimal.id), Date.UTC(2026, 10, 21));
    expect(Object.keys(tombstone).toSorted()).toEqual(
      ["@context", "attributedTo", "deleted", "formerType", "id", "issued", "type"].toSorted(),
    );
    expect(read(tombstone)).toBeUndefined();
  });
});
