import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { confirm } from "../../src/directory/confirm.ts";
import { whoNames } from "../../src/directory/who-names.ts";
import { listen, type Listener } from "../../src/listen.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import { freePort } from "../helpers/nodes.ts";
import { bakery, foreignListing, now, testSite, type TestSite } from "../helpers/site.ts";
import { addPerson, sessionCookies } from "../helpers/visitor.ts";

let site: TestSite;
let listener: Listener;
let browser: Browser;
let origin: string;
let id: string;
let owner: string;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  site = await testSite({}, origin);
  id = await site.add("federation", {
    ...bakery,
    name: "Fédération des coopératives de travail et de solidarité",
    level: "secondary",
  });
  const url = `${origin}/coops/${id}`;
  const names = [
    "Almond",
    "Donaudampfschifffahrtsgenossenschaft Oberlandesbezirk",
    "Cedar",
    "Ébène",
  ];
  for (const [at, name] of names.entries()) {
    const relations = [
      { kind: "member-of", name: "The federation", id: url, since: "1997-05" },
      ...(at === 0 ? [{ kind: "supported-by", name: "The federation", id: url }] : []),
    ];
    await site.take([await foreignListing(`https://c${at}.example`, { name, relations })]);
  }
  owner = await addPerson(site, { name: "rosa", roles: { [id]: "owner" } });
  const all = await whoNames(site.db, site.node, site.site.index, id);
  const answering = { coop: id, account: owner, now };
  await confirm(site.db, site.node, all.slice(0, 2), answering);
  await site.site.index.catchUp();
  listener = await listen((request) => site.web.fetch(request), port, "localhost");
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await listener?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

async function withPage(
  width: number,
  scheme: "light" | "dark",
  work: (page: Page) => Promise<void>,
) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: true,
    colorScheme: scheme,
    baseURL: origin,
  });
  try {
    const cookies = await sessionCookies(site, owner);
    await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin })));
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

test.each([
  [360, "dark"],
  [1440, "light"],
] as const)(
  "at %i pixels, %s, what is said of relations fits, and axe finds nothing",
  async (width, scheme) => {
    await withPage(width, scheme, async (page) => {
      for (const path of [
        `/admin/coops/${id}/named`,
        `/admin/coops/${id}/named?q=nobody`,
        `/coops/${id}`,
        "/directory/c0.example/coops/abcdefghjk",
      ]) {
        await page.goto(path);
        const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(wide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
        expect(await accessibilityFaults(page), path).toEqual([]);
      }
    });
  },
  120_000,
);

test("with the keyboard alone one is chosen and confirmed", async () => {
  await withPage(900, "light", async (page) => {
    await page.goto(`/admin/coops/${id}/named?state=open`);
    await page.getByLabel("Cedar").focus();
    await page.keyboard.press("Space");
    for (let at = 0; at < 20; at += 1) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate("document.activeElement?.textContent?.trim()");
      if (focused === "Confirm the chosen ones") break;
    }
    await page.keyboard.press("Enter");
    await page.getByRole("status").waitFor();
    expect(await page.getByLabel("Cedar").count()).toBe(0);
    await page.goto(`/admin/coops/${id}/named?state=confirmed`);
    expect(await page.getByLabel("Cedar").count()).toBe(1);
  });
}, 60_000);
