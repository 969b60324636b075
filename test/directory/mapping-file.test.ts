import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countryNamed } from "../../src/coop/country-names.ts";
import { Listing, type ListingContent } from "../../src/coop/listing.ts";
import { sectorOfNaics } from "../../src/coop/naics.ts";
import { isSector } from "../../src/coop/sectors.ts";
import { readMapping } from "../../src/directory/mapping-file.ts";
import { type MappedRow, mapRegister, openRegister } from "../../src/directory/mapping.ts";
import { withoutPersons } from "../../src/directory/personal.ts";
import { ownMapping } from "../../src/directory/sources/mappings.ts";
import { anyListing } from "../helpers/listings.ts";

const folder = join(import.meta.dirname, "../../fixtures/mapping");

const smallest = {
  name: "test",
  title: "Test",
  source: { url: "https://register.example/", license: "CC0-1.0" },
  edition: "2026",
  key: "id",
  listing: { name: { column: "name" } },
};

/** What a mapping makes of one row. */
function map(listing: Record<string, unknown>, cells: Record<string, string>): MappedRow {
  const text = JSON.stringify({ ...smallest, listing: { name: "Co-op", ...listing } });
  return readMapping(text, "test.json").toListing({ id: "1", ...cells });
}

/** One term of what it makes, and what is doubtful. */
function term(name: keyof ListingContent, value: unknown, cells: Record<string, string>) {
  const row = map({ [name]: value }, cells);
  if (!("content" in row)) throw new Error(JSON.stringify(row));
  return row.doubts?.length ? row.doubts : row.content[name];
}

describe("the worked example", () => {
  const read = async () => {
    const mapping = ownMapping(readFileSync(join(folder, "our-mapping.json"), "utf8"), "our.json");
    const register = await openRegister(mapping, { path: join(folder, "register.csv") });
    expect(register.edition).toBe("2024-12-31");
    return Array.fromAsync(mapRegister(register));
  };

  test("a row that tells much", async () => {
    const [first] = await read();
    expect(first).toEqual({
      key: "A001",
      row: 2,
      doubts: [],
      content: {
        name: "Forno del Borgo",
        inLanguage: "it",
        url: "https://fornodelborgo.example",
        status: "active",
        legalForm: "Cooperativa sociale di tipo B",
        level: "primary",
        identifier: [{ type: "PropertyValue", propertyID: "IT-CF", value: "80078410588" }],
        foundingDate: "1997-05-02",
        activity: ["isic4:1071"],
        theme: ["food", "work"],
        location: {
          type: "Place",
          address: { type: "PostalAddress", addressLocality: "Bologna", addressCountry: "IT" },
          region: ["iso3166-2:IT-BO"],
        },
        stakeholders: [
          { key: "workers", kind: "worker", name: "Soci lavoratori", members: 14 },
          {
            key: "inclusion",
            kind: "disadvantaged-worker",
            name: "Lavoratori svantaggiati",
            members: 6,
          },
        ],
        figures: [
          { year: 2023, currency: "EUR", turnover: 412_500 },
          { year: 2024, currency: "EUR", turnover: 438_000 },
        ],
        relations: [{ kind: "member-of", name: "Consorzio della Valle" }],
        provenance: {
          kind: "imported",
          isBasedOn: "https://consortium.example/register",
          creditText: "An invented consortium",
          license: "CC0-1.0",
          retrieved: "2024-12-31",
        },
        license: "CC0-1.0",
        discoverable: false,
        indexable: false,
      },
    });
  });

  test("what is not told, what is doubtful, and who is left out", async () => {
    const rows = await read();
    const content = (key: string) => {
      const row = rows.find((each) => "key" in each && each.key === key);
      if (row === undefined || !("content" in row)) throw new Error(`no row ${key}`);
      return row;
    };
    expect(content("A003").content).toMatchObject({
      status: "dormant",
      foundingDate: "2015",
      figures: [{ year: 2024, turnover: 96_300 }],
    });
    expect(content("A003").content).not.toHaveProperty("url");
    expect(content("A004").doubts).toEqual([
      "column Temi: “moda” is not in the table of the mapping: it is left out",
    ]);
    expect(content("A004").content).not.toHaveProperty("figures");
    expect(content("A005").content).toMatchObject({ level: "secondary" });
    expect(content("A005").content).not.toHaveProperty("relations");
    expect(content("A005").content).not.toHaveProperty("stakeholders");
    expect(rows.at(-1)).toEqual({ row: 7, skipped: "struck off the register" });
  });
});

