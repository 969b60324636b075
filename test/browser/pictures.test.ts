import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { listen, type Listener } from "../../src/listen.ts";
import * as posts from "../../src/store/posts.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import { picture } from "../helpers/pictures.ts";
import { bakery, testSite, type TestSite } from "../helpers/site.ts";
import { addPerson, sessionCookies } from "../helpers/visitor.ts";

vi.setConfig({ testTimeout: 300_000 });

let site: TestSite;
let listener: Listener;
let browser: Browser;
let origin: string;
let own: string;
let eve: string;
let files: { name: string; mimeType: string; buffer: Buffer }[];

beforeAll(async () => {
  // The node has to know its port before it is open.
  listener = await listen((request) => site.web.fetch(request), 0, "localhost");
  origin = `http://localhost:${listener.port}`;
  site = await testSite({}, origin);
  own = await site.add("bakery", bakery);
  eve = await addPerson(site, { name: "eve", displayName: "Eve", roles: { [own]: "owner" } });
  const made = [
    { width: 1200, height: 800, as: ".jpg" },
    { width: 600, height: 900, as: ".jpg", gps: true },
    { width: 500, height: 500, as: ".png", ground: [200, 40, 50] as [number, number, number] },
    { width: 1600, height: 500, as: ".webp" },
  ];
  files = [];
  for (const each of made) {
    files.push({ name: "photo", mimeType: "image/jpeg", buffer: Buffer.from(await picture(each)) });
  }
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await listener?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

/** A page of Eve’s. axe is a script itself; the pages are the same without. */
async function open(
  path: string,
  {
    width = 1000,
    scheme = "light",
    script = false,
  }: { width?: number; scheme?: "light" | "dark"; script?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    javaScriptEnabled: script,
  });
  context.setDefaultTimeout(300_000);
  const cookies = await sessionCookies(site, eve);
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin })));
  const page = await context.newPage();
  await page.goto(`${origin}${path}`);
  return page;
}

test("a post with four pictures is written without script, and seen by everybody", async () => {
  const page = await open(`/admin/coops/${own}/news`);
  await page.fill("[name=text]", "Four pictures of our day");
  await page.click("summary:has-text('Pictures')");
  for (const [at, file] of files.entries()) {
    await page.setInputFiles(`[name=picture${at + 1}]`, file);
    await page.fill(`[name=pictureName${at + 1}]`, `Picture number ${at + 1}`);
  }
  await page.click("button:has-text('Publish')");
  expect(await page.textContent("[role=status]")).toContain("Your news is published.");
  const [post] = await posts.of(site.db, own, { limit: 1 });
  expect(posts.picturesOf(post ?? { pictures: null })).toHaveLength(4);
  await page.goto(`${origin}/coops/${own}`);
  const loaded = page.locator(".pictures img");
  expect(await loaded.count()).toBe(4);
  await page.context().close();
});

test("logo and wide picture are uploaded without script, and stand on the page", async () => {
  const page = await open(`/admin/coops/${own}/pictures`);
  for (const [role, at] of [
    ["icon", 2],
    ["image", 3],
  ] as const) {
    await page.setInputFiles(`[name=${role}]`, files[at] ?? []);
    await page.fill(`[name=${role}Name]`, `What the ${role} shows`);
    await page.click(
      `section[aria-labelledby=${role}-heading] button:has-text("Use this picture")`,
    );
    expect(await page.textContent("[role=status]")).toContain("Done.");
  }
  await site.site.index.catchUp();
  await page.goto(`${origin}/coops/${own}`);
  expect(await page.getAttribute("img.icon", "alt")).toBe("What the icon shows");
  expect(await page.getAttribute("img.banner", "alt")).toBe("What the image shows");
  await page.context().close();
});

test.each([
  [360, "dark"],
  [1440, "light"],
] as const)(
  "at %i pixels, %s, pages with pictures fit, and axe finds nothing",
  async (width, scheme) => {
    const [post] = await posts.of(site.db, own, { limit: 1 });
    const paths = [
      `/coops/${own}/posts/${post?.id}`,
      `/admin/coops/${own}/pictures`,
      `/admin/coops/${own}/news/${post?.id}`,
    ];
    for (const path of paths) {
      const page = await open(path, { width, scheme, script: true });
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(wide, path).toBeLessThanOrEqual(width);
      expect(await accessibilityFaults(page), path).toEqual([]);
      await page.context().close();
    }
  },
);

test("more than a form may have is refused in words, as a page", async () => {
  const page = await open(`/admin/coops/${own}/pictures`);
  const file = { name: "x.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(30_000_000) };
  await page.setInputFiles("[name=icon]", file);
  await page.fill("[name=iconName]", "Too much");
  await page.click("section[aria-labelledby=icon-heading] button:has-text('Save')");
  expect(await page.textContent("main")).toContain("Choose smaller pictures, or fewer of them.");
  await page.context().close();
});

test("what can’t be used is said beside it, and the rest stays as it was", async () => {
  const page = await open(`/admin/coops/${own}/pictures`);
  const file = { name: "logo.svg", mimeType: "image/png", buffer: Buffer.from("<svg/>") };
  await page.setInputFiles("[name=icon]", file);
  await page.click("section[aria-labelledby=icon-heading] button:has-text('Save')");
  expect(await page.textContent("#field-icon-fault")).toContain("an SVG drawing");
  expect(await page.inputValue("[name=imageName]")).toBe("What the image shows");
  await page.context().close();
});
