import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen, type Listener } from "../../src/listen.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import { testSite, type TestSite } from "../helpers/site.ts";

let site: TestSite;
let listener: Listener;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  site = await testSite();
  const towns = [
    ["Leeds", "GB", 53.8, -1.55],
    ["Hull", "GB", 53.74, -0.34],
    ["Bologna", "IT", 44.49, 11.34],
    ["Suva", "FJ", -18.14, 178.44],
  ] as const;
  await site.import([
    ...Array.from({ length: 120 }, (_, at) => {
      const [town, addressCountry, latitude, longitude] = towns[at % 4] ?? towns[0];
      const address = { type: "PostalAddress", addressLocality: town, addressCountry } as const;
      const apart = Math.floor(at / 4) / 50;
      return {
        name: `${town} Co-operative ${at}`,
        theme: [at % 2 === 0 ? ("food" as const) : ("housing" as const)],
        location: {
          type: "Place" as const,
          address,
          latitude: latitude + apart,
          longitude: longitude + apart,
          precision: apart === 0 ? ("locality" as const) : ("address" as const),
        },
      };
    }),
    { name: "Without a place" },
  ]);
  listener = await listen((request) => site.web.fetch(request), 0, "localhost");
  origin = `http://localhost:${listener.port}`;
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await listener?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

async function withPage(
  options: { width: number; scheme: "light" | "dark"; script: boolean },
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: options.width, height: 900 },
    colorScheme: options.scheme,
    javaScriptEnabled: options.script,
    baseURL: origin,
  });
  try {
    await work(page);
  } finally {
    await page.close();
  }
}

test.each([
  [360, "dark"],
  [1440, "light"],
] as const)(
  "the map at %i pixels, %s, fits, axe finds nothing, and nothing comes from elsewhere",
  async (width, scheme) => {
    await withPage({ width, scheme, script: true }, async (page) => {
      const asked = new Set<string>();
      page.on("request", (request) => asked.add(new URL(request.url()).origin));
      const paths = [
        "/map",
        "/map?bbox=-2,53,0,54.5&theme=food",
        "/map?bbox=175,-25,-175,-10",
        "/map?q=qqqqqqqq&region=CA",
        "/map?bbox=1,2&theme=hosing",
      ];
      for (const path of paths) {
        await page.goto(path);
        const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(wide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
        expect(await accessibilityFaults(page), path).toEqual([]);
      }
      expect([...asked]).toEqual([origin]);
    });
  },
  60_000,
);

test("without script and by keyboard one goes closer, to a co-op and to the same as a list", async () => {
  await withPage({ width: 1440, scheme: "light", script: false }, async (page) => {
    await page.goto("/search?theme=food");
    await page.click("text=on the map");
    expect(await page.textContent(".total")).toMatch(/60\sco-ops\son this\s+map/);
    for (let steps = 0; steps < 8 && (await page.locator(".single").count()) === 0; steps++) {
      const before = page.url();
      await page.focus(".cluster >> nth=0");
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.href !== before);
    }
    const here = Number(/^\s*(\d+)/.exec((await page.textContent(".total")) ?? "")?.[1]);
    const link = page.locator(".total a >> nth=0");
    const name = await page.getAttribute(".single >> nth=0", "aria-label");
    const list = (await link.getAttribute("href")) ?? "";
    await page.focus(".single >> nth=0");
    await page.keyboard.press("Enter");
    await page.waitForURL(/coops/);
    expect(await page.textContent("h1")).toBe(name);
    await page.click("text=Co-ops nearby");
    expect(await page.textContent(".result h2")).toContain(name);
    await page.goto(list);
    expect(await page.textContent(".total")).toContain(`${here}\u00a0co-op`);
    expect(list).toContain("theme=food");
  });
});

test("on a phone every mark is met where it is drawn, and large enough for a finger", async () => {
  await withPage({ width: 360, scheme: "light", script: false }, async (page) => {
    for (const path of [
      "/map",
      "/map?region=GB",
      "/map?bbox=-2,53,0.5,54.5",
      "/map?bbox=-1.7,53.6,-1,54.3",
    ]) {
      await page.goto(path);
      const marks = page.locator(".big-map a");
      expect(await marks.count()).toBeGreaterThan(0);
      const missed = await marks.evaluateAll((links) =>
        links.flatMap((link) => {
          link.scrollIntoView({ block: "center" });
          const reach = link.querySelector(".reach")?.getBoundingClientRect() ?? new DOMRect();
          const { x, y, width, height } = reach;
          const label = link.getAttribute("aria-label");
          if (Math.round(Math.min(width, height)) < 24) return [`${label} is ${width} × ${height}`];
          // Its edges are its own, too, as far as they are on the map.
          const shown = link.closest("svg")?.getBoundingClientRect() ?? new DOMRect();
          const spots = [
            [x + width / 2, y + height / 2],
            [x + width / 2, y + 1],
            [x + width / 2, y + height - 1],
          ] as const;
          return spots
            .filter(([, down]) => down > shown.top && down < shown.bottom)
            .filter(([across, down]) => !link.contains(document.elementFromPoint(across, down)))
            .map(() => `${label} is covered`);
        }),
      );
      expect(missed, path).toEqual([]);
    }
  });
});