test.each([
  ["no JSON", "{", "our.json is not JSON: "],
  ["no mapping", "[]", "our.json is no mapping: Invalid input: expected object"],
  ["a part that isn't one", { ...smallest, keys: "id" }, 'Unrecognized key: "keys"'],
  [
    "a name with spaces",
    { ...smallest, name: "Our register" },
    "name: not a name such as coop-register",
  ],
  [
    "a source that is no address",
    { ...smallest, source: { url: "javascript:1", license: "x" } },
    "source.url: not a web address",
  ],
  ["an edition that is no date", { ...smallest, edition: "spring" }, "edition: "],
  [
    "a listing without a name",
    { ...smallest, listing: {} },
    "listing.name: a listing needs a name",
  ],
  [
    "a term that isn't one",
    { ...smallest, listing: { name: "x", nickname: "y" } },
    "listing.nickname: there is no such term",
  ],
  [
    "a term that is the node's",
    { ...smallest, listing: { name: "x", listed: true } },
    "listing.listed: there is no such term",
  ],
  [
    "a way to read that isn't one",
    { ...smallest, listing: { name: { column: "a", as: "roman" } } },
    "listing.name.as: ",
  ],
  [
    "an option of another way",
    { ...smallest, listing: { name: { column: "a", decimal: "," } } },
    'listing.name: Unrecognized key: "decimal"',
  ],
  [
    "a fault deep down",
    {
      ...smallest,
      listing: { name: "x", figures: [{ members: { column: "a", as: "number", decimal: ";" } }] },
    },
    "listing.figures.0.members.decimal: ",
  ],
  [
    "a condition with two tests",
    { ...smallest, skip: [{ column: "a", is: "x", filled: true, why: "so" }] },
    "skip.0: ",
  ],
  [
    "a format without a year",
    { ...smallest, edition: { column: "a", format: ["DD/MM"] } },
    "not a format of YYYY, MM and DD",
  ],
  [
    "the name of a mapping that comes along",
    { ...smallest, name: "us-ncua" },
    "our.json: the name “us-ncua” is that of a mapping which comes along",
  ],
])("a mapping with %s: the place is named", (_, file, fault) => {
  const text = typeof file === "string" ? file : JSON.stringify(file);
  expect(() => ownMapping(text, "our.json")).toThrow(fault);
});

test("every fault of a mapping is named at once", () => {
  const file = { ...smallest, name: "", key: [], listing: { name: { column: "" } } };
  expect(() => ownMapping(JSON.stringify(file), "our.json")).toThrow(/name: .*key: /);
  const deep = {
    ...smallest,
    listing: { name: { column: "" }, nick: 1, url: { column: "u", as: "web" } },
  };
  expect(() => ownMapping(JSON.stringify(deep), "our.json")).toThrow(
    /listing\.nick: .*listing\.name\.column: .*listing\.url\.as: /,
  );
});

test("a mapping names every column that it needs", () => {
  const file = {
    ...smallest,
    key: ["id", "part"],
    edition: { column: "as of" },
    take: [{ column: "kind", is: "co-op" }],
    group: { largest: "size", sum: ["workers"], collect: { towns: "town" } },
    listing: {
      name: { join: [{ column: "name" }, { column: "form" }], with: " " },
      areaServed: [{ column: "towns", as: "nuts", split: ";" }],
      relations: [{ kind: "member-of", name: "F", when: { column: "member", filled: true } }],
    },
  };
  const { columns } = ownMapping(JSON.stringify(file), "our.json").table;
  expect(columns?.toSorted()).toEqual([
    "as of",
    "form",
    "id",
    "kind",
    "member",
    "name",
    "part",
    "size",
    "town",
    "workers",
  ]);
});

