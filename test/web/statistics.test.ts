import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StakeholderKind, Theme } from "../../src/coop/codes.ts";
import { type DimensionName, dimensionNames } from "../../src/coop/dimensions.ts";
import type { Figures, ListingContent } from "../../src/coop/listing.ts";
import { SearchQuery } from "../../src/coop/query.ts";
import { cellSearch, type Fact } from "../../src/web/cell-search.ts";
import { searchHref } from "../../src/web/pages/search-address.ts";
import { testSite, type TestSite } from "../helpers/site.ts";

let site: TestSite;

const activities = ["isic4:1071", "isic4:8720", "isic4:3510", "isic4:87"];
const regions = ["iso3166-2:GB-SCT", "iso3166-2:CA-QC", "iso3166-2:IT-25", "nuts:ITC11"];
const countries = ["GB", "CA", "IT", "IT"];

/** The same every time: facts that cross each other in many ways. */
function content(at: number): Partial<ListingContent> {
  const of = <T>(list: readonly T[], step: number) =>
    list[Math.floor(at / step) % list.length] as T;
  const kinds = StakeholderKind.options;
  const figures: Figures[] = [2019, 2020, 2021].flatMap((year, index) =>
    (at + index) % 3 === 0
      ? []
      : [{ year, members: 10 + ((at * 7 + index) % 50), workers: 9, workerMembers: at % 9 }],
  );
  return {
    name: `Co-op ${at}`,
    theme: [of(Theme.options.slice(0, 4), 1), of(Theme.options.slice(2, 6), 2)],
    activity: [of(activities, 1), of(activities, 3)],
    ...(at % 5 !== 0 && { coopType: of(["worker", "producer"] as const, 1) }),
    ...(at % 4 !== 0 && { foundingDate: String(1985 + ((at * 11) % 38)) }),
    ...(at % 9 === 0 && { status: "closed", dissolutionDate: "2020-06" }),
    ...(at % 11 === 0 && { level: "secondary" }),
    ...(at % 3 === 0 && {
      offers: [{ name: "Help", capital: "human", theme: of(Theme.options.slice(0, 3), 3) }],
    }),
    ...(at % 2 === 0 && {
      stakeholders: [{ key: "a", kind: of(kinds, 2), name: "A" }],
      location: {
        type: "Place",
        address: { type: "PostalAddress", addressCountry: of(countries, 2) },
        region: [of(regions, 2)],
      },
    }),
    ...(figures.length > 0 && { figures }),
  };
}

beforeAll(async () => {
  site = await testSite();
  await site.import(Array.from({ length: 40 }, (_, at) => content(at)));
  await site.addExamples();
}, 60_000);
afterAll(async () => site?.[Symbol.asyncDispose]());

interface Cells {
  organisations: number[];
  contributors: number[];
  value: (number | null)[];
}
interface Value {
  value: string;
  label: string;
  search: string;
}
interface Answer {
  rows: { dimension: DimensionName; values: Value[] } | null;
  cols: { dimension: DimensionName; values: Value[] } | null;
  cells: Cells;
  margins: { rows: Cells | null; cols: Cells | null };
  total: Cells | null;
  search: string;
  undated: number | null;
  cite: string;
}

async function stats(parameters: string): Promise<Answer> {
  const response = await site.get(`/api/v1/stats?${parameters}`, { accept: "application/json" });
  const answer = (await response.json()) as Answer;
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}

async function totalOf(address: string): Promise<number> {
  const response = await site.get(
    `${address}${address.includes("?") ? "&" : "?"}limit=1&facets=none`,
  );
  const { total } = (await response.json()) as { total: number };
  expect(response.status, address).toBe(200);
  return total;
}

