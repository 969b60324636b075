import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openIndex } from "../../src/index/sqlite-index.ts";
import { freshStore } from "../helpers/database.ts";
import { asked as askedWords, directory, filters, links } from "./arbitraries.ts";
import { inOrder, slowly } from "./model.ts";
import { allPages, asked, attestation, listing, names, put, record } from "./samples.ts";

async function indexOf(...listings: ReturnType<typeof listing>[]) {
  const store = await freshStore("sqlite");
  await put(store.db, ...listings.map((each) => record(each)));
  const index = await openIndex(store.db, ":memory:");
  await index.catchUp();
  return Object.assign(index, {
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
    },
  });
}

test("a search finds, counts, orders and pages as looking at every listing does", async () => {
  const question = fc.tuple(fc.option(askedWords, { nil: undefined }), filters);
  await fc.assert(
    fc.asyncProperty(
      directory(25),
      links(25),
      fc.array(question, { minLength: 1, maxLength: 10 }),
      async (all, attested, questions) => {
        await using store = await freshStore("sqlite");
        await put(store.db, ...all.map((each) => record(each.listing)));
        await put(store.db, ...attested.map((pair) => attestation(pair)));
        await using index = await openIndex(store.db, ":memory:");
        await index.catchUp();
        for (const [words, filter] of questions) {
          const query = words === undefined ? filter : { ...filter, q: words.q };
          const { found, texts, ...expected } = slowly(all, attested, words, query);
          const result = await index.search(query);
          if (result.corrected !== undefined) {
            expect(texts).toBe(0);
            const { corrected, ...meant } = result;
            expect(await index.search({ ...query, q: corrected.to })).toMatchObject({
              ...meant,
              next: expect.toSatisfy((next) => (next === null) === (meant.next === null)),
            });
            continue;
          }
          expect(result).toMatchObject(expected);

          const pages = (await allPages(index, query)).map((page) =>
            page.map((entry) => entry.listing.id),
          );
          for (const page of pages.slice(0, -1)) expect(page).toHaveLength(query.limit ?? 20);
          expect(pages).toHaveLength(Math.max(1, Math.ceil(found.length / (query.limit ?? 20))));
          const ids = pages.flat();
          if (words === undefined || filter.sort === "name" || filter.sort === "updated") {
            const sorted = inOrder(found, filter.sort === "updated" ? "updated" : "name");
            expect(ids).toEqual(sorted.map((each) => each.listing.id));
          } else {
            expect(ids.toSorted()).toEqual(found.map((each) => each.listing.id).toSorted());
            const { items: atOnce } = await index.search({ ...query, limit: 100 });
            expect(ids).toEqual(atOnce.map((entry) => entry.listing.id));
          }
        }
      },
    ),
    { numRuns: 50 },
  );
}, 120_000);

test("whatever is typed is no error", async () => {
  await using index = await indexOf(listing("bakery"), listing("food", { name: "食" }));
  const typed = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          "*",
          "^",
          "(",
          ")",
          "NEAR",
          "NOT",
          "OR",
          "AND",
          " ",
          "-",
          ":",
          "name",
          "{",
          "}",
          "+",
          "\0",
          "食",
          "'",
          "\ud800",
        ),
      )
      .map((parts) => parts.join("")),
  );
  await fc.assert(
    fc.asyncProperty(typed, async (q) => {
      const { total, items } = await index.search({ q });
      expect(total).toBe(items.length);
      expect((await index.suggest(q, 5)).length).toBeLessThanOrEqual(5);
    }),
    { numRuns: 500 },
  );
});