describe("cells", () => {
  const none: [string, unknown] = ["", undefined];
  const doubt = (column: string, text: string, why: string) => [
    `column ${column}: “${text}” ${why}: it is left out`,
  ];

  test.each<[text: string, value: unknown]>([
    none,
    ["12", 12_000],
    ["1.234,5", 1_234_500],
    ["-3", -3000],
    ["12 %", 12_000],
    ["1.2.3,4,5", doubt("a", "1.2.3,4,5", "is no number")],
    ["about 5", doubt("a", "about 5", "is no number")],
    ["n/a", undefined],
  ])("the number “%s”", (a, value) => {
    const reading = {
      column: "a",
      as: "number",
      decimal: ",",
      thousands: ".",
      times: 1000,
      none: ["n/a"],
    };
    expect(term("boardSize", reading, { a })).toEqual(value);
  });

  test.each<[text: string, value: unknown]>([
    none,
    ["1997", "1997"],
    ["1997-05-02", "1997-05-02"],
    ["1997-05-02 00:00:00", "1997-05-02"],
    ["2.5.1997", "1997-05-02"],
    ["5/1997", "1997-05"],
    ["1997/5", doubt("a", "1997/5", "is no date")],
  ])("the date “%s”", (a, value) => {
    const reading = { column: "a", as: "date", format: ["D.M.YYYY", "M/YYYY"] };
    expect(term("foundingDate", reading, { a })).toEqual(value);
  });

  test.each<[as: string, text: string, value: unknown]>([
    ["nace-2", "10.71", "isic4:1071"],
    ["nace-2", "C10.71", "isic4:1071"],
    ["naf-2", "47.11F", "isic4:4711"],
    ["ateco-2007", "88.99.00", "isic4:889"],
    ["uk-sic-2007", "68201", "isic4:6810"],
    ["isic-4", "Q", "isic4:Q"],
    ["naics-2022", "522130", "isic4:6419"],
    ["naics-2022", "62", "isic4:Q"],
    ["nace-2", "bread", doubt("a", "bread", "is no code of NACE Rev.2")],
    ["naics-2022", "99", doubt("a", "99", "is no code of NAICS 2022 that ISIC has a sector for")],
  ])("the sector %s %s", (as, a, value) => {
    const read = term("activity", [{ column: "a", as }], { a });
    expect(Array.isArray(value) ? read : read?.[0 as never]).toEqual(value);
  });

  test.each<[text: string, value: unknown]>([
    ["IT-62", ["iso3166-2:IT-62"]],
    ["62", ["iso3166-2:IT-62"]],
    ["lazio", ["iso3166-2:IT-62"]],
    ["Forlì-Cesena", ["iso3166-2:IT-FC"]],
    ["Atlantis", doubt("a", "Atlantis", "is no region of ISO 3166-2")],
  ])("the region “%s”", (a, value) => {
    const place = {
      address: { addressCountry: "IT" },
      region: [{ column: "a", as: "iso-3166-2", country: "IT" }],
    };
    const read = term("location", place, { a });
    expect(Array.isArray(read) ? read : (read as { region: unknown }).region).toEqual(value);
  });

  test("a list in a cell, with a table, in the place of one value", () => {
    const themes = [{ column: "a", split: ";", table: { cibo: "food", casa: "housing" } }, "care"];
    expect(term("theme", themes, { a: "cibo; casa ;cibo" })).toEqual(["food", "housing", "care"]);
    expect(term("theme", [themes[0]], { a: "" })).toBeUndefined();
  });

  test("a table, otherwise, and a number that a word stands for", () => {
    const reading = { column: "a", as: "number", table: { few: { fewerThan: 5 } }, otherwise: 0 };
    const members = (a: string) => {
      const classes = [{ key: "x", kind: "user", name: "X", members: reading }];
      const [first] = term("stakeholders", classes, { a }) as { members?: unknown }[];
      return first?.members;
    };
    expect([members("few"), members("12"), members("many")]).toEqual([{ fewerThan: 5 }, 12, 0]);
  });

  test("elements without a filled column go, unless they are always there", () => {
    const classes = (when?: unknown) => [
      {
        key: "x",
        kind: "user",
        name: "X",
        members: { column: "a", as: "number" },
        ...(when === undefined ? {} : { when }),
      },
    ];
    expect(term("stakeholders", classes(), { a: "" })).toBeUndefined();
    expect(term("stakeholders", classes("always"), { a: "" })).toEqual([
      { key: "x", kind: "user", name: "X" },
    ]);
    const member = { column: "b", contains: ["YES", "oui"] };
    expect(term("stakeholders", classes(member), { a: "1", b: "" })).toBeUndefined();
    expect(term("stakeholders", classes(member), { a: "1", b: "yes!" })).toHaveLength(1);
  });
});

