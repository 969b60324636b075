import { expect, test } from "vitest";
import { openIndex } from "../../src/index/sqlite-index.ts";
import { freshStore } from "../helpers/database.ts";
import { listing, put, record } from "./samples.ts";

test("what is being typed is completed to themes, sectors, places, co-ops and words", async () => {
  await using store = await freshStore("sqlite");
  const place = (addressCountry: string, ...region: string[]) => ({
    type: "Place" as const,
    address: { type: "PostalAddress" as const, addressCountry },
    ...(region.length > 0 && { region }),
  });
  const all = [
    listing("a", { name: "Boulangerie du Port", activity: ["isic4:1071"], location: place("FR") }),
    listing("b", { name: "Le Port Électrique", theme: ["energy"], location: place("FR") }),
    listing("c", {
      name: "Port of Leith Housing",
      theme: ["housing"],
      summary: "Portable homes",
      location: place("GB", "iso3166-2:GB-SCT"),
    }),
    listing("d", { name: "Portobello Bakery", activity: ["isic4:1071"], status: "closed" }),
    listing("e", { name: "Énergie Port", theme: ["energy"], example: true }),
  ];
  await put(store.db, ...all.map((each) => record(each)));
  await using index = await openIndex(store.db, ":memory:");
  await index.catchUp();
  const suggested = async (typed: string, language?: string) =>
    (await index.suggest(typed, 10, language)).map(
      ({ kind, label, count }) => `${kind} ${label} ${count}`,
    );

  expect(await suggested("port")).toEqual([
    "coop Port of Leith Housing 1",
    expect.stringMatching(/^coop .*Port/),
    expect.stringMatching(/^coop .*Port/),
    expect.stringMatching(/^coop .*Port/),
    "query portable 1",
    "query portobello 1",
  ]);
  expect(await suggested("electr")).toEqual([
    "theme Energy 1",
    "coop Le Port Électrique 1",
    "query electrique 1",
  ]);
  expect(await suggested("énergie", "fr")).toEqual(
    expect.arrayContaining(["theme Énergie 1", "coop Énergie Port 1"]),
  );
  expect(await suggested("boulang", "fr")).toEqual([
    expect.stringMatching(/^sector .* 1$/),
    "coop Boulangerie du Port 1",
    "query boulangerie 1",
  ]);
  expect(await suggested("ecosse")).toEqual(["region Scotland 1"]);
  expect(await suggested("scot")).toContain("region Scotland 1");
  expect(await suggested("leith port")).toEqual([
    "coop Port of Leith Housing 1",
    "query leith portable 1",
  ]);
  for (const nothing of ["", " ", "&", "co-op", "qqqq"])
    expect(await suggested(nothing)).toEqual([]);
});

test("what finds nothing is looked for as it may have been meant, and the result says so", async () => {
  await using store = await freshStore("sqlite");
  const many = Array.from({ length: 12 }, (_, at) =>
    listing(`m${at}`, { name: `Bakery ${"abcdefghijkl"[at]}` }),
  );
  const others = [
    listing("a", { name: "Unicorn Grocery" }),
    listing("b", { name: "Bakerry Street Club" }),
    listing("c", { name: "青田社區合作農場" }),
    listing("d", { name: "4th Unit 20211" }),
  ];
  await put(store.db, ...[...many, ...others].map((each) => record(each)));
  await using index = await openIndex(store.db, ":memory:");
  await index.catchUp();

  expect(await index.search({ q: "Unicron  grocery" })).toMatchObject({
    total: 1,
    corrected: { from: "Unicron  grocery", to: "unicorn  grocery" },
  });
  expect(await index.search({ q: "社區農場" })).toMatchObject({
    total: 1,
    corrected: { to: "社區 農場" },
  });
  expect(await index.search({ q: "unicorn grocery limited" })).toMatchObject({
    total: 1,
    corrected: { to: "unicorn grocery" },
  });
  // What is found stays, but what is much more frequent is suggested.
  expect(await index.search({ q: "bakerry" })).toMatchObject({ total: 1, suggestion: "bakery" });
  expect(await index.search({ q: "bakery" })).not.toHaveProperty("suggestion");
  for (const q of ['"unicron"', "20212", "uni", "unx"]) {
    const found = await index.search({ q });
    expect(found, q).not.toHaveProperty("corrected");
    expect(found.total, q).toBe(q === "uni" ? 2 : 0);
  }
});
