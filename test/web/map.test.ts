import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Box, distance, eastward, type Point, widthOf } from "../../src/coop/earth.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import { apart, farEnough } from "../../src/web/map-marks.ts";
import { aspect, boxOf, moved, spotOn, viewOf, widened, zoomed } from "../../src/web/map-view.ts";
import { anyBox } from "../index/place-model.ts";
import { htmlFaultOf } from "../helpers/page-words.ts";
import { testSite, type TestSite } from "../helpers/site.ts";

/** Town, country, coordinates, and how many there are of it. */
const spots = [
  ["Leeds", "GB", 53.8, -1.55, 8],
  ["Bradford", "GB", 53.79, -1.75, 3],
  ["Rimouski", "CA", 48.449, -68.523, 2],
  ["Suva", "FJ", -18.14, 178.44, 2],
  ["Taveuni", "FJ", -16.85, -179.98, 1],
  ["Longyearbyen", "SJ", 78.22, 15.65, 1],
] as const;

let site: TestSite;

function placedAt(town: string, at: number): Partial<ListingContent> {
  const [, addressCountry = "", latitude = 0, longitude = 0] =
    spots.find(([name]) => name === town) ?? [];
  const address = { type: "PostalAddress", addressLocality: town, addressCountry } as const;
  // Half of them lie where the town is, the others a little apart.
  const apart = at % 2 === 0 ? 0 : at / 100;
  return {
    name: `${town} ${at}`,
    theme: [at % 3 === 0 ? "food" : "housing"],
    location: {
      type: "Place",
      address,
      latitude: Math.round((latitude + apart) * 1e6) / 1e6,
      longitude: Math.round((longitude + apart / 2) * 1e6) / 1e6,
      precision: apart === 0 ? "locality" : "postcode",
    },
  };
}

beforeAll(async () => {
  site = await testSite();
  await site.addExamples();
  await site.import([
    ...spots.flatMap(([town, , , , count]) =>
      Array.from({ length: count }, (_, at) => placedAt(town, at)),
    ),
    ...Array.from({ length: 4 }, (_, at) => ({
      name: `Placeless ${at}`,
      theme: ["food" as const],
    })),
  ]);
});

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

interface Answer {
  total: number;
  placed: number;
  in_bbox: number;
  zoom: number;
  clusters: { lat: number; lon: number; count: number; bbox: number[] }[];
  points: { id: string; name: string; lat: number; lon: number; precision: string }[];
}

