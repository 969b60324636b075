import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeYesLinks, addMembers } from "../../src/directory/members.ts";
import { invite } from "../../src/directory/people.ts";
import { newDraft } from "../../src/directory/draft.ts";
import { readMembers } from "../../src/directory/read-members.ts";
import { listen, type Listener } from "../../src/listen.ts";
import * as coops from "../../src/store/coops.ts";
import * as requests from "../../src/store/requests.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import {
  federationCsv,
  federationRows,
  federationXlsx,
  spoiled,
} from "../helpers/federation-table.ts";
import { testSite, type TestSite } from "../helpers/site.ts";
import { addPerson, sessionCookies } from "../helpers/visitor.ts";

let site: TestSite;
let listener: Listener;
let browser: Browser;
let origin: string;
/** An imported listing, a co-op of one’s own, and an account that may do everything. */
let listing: string;
let objected: string[];
let own: string;
let root: string;

beforeAll(async () => {
  // The node has to know its port before it is open.
  listener = await listen((request) => site.web.fetch(request), 0, "localhost");
  origin = `http://localhost:${listener.port}`;
  site = await testSite({}, origin);
  const [uk] = federationRows(1);
  const [url = "", ...others] = await site.import([
    {
      name: uk?.["name"] ?? "",
      url: "https://bakery.example/",
      theme: ["community"],
      location: {
        type: "Place",
        address: { type: "PostalAddress", addressLocality: "Maesteg", addressCountry: "GB" },
        region: ["iso3166-2:GB-WLS"],
      },
    },
    { name: "Bakery 360 Limited" },
    { name: "Bakery 1440 Limited" },
  ]);
  objected = others.map((each) => new URL(each).pathname);
  listing = new URL(url).pathname;
  own = await site.add("station_bakery", { name: "Station Bakery" });
  root = await addPerson(site, {
    name: "root",
    displayName: "Rosa",
    nodeRole: "administrator",
    roles: { [own]: "owner" },
  });
  await addPerson(site, { name: "bob", displayName: "Bob", roles: { [own]: "editor" } });
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await listener?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

interface Window {
  width: number;
  script?: boolean;
  scheme?: "light" | "dark";
  /** Whether the administrator is signed in. */
  signedIn?: boolean;
}

let clients = 0;

async function withPage<T>(window: Window, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({
    viewport: { width: window.width, height: 800 },
    javaScriptEnabled: window.script ?? false,
    colorScheme: window.scheme ?? "light",
    baseURL: origin,
    // As if each came from somewhere else: five requests an hour are taken from one address.
    extraHTTPHeaders: { "x-forwarded-for": `192.0.2.${(clients += 1)}` },
  });
  if (window.signedIn === true) {
    const cookies = await sessionCookies(site, root);
    await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin })));
  }
  try {
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}

/** What is wrong with how the page looks and reads. */
async function expectSound(page: Page): Promise<void> {
  const at = new URL(page.url()).pathname;
  const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(wide, `${at} is wider than the window`).toBeLessThanOrEqual(0);
  expect(await accessibilityFaults(page), at).toEqual([]);
}

let count = 0;

/** A draft that came by a spreadsheet, with the link by which it is asked. */
async function asked(): Promise<string> {
  count += 1;
  const row = { ...federationRows(50)[count], handle: `asked_${count}`, "registration number": "" };
  const bytes = federationCsv([
    {
      ...row,
      register: "",
      summary: "A bakery that its workers own.",
      members: "12",
      year: "2025",
    },
  ]);
  const { good } = await readMembers(site.db, site.node, { bytes, name: "a.csv" });
  const now = site.site.clock();
  await addMembers(site.db, good, null, now);
  const links = await makeYesLinks(site.db, { name: "Co-operatives UK", by: null }, now);
  return `/yes/${links.find(({ handle }) => handle === row.handle)?.token ?? ""}`;
}

describe("every page", () => {
  test.each([
    [360, "dark"],
    [1440, "light"],
  ] as const)(
    "at %i pixels, %s, fits, and axe finds nothing",
    async (width, scheme) => {
      const yes = await asked();
      await withPage({ width, scheme, script: true, signedIn: true }, async (page) => {
        await page.goto(`${listing}/claim`);
        await page.fill("#field-name", "Ada Example");
        await page.fill("#field-message", "I am its treasurer.");
        await page.click("text=Claim the listing");
        await expectSound(page);
        const [request] = await requests.open(site.db, 1);
        for (const path of [
          listing,
          `${listing}/claim`,
          `${listing}/correct`,
          `${listing}/object`,
          "/join",
          "/privacy",
          yes,
          "/admin/requests",
          `/admin/requests/${request?.id}`,
          `/admin/coops/${own}/people`,
          `/admin/coops/${own}/export`,
          `/admin/coops/${own}/mandate`,
          "/admin/members",
          "/admin/members/mandate",
          "/admin/take-in",
        ]) {
          await page.goto(path);
          await expectSound(page);
        }
        // With faults, too.
        await page.goto("/join");
        await page.fill("#field-handle", "Not.a.handle");
        await page.click("text=Send the request");
        expect(await page.locator(".question.faulty").count()).toBe(5);
        await expectSound(page);
      });
    },
    180_000,
  );
});

