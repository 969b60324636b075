import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bakery, testSite, type TestSite } from "../helpers/site.ts";

let site: TestSite;

beforeAll(async () => {
  site = await testSite();
});

afterAll(() => site[Symbol.asyncDispose]());

interface Item {
  code: string;
  label: string;
  within?: string;
}

async function suggested(query: Record<string, string>): Promise<Item[]> {
  const answer = await site.get(`/api/v1/suggest?${new URLSearchParams(query)}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  return ((await answer.json()) as { items: Item[] }).items;
}

describe("what is suggested", () => {
  it.each([
    [{ kind: "sector", q: "bakery" }, "isic4:1071"],
    [{ kind: "sector", q: "4721" }, "isic4:4721"],
    [{ kind: "region", q: "quebec" }, "iso3166-2:CA-QC"],
    [{ kind: "region", q: "nuts:ITC11" }, "nuts:ITC11"],
    [{ kind: "region", q: "georgia", country: "us" }, "iso3166-2:US-GA"],
    [{ kind: "theme", q: "hous" }, "housing"],
    [{ kind: "language", q: "français" }, "fr"],
    [{ kind: "language", q: "fren" }, "fr"],
    [{ kind: "legal-form", q: "solidarité", country: "CA" }, "form:ca-qc-coop-solidarite"],
  ])("%o gives %s first", async (query, code) => {
    const [first] = await suggested(query);
    expect(first?.code).toBe(code);
  });

  it("says what contains a code, and no more than is asked for", async () => {
    const items = await suggested({ kind: "region", q: "rimouski", limit: "1" });
    expect(items.length).toBeLessThanOrEqual(1);
    expect(await suggested({ kind: "region", q: "quebec", limit: "1" })).toEqual([
      { code: "iso3166-2:CA-QC", label: "Quebec", within: "Canada" },
    ]);
    expect(await suggested({ kind: "sector", q: "qqqqqqqq" })).toEqual([]);
  });

  it("completes what is typed into the search, and says where that leads", async () => {
    const other = await testSite();
    await using _ = other;
    const id = await other.add("bakery", bakery);
    const ask = (query: string, headers = {}) => other.get(`/api/v1/suggest?${query}`, headers);
    const answer = await ask("q=boul");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=60");
    const { items } = (await answer.json()) as { items: { kind: string; href: string }[] };
    expect(items).toContainEqual({
      kind: "coop",
      label: "Boulangerie de la Gare",
      value: `https://coops.example/coops/${id}`,
      count: 1,
      href: `/coops/${id}`,
    });
    const named = (await (await ask("q=canada&lang=fr")).json()) as { items: object[] };
    expect(named.items).toContainEqual({
      kind: "region",
      label: "Canada",
      value: "iso3166-1:CA",
      count: 1,
      href: "/search?region=iso3166-1:CA",
    });
    expect((await ask("q=")).status).toBe(200);
    const etag = answer.headers.get("etag") ?? "";
    expect((await ask("q=boul", { "if-none-match": etag })).status).toBe(304);
  });

  it("names what is wrong with a question", async () => {
    const answer = await site.get("/api/v1/suggest?kind=sectors&limit=0&words=x");
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: { parameter: string }[] };
    expect(errors.map(({ parameter }) => parameter).toSorted()).toEqual(["kind", "limit", "words"]);
  });
});
