import { describe, expect, test } from "vitest";
import { attestSame, retractSame } from "../../src/directory/attest.ts";
import { bakery, foreignListing, now, testSite } from "../helpers/site.ts";

interface Answer {
  total: number;
  examples: number;
  items: Record<string, unknown>[];
  facets: Record<string, { value: string; label: string; count: number }[]>;
  next: string | null;
}

const json = { accept: "application/json" };

describe("GET /api/v1/coops", () => {
  test("gives items of one documented shape, unknown facts as null", async () => {
    await using site = await testSite();
    const id = await site.add("bakery", bakery);
    await site.add("bare");
    const response = await site.get("/api/v1/coops?sort=name", json);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const { items, ...rest } = (await response.json()) as Answer;
    const hide = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replace(/coops\/[0-9a-z]{10}/g, "coops/ID")) as unknown;
    expect(items[0]?.["id"]).toBe(`https://coops.example/coops/${id}`);
    expect(Object.keys(items[1] ?? {})).toEqual(Object.keys(items[0] ?? {}));
    expect(hide({ items, ...rest })).toMatchSnapshot();
  });

  test("pages through everything once, by full URLs", async () => {
    await using site = await testSite();
    await site.import(Array.from({ length: 7 }, (_, at) => ({ name: `Co-op ${at}` })));
    const names: unknown[] = [];
    let path: string | null = "/api/v1/coops?limit=3&sort=name";
    for (let pages = 0; path !== null; pages++) {
      expect(pages).toBeLessThan(4);
      const { items, next, total } = (await (await site.get(path, json)).json()) as Answer;
      expect(total).toBe(7);
      names.push(...items.map(({ name }) => name));
      if (next !== null) {
        expect(next).toMatch(
          /^https:\/\/coops\.example\/api\/v1\/coops\?limit=3&sort=name&cursor=/,
        );
      }
      path = next?.slice("https://coops.example".length) ?? null;
    }
    expect(names).toEqual(Array.from({ length: 7 }, (_, at) => `Co-op ${at}`));
  });

  test("names every fault, and what was probably meant", async () => {
    await using site = await testSite();
    const response = await site.get(
      "/api/v1/coops?sectr=q&theme=hosing&limit=many&region=ZZ&q=a&q=b",
      json,
    );
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await response.json()) as { errors: { parameter: string }[] };
    problem.errors.sort((a, b) => (a.parameter < b.parameter ? -1 : 1));
    expect(problem.errors).toEqual([
      { parameter: "limit", detail: "limit: not a whole number." },
      { parameter: "q", detail: "q can be given only once." },
      { parameter: "region", detail: "region: “ZZ” is not an ISO 3166 code, such as CA or CA-QC." },
      { parameter: "sectr", detail: "There is no parameter “sectr”. Did you mean “sector”?" },
      { parameter: "theme", detail: "theme can’t be “hosing”. Did you mean “housing”?" },
    ]);
    expect(problem).toMatchObject({
      type: "about:blank",
      status: 400,
      title: "The request can’t be understood",
    });
    const cursor = await site.get("/api/v1/coops?cursor=nonsense", json);
    expect(cursor.status).toBe(400);
  });

  test("counts the facets that are asked for, in the language that is", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    const facets = async (query: string) =>
      ((await (await site.get(`/api/v1/coops?${query}`, json)).json()) as Answer).facets;
    expect(await facets("facets=theme,region&lang=fr")).toEqual({
      theme: [
        { value: "food", label: expect.not.stringMatching(/food/i), count: 1 },
        { value: "work", label: expect.not.stringMatching(/work/i), count: 1 },
      ],
      region: [{ value: "iso3166-1:CA", label: "Canada", count: 1 }],
    });
    expect(await facets("facets=none")).toEqual({});
  });

  test("refuses questions that would cost too much", async () => {
    await using site = await testSite();
    const many = Array.from({ length: 51 }, (_, at) => `nuts:X${at}`).join();
    const words = "a ".repeat(17);
    const response = await site.get(`/api/v1/coops?region=${many}&q=${words}&limit=101`, json);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: unknown[] };
    expect(errors).toEqual([
      { parameter: "q", detail: "q: more than 16 words." },
      { parameter: "region", detail: "region: more than 50 values." },
      { parameter: "limit", detail: "limit: not between 1 and 100." },
    ]);
  });

  test("says what doesn’t go with what", async () => {
    await using site = await testSite();
    const faults = async (query: string) => {
      const response = await site.get(`/api/v1/coops?${query}`, json);
      return ((await response.json()) as { errors: { detail: string }[] }).errors.map(
        ({ detail }) => detail,
      );
    };
    expect(await faults("radius_km=5&sort=nearest&founded_from=2000&founded_to=1999")).toEqual([
      "radius_km: needs near beside it, such as near=53.8,-1.55.",
      "sort: nearest needs near beside it, such as near=53.8,-1.55.",
      "founded_to: is before founded_from, which is 2000.",
    ]);
    expect(await faults("near=91,0&bbox=1,2,3&women_band=half")).toEqual([
      expect.stringContaining("women_band can’t be “half”. The values are 0-24"),
      expect.stringContaining("near: “91,0” is not a latitude and a longitude"),
      expect.stringContaining("bbox: “1,2,3” is not west,south,east,north"),
    ]);
  });

  test("answers 304 until something changes", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    const first = await site.get("/api/v1/coops", json);
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^W\/"/);
    const same = await site.get("/api/v1/coops", { ...json, "if-none-match": `"other", ${etag}` });
    expect([same.status, await same.text(), same.headers.get("etag")]).toEqual([304, "", etag]);
    await site.add("other");
    const changed = await site.get("/api/v1/coops", { ...json, "if-none-match": etag });
    expect(changed.status).toBe(200);
  });
});