async function asked<T>(path: string): Promise<T> {
  const answer = await site.get(path, { accept: "application/json" });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

const map = (parameters: string) => asked<Answer>(`/api/v1/map?${parameters}`);

async function found(parameters: string): Promise<number> {
  const path = `/api/v1/coops?${parameters}&facets=none&limit=1`;
  return (await asked<{ total: number }>(path)).total;
}

describe("/api/v1/map", () => {
  test.each([
    "",
    "theme=food",
    "region=FJ",
    "q=leeds",
    "near=53.8,-1.55&radius_km=30",
    "q=nothing",
  ])(
    "adds up to the search with the same filters, on any part of the map: “%s”",
    async (filters) => {
      const parts = ["", "-10,40,10,60", "-1.6,53.75,-1.5,53.82", "177,-20,-178,-10", "0,0,0,0"];
      for (const part of parts) {
        const bbox = part === "" ? "" : `bbox=${part}`;
        for (const zoom of ["", "&zoom=4"]) {
          const answer = await map(`${filters}&${bbox}${zoom}`);
          expect(answer.total).toBe(await found(filters));
          expect(answer.placed).toBe(await found(`${filters}&bbox=-180,-90,180,90`));
          const inside = part === "" ? answer.placed : await found(`${filters}&${bbox}`);
          expect(answer.in_bbox).toBe(inside);
          const counts = answer.clusters.map(({ count }) => count);
          const sum = counts.reduce((all, count) => all + count, 0);
          expect(sum + answer.points.length).toBe(inside);
          for (const { count, bbox: own } of answer.clusters) {
            expect(await found(`${filters}&bbox=${own.join(",")}`)).toBe(count);
          }
        }
      }
    },
  );

  test("names those that are alone, with how exactly their place is known", async () => {
    const { clusters, points } = await map("bbox=170,-20,-170,-10");
    expect(clusters).toEqual([
      { lat: -18.135, lon: 178.4425, count: 2, bbox: [178.44, -18.14, 178.445, -18.13] },
    ]);
    expect(points).toMatchObject([
      { name: "Taveuni 0", lat: -16.85, lon: -179.98, precision: "locality" },
    ]);
    const closer = await map("bbox=178.4,-18.2,178.5,-18.1");
    expect(closer.points.map(({ name }) => name).toSorted()).toEqual(["Suva 0", "Suva 1"]);
    for (const { id } of [...points, ...closer.points]) {
      const { items } = await asked<{ items: unknown[] }>(`/api/v1/coops/lookup?id=${id}`);
      expect(items).toHaveLength(1);
    }
  });

  test("says all that is wrong with a question", async () => {
    const wrong = async (parameters: string) => {
      const answer = await site.get(`/api/v1/map?${parameters}`, { accept: "application/json" });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      const { errors } = (await answer.json()) as { errors: { parameter: string }[] };
      return errors.map(({ parameter }) => parameter).toSorted();
    };
    expect(await wrong("bbox=1,2,3&zoom=21&theme=fod&limit=3")).toEqual([
      "bbox",
      "limit",
      "theme",
      "zoom",
    ]);
    expect(await wrong("bbox=0,10,5,-10")).toEqual(["bbox"]);
    expect(await wrong("bbox=0,-95,5,10")).toEqual(["bbox"]);
    expect(await wrong("zoom=6")).toEqual(["zoom"]);
    expect(await wrong("near=1,2")).toEqual(["near"]);
  });

  test("is known by an ETag, and open to other origins", async () => {
    const answer = await site.get("/api/v1/map?zoom=1");
    const etag = answer.headers.get("etag") ?? "";
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const again = await site.get("/api/v1/map?zoom=1", { "if-none-match": etag });
    expect(again.status).toBe(304);
  });
});

test("the nearest come first, page after page", async () => {
  const around = { latitude: 53.82, longitude: -1.6 };
  const names: string[] = [];
  const far: number[] = [];
  let path: string | null =
    "/api/v1/coops?near=53.82,-1.6&radius_km=6000&sort=nearest&limit=4&facets=none";
  while (path !== null) {
    const page: {
      total: number;
      next: string | null;
      items: { id: string; name: string; latitude: number; longitude: number }[];
    } = await asked(path);
    expect(page.total).toBe(14);
    for (const { id, name, latitude, longitude } of page.items) {
      if (!/\d$/.test(name)) continue; // a worked example
      names.push(id);
      far.push(distance(around, { latitude, longitude }));
    }
    path = page.next && new URL(page.next).pathname + new URL(page.next).search;
  }
  expect(new Set(names).size).toBe(14);
  expect(far).toEqual(far.toSorted((a, b) => a - b));
});

describe("/map", () => {
  const linksOf = (page: string) =>
    [...page.matchAll(/<a[^>]*class="cluster[^>]*href="([^"]*)"[^>]*aria-label="([^"]*)"/gs)].map(
      ([, href = "", label = ""]) => ({ href: href.replaceAll("&amp;", "&"), label }),
    );

  test("has links that go closer until every co-op is reached", async () => {
    const open = ["/map"];
    const seen = new Set<string>();
    const reached = new Set<string>();
    let listed = 0;
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const page = await site.page(path);
      const body = page.slice(page.indexOf('<div class="map-page">'), page.indexOf("</main>"));
      expect(htmlFaultOf(body), path).toBeUndefined();
      for (const [, href = ""] of page.matchAll(/class="single[^>]*href="([^"]*)"/gs)) {
        reached.add(href);
      }
      for (const { href, label } of linksOf(page)) {
        if (seen.has(href)) continue;
        seen.add(href);
        expect(seen.size).toBeLessThan(60);
        if (href.startsWith("/map?")) open.push(href);
        else listed += Number(/^\d+/.exec(label)?.[0]);
      }
    }
    // What lies at the very same place is a list; here four, two and no more.
    expect(listed).toBe(4 + 2);
    expect(reached.size + listed).toBe(17);
  });

  test("says how many are on it, elsewhere and on no map", async () => {
    const words = (await site.page("/map?bbox=-10,40,10,60&theme=food")).replaceAll(/\s+/g, " ");
    expect(words).toContain("<strong>4 co-ops</strong> on this map");
    expect(words).toContain(": 4 elsewhere, and 4 that don’t say where they are");
    expect(words).toContain('href="/search?theme=food&amp;bbox=');
    expect(await site.page("/map?q=placeless")).toContain("None of them says where it is.");
    expect(await site.page("/map?q=qqqqqqqq")).toContain("Nothing in this directory matches.");
    expect(await site.page("/map?bbox=-140,-40,-120,-20")).toContain("None of them is here.");
  });

  test("shows what it can of an address that it can’t understand", async () => {
    const answer = await site.get("/map?bbox=1,2,3&theme=hosing&utm_source=post");
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).toContain("bbox: “1,2,3” is not");
    expect(page).toContain("Did you mean “housing”?");
    expect(page).not.toContain("utm_source");
    expect(linksOf(page).length).toBeGreaterThan(0);
  });
});

describe("a part of the map", () => {
  /** Where Web Mercator ends. */
  const shown = (box: Box) => box.north <= 85 && box.south >= -85;

  test("has all of the box that it is made for, and keeps its shape when it is moved", () => {
    fc.assert(
      fc.property(anyBox.filter(shown), (asking) => {
        const view = viewOf(asking);
        const box = boxOf(view);
        expect(widthOf(box)).toBeGreaterThanOrEqual(Math.min(widthOf(asking), 360) - 1e-5);
        const corners = [
          { latitude: asking.north, longitude: asking.west },
          { latitude: asking.south, longitude: asking.east },
        ];
        // The whole earth is without its poles.
        if (view.width < 1) {
          for (const corner of corners) {
            const { left, top } = spotOn(view, corner);
            for (const each of [left, top]) {
              expect(each).toBeGreaterThan(-1e-6);
              expect(each).toBeLessThan(1 + 1e-6);
            }
          }
        }
        for (const next of [zoomed(view, 2), zoomed(view, 0.5), moved(view, 0.5, -0.5)]) {
          const { west, south, east, north } = boxOf(next);
          for (const each of [west, east]) expect(Math.abs(each)).toBeLessThanOrEqual(180);
          expect(north).toBeGreaterThan(south);
          expect(Math.abs(north)).toBeLessThan(86);
        }
        expect(widthOf(widened(asking))).toBeGreaterThanOrEqual(widthOf(asking));
      }),
    );
  });
});

describe("the marks on a map", () => {
  // Not any numbers: most of those are next to zero, and all marks at one place.
  const anyPlace = fc.record({
    latitude: fc.integer({ min: -80, max: 80 }),
    longitude: fc.integer({ min: -180, max: 179 }),
  });
  const anyMarks = fc.record({
    box: anyBox.filter((box) => box.north <= 80 && box.south >= -80),
    // As many as a map shows, so that what was put together comes close to others.
    groups: fc.array(fc.record({ place: anyPlace, count: fc.integer({ min: 2, max: 999 }) }), {
      maxLength: 120,
      size: "max",
    }),
    points: fc.array(anyPlace, { maxLength: 60, size: "max" }),
  });

  test("are far enough apart to be hit, and lose nobody", () => {
    fc.assert(
      fc.property(anyMarks, ({ box, groups, points }) => {
        const view = viewOf(box);
        // All of them on this part of the map.
        const seen = ({ latitude, longitude }: Point): Point => {
          const { north, south, west } = boxOf(view);
          const share = (latitude + 80) / 160;
          const across = ((longitude + 180) / 360) * Math.min(view.width * 360, 359);
          return {
            latitude: south + share * (north - south),
            longitude: eastward(-180, west + across) - 180,
          };
        };
        const spot = (place: Point): Box => ({
          west: place.longitude,
          east: place.longitude,
          south: place.latitude,
          north: place.latitude,
        });
        const places = groups.map(({ place, count }) => ({ ...seen(place), count }));
        const inBox = places.reduce((sum, { count }) => sum + count, points.length);
        const marks = apart(view, {
          total: inBox,
          placed: inBox,
          inBox,
          groups: places.map((each) => ({ ...each, box: spot(each) })),
          points: points.map((place, at) => ({
            ...seen(place),
            id: `https://a.example/coops/${at}`,
            name: `${at}`,
            precision: undefined,
          })),
        });
        const counts = marks.groups.map(({ count }) => count);
        expect(counts.reduce((sum, count) => sum + count, marks.points.length)).toBe(inBox);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
        const drawn = [...marks.groups, ...marks.points].map((each) => spotOn(view, each));
        for (const [at, one] of drawn.entries()) {
          for (const other of drawn.slice(at + 1)) {
            const far = Math.hypot(one.left - other.left, (one.top - other.top) * aspect);
            expect(far).toBeGreaterThanOrEqual(farEnough);
          }
        }
        // Whoever was there is in the box of a mark.
        const boxes = [...marks.groups.map((each) => each.box), ...marks.points.map(spot)];
        for (const { latitude, longitude } of [...places, ...points.map(seen)]) {
          const holds = boxes.some(
            ({ west, south, east, north }) =>
              latitude >= south &&
              latitude <= north &&
              eastward(west, longitude) <= eastward(west, east),
          );
          expect(holds).toBe(true);
        }
      }),
    );
  });
});
