import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen } from "../../src/listen.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import { freePort } from "../helpers/nodes.ts";
import { testSite } from "../helpers/site.ts";
import { addPerson, sessionCookies } from "../helpers/visitor.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);

afterAll(() => browser?.close());

/** Looked at by eye: SHOTS=folder keeps what the browser shows. */
async function expectFit(page: Page, name: string, width: number): Promise<void> {
  const folder = process.env["SHOTS"];
  if (folder !== undefined) {
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
  }
  const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(wide, `${name} is wider than the window`).toBeLessThanOrEqual(0);
  expect(await accessibilityFaults(page), name).toEqual([]);
}

test.each([
  [360, false, "dark"],
  [1440, true, "light"],
] as const)(
  "at %i pixels, with script: %s, a register is uploaded, looked at and imported",
  async (width, script, colorScheme) => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    await using site = await testSite({}, origin);
    const rosa = await addPerson(site, { name: "rosa", nodeRole: "administrator" });
    await using _listening = await listen((request) => site.web.fetch(request), port, "localhost");
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      // Axe is a script: it may run beside a page that has none of its own.
      javaScriptEnabled: true,
      colorScheme,
      baseURL: origin,
    });
    if (!script) await context.route("**/*.js", (route) => route.abort());
    const cookies = await sessionCookies(site, rosa);
    await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin })));
    const page = await context.newPage();
    const show = (name: string) => expectFit(page, name, width);

    await page.goto("/admin");
    await page.click("main >> text=Import");
    await show("form");
    await page.click("text=Look at it");
    expect(await page.textContent(".notice.fault")).toContain("Choose a file.");
    await show("faults");

    await page.setInputFiles("#field-file", join(fixtures, "susy/initiatives.geojson"));
    await page.check("text=SUSY");
    await page.click("text=Look at it");
    // Nobody does anything: the page loads itself until the file has been read.
    await page.waitForSelector("text=new listings", { timeout: 20_000 });
    await page.click("summary:has-text('Perhaps twice')");
    await show("look");
    await page.click("text=/Import 139\\s+listings/");
    await page.waitForSelector("text=139 added", { timeout: 30_000 });
    await show("done");
    await page.goto("/admin/import");
    await show("editions");

    await page.setInputFiles("#field-file", join(fixtures, "mapping/register.csv"));
    await page.check("text=Another register");
    await page.setInputFiles("#field-own", join(fixtures, "mapping/our-mapping.json"));
    await page.click("text=Look at it");
    await page.waitForSelector("text=new listings", { timeout: 20_000 });
    await show("own");
    await page.click("text=Discard this upload");
    expect(await page.textContent("[role=status]")).toContain("The upload is gone");
    await context.close();
  },
  120_000,
);