describe("words", () => {
  test("are found without their accents, and in one another's spelling", async () => {
    await using index = await indexOf(
      ...[
        "Cooperativa Sociale Società Aperta",
        "Spółdzielnia Łódź",
        "Bäckerei Straße",
        "Rødgrød Æble",
        "Кооператив Ёлка й Хлеб",
        "Οδός",
        "Об’єднання",
        "İstanbul Işık",
        "Community Co-operative Women's Café",
        "Birmingham Co-housing C.I.C.",
        "جمعية أَلفا",
      ].map((name, at) => listing(`a${at}`, { name })),
    );
    for (const [q, name] of [
      ["societa", "Cooperativa Sociale Società Aperta"],
      ["SOCIETÀ", "Cooperativa Sociale Società Aperta"],
      ["cooperativa sociale società", "Cooperativa Sociale Società Aperta"],
      ["spoldzielnia lodz", "Spółdzielnia Łódź"],
      ["ŁÓDŹ", "Spółdzielnia Łódź"],
      ["strasse backerei", "Bäckerei Straße"],
      ["STRAẞE", "Bäckerei Straße"],
      ["rodgrod aeble", "Rødgrød Æble"],
      ["елка ХЛЕБ", "Кооператив Ёлка й Хлеб"],
      ["ΟΔΟΣ", "Οδός"],
      ["об'єднання", "Об’єднання"],
      ["istanbul isik", "İstanbul Işık"],
      ["cooperative cafe", "Community Co-operative Women's Café"],
      ["co-op cafe", "Community Co-operative Women's Café"],
      ["womens", "Community Co-operative Women's Café"],
      ["cohousing cic", "Birmingham Co-housing C.I.C."],
      ["الفا", "جمعية أَلفا"],
    ] as const) {
      expect(await names(index, q), q).toEqual([name]);
    }
  });

  test("are found in Chinese, Japanese, Korean and Thai by any part of a run", async () => {
    await using index = await indexOf(
      ...[
        "北京农民合作社",
        "生活協同組合コープ",
        "서울협동조합",
        "สหกรณ์การเกษตร",
        "NPO法人 花",
      ].map((name, at) => listing(`a${at}`, { name })),
    );
    expect(await names(index, "合作")).toEqual(["北京农民合作社"]);
    expect(await names(index, "农民合作社")).toEqual(["北京农民合作社"]);
    expect(await names(index, "农民")).toEqual(["北京农民合作社"]);
    expect(await names(index, "农合")).toEqual([]);
    expect(await names(index, "社")).toEqual(["北京农民合作社"]);
    expect(await names(index, "協同組合生活")).toEqual(["生活協同組合コープ"]);
    expect(await names(index, "生活ｺｰﾌﾟ")).toEqual(["生活協同組合コープ"]);
    expect(await names(index, "서울협동")).toEqual(["서울협동조합"]);
    expect(await names(index, "서울")).toEqual(["서울협동조합"]);
    expect(await names(index, "การเกษตร")).toEqual(["สหกรณ์การเกษตร"]);
    expect(await names(index, "npo法")).toEqual(["NPO法人 花"]);
    expect(await names(index, "花")).toEqual(["NPO法人 花"]);
  });

  test("may be incomplete at the end, and only there", async () => {
    await using index = await indexOf(listing("a", { name: "Station Bakery" }));
    expect(await names(index, "station bak")).toEqual(["Station Bakery"]);
    expect(await names(index, "stat bakery")).toEqual([]);
    expect(await names(index, '"station bak')).toEqual(["Station Bakery"]);
    expect(await names(index, '"station bak"')).toEqual([]);
    expect(await names(index, '"bakery station"')).toEqual([]);
    expect(await names(index, "“station bakery”")).toEqual(["Station Bakery"]);
  });

  test("of a phrase don't reach from one text into the next", async () => {
    await using index = await indexOf(
      listing("a", { name: "Boulangerie", nameMap: { fr: "Boulangerie", en: "Station" } }),
    );
    expect(await names(index, "boulangerie station")).toEqual(["Boulangerie"]);
    expect(await names(index, '"boulangerie station"')).toEqual([]);
  });

  test("that are only signs find nothing; quotation marks are no words yet", async () => {
    await using index = await indexOf(listing("bakery"));
    for (const q of ["&", "???", "🍓", '"!"']) expect(await names(index, q), q).toEqual([]);
    for (const q of ["", '"', '" "', "“"]) expect(await names(index, q), q).toEqual(["bakery"]);
    expect(await names(index, "& bakery 🍓")).toEqual(["bakery"]);
  });

  test("are found in all that tells what a co-op is and where, those of the name first", async () => {
    const location = {
      type: "Place" as const,
      address: { type: "PostalAddress" as const, addressCountry: "DE", addressLocality: "Köln" },
      region: ["iso3166-2:DE-NW"],
    };
    await using index = await indexOf(
      listing("a", { name: "Aal", summary: "We bake bread" }),
      listing("b", { name: "Bread" }),
      listing("c", { name: "Cel", legalName: "Bread eG", location, inLanguage: "de" }),
      listing("d", { name: "Dom", theme: ["energy"], activity: ["isic4:8720"] }),
    );
    expect(await names(index, "bread")).toEqual(["Bread", "Cel", "Aal"]);
    for (const q of ["koln", "germany", "deutschland", "nordrhein"])
      expect(await names(index, q), q).toEqual(["Cel"]);
    for (const q of ["energy", "residential care", "mental health"])
      expect(await names(index, q), q).toEqual(["Dom"]);
  });
});