describe("every cell has a search with the same total", () => {
  const filters = fc.constantFrom(
    "",
    "theme=food,housing",
    "sector=87",
    "status=active,closed&level=primary,secondary",
    "region=GB,IT&type=worker",
    "also=theme:food&also=theme:care",
    "founded_from=1990",
    "q=co-op",
  );
  const side = fc.option(fc.constantFrom(...dimensionNames), { nil: undefined });

  test("in tables, margins and series", async () => {
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        filters,
        fc.constantFrom("", "year=2020"),
        fc.nat(),
        async (rows, cols, filter, year, pick) => {
          const timed = [rows, cols].filter((name) => name === "year" || name === "figure_year");
          fc.pre(timed.length < 2 && (timed.length === 0 || year === ""));
          const parts = [filter, year, rows && `rows=${rows}`, cols && `cols=${cols}`];
          const answer = await stats(parts.filter((part) => part).join("&"));
          const down = answer.rows?.values ?? [undefined];
          const across = answer.cols?.values ?? [undefined];
          if (down.length * across.length === 0) return;
          const { pathname, search } = new URL(answer.search);
          const address = (...values: (Value | undefined)[]) =>
            [pathname + search, ...values.flatMap((value) => value?.search ?? [])].join("&");
          for (let step = 0; step < 2; step++) {
            const r = (pick + step * 7) % down.length;
            const c = (pick + step * 3) % across.length;
            const cell = answer.cells.organisations[r * across.length + c];
            expect(await totalOf(address(down[r], across[c]))).toBe(cell);
            // The links of the page say it by filters where these are free.
            const facts: Fact[] = [
              ...(answer.rows ? [[answer.rows.dimension, down[r]?.value ?? ""] as const] : []),
              ...(answer.cols ? [[answer.cols.dimension, across[c]?.value ?? ""] as const] : []),
            ];
            const base = queryOf(search);
            expect(await totalOf(searchHref(cellSearch(base, facts), "/api/v1/coops"))).toBe(cell);
            if (answer.margins.rows !== null) {
              expect(await totalOf(address(down[r]))).toBe(answer.margins.rows.organisations[r]);
            }
            if (answer.margins.cols !== null) {
              expect(await totalOf(address(across[c]))).toBe(answer.margins.cols.organisations[c]);
            }
          }
          if (answer.total !== null) {
            expect(await totalOf(address())).toBe(answer.total.organisations[0]);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});

function queryOf(search: string): SearchQuery {
  const read: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) (read[name] ??= []).push(value);
  const single = Object.entries(read).map(([name, values]) => [
    name,
    values.length === 1 ? values[0] : values,
  ]);
  return SearchQuery.parse(Object.fromEntries(single));
}

test("by itself it counts active co-ops of the primary level, and no examples", async () => {
  const answer = await stats("measure=members");
  const meant = Array.from({ length: 40 }, (_, at) => content(at)).filter(
    ({ status, level }) => status === undefined && level === undefined,
  );
  expect(answer.total?.organisations).toEqual([meant.length]);
  const latest = meant.flatMap(({ figures }) => figures?.at(-1)?.members ?? []) as number[];
  expect(answer.total?.contributors).toEqual([latest.length]);
  expect(answer.total?.value).toEqual([latest.reduce((sum, each) => sum + each, 0)]);
  expect(answer.cite).toContain("https://coops.example/stats?measure=members");
});

test("each fault names its parameter, and what would be right", async () => {
  const faultsOf = async (parameters: string) => {
    const response = await site.get(`/api/v1/stats?${parameters}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const { errors } = (await response.json()) as {
      errors: { parameter: string; detail: string }[];
    };
    return Object.fromEntries(errors.map(({ parameter, detail }) => [parameter, detail]));
  };
  expect(await faultsOf("rows=typ&measure=turnover&stat=sums&year=20&theme=fod&color=red")).toEqual(
    {
      rows: "rows can’t be “typ”. Did you mean “type”?",
      measure: expect.stringContaining("turnover:EUR"),
      stat: "stat can’t be “sums”. Did you mean “sum”?",
      year: "year: not a year, such as 2015.",
      theme: "theme can’t be “fod”. Did you mean “food”?",
      color: expect.stringContaining("There is no parameter “color”"),
    },
  );
  expect(
    Object.keys(
      await faultsOf(
        "rows=year&cols=figure_year&year=2010&stat=ratio&measure=members&from=2020&to=2010",
      ),
    ),
  ).toEqual(["stat", "cols", "year", "to"]);
  expect(Object.keys(await faultsOf("compare=2010&panel=matched&from=2000"))).toEqual([
    "compare",
    "from",
    "panel",
  ]);
  expect(await faultsOf("also=colour:red")).toEqual({
    also: expect.stringContaining("theme:food"),
  });
});

test("gives the same as CSV, with what a citation needs below", async () => {
  const answer = await stats("rows=country&cols=type&measure=members");
  const response = await site.get("/api/v1/stats?rows=country&cols=type&measure=members", {
    accept: "text/csv",
  });
  expect(response.headers.get("content-type")).toContain("text/csv");
  expect(response.headers.get("vary")).toBe("Accept");
  const lines = (await response.text()).replace("\uFEFF", "").trimEnd().split("\r\n");
  expect(lines[0]).toBe("country,country_label,type,type_label,organisations,contributors,value");
  const cells = (answer.rows?.values ?? []).flatMap((row, r) =>
    (answer.cols?.values ?? []).map((col, c) => {
      const at = r * (answer.cols?.values.length ?? 0) + c;
      const { organisations, contributors, value } = answer.cells;
      return [
        row.value,
        row.label,
        col.value,
        col.label,
        organisations[at],
        contributors[at],
        value[at] ?? "",
      ].join(",");
    }),
  );
  expect(lines.slice(1, 1 + cells.length)).toEqual(cells);
  const notes = lines.slice(1 + cells.length);
  expect(notes.every((line) => line.startsWith("# ") || line.startsWith('"# '))).toBe(true);
  for (const note of ["# node,coops.example", "# state of the feed,", "# cite,", "# rule,"]) {
    expect(
      notes.some((line) => line.startsWith(note)),
      note,
    ).toBe(true);
  }
});

test("a citation names the numbers by their digest, until one of them changes", async () => {
  await using other = await testSite();
  await other.import([{ name: "One", coopType: "worker" }]);
  const path = "/api/v1/stats?rows=type";
  const cited = async () => {
    const { cite } = (await (await other.get(path)).json()) as Answer;
    return /CSV: ([0-9a-f]{64})\.$/.exec(cite)?.[1];
  };
  const digest = await cited();
  // As it is kept in a file, with the mark in front that decoding takes away.
  const file = await (await other.get(`${path}&format=csv`)).arrayBuffer();
  const csv = Buffer.from(file).toString();
  const cells = csv.slice(0, csv.search(/^"?#/m));
  expect(createHash("sha256").update(cells).digest("hex")).toBe(digest);
  expect(csv).toContain(`${digest}.`);
  expect(await other.page("/stats?rows=type")).toContain(`${digest}.`);
  await other.add("two", { coopType: "worker" });
  expect(await cited()).not.toBe(digest);
});

test("an answer that is known already is not sent again", async () => {
  const first = await site.get("/api/v1/stats?rows=type");
  const etag = first.headers.get("etag") ?? "";
  const second = await site.get("/api/v1/stats?rows=type", { "if-none-match": etag });
  expect(second.status).toBe(304);
  // The same as CSV is another answer.
  const table = await site.get("/api/v1/stats?rows=type&format=csv", { "if-none-match": etag });
  expect(table.status).toBe(200);
  const known = { "if-none-match": table.headers.get("etag") ?? "" };
  const again = await site.get("/api/v1/stats?rows=type&format=csv", known);
  expect(again.status).toBe(304);
  expect(again.headers.get("vary")).toBe("Accept");
});

test("says how much of a published total is listed", async () => {
  await using other = await testSite();
  await other.import([
    {
      name: "Coop de solidarité",
      legalFormCode: "form:ca-qc-coop-solidarite",
      foundingDate: "2001",
      location: {
        type: "Place",
        address: { type: "PostalAddress", addressCountry: "CA" },
        region: ["iso3166-2:CA-QC"],
      },
    },
  ]);
  const response = await other.get("/api/v1/stats?region=CA-QC");
  const { coverage } = (await response.json()) as {
    coverage: { populations: { total: number; listed: number }[] };
  };
  expect(coverage.populations).toEqual([expect.objectContaining({ total: 479, listed: 1 })]);
});

describe("the page", () => {
  test("says why nothing is in a year, and leads to the count without one", async () => {
    await using undated = await testSite();
    await undated.import([{ name: "One", coopType: "worker" }]);
    const page = await undated.page("/stats?rows=type&year=2023&compare=2021&type=worker");
    expect(page.replaceAll(/\s+/g, " ")).toContain("1 co-op matches, but doesn’t say when");
    const [, href = ""] = /<a href="([^"]+)">Count without a year/.exec(page) ?? [];
    expect(await undated.page(href.replaceAll("&amp;", "&"))).toContain("<strong");
    expect(href).toBe("/stats?rows=type&amp;type=worker");
  });

  test("links each number to the co-ops behind it, and forgets what belongs to another table", async () => {
    const page = await site.page(
      "/stats?rows=theme&cols=country&measure=organisations&stat=median&from=2001",
    );
    expect(page).toContain("/search?");
    const [, href = ""] = /<td class="figure">\s*<a href="([^"]+)">\d+<\/a>/.exec(page) ?? [];
    const [, count = ""] = /<td class="figure">\s*<a href="[^"]+">(\d+)<\/a>/.exec(page) ?? [];
    const found = await site.page(href.replaceAll("&amp;", "&"));
    expect(found).toMatch(new RegExp(`<strong>${count}\\s*co-ops?</strong>`));
  });

  test("says what it can’t read, and shows the rest", async () => {
    const response = await site.get("/stats?rows=typ&theme=food&utm_source=x");
    expect(response.status).toBe(400);
    const page = await response.text();
    expect(page).toContain("Did you mean “type”?");
    expect(page).toContain("Food and farming");
  });

  test("draws a series as a line", async () => {
    expect(await site.page("/stats?rows=year&measure=members")).toContain('class="course"');
  });
});
