import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addAccount, disableAccount } from "../../src/directory/account.ts";
import { makeSetupLink } from "../../src/directory/set-up.ts";
import { makeLink } from "../../src/directory/link.ts";
import { block } from "../../src/directory/block.ts";
import { takeFlag } from "../../src/directory/take-flag.ts";
import { addReply } from "../helpers/replies.ts";
import { invite } from "../../src/directory/people.ts";
import { listen, type Listener } from "../../src/listen.ts";
import { accessibilityFaults, openBrowser } from "../helpers/browser.ts";
import { freePort } from "../helpers/nodes.ts";
import { bakery, now, testSite, type TestSite } from "../helpers/site.ts";
import { addNeighbours } from "../helpers/neighbours.ts";
import { addPerson, sessionCookies } from "../helpers/visitor.ts";

const password = "barley hinge comet";

let site: TestSite;
let listener: Listener;
let browser: Browser;
let origin: string;
/** The ids of who looks at the pages. */
let administrator: string;
let owner: string;
/** Every page of the co-op's own side, and for whom it is. */
let paths: { path: string; as?: string }[];

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  site = await testSite({}, origin);
  const { db } = site;
  const coop = await site.add("bakery", bakery);
  const other = await site.add("bare");
  const post = await site.say(coop, "Du pain");
  const reply = await addReply(db, coop, { post, warning: "Food", attachments: 2 });
  const spammer = "https://a-very-long-name-of-a-server.example/users/with-a-long-name";
  await addReply(db, coop, { author: spammer, content: "x".repeat(300), audience: "private" });
  const scope = { coop, kind: "person", subject: spammer } as const;
  await block(db, scope, { account: null, why: "Spam" }, now);
  await takeFlag(db, {
    id: "https://social.example/flags/1",
    actor: "https://social.example/actor",
    host: "social.example",
    coop,
    objects: JSON.stringify([`${origin}/coops/${coop}/posts/${post}`]),
    content: "Not a co-op",
    received: now,
  });
  administrator = await addPerson(site, { name: "rosa", nodeRole: "administrator" });
  owner = await addPerson(site, {
    name: "a-very-long-name-for-somebody-who-signs",
    displayName: "Maximiliana Wolfeschlegelsteinhausenbergerdorff",
    roles: { [coop]: "owner", [other]: "editor" },
  });
  const { id, token } = await addAccount(db, { name: "lena", nodeRole: "moderator" }, now);
  await disableAccount(db, await addPerson(site, { name: "gone" }), now);
  const invitation = await invite(db, { coop, role: "editor", by: owner }, now);
  const open = await makeLink(db, { kind: "invitation" }, now);
  await addNeighbours(site);
  listener = await listen((request) => site.web.fetch(request), port, "localhost");
  browser = await openBrowser();
  paths = [
    { path: "/admin/setup?token=wrong" },
    { path: "/admin/sign-in?done=signed-out" },
    { path: `/admin/links/${token}` },
    { path: `/admin/links/${invitation}` },
    { path: `/admin/links/${open}` },
    { path: `/admin/links/${invitation}`, as: owner },
    { path: `/admin/coops/${coop}/accounts`, as: owner },
    { path: "/admin", as: administrator },
    { path: "/admin?done=set-up", as: owner },
    { path: "/admin/account", as: owner },
    { path: "/admin/coops", as: administrator },
    { path: "/admin/accounts", as: administrator },
    { path: "/admin/network", as: administrator },
    { path: "/admin/network?state=held&q=seed", as: administrator },
    { path: "/admin/network/hosts/far.example", as: administrator },
    { path: "/admin/network/hosts/nobody.example", as: administrator },
    { path: "/admin/accounts", as: owner },
    { path: `/admin/coops/${coop}/conversation`, as: owner },
    { path: `/admin/coops/${other}/conversation`, as: owner },
    { path: `/admin/coops/${coop}/conversation/${reply}`, as: owner },
    { path: `/admin/coops/${coop}/blocks`, as: owner },
    { path: "/admin/blocks", as: administrator },
    { path: "/admin/reports", as: administrator },
    { path: `/admin/accounts/${id}`, as: administrator },
    { path: `/admin/accounts/${owner}`, as: administrator },
  ];
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await listener?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

async function withPage<T>(
  options: { width: number; script?: boolean; scheme?: "light" | "dark"; as?: string | undefined },
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: 800 },
    javaScriptEnabled: options.script ?? false,
    colorScheme: options.scheme ?? "light",
    baseURL: origin,
  });
  try {
    if (options.as !== undefined) await signInAs(context, options.as);
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Signs a browser in, without the way through the page. */
async function signInAs(context: BrowserContext, id: string): Promise<void> {
  const cookies = await sessionCookies(site, id);
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin })));
}