test("examples are found, but not counted", async () => {
  await using index = await indexOf(
    listing("a", { theme: ["food"] }),
    listing("b", { theme: ["food"], example: true }),
  );
  const result = await index.search(asked({ theme: "food" }));
  expect(result).toMatchObject({ total: 1, examples: 1 });
  expect(result.items.map(({ listing: { name } }) => name)).toEqual(["a", "b"]);
  expect(result.facets.theme).toEqual([{ value: "food", label: "Food and farming", count: 1 }]);
  expect(await index.counts()).toEqual({ coops: 1, examples: 1 });
  expect(await index.origins()).toEqual([
    { origin: "coops.example", listings: 2, coops: 1, examples: 1 },
  ]);
});

test("a wide code finds what lies in it, and facets open one level at a time", async () => {
  const place = (addressCountry: string, ...region: string[]) => ({
    type: "Place" as const,
    address: { type: "PostalAddress" as const, addressCountry },
    ...(region.length > 0 && { region }),
  });
  await using index = await indexOf(
    listing("a", { activity: ["isic4:8720"], location: place("GB", "iso3166-2:GB-SCT") }),
    listing("b", { activity: ["isic4:8610"], location: place("GB") }),
    listing("c", { activity: ["isic4:4721"], location: place("FR") }),
  );
  const values = (list: { value: string; count: number }[]) =>
    list.map(({ value, count }) => `${value} ${count}`);
  const all = await index.search({});
  expect(values(all.facets.sector)).toEqual(["isic4:Q 2", "isic4:G 1"]);
  expect(values(all.facets.region)).toEqual(["iso3166-1:GB 2", "iso3166-1:FR 1"]);
  const some = await index.search(asked({ sector: "q", region: "gb" }));
  expect(some.total).toBe(2);
  expect(values(some.facets.sector)).toEqual(["isic4:Q 2", "isic4:86 1", "isic4:87 1"]);
  expect(values(some.facets.region)).toEqual(["iso3166-1:GB 2", "iso3166-2:GB-SCT 1"]);
  const none = await index.search(asked({ sector: "01" }));
  expect(values(none.facets.sector)).toEqual(["isic4:Q 2", "isic4:G 1", "isic4:01 0"]);
});

test("a cursor serves the query that it came from only", async () => {
  await using index = await indexOf(...["a", "b", "c"].map((id) => listing(id)));
  const { next } = await index.search({ limit: 1 });
  const cursor = next ?? "";
  const { items } = await index.search({ limit: 2, cursor });
  expect(items.map(({ listing: { name } }) => name)).toEqual(["b", "c"]);
  for (const query of [{ q: "a" }, { sort: "updated" as const }, { theme: ["food" as const] }]) {
    await expect(index.search({ ...query, cursor })).rejects.toMatchObject({
      code: "bad-request",
      message: expect.stringContaining("another search"),
    });
  }
  for (const broken of [
    "",
    "x",
    "bnVsbA",
    `${cursor}x`.slice(3),
    Buffer.from("[1,2]").toString("base64url"),
  ]) {
    await expect(index.search({ cursor: broken })).rejects.toMatchObject({ code: "bad-request" });
  }
});

test("listings of the same rank are each on one page", async () => {
  const same = Array.from({ length: 12 }, (_, at) => listing(`c${at}`, { name: "Bakery" }));
  await using index = await indexOf(listing("other"), ...same);
  for (const sort of ["relevance", "name", "updated"] as const) {
    const pages = await allPages(index, { q: "bakery", sort, limit: 5 });
    expect(pages.map((page) => page.length)).toEqual([5, 5, 2]);
    expect(new Set(pages.flat().map((entry) => entry.record)).size).toBe(12);
  }
});

test("a cursor fits into a query, whatever the name", async () => {
  for (const name of [
    "𠮷".repeat(150),
    "협".repeat(300),
    `"\\${"\u0001é".repeat(100)}`,
    "🍓🍓🍓",
  ]) {
    await using index = await indexOf(
      listing("a", { name }),
      listing("b", { name }),
      listing("c", { name }),
    );
    const { next } = await index.search({ limit: 1 });
    const pages = await allPages(index, asked({ limit: "1", cursor: next ?? "" }));
    expect(pages.flat()).toHaveLength(2);
  }
});