describe("GET /api/v1/coops/lookup", () => {
  test("finds a co-op by any of its ids", async () => {
    await using site = await testSite();
    const id = await site.add("bakery", {
      ...bakery,
      identifier: [{ type: "PropertyValue", propertyID: "GB-COH", value: "IP123" }],
    });
    const url = `https://coops.example/coops/${id}`;
    for (const asked of [url, `${url}/listing`, "@bakery@coops.example", "GB-COH:IP123"]) {
      const response = await site.get(`/api/v1/coops/lookup?id=${encodeURIComponent(asked)}`, json);
      const { items } = (await response.json()) as Answer;
      expect(
        items.map((item) => item["id"]),
        asked,
      ).toEqual([url]);
    }
    expect((await site.get("/api/v1/coops/lookup?id=nobody", json)).status).toBe(404);
    expect((await site.get("/api/v1/coops/lookup", json)).status).toBe(400);
  });

  test("names the page here of what another host publishes", async () => {
    await using site = await testSite();
    await site.take([await foreignListing("https://other.example", { name: "Elsewhere" })]);
    const response = await site.get("/api/v1/coops", json);
    const { items } = (await response.json()) as Answer;
    expect(items[0]).toMatchObject({
      id: "https://other.example/coops/abcdefghjk",
      listing: "https://other.example/coops/abcdefghjk/listing",
      page: "https://coops.example/directory/other.example/coops/abcdefghjk",
      host: "other.example",
      handle: null,
    });
  });
});

describe("an organisation with several listings", () => {
  const number = (value: string) => ({
    name: "Station Bakery",
    identifier: [{ type: "PropertyValue" as const, propertyID: "GB-COH", value }],
  });

  test("is one item, with all of them", async () => {
    await using site = await testSite();
    const [imported = ""] = await site.import([number("7444723")]);
    const own = `https://coops.example/coops/${await site.add("bakery", number("07444723"))}`;
    const { items, total } = (await (await site.get("/api/v1/coops", json)).json()) as Answer;
    expect(total).toBe(1);
    expect(items).toMatchObject([
      {
        id: own,
        listings: [
          { id: own, listing: `${own}/listing`, page: own, provenance: "claimed" },
          { id: imported, host: "coops.example", provenance: "imported" },
        ],
      },
    ]);
    // Whoever asks for the other one gets it.
    const lookup = await site.get(`/api/v1/coops/lookup?id=${imported}`, json);
    const { items: found } = (await lookup.json()) as Answer;
    expect(found).toMatchObject([{ id: imported, listings: items[0]?.["listings"] }]);

    const pages = [
      await site.page(new URL(own).pathname),
      await site.page(new URL(imported).pathname),
    ];
    expect(pages[0]).toContain("Also listed by");
    expect(pages[0]).toContain(`href="${new URL(imported).pathname}"`);
    expect(pages[1]).toContain("has more than one listing");
    expect(pages[1]).toContain(`href="${new URL(own).pathname}"`);
    expect(await site.page("/")).toContain("<dd>1</dd>");
  });

  test("is attested by a node, which serves what it attests", async () => {
    await using site = await testSite();
    const [a = "", b = ""] = await site.import([{ name: "A" }, { name: "B" }]);
    const total = async () =>
      ((await (await site.get("/api/v1/coops", json)).json()) as Answer).total;
    expect(await total()).toBe(2);
    const { url } = await attestSame(site.db, site.node, a, b, now);
    await site.site.index.catchUp();
    expect(await total()).toBe(1);
    const served = await site.get(new URL(url).pathname);
    expect(served.status).toBe(200);
    expect(served.headers.get("content-type")).toBe("application/ld+json");
    expect(await served.json()).toMatchObject({ id: url, type: ["Document", "coop:Attestation"] });
    await retractSame(site.db, site.node, a, b, now);
    await site.site.index.catchUp();
    expect(await total()).toBe(2);
    expect((await site.get(new URL(url).pathname)).status).toBe(410);
    expect((await site.get("/attestations/nothing")).status).toBe(404);
  });

  test("is left out when it has closed, unless it is asked for", async () => {
    await using site = await testSite();
    await site.import([{ name: "Open" }, { name: "Shut", status: "closed" }]);
    const found = async (query: string) => {
      const answer = (await (await site.get(`/api/v1/coops${query}`, json)).json()) as Answer;
      return [answer.total, ...answer.items.map(({ name }) => name)];
    };
    expect(await found("")).toEqual([1, "Open"]);
    expect(await found("?status=closed")).toEqual([1, "Shut"]);
    expect(await found("?status=closed,active&sort=name")).toEqual([2, "Open", "Shut"]);
    expect(await found("?level=secondary")).toEqual([0]);
  });
});

describe("GET /health", () => {
  test("says whether the node can answer in full", async () => {
    await using site = await testSite();
    await site.add("bakery");
    const up = await site.get("/health");
    expect(up.status).toBe(200);
    expect(await up.json()).toEqual({
      role: "hub",
      status: "ok",
      version: "0.1.0",
      seq: 1,
      indexed: 1,
    });
    await using waiting = await testSite({ ready: () => Promise.resolve(false) });
    expect((await waiting.get("/health")).status).toBe(503);
    await using broken = await testSite({ ready: () => Promise.reject(new Error("no")) });
    expect((await broken.get("/health")).status).toBe(503);
  });
});
