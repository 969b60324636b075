import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDraft } from "../../src/directory/draft.ts";
import { post as say } from "../../src/directory/post.ts";
import { listen, type Listener } from "../../src/listen.ts";
import * as coops from "../../src/store/coops.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import { freePort } from "../helpers/nodes.ts";
import { bakery, now, testSite, type TestSite } from "../helpers/site.ts";
import { addPerson, sessionCookies } from "../helpers/visitor.ts";

let site: TestSite;
let listener: Listener;
let browser: Browser;
let origin: string;
let ada: string;
/** The pages of the editor, full and empty. */
let paths: string[];

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  site = await testSite({}, origin);
  ada = await addPerson(site, {
    name: "ada",
    displayName: "Ada",
    nodeRole: "administrator",
  });
  await site.addExamples();
  const rich = (await coops.byHandle(site.db, "fil_des_jours"))?.id ?? "";
  const long = await newDraft(
    site.db,
    {
      handle: null,
      by: null,
      content: {
        name: "生活クラブ事業連合生活協同組合連合会".repeat(4),
        nameMap: { ar: "تعاونية العمال للخبز والمعجنات", en: "Wolfe".repeat(30) },
        summary: "مخبز يملكه العاملون فيه.",
        inLanguage: "ar",
        stakeholders: [{ kind: "worker", name: "عمال".repeat(12), members: "many" }],
        url: "not an address",
      },
    },
    now,
  );
  const post = await site.say(rich, "A post\n\nwith https://bakery.example/a/long/address");
  const tale = { fr: "Suite\n\n#suite", en: "More" };
  const due = now + 86_400_000;
  const waiting = await say(site.db, rich, tale, now, { due, warning: { fr: "Longue histoire" } });
  listener = await listen((request) => site.web.fetch(request), port, "localhost");
  browser = await openBrowser();
  const at = (id: string, page = "") => `/admin/coops/${id}${page}`;
  paths = [
    at("new"),
    at(rich),
    at(rich, "/preview"),
    at(rich, "/news"),
    at(rich, `/news/${post}`),
    at(rich, `/news/${waiting}`),
    at(rich, "/history"),
    at(rich, "/leave"),
    at(long),
    at(long, "/preview"),
    at(long, "/history"),
  ];
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await listener?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

/** Whether scripts run, and how wide the window is. */
type Way = readonly [script: boolean, width: number];

const ways: Way[] = [
  [true, 360],
  [false, 1440],
];

async function open(
  [script, width]: Way,
  work: (page: Page) => Promise<void>,
  { as = ada, scheme = "light" }: { as?: string; scheme?: "light" | "dark" } = {},
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    javaScriptEnabled: script,
    colorScheme: scheme,
    locale: "en-CA",
    baseURL: origin,
  });
  try {
    const cookies = await sessionCookies(site, as);
    await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin })));
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) faults.push(message.text());
    });
    await work(page);
    expect(faults).toEqual([]);
  } finally {
    await context.close();
  }
}

const field = (name: string) => `[id="field-${name}"]`;

async function expectFit(page: Page): Promise<void> {
  const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(wide, `${page.url()} is wider than the window`).toBeLessThanOrEqual(0);
}

async function expectGood(page: Page, scripted = true): Promise<void> {
  await expectFit(page);
  // axe is a script itself; the pages are the same without.
  if (scripted) expect(await accessibilityFaults(page), page.url()).toEqual([]);
}

describe("every page of the editor", () => {
  test.each([
    [360, "dark"],
    [1440, "light"],
  ] as const)(
    "at %i pixels, %s, fits, and axe finds nothing",
    async (width, scheme) => {
      await open(
        [true, width],
        async (page) => {
          for (const path of paths) {
            await page.goto(path);
            await expectFit(page);
            await page.evaluate(
              "for (const each of document.querySelectorAll('details')) each.open = true",
            );
            await expectGood(page);
          }
        },
        { scheme },
      );
    },
    240_000,
  );
});

test.each([...ways, [true, 1440], [false, 360]] as Way[])(
  "with script: %s, at %i pixels, a small worker co-op is published in nine steps",
  async (...way) => {
    const name = `Fahrradwerk ${way.join(" ")}`;
    await open(way, async (page) => {
      await page.goto("/admin");
      let steps = 0;
      const step = async (work: Promise<unknown>) => {
        steps += 1;
        await work;
      };
      await step(page.click("text=Add a co-op"));
      await step(page.fill(field("name"), name));
      await step(page.fill(field("summary"), "We mend bicycles."));
      await step(page.click("button.preset:has-text('Worker co-op')"));
      await page.waitForSelector(field("stakeholders.0.members"));
      await step(page.fill(field("stakeholders.0.members"), "12"));
      // The country is that of the browser.
      expect(await page.inputValue(field("location.address.addressCountry"))).toBe("CA");
      await step(page.fill(field("location.address.addressLocality"), "Rimouski"));
      await step(page.check('input[value="transport"]'));
      await step(page.check("[name=_consent]"));
      await step(page.click("button[value=publish]"));
      await page.waitForURL(/done=published/);
      expect(steps).toBeLessThanOrEqual(9);
      expect(await page.textContent("[role=status]")).toContain("Published.");
      await page.click("text=Public page");
      expect(await page.textContent("h1")).toBe(name);
      expect(await page.textContent(".structure")).toContain("governs itself");
    });
  },
);