async function expectFit(page: Page, path: string): Promise<void> {
  const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(wide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
  expect(await accessibilityFaults(page), path).toEqual([]);
}

describe("every page of the co-op's own side", () => {
  test.each([
    [360, "dark"],
    [1440, "light"],
  ] as const)(
    "at %i pixels, %s, fits, and axe finds nothing",
    async (width, scheme) => {
      for (const { path, as } of paths) {
        await withPage({ width, scheme, script: true, as }, async (page) => {
          const loud: string[] = [];
          page.on("console", (message) => loud.push(message.text()));
          const answer = await page.goto(path);
          expect(answer?.status(), path).toBeLessThan(500);
          expect(loud.filter((text) => text.includes("Content Security Policy"))).toEqual([]);
          await expectFit(page, path);
        });
      }
    },
    180_000,
  );

  test.each([
    [360, "light"],
    [1440, "dark"],
  ] as const)(
    "at %i pixels, %s, shows what is wrong, and axe finds nothing",
    async (width, scheme) => {
      await withPage({ width, scheme, script: true, as: administrator }, async (page) => {
        await page.goto("/admin/account");
        await page.fill("#field-email", "nobody");
        await page.fill("#field-displayName", "x".repeat(80));
        await page.click("text=Save");
        expect(await page.inputValue("#field-email")).toBe("nobody");
        await expectFit(page, "faulty account");
        // The summary has the focus, and its link leads to the field.
        expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("alert");
        await page.click(".notice.fault a");
        expect(new URL(page.url()).hash).toBe("#field-email");
        await page.goto("/admin/accounts");
        await page.click("text=Add the account");
        await expectFit(page, "faulty accounts");
      });
    },
    60_000,
  );
});

describe.each([
  [360, false],
  [1440, true],
])("at %i pixels, with script: %s,", (width, script) => {
  test("one sets up a node, invites, accepts, signs out and in again", async () => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    await using site = await testSite({}, origin);
    const coop = await site.add("bakery", bakery);
    await using _listening = await listen((request) => site.web.fetch(request), port, "localhost");
    const open = () =>
      browser.newContext({
        viewport: { width, height: 800 },
        javaScriptEnabled: script,
        baseURL: origin,
      });
    const context = await open();
    const page = await context.newPage();
    await page.goto(`/admin/setup?token=${await makeSetupLink(site.db, now)}`);
    if (script) await expectFit(page, "set-up");
    // By keyboard alone, in the order of the page.
    await page.focus("#field-name");
    for (const text of ["rosa", "Rosa", password, password]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/done=set-up/);
    expect(await page.textContent("h1")).toBe("Welcome, Rosa");
    await page.click("text=Accounts");
    await page.fill("#field-name", "Lena");
    await page.check("text=Moderator");
    await page.click("text=Add the account");
    const link = (await page.textContent(".handle.copy")) ?? "";
    expect(link).toMatch(new RegExp(`^${origin}/admin/links/[\\w-]{43}$`));

    const lenas = await open();
    const lena = await lenas.newPage();
    await lena.goto(link);
    await lena.fill("#field-password", password);
    await lena.fill("#field-repeated", `${password}.`);
    await lena.click("button:has-text('Set the password')");
    expect(await lena.textContent(".notice.fault")).toContain("The two passwords differ.");
    await lena.fill("#field-password", password);
    await lena.fill("#field-repeated", password);
    await lena.click("button:has-text('Set the password')");
    expect(await lena.textContent("[role=status]")).toContain("Your password is set");

    // Lena accepts with the account that she has, after signing in by way of the invitation.
    await lena.click("text=Sign out");
    const by = await addPerson(site, { name: "olu", displayName: "Olu" });
    const token = await invite(site.db, { coop, role: "owner", by }, now);
    await lena.goto(`/admin/links/${token}`);
    expect(await lena.textContent(".lead")).toMatch(/Olu\s+invites you to/);
    await lena.click("main >> text=Sign in");
    await lena.fill("#field-name", "lena");
    await lena.fill("#field-password", password);
    await lena.keyboard.press("Enter");
    await lena.waitForURL(/links/);
    await lena.click("text=Accept the invitation");
    expect(await lena.textContent("table")).toContain("Boulangerie de la Gare");
    expect(await lena.textContent("table")).toContain("Owner");
    await lenas.close();
    await context.close();
  }, 60_000);
});
