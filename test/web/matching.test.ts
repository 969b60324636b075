import { describe, expect, test } from "vitest";
import type { ListingContent } from "../../src/coop/listing.ts";
import { attest } from "../../src/directory/attest.ts";
import { now, testSite, type TestSite } from "../helpers/site.ts";

const json = { accept: "application/json" };

async function ask<T>(site: TestSite, path: string): Promise<T> {
  const answer = await site.get(path, json);
  expect(answer.status, path).toBe(200);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  return (await answer.json()) as T;
}

function at(latitude: number, longitude: number, country = "GB"): Pick<ListingContent, "location"> {
  return {
    location: {
      type: "Place",
      address: { type: "PostalAddress", addressCountry: country },
      latitude,
      longitude,
    },
  };
}

interface Matches {
  total: number;
  items: {
    coop: { name: string; id: string };
    fit: string;
    distance_km: number | null;
    offers?: { name: string }[];
  }[];
  next: string | null;
}

const preston = at(53.76, -2.7);
const food = { name: "Vegetables", theme: "food", capital: "physical" } as const;

describe("GET /api/v1/matches", () => {
  test("finds who offers what a co-op looks for, the nearest and best first", async () => {
    await using site = await testSite();
    const id = await site.add("canteen", {
      ...preston,
      name: "Canteen",
      needs: [food, { name: "Vans", capital: "physical", validThrough: "2020-01-01" }],
    });
    await site.import([
      { name: "Far", ...at(51.5, -0.1), offers: [food] },
      { name: "Near, other capital", ...at(53.77, -2.71), offers: [{ ...food, capital: "human" }] },
      { name: "Near", ...at(53.75, -2.69), offers: [food] },
      { name: "Somewhere in the country", ...country("GB"), offers: [food] },
      { name: "Nowhere", offers: [{ name: "Things", capital: "physical" }] },
      { name: "Expired", ...preston, offers: [{ ...food, validThrough: "2026-11-20" }] },
      { name: "Last day", ...at(53.9, -2.7), offers: [{ ...food, validThrough: "2026-11-21" }] },
      { name: "Other theme", ...preston, offers: [{ ...food, theme: "housing" }] },
      { name: "Closed", ...preston, status: "closed", offers: [food] },
    ]);
    const path = `/api/v1/matches?id=https://coops.example/coops/${id}`;
    const { total, items } = await ask<Matches>(site, path);
    expect(total).toBe(6);
    expect(items.map(({ coop, fit }) => [coop.name, fit])).toEqual([
      ["Near", "theme and capital"],
      ["Near, other capital", "theme"],
      ["Last day", "theme and capital"],
      ["Far", "theme and capital"],
      ["Somewhere in the country", "theme and capital"],
      ["Nowhere", "capital"],
    ]);
    expect(items[0]?.distance_km).toBeCloseTo(1.29, 1);
    expect(items[0]?.offers).toMatchObject([{ name: "Vegetables" }]);
    expect(items.at(-1)?.distance_km).toBeNull();
    // Page by page it is the same.
    const names: string[] = [];
    let next: string | null = `${path}&limit=4`;
    while (next !== null) {
      const page: Matches = await ask(site, next.replace(/^https:..coops.example/, ""));
      names.push(...page.items.map(({ coop }) => coop.name));
      next = page.next;
    }
    expect(names).toEqual(items.map(({ coop }) => coop.name));
    const close = await ask<Matches>(site, `${path}&radius_km=20`);
    expect(close.items.map(({ coop }) => coop.name)).toEqual([
      "Near",
      "Near, other capital",
      "Last day",
    ]);
    // From the other side.
    const back = await ask<Matches>(site, `/api/v1/matches?id=${items[0]?.coop.id}&side=needs`);
    expect(back.items.map(({ coop }) => coop.name)).toEqual(["Canteen"]);
  });

  test("matches worked examples with worked examples only", async () => {
    await using site = await testSite();
    const id = await site.add("real", { name: "Real", needs: [food] });
    const sample = await site.add("sample", { name: "Sample", example: true, needs: [food] });
    await site.add("farm", { name: "Sample farm", example: true, offers: [food] });
    const of = (coop: string) =>
      ask<Matches>(site, `/api/v1/matches?id=https://coops.example/coops/${coop}`);
    expect(await of(id)).toEqual({ total: 0, items: [], next: null });
    expect((await of(sample)).items.map(({ coop }) => coop.name)).toEqual(["Sample farm"]);
  });

  test("says what is wrong with a question", async () => {
    await using site = await testSite();
    const answer = await site.get("/api/v1/matches?side=both&radius_km=-1", json);
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: { parameter: string }[] };
    expect(errors.map(({ parameter }) => parameter)).toEqual(["id", "side", "radius_km"]);
    expect((await site.get("/api/v1/matches?id=GB-COH:1", json)).status).toBe(404);
  });
});