describe.each(ways)("with script: %s, at %i pixels", (...way) => {
  const [script, width] = way;

  test("regions and activities are found, rows come and go, faults lead to their fields", async () => {
    await open(way, async (page) => {
      await page.goto("/admin/coops/new");
      await page.fill(field("name"), `Velowerk ${width}`);
      await page.fill(field("location.region"), "queb");
      if (script) {
        await page.waitForSelector('[role="option"]');
        expect(await page.textContent('[role="option"]')).toContain("Quebec");
        await page.keyboard.press("ArrowDown");
        await expectGood(page, script);
        await page.keyboard.press("Enter");
      } else {
        await page.click('button[value="find:location.region"]');
        await page.check('input[value="iso3166-2:CA-QC"]');
      }
      expect(await page.isChecked('input[value="iso3166-2:CA-QC"]')).toBe(true);
      const figures = "summary:has-text('Figures by year')";
      await page.click(figures);
      await page.click('button[value="add:figures"]');
      await page.waitForSelector(field("figures.0.year"));
      await page.fill(field("figures.0.year"), "2025");
      await page.fill(field("figures.0.turnover"), "1 234 567,50");
      await page.check("[name=_consent]");
      await page.click("button[value=publish]");
      await page.waitForSelector("#faults");
      await expectGood(page, script);
      await page.click("a:has-text('currency')");
      await page.fill(field("figures.0.currency"), "cad");
      await page.click('button[value="remove:figures.0"]');
      await page.waitForSelector(field("figures.0.year"), { state: "detached" });
      await page.click("button[value=publish]");
      await page.waitForURL(/done=published/);
    });
  });

  test("picture, warnings and preview follow what is written", async () => {
    const id = await site.add(`gare_${script}_${width}`, bakery);
    await open(way, async (page) => {
      await page.goto(`/admin/coops/${id}`);
      await page.fill(field("stakeholders.0.name"), "Bakers");
      await page.fill(field("stakeholders.1.members"), "");
      if (!script) await page.click(".beside button[value=check]");
      await page.waitForSelector('#live .classes :text("Bakers")');
      await page.click("button[value=preview]");
      await page.waitForURL(/preview/);
      await expectGood(page, script);
      expect(await page.textContent(".card")).toContain(`@gare_${script}_${width}@`);
      expect(await page.textContent(".differences")).toContain("Bakers");
      expect(await page.textContent(".previewed")).toContain("Bakers");
    });
    expect(await site.page(`/coops/${id}`)).not.toContain("Bakers");
  });

  test("two who edit see each other’s text; an older text comes back; the listing is withdrawn", async () => {
    const id = await site.add(`both_${script}_${width}`, { name: "Both", summary: "First." });
    const eve = await addPerson(site, {
      name: `eve-${script}-${width}`,
      displayName: "Eve",
      roles: { [id]: "owner" },
    });
    const path = `/admin/coops/${id}`;
    await open(
      way,
      async (page) => {
        await page.goto(path);
        await page.fill(field("summary"), "By Eve.");
        await open(way, async (other) => {
          await other.goto(path);
          await other.fill(field("summary"), "By Ada.");
          await other.click("button[value=publish]");
          await other.waitForURL(/done=published/);
        });
        await page.click("button[value=publish]");
        await page.waitForSelector("text=Somebody else was faster");
        await expectGood(page, script);
        expect(await page.textContent(".differences")).toContain("By Ada.");
        expect(await page.inputValue(field("summary"))).toBe("By Eve.");
        await page.click("button[value=publish]");
        await page.waitForURL(/done=published/);
        await page.click("nav.tabs >> text=History");
        const steps = page.locator(".steps > li");
        expect(await steps.count()).toBe(3);
        await steps.last().locator("button").click();
        await page.waitForURL(/done=restored/);
        expect(await page.inputValue(field("summary"))).toBe("First.");
        await page.click("button[value=publish]");
        await page.waitForURL(/done=published/);
        expect(await site.page(`/coops/${id}`)).toContain("First.");
        await page.click("nav.tabs >> text=Withdraw");
        await page.click("button:has-text('Withdraw the listing')");
        await page.waitForURL(/done=withdrawn/);
        expect(await page.textContent("main")).toContain("The listing is withdrawn.");
      },
      { as: eve },
    );
  });
});

describe("with the keyboard alone", () => {
  test.each([
    [true, 360],
    [false, 1440],
  ] as const)("script %s, at %i pixels: publishes", async (script, width) => {
    await open([script, width], async (page) => {
      await page.goto("/admin/coops/new");
      const reach = async (wanted: string) => {
        for (let presses = 0; presses < 80; presses += 1) {
          if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(wanted)})`))
            return;
          await page.keyboard.press("Tab");
        }
        throw new Error(`the focus never came to ${wanted}`);
      };
      await reach(field("name"));
      await page.keyboard.type(`Tastatur ${width}`);
      await reach('button[value="preset:worker"]');
      await page.keyboard.press("Enter");
      await page.waitForSelector(field("stakeholders.0.members"));
      await reach(field("stakeholders.0.members"));
      await page.keyboard.type("7");
      await reach("[name=_consent]");
      await page.keyboard.press("Space");
      await reach("button[value=publish]");
      await page.keyboard.press("Enter");
      await page.waitForURL(/done=published/);
    });
  });

  test("Enter in a field saves and publishes nothing", async () => {
    await open([true, 1440], async (page) => {
      const before = await site.db.selectFrom("coop").select("id").execute();
      await page.goto("/admin/coops/new");
      await page.fill(field("name"), "Enter");
      await page.press(field("name"), "Enter");
      await page.waitForSelector('#handle-state:has-text("@enter@")');
      expect(await site.db.selectFrom("coop").select("id").execute()).toEqual(before);
      expect(await page.inputValue(field("name"))).toBe("Enter");
    });
  });
});