test("rows of one co-op become one: sums, lists, and nothing where a part is not told", async () => {
  const file = {
    ...smallest,
    group: { largest: "size", sum: ["workers", "sales"], collect: { towns: "town" } },
    listing: { name: { column: "name" } },
  };
  const rows = [
    { id: "1", name: "Small part", size: "2", workers: "3", sales: "0.1", town: "Oban" },
    { id: "2", name: "Other", size: "", workers: "7", sales: "1", town: "" },
    { id: "1", name: "Large part", size: "10", workers: ".", sales: "0.2", town: "Mull" },
  ];
  async function* table() {
    yield* rows.map((cells, at) => ({ row: at + 2, cells }));
  }
  const grouped = await Array.fromAsync(
    ownMapping(JSON.stringify(file), "our.json").group?.(table(), "a.csv") ?? [],
  );
  expect(grouped).toEqual([
    {
      row: 2,
      cells: {
        id: "1",
        name: "Large part",
        size: "10",
        workers: "",
        sales: "0.3",
        town: "Mull",
        towns: "Mull;Oban",
      },
    },
    { row: 3, cells: { ...rows[1], towns: "" } },
  ]);
});

test("every sector of NAICS is one of ISIC", () => {
  for (let code = 11; code <= 92; code += 1) {
    const sector = sectorOfNaics(`${code}0000`);
    if (sector !== undefined) expect(isSector(sector), `${code}`).toBe(true);
  }
  for (const code of [
    "111",
    "2211",
    "22131",
    "22133",
    "441",
    "445",
    "512",
    "52213",
    "5415",
    "562",
    "6244",
    "8111",
    "533",
  ]) {
    expect(isSector(sectorOfNaics(code) ?? ""), code).toBe(true);
  }
});

test.each([
  ["Österreich", "AT"],
  ["ÖSTERREICH", "AT"],
  ["England", "GB"],
  ["UK", "GB"],
  ["uk", "GB"],
  ["U.K.", "GB"],
  ["Italia", "IT"],
  ["Ελλάδα", "GR"],
  ["EL", "GR"],
  ["Česká republika", undefined],
  ["Česko", "CZ"],
  ["Czech Republic", "CZ"],
  ["日本", "JP"],
  ["it", "IT"],
  ["ITA", undefined],
  ["", undefined],
  ["Frace", undefined],
])("the country %s is %s", (text, code) => {
  expect(countryNamed(text)).toBe(code);
});

test.each([
  ["c/o Rosa Luxemburg, 1 High Street", true],
  ["C/O The Secretary", true],
  ["care of Mrs Smith", true],
  ["z.Hd. Frau Muster, Ring 1", true],
  ["1 High Street", false],
  ["Chez-Bernard 4", false],
])("the street “%s” is left out: %s", (streetAddress, out) => {
  const content = {
    name: "x",
    location: {
      type: "Place",
      address: { type: "PostalAddress", streetAddress, addressCountry: "GB" },
    },
  };
  const { content: kept, doubts } = withoutPersons(content as ListingContent);
  expect(kept.location?.address.streetAddress).toBe(out ? undefined : streetAddress);
  expect(doubts).toHaveLength(out ? 1 : 0);
});