interface Supply {
  organisations: number;
  themes: {
    theme: string;
    needing: number;
    buying: number;
    offering: number;
    working: number;
    contracted: number;
    supplying: number;
    nobody: boolean;
    sectors: { sector: string; label: string; working: number }[];
  }[];
}

describe("GET /api/v1/supply", () => {
  test("says what a place needs and buys, and who there could supply it", async () => {
    await using site = await testSite();
    const farm = await site.add("farm", {
      name: "Farm elsewhere",
      ...at(51.5, -0.1),
      theme: ["food"],
    });
    await site.import([
      {
        name: "Canteen",
        ...preston,
        needs: [food, { name: "Flats", theme: "housing", capital: "physical" }],
        relations: [{ kind: "buys-from", name: "Farm", id: `https://coops.example/coops/${farm}` }],
      },
      {
        name: "Homes",
        ...preston,
        theme: ["housing"],
        activity: ["isic4:6810"],
        relations: [{ kind: "public-contract-with", name: "Preston City Council" }],
      },
      { name: "Retired", ...preston, needs: [{ ...food, validThrough: "2020-01-01" }] },
      { name: "Sample", ...preston, example: true, needs: [food] },
    ]);
    const { organisations, themes } = await ask<Supply>(
      site,
      "/api/v1/supply?near=53.76,-2.7&radius_km=10",
    );
    expect(organisations).toBe(3);
    const of = (name: string) => themes.find(({ theme }) => theme === name);
    expect(of("food")).toMatchObject({
      needing: 1,
      buying: 1,
      offering: 0,
      working: 0,
      nobody: true,
    });
    expect(of("housing")).toMatchObject({
      needing: 1,
      working: 1,
      contracted: 1,
      nobody: false,
      sectors: [{ sector: "isic4:68", label: "Real estate activities", working: 1 }],
    });
    expect(of("tech")).toMatchObject({ needing: 0, nobody: false });
    const elsewhere = await ask<Supply>(site, "/api/v1/supply?region=FR");
    expect(elsewhere.organisations).toBe(0);
  });
});

interface Graph {
  total: number;
  counts: { kind: string; relations: number; confirmed: number; organisations: number }[];
  nodes: { id: string; name: string; listed: boolean }[];
  edges: { from: string; to: string; kind: string; confirmed: { how: string } | null }[];
  next: string | null;
}