describe.each([
  [360, false],
  [1440, true],
])("at %i pixels, script %s", (width, script) => {
  test("one joins by invitation, with a new account", async () => {
    const draft = await newDraft(
      site.db,
      { content: { name: "Panificio del Borgo" }, handle: null, by: null },
      site.site.clock(),
    );
    const token = await invite(
      site.db,
      { coop: draft, role: "owner", by: root },
      site.site.clock(),
    );
    await withPage({ width, script }, async (page) => {
      await page.goto(`/admin/links/${token}`);
      expect(await page.textContent("h1")).toContain("Panificio del Borgo");
      await page.fill("#field-name", `anna${width}`);
      await page.fill("#field-password", "barley hinge comet");
      await page.fill("#field-repeated", "barley hinge comet");
      await page.click("text=Make the account and accept");
      await page.waitForURL(/\/admin/);
      expect(await page.textContent("main")).toContain("Panificio del Borgo");
    });
  }, 60_000);

  test("a claim is sent from the page of the listing, and says what comes next", async () => {
    await withPage({ width, script }, async (page) => {
      await page.goto(listing);
      await page.click("text=This is our co-op: claim it");
      await page.click("text=Claim the listing");
      expect(await page.locator("[role=alert] li").count()).toBe(2);
      await page.fill("#field-message", "I am its treasurer.");
      await page.fill("#field-name", "Ada Example");
      await page.fill("#field-reach", "ada@example.org");
      await page.click("text=Claim the listing");
      await page.waitForURL(/\/requests\/[0-9a-z]{20}$/);
      expect(await page.textContent("main")).toMatch(/fragaria-[0-9a-f]{12}/);
    });
  }, 60_000);

  test("an objection takes the listing out once it is accepted", async () => {
    const pathname = objected.shift() ?? "";
    await withPage({ width, script, signedIn: true }, async (page) => {
      await page.goto(pathname);
      await page.click("text=We don’t want to be listed");
      await page.fill("#field-message", "We have closed.");
      await page.fill("#field-name", "Ada Example");
      await page.click("text=Send the objection");
      await page.waitForURL(/\/requests\//);
      await page.goto("/admin/requests");
      await page.click(`tr:has-text("Bakery ${width} Limited") a`);
      await page.click('button:has-text("Accept")');
      expect(await page.textContent("[role=status]")).toContain("accepted");
      const response = await page.goto(pathname);
      expect(response?.status()).toBe(410);
    });
  }, 60_000);

  test("a spreadsheet of 400 rows with 30 faulty ones becomes 370 drafts", async () => {
    const handled = federationRows(400).map((row) => ({
      ...row,
      handle: `${row["handle"]}_${width}`,
      register: `ZZ-W${width}`,
    }));
    const rows = spoiled(handled, 30);
    const [name, buffer] = script
      ? ["members.xlsx", federationXlsx(rows)]
      : ["members.csv", federationCsv(rows)];
    await withPage({ width, script, signedIn: true }, async (page) => {
      await page.goto("/admin/members");
      await page.setInputFiles("#field-file", { name, mimeType: "", buffer });
      await page.click("text=Read it");
      const words = (await page.textContent(".lead"))?.replaceAll(/\s+/g, " ");
      expect(words).toContain("370 rows can be used, 30 can’t yet");
      await expectWidth(page);
      const download = page.waitForEvent("download");
      await page.click("text=Download these rows with what is wrong");
      expect((await download).suggestedFilename()).toBe("to-mend.csv");
      await page.click("text=Go on with 370");
      expect(await page.textContent("[role=status]")).toContain("private drafts");
      expect(await coops.byHandle(site.db, `member_0_${width}`)).toMatchObject({ content: null });
    });
  }, 120_000);

  test("a co-op says yes with one click, and may make an account", async () => {
    const link = await asked();
    await withPage({ width, script }, async (page) => {
      await page.goto(link);
      expect(await page.textContent(".lead")).toContain("Co-operatives UK");
      expect(await page.textContent(".previewed")).toMatch(/Figures by year.*Members.*CC0-1\.0/su);
      await page.click("text=Yes, publish");
      expect(await page.textContent("h1")).toContain("published");
      await page.click("a.button");
      await page.waitForURL(/\/admin\/links\//);
      expect(await page.textContent("main")).toContain("as an owner");
    });
    const { id = "" } = (await coops.byHandle(site.db, `asked_${count}`)) ?? {};
    expect((await site.get(`/coops/${id}`)).status).toBe(200);
  }, 60_000);
});

async function expectWidth(page: Page): Promise<void> {
  const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(wide).toBeLessThanOrEqual(0);
}

test("by keyboard alone a co-op is asked, and says no", async () => {
  const link = await asked();
  await withPage({ width: 360, script: true }, async (page) => {
    await page.goto(link);
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate("document.activeElement.textContent.trim()");
      if (at === "No") break;
    }
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=It won’t be published");
  });
  expect(await coops.byHandle(site.db, `asked_${count}`)).toBeUndefined();
}, 60_000);
