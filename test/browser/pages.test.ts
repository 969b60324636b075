import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ListingContent, sensitiveKinds } from "../../src/coop/listing.ts";
import { answerReply } from "../../src/directory/answer-reply.ts";
import { depart } from "../../src/directory/depart.ts";
import { gather } from "../../src/directory/gather.ts";
import { listen, type Listener } from "../../src/listen.ts";
import * as backlinks from "../../src/store/backlinks.ts";
import * as peers from "../../src/store/peers.ts";
import * as settings from "../../src/store/settings.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import { strangeHosts } from "../helpers/hosts.ts";
import { addReply } from "../helpers/replies.ts";
import { bakery, now, testSite, type TestSite } from "../helpers/site.ts";
import { whole } from "../helpers/whole-listing.ts";

let site: TestSite;
let listener: Listener;
let browser: Browser;
let origin: string;
/** Every kind of page, full and empty, right and wrong. */
let paths: string[];

beforeAll(async () => {
  site = await testSite();
  const rich = await site.add("bakery", bakery);
  const bare = await site.add("bare");
  const classes = bakery.stakeholders
    ?.filter(({ kind }) => !sensitiveKinds.has(kind))
    .map((each) => ({ ...each, followable: true as const }));
  const account = "https://social.example/@bakery";
  const followed = await site.add("followed", { ...bakery, stakeholders: classes, account });
  const link = { coop: followed, kind: "account" as const, url: account };
  await backlinks.put(site.db, { ...link, due: now });
  await backlinks.note(site.db, link, { handle: "@bakery@social.example", verified: now });
  const moved = await site.add("moved");
  const target = "https://a-very-long-name-of-a-host.example/coops/7f3k2m9q1x";
  const destination = { target, listing: `${target}/listing`, classes: {} };
  await depart(site.db, site.node, moved, destination, now);
  // Pictures come from where the co-op has them; here nothing may be asked for elsewhere.
  const { image: _, ...facts } = whole;
  const full = await site.add("whole", facts);
  const endless = await site.add("endless", endlessWords(facts));
  await site.addExamples();
  const post = await site.say(
    rich,
    "A long address: https://bakery.example/a/b/c?d=e\n\nAnd more.",
    true,
  );
  const asked = await addReply(site.db, rich, { post, content: `Long: ${"x".repeat(200)}` });
  await addReply(site.db, rich, { post, warning: "Food", attachments: 1, kind: "quote" });
  const answer = await answerReply(site.db, asked, { en: "Yes" }, now);
  const imported = await site.import(
    Array.from({ length: 45 }, (_, at) => ({
      name: `House ${String(at).padStart(2, "0")} Co-operative Limited`,
      theme: ["housing" as const],
      activity: ["isic4:6810"],
    })),
  );
  await peers.configure(site.db, [
    "https://up.example",
    "https://a-very-long-name-of-a-host.down.example",
  ]);
  await peers.update(site.db, "https://a-very-long-name-of-a-host.down.example", {
    fault: "it answers 502",
    faulted: now,
    seen: now,
  });
  await strangeHosts(site.db, now);
  await settings.setRole(site.db, "hub");
  await gather(site.db, site.site.index, now + 3_600_000);
  listener = await listen((request) => site.web.fetch(request), 0, "localhost");
  origin = `http://localhost:${listener.port}`;
  browser = await openBrowser();
  const { items: examples } = await site.site.index.search({ q: "Au fil des jours" });
  paths = [
    "/",
    "/search",
    "/search?q=house&theme=housing&sector=isic4:L&region=CA",
    "/search?q=qqqqqqqq&theme=housing",
    "/search?theme=hosing&region=ZZ",
    "/search?near=48.4,-68.5&radius_km=100&founded_from=1990&count=listings&sort=nearest",
    "/supply?region=Quebec",
    "/supply?region=nowhere+at+all&near=1",
    "/relations",
    "/relations?kind=member-of&of=nobody&cursor=x",
    `/coops/${rich}`,
    `/coops/${bare}`,
    `/coops/${full}`,
    `/coops/${endless}`,
    ...examples.map(({ listing }) => new URL(listing.id).pathname),
    new URL(imported[0] ?? "").pathname,
    `/coops/${rich}/posts/${post}`,
    `/coops/${rich}/answers/${answer}`,
    `/coops/${followed}/classes/workers`,
    `/coops/${followed}`,
    `/coops/${moved}`,
    `/follow?of=${encodeURIComponent(`${site.node.origin}/coops/${rich}`)}&server=`,
    `/follow?of=${encodeURIComponent(`${site.node.origin}/coops/${endless}`)}&server=my+server`,
    "/feeds",
    "/feeds/housing",
    "/feeds/fair-trade.gb-sct",
    "/stats",
    "/stats?rows=theme&cols=country&measure=members&stat=quartiles",
    "/stats?rows=year&measure=members&region=CA",
    "/stats?rows=typ&year=20",
    "/network",
    "/network?hosts=silent",
    "/about",
    "/nowhere",
  ];
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await listener?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

/** The same listing with words that don't end, from right to left, and pictures for letters. */
function endlessWords(content: Partial<ListingContent>): Partial<ListingContent> {
  const texts = new Set(["name", "legalForm", "legalName", "source", "by", "basis", "creditText"]);
  const text = JSON.stringify(
    { ...content, nameMap: {}, icon: undefined },
    (term, value: unknown) =>
      texts.has(term) && typeof value === "string"
        ? `${"Donaudampfschiff".repeat(6)} مخبز تعاوني 🍞👩🏽‍🍳 `.slice(0, 118)
        : value,
  );
  const { nameMap: _, ...rest } = JSON.parse(text) as Partial<ListingContent>;
  return rest;
}

async function withPage<T>(
  options: { width: number; script?: boolean; scheme?: "light" | "dark" },
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const page = await browser.newPage({
    viewport: { width: options.width, height: 800 },
    javaScriptEnabled: options.script ?? false,
    colorScheme: options.scheme ?? "light",
    baseURL: origin,
  });
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

describe("every page", () => {
  // Each width and each scheme once: contrast doesn't depend on the width.
  test.each([
    [360, "dark"],
    [1440, "light"],
  ] as const)(
    "at %i pixels, %s, fits, and axe finds nothing",
    async (width, scheme) => {
      await withPage({ width, scheme, script: true }, async (page) => {
        const asked: string[] = [];
        page.on("request", (request) => asked.push(new URL(request.url()).origin));
        for (const path of paths) {
          await page.goto(path);
          const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          expect(wide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
          expect(await accessibilityFaults(page), path).toEqual([]);
        }
        // Nothing comes from anywhere else.
        expect([...new Set(asked)]).toEqual([origin]);
      });
    },
    120_000,
  );
});

describe("without script", () => {
  test("one can search, narrow, turn the page and open a co-op", async () => {
    await withPage({ width: 1440 }, async (page) => {
      await page.goto("/");
      await page.fill("#q", "house");
      await page.press("#q", "Enter");
      expect(new URL(page.url()).search).toBe("?q=house");
      expect(await page.textContent(".total")).toContain("45\u00a0co-ops");
      expect(await page.locator(".result").count()).toBe(20);
      await page.check('input[name="theme"][value="housing"]');
      await page.click("text=Apply filters");
      expect(new URL(page.url()).search).toBe("?q=house&theme=housing");
      const first = await page.textContent(".result h2");
      await page.click(".next");
      expect(await page.textContent(".result h2")).not.toBe(first);
      await page.click(".next");
      expect(await page.locator(".result").count()).toBe(5);
      expect(await page.locator(".next").count()).toBe(0);
      await page.click(".chips a");
      expect(new URL(page.url()).search).toBe("?q=house");
      await page.click(".result h2 a");
      expect(await page.textContent("h1")).toMatch(/^House /);
    });
  });
});

describe("by keyboard", () => {
  test("one chooses what a table is of, and goes on to the co-ops behind a number", async () => {
    await withPage({ width: 1440 }, async (page) => {
      await page.goto("/stats");
      await page.focus('select[name="rows"]');
      await page.keyboard.type("Theme");
      await page.keyboard.press("Tab");
      await page.keyboard.type("Country");
      for (let presses = 0; presses < 12; presses++) {
        if ((await focused(page)).startsWith("BUTTON")) break;
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("Enter");
      await page.waitForURL(/cols=country/);
      expect(new URL(page.url()).searchParams.get("rows")).toBe("theme");
      await page.focus(".statistics-table tbody td a");
      const count = await page.textContent(".statistics-table tbody td a");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/search\?/);
      expect(await page.textContent(".total strong")).toMatch(new RegExp(`^${count}\\b`));
    });
  });

  test.each([360, 1440])("one reaches the filters at %i pixels", async (width) => {
    await withPage({ width, script: true }, async (page) => {
      await page.goto("/search");
      await page.keyboard.press("Tab");
      expect(await focused(page)).toBe("A skip");
      for (let presses = 0; presses < 20; presses++) {
        const at = await focused(page);
        if (at.startsWith("SUMMARY")) await page.keyboard.press("Enter");
        if (at.startsWith("INPUT") && !at.includes("search")) break;
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("Space");
      await page.keyboard.press("Enter");
      await page.waitForURL(/theme=/);
      expect(new URL(page.url()).searchParams.getAll("theme")).toHaveLength(1);
    });
  });
});

test("what is typed is completed, and chosen by the keyboard", async () => {
  await withPage({ width: 1440, script: true }, async (page) => {
    await page.goto("/search");
    const field = page.locator("#q[role=combobox]");
    // At once: key by key there would be several lists, one after the other.
    await field.fill("boul");
    const options = page.getByRole("listbox").getByRole("option");
    await options.first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const labels = await options.allTextContents();
    const at = labels.findIndex((label) => /Boulangerie.*Co-op$/.test(label));
    expect(at).toBeGreaterThanOrEqual(0);
    for (let presses = 0; presses <= at; presses++) await page.keyboard.press("ArrowDown");
    const active = await page.getAttribute("#q", "aria-activedescendant");
    expect(await page.textContent(`#${active}`)).toBe(labels[at]);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/coops\//);
    expect(await page.textContent("h1")).toMatch(/Boulangerie/);
    // The arrows go round; whoever goes on writing, or moves in the text, has chosen nothing.
    await page.goto("/search");
    const marked = () => field.getAttribute("aria-activedescendant");
    await field.fill("boul");
    await options.first().waitFor();
    const last = `q-list-${(await options.count()) - 1}`;
    await page.keyboard.press("ArrowUp");
    expect(await marked()).toBe(last);
    await page.keyboard.press("ArrowDown");
    expect(await marked()).toBe("q-list-0");
    expect(await options.first().getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowLeft");
    expect(await marked()).toBeNull();
    // Escape closes the list and leaves what is written; an arrow opens it again.
    await page.keyboard.press("Escape");
    expect(await field.getAttribute("aria-expanded")).toBe("false");
    expect(await options.count()).toBe(0);
    expect(await field.inputValue()).toBe("boul");
    await page.keyboard.press("ArrowDown");
    await options.first().waitFor();
    expect(await field.getAttribute("aria-expanded")).toBe("true");
    // By mouse, too.
    await options.nth(at).click();
    await page.waitForURL(/\/coops\//);
    // What is typed is searched for, as long as nothing is chosen.
    await page.goto("/");
    await field.fill("house");
    await options.first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search\?q=house/);
  });
}, 60_000);

/** Which element has the focus. */
async function focused(page: Page): Promise<string> {
  return page.evaluate(
    "`${document.activeElement.tagName} ${document.activeElement.type ?? ''} ${document.activeElement.className}`.replace(/\\s+/g, ' ').trim()",
  );
}