test("texts with an address for mail or a number are left out, in every language", () => {
  const content = {
    name: "x",
    summary: "Ask rosa@example.org",
    summaryMap: {
      en: "Call +44 161 123 4567",
      it: "Tel. 0541 123456",
      fr: "Du pain, 1997-2026, 12 000 pains",
    },
  } as unknown as ListingContent;
  const { content: kept, doubts } = withoutPersons(content);
  expect(kept).toEqual({ name: "x", summaryMap: { fr: "Du pain, 1997-2026, 12 000 pains" } });
  expect(doubts).toHaveLength(2);
});

test("a text without an end is looked through once for what reaches somebody", () => {
  const content = { name: "x", summary: "a".repeat(600_000) } as unknown as ListingContent;
  expect(withoutPersons(content)).toEqual({ content, doubts: [] });
});

/** The columns of a mapping that can say everything which has one value in a listing. */
const columns: Record<string, (listing: ListingContent) => string | number | boolean | undefined> =
  {
    name: ({ name }) => name,
    language: ({ inLanguage }) => inLanguage,
    legalName: ({ legalName }) => legalName,
    founded: ({ foundingDate }) => foundingDate,
    dissolved: ({ dissolutionDate }) => dissolutionDate,
    status: ({ status }) => status,
    level: ({ level }) => level,
    type: ({ coopType }) => coopType,
    form: ({ legalForm }) => legalForm,
    rule: ({ voteRule }) => voteRule,
    board: ({ boardSize }) => boardSize,
    reserve: ({ indivisibleReserve }) => indivisibleReserve,
    sectors: ({ activity }) => activity?.join(" "),
    themes: ({ theme }) => theme?.join(" "),
  };

test("a listing written into the columns of a mapping and imported again is the same", async () => {
  const at = (column: string, rest: object = {}) => ({ column, ...rest });
  const file = {
    ...smallest,
    listing: {
      name: at("name"),
      inLanguage: at("language"),
      legalName: at("legalName"),
      foundingDate: at("founded", { as: "date" }),
      dissolutionDate: at("dissolved", { as: "date" }),
      status: at("status"),
      level: at("level"),
      coopType: at("type"),
      legalForm: at("form"),
      voteRule: at("rule"),
      boardSize: at("board", { as: "number" }),
      indivisibleReserve: at("reserve", { as: "yes-no", yes: ["true"], no: ["false"] }),
      activity: [at("sectors", { split: " " })],
      theme: [at("themes", { split: " " })],
    },
  };
  const mapping = ownMapping(JSON.stringify(file), "our.json");
  const names = Object.keys(columns);
  // Spaces at the ends and in rows are not kept, and a formula is refused: that is what tidying is.
  const tidy = (text: string) =>
    text
      .replace(/\r\n?/g, "\n")
      .replace(/[^\S\n]+/gu, " ")
      .trim();
  const kept = (listing: ListingContent) =>
    [listing.activity ?? [], listing.theme ?? []].every(
      (all) => new Set(all).size === all.length,
    ) &&
    Object.values(columns).every((read) => {
      const value = read(listing);
      return (
        typeof value !== "string" || (value === tidy(value) && value !== "" && !/^=|\0/.test(value))
      );
    });
  await fc.assert(
    fc.asyncProperty(anyListing.filter(kept), async (listing) => {
      const quoted = (value: string | number | boolean = "") =>
        `"${String(value).replaceAll('"', '""')}"`;
      const line = ["1", ...Object.values(columns).map((read) => read(listing))]
        .map(quoted)
        .join(",");
      const bytes = Buffer.from(`id,${names.join(",")}\n${line}\n`);
      const register = await openRegister(mapping, { bytes, name: "a.csv" });
      const [row] = await Array.fromAsync(mapRegister(register));
      if (row === undefined || !("content" in row)) throw new Error(JSON.stringify(row));
      expect(row.doubts).toEqual([]);
      for (const [name, read] of Object.entries(columns)) {
        expect(read(row.content), name).toEqual(read(listing));
      }
      Listing.parse({
        ...row.content,
        status: row.content.status ?? "active",
        level: row.content.level ?? "primary",
        id: "https://a.example/coops/1",
        type: ["Organization", "schema:Cooperative"],
        updated: "2026-11-22T00:00:00Z",
        listed: true,
      });
    }),
  );
});