describe("GET /api/v1/relations", () => {
  test("gives the graph by kind, by co-op, by place and by what is confirmed", async () => {
    await using site = await testSite();
    const url = (id: string) => `https://coops.example/coops/${id}`;
    const apex = url(await site.add("apex", { name: "Apex", ...preston }));
    const mill = url(
      await site.add("mill", {
        name: "Mill",
        ...preston,
        relations: [
          { kind: "member-of", name: "Apex", id: apex },
          { kind: "public-contract-with", name: "Council" },
          { kind: "supplies", name: "Bakery", identifier: number },
        ],
      }),
    );
    const bakery = url(
      await site.add("bakery", {
        name: "Bakery",
        identifier: [number],
        relations: [
          { kind: "buys-from", name: "The mill", id: mill },
          { kind: "member-of", name: "Apex", id: apex },
        ],
      }),
    );
    await site.add("sample", {
      name: "Sample",
      example: true,
      relations: [{ kind: "member-of", name: "Apex", id: apex }],
    });
    await attest(
      site.db,
      site.node,
      { relationship: "member-of", subject: mill, object: apex },
      now,
    );
    await site.site.index.catchUp();
    const graph = (query: string) => ask<Graph>(site, `/api/v1/relations?${query}`);
    const all = await graph("");
    expect([all.total, all.counts, all.next]).toEqual([
      5,
      [
        { kind: "member-of", relations: 2, confirmed: 1, organisations: 2 },
        { kind: "supplies", relations: 1, confirmed: 1, organisations: 1 },
        { kind: "buys-from", relations: 1, confirmed: 0, organisations: 1 },
        { kind: "public-contract-with", relations: 1, confirmed: 0, organisations: 1 },
      ],
      null,
    ]);
    expect(all.edges).toHaveLength(5);
    expect(all.nodes.map(({ id }) => id).toSorted()).toEqual(
      [apex, bakery, mill, "Council"].toSorted(),
    );
    expect(all.nodes.find(({ id }) => id === "Council")).toEqual({
      listed: false,
      id: "Council",
      name: "Council",
      url: null,
    });
    const ends = ({ edges }: Graph) => edges.map(({ from, to, kind }) => [from, kind, to]);
    expect(ends(await graph("kind=supplies"))).toEqual([[mill, "supplies", bakery]]);
    expect((await graph("kind=supplies")).edges[0]?.confirmed?.how).toBe("listing");
    // Of the bakery, also what others say, who name it by its number.
    expect((await graph(`of=${bakery}`)).total).toBe(3);
    expect((await graph("of=GB-COH:07444723&kind=supplies")).total).toBe(1);
    expect((await graph("confirmed=yes")).total).toBe(2);
    expect((await graph("confirmed=no")).edges.map(({ kind }) => kind).toSorted()).toEqual([
      "buys-from",
      "member-of",
      "public-contract-with",
    ]);
    expect((await graph("near=53.76,-2.7&radius_km=5")).total).toBe(3);
    // Page by page it is the same.
    const pages: unknown[] = [];
    let next: string | null = "/api/v1/relations?limit=2";
    while (next !== null) {
      const page: Graph = await ask(site, next.replace(/^https:..coops.example/, ""));
      expect(page.total).toBe(5);
      pages.push(...ends(page));
      next = page.next;
    }
    expect(pages).toEqual(ends(all));
    expect((await site.get("/api/v1/relations?cursor=x", json)).status).toBe(400);
  });
});

describe("the pages", () => {
  test("show a co-op who fits it, and what a place lacks, and who has to do with whom", async () => {
    await using site = await testSite();
    const mill = await site.add("mill", { name: "Mill", ...at(53.77, -2.7), offers: [food] });
    const id = await site.add("canteen", {
      name: "Canteen",
      ...preston,
      needs: [food, { name: "A bus", theme: "transport", capital: "physical" }],
      relations: [
        { kind: "buys-from", name: "The mill", id: `https://coops.example/coops/${mill}` },
        { kind: "public-contract-with", name: "Council" },
      ],
    });
    const page = words(await site.page(`/coops/${id}`));
    expect(page).toContain("Who fits Offered by others Mill United Kingdom, 1.1 km Vegetables");
    expect(words(await site.page(`/coops/${mill}`))).toContain("Looked for by others Canteen");
    const supply = words(await site.page("/supply?region=united+kingdom"));
    expect(supply).toContain("2 co-ops United Kingdom");
    expect(supply).toMatch(/Transport Nobody here yet Sectors/);
    expect(supply).not.toMatch(/Food and farming Nobody/);
    const relations = await site.page("/relations?confirmed=no");
    expect(words(relations)).toContain("Canteen has a public contract with Council");
    expect(relations).toMatch(new RegExp(`<a href="/coops/${mill}"[^>]*>Mill</a>`));
    const faulty = await site.get("/relations?kind=eats&cursor=x");
    expect(faulty.status).toBe(400);
    expect(words(await faulty.text())).toContain("2 relations");
    const unknown = await site.get("/supply?region=nowhere+at+all");
    expect(unknown.status).toBe(400);
    expect(await unknown.text()).toContain("No region is called “nowhere at all”: write a name");
  });
});

function words(text: string): string {
  return text
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .replace(/ ([,.])/g, "$1");
}

const number = { type: "PropertyValue", propertyID: "GB-COH", value: "07444723" } as const;

function country(code: string): Pick<ListingContent, "location"> {
  return {
    location: { type: "Place", address: { type: "PostalAddress", addressCountry: code } },
  };
}
