import { describe, expect, test, vi } from "vitest";
import { addAccount } from "../../src/directory/account.ts";
import { makeSetupLink } from "../../src/directory/set-up.ts";
import { createThrottle } from "../../src/directory/throttle.ts";
import * as accounts from "../../src/store/accounts.ts";
import { localPath } from "../../src/web/private.ts";
import { now, testSite, type TestSite } from "../helpers/site.ts";
import { visitor } from "../helpers/visitor.ts";

// Passwords are slow to hash on purpose, and slower beside other tests.
vi.setConfig({ testTimeout: 60_000 });

const password = "barley hinge comet";
const day = 86_400_000;

/** A site of which the time can be set. */
async function timedSite(): Promise<{ site: TestSite; time: { now: number } }> {
  const time = { now };
  return { site: await testSite({ clock: () => time.now }), time };
}

/** A site with an administrator, `rosa`, who has a password. */
async function siteWithRosa() {
  const { site, time } = await timedSite();
  const token = await makeSetupLink(site.db, time.now);
  const rosa = await visitor(site);
  const sent = { token, name: "Rosa", displayName: "Rosa L.", password, repeated: password };
  const answer = await rosa.post("/admin/setup", sent);
  expect(answer.status).toBe(303);
  return { site, time, rosa, token, answer };
}

describe("set-up", () => {
  test("is what the page to sign in speaks of, until there is an administrator", async () => {
    await using fresh = await testSite();
    expect(await fresh.page("/admin/sign-in")).toContain("npm run cli -- setup");
    const { site } = await siteWithRosa();
    await using _closing = site;
    expect(await site.page("/admin/sign-in")).not.toContain("npm run cli -- setup");
  });

  test("makes the first administrator by a link that is good once, and signs them in", async () => {
    const { site, rosa, token, answer } = await siteWithRosa();
    await using _closing = site;
    expect(answer.headers.get("location")).toBe("/admin?done=set-up");
    const home = await rosa.page("/admin?done=set-up");
    expect(home).toContain("you are its first administrator");
    expect(home).toContain("Rosa L.");
    expect(await accounts.byName(site.db, "rosa")).toMatchObject({ nodeRole: "administrator" });
    const again = await (await visitor(site)).get(`/admin/setup?token=${token}`);
    expect(again.status).toBe(410);
    expect(await again.text()).toContain("has been used already");
    await expect(makeSetupLink(site.db, now)).rejects.toMatchObject({ code: "conflict" });
  });

  test("says all that is wrong at once, keeps what was written, and shows no password", async () => {
    const { site, time } = await timedSite();
    await using _closing = site;
    const token = await makeSetupLink(site.db, time.now);
    const rosa = await visitor(site);
    const wrong = await rosa.post("/admin/setup", {
      token,
      name: "rosa@home",
      displayName: "Rosa",
      password: "short",
      repeated: "other",
    });
    expect(wrong.status).toBe(400);
    const page = await wrong.text();
    expect(page).toContain('href="#field-name"');
    expect(page).toContain('href="#field-password"');
    expect(page).toContain("at least 10 characters");
    expect(page).toContain('value="rosa@home"');
    expect(page).not.toContain("short");
    expect(page).toMatch(/id="field-name"[^>]*aria-describedby="field-name-hint field-name-fault"/);
    expect(page).toMatch(/id="field-name"[^>]*aria-invalid="true"/);
    // The link is still good.
    const right = { token, name: "rosa", password, repeated: password };
    expect((await rosa.post("/admin/setup", right)).status).toBe(303);
  });

  test.each([
    "password12",
    "Passwort-2026",
    "1234567890",
    "aaaaaaaaaaaa",
    "rosa-rosa2",
    "qwertyuiop",
  ])("refuses the password %j", async (bad) => {
    const { site, time } = await timedSite();
    await using _closing = site;
    const token = await makeSetupLink(site.db, time.now);
    const sent = { token, name: "rosa-rosa", password: bad, repeated: bad };
    const answer = await (await visitor(site)).post("/admin/setup", sent);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('href="#field-password"');
  });

  test("voids older links when a new one is made, and ends after a day", async () => {
    const { site, time } = await timedSite();
    await using _closing = site;
    const first = await makeSetupLink(site.db, time.now);
    const second = await makeSetupLink(site.db, time.now);
    const rosa = await visitor(site);
    expect((await rosa.get(`/admin/setup?token=${first}`)).status).toBe(404);
    expect((await rosa.get(`/admin/setup?token=${second}`)).status).toBe(200);
    time.now += day;
    const late = await rosa.get(`/admin/setup?token=${second}`);
    expect(late.status).toBe(410);
    expect(await late.text()).toContain("too old");
  });
});

describe("sign-in", () => {
  test("leads to where one wanted to go, and signing out ends it for good", async () => {
    const { site } = await siteWithRosa();
    await using _closing = site;
    const rosa = await visitor(site);
    const asked = await rosa.get("/admin/accounts?x=1");
    expect(asked.status).toBe(303);
    expect(asked.headers.get("location")).toBe(
      `/admin/sign-in?next=${encodeURIComponent("/admin/accounts?x=1")}`,
    );
    const answer = await rosa.post("/admin/sign-in", {
      name: " ROSA ",
      password,
      next: "/admin/accounts?x=1",
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/admin/accounts?x=1");
    expect((await rosa.get("/admin/accounts")).status).toBe(200);
    const kept = new Map(rosa.cookies);
    const out = await rosa.post("/admin/sign-out");
    expect(out.headers.get("location")).toBe("/admin/sign-in?done=signed-out");
    expect(rosa.cookies.has("__Host-session")).toBe(false);
    // Whoever kept the cookie has nothing of it.
    for (const [name, value] of kept) rosa.cookies.set(name, value);
    expect((await rosa.get("/admin")).status).toBe(303);
  });

  test("says the same to a wrong password and to an unknown name", async () => {
    const { site } = await siteWithRosa();
    await using _closing = site;
    const stranger = await visitor(site);
    const wrong = await stranger.post("/admin/sign-in", { name: "rosa", password: "barley hinge" });
    const unknown = await stranger.post("/admin/sign-in", {
      name: "rolf",
      password: "barley hinge",
    });
    expect([wrong.status, unknown.status]).toEqual([403, 403]);
    expect(stranger.cookies.size).toBe(0);
    expect((await wrong.text()).replaceAll("rosa", "rolf")).toBe(await unknown.text());
  });

  test("gives a new session each time, and ends the one that the browser had", async () => {
    const { site } = await siteWithRosa();
    await using _closing = site;
    const rosa = await visitor(site);
    rosa.cookies.set("__Host-session", "a-session-of-somebody-elses-choice");
    await rosa.post("/admin/sign-in", { name: "rosa", password });
    const first = rosa.cookies.get("__Host-session") ?? "";
    expect(first).toMatch(/^[\w-]{43}$/);
    await rosa.post("/admin/sign-in", { name: "rosa", password });
    const second = rosa.cookies.get("__Host-session") ?? "";
    expect(second).not.toBe(first);
    rosa.cookies.set("__Host-session", first);
    expect((await rosa.get("/admin")).status).toBe(303);
    rosa.cookies.set("__Host-session", second);
    expect((await rosa.get("/admin")).status).toBe(200);
  });

  test("slows down who guesses, says for how long, and lets the owner in", async () => {
    const { site, time, rosa } = await siteWithRosa();
    await using _closing = site;
    await rosa.post("/admin/sign-out");
    const guesser = await visitor(site);
    const guess = () => guesser.post("/admin/sign-in", { name: "rosa", password: "guess" });
    const statuses: number[] = [];
    for (let tries = 0; tries < 6; tries++) statuses.push((await guess()).status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
    expect(await (await guess()).text()).toContain("Wait a second");
    // The right password is no way around the wait, or it would be worth trying.
    expect((await guesser.post("/admin/sign-in", { name: "rosa", password })).status).toBe(429);
    // The browser that Rosa used before is let in all the same.
    expect((await rosa.post("/admin/sign-in", { name: "rosa", password })).status).toBe(303);
    time.now += 1000;
    expect((await guess()).status).toBe(403);
    expect(await (await guess()).text()).toContain("Wait 2 seconds");
    time.now += 2000;
    expect((await guesser.post("/admin/sign-in", { name: "rosa", password })).status).toBe(303);
  });

  test("never waits for longer than 20 seconds, and counts tries at once, before they fail", () => {
    const throttle = createThrottle();
    let at = now;
    for (let tries = 0; tries < 5; tries++) expect(throttle.enter("rosa", at)).toBe(0);
    expect(throttle.enter("rosa", at)).toBe(1);
    const waits: number[] = [];
    for (let tries = 0; tries < 7; tries++) {
      at += 20_000;
      expect(throttle.enter("rosa", at)).toBe(0);
      waits.push(throttle.enter("rosa", at));
    }
    expect(waits).toEqual([2, 4, 8, 16, 20, 20, 20]);
    expect(throttle.enter("others", at)).toBe(0);
    throttle.pass("rosa");
    expect(throttle.enter("rosa", at)).toBe(0);
  });

  test("leads nowhere else", () => {
    for (const evil of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/admin\\@evil.example",
      "/admin/..//evil.example",
      "/admin/../../evil",
      "/administrator",
      "javascript:alert(1)",
      "\t/admin",
      "/admin\n//evil.example",
      "",
      undefined,
    ]) {
      const path = localPath(evil);
      expect(new URL(path, "https://coops.example").origin, evil).toBe("https://coops.example");
      expect(path, evil).toMatch(/^\/admin(\/|$)/);
      expect(path, evil).not.toContain("//");
    }
    expect(localPath("/admin/coops/x?tab=1#figures")).toBe("/admin/coops/x?tab=1#figures");
  });
});

describe("a session", () => {
  test("ends after 30 days without use, and after 90 days in any case", async () => {
    const { site, time, rosa } = await siteWithRosa();
    await using _closing = site;
    for (let days = 0; days < 87; days += 29) {
      expect((await rosa.get("/admin")).status, `day ${days}`).toBe(200);
      time.now += 29 * day;
    }
    expect((await rosa.get("/admin")).status, "day 87").toBe(200);
    time.now += 3 * day;
    expect((await rosa.get("/admin")).status, "day 90").toBe(303);
    await rosa.post("/admin/sign-in", { name: "rosa", password });
    time.now += 30 * day;
    expect((await rosa.get("/admin")).status, "30 days unused").toBe(303);
  });

  test.each([
    ["https://coops.example", "__Host-session", true],
    ["http://localhost:4001", "session-4001", false],
  ])("has a cookie at %s that nothing but this node gets", async (origin, name, secure) => {
    await using site = await testSite({}, origin);
    const { token } = await addAccount(site.db, { name: "rosa", nodeRole: null }, now);
    const rosa = await visitor(site);
    const sent = { password, repeated: password };
    const answer = await rosa.post(`/admin/links/${token}`, sent, { origin });
    const [session = "", known = ""] = answer.headers.getSetCookie();
    expect(session).toMatch(new RegExp(`^${name}=[\\w-]{43}; Max-Age=7776000; Path=/; HttpOnly`));
    for (const cookie of [session, known]) {
      expect(cookie).toContain("; HttpOnly");
      expect(cookie).toContain("; SameSite=Lax");
      expect(cookie.includes("; Secure")).toBe(secure);
      expect(cookie).not.toContain("Domain");
    }
  });

  test("is on no page that others could get from a cache, and public pages know nothing of it", async () => {
    await using site = await testSite();
    const rosa = await visitor(site, { name: "rosa" });
    for (const path of ["/admin", "/admin/account", "/admin/sign-in", "/admin/accounts"]) {
      const { headers } = await rosa.get(path);
      expect(headers.get("cache-control"), path).toBe("no-store");
    }
    const stranger = await visitor(site);
    for (const path of ["/", "/search", "/about", "/network"]) {
      expect(await rosa.page(path), path).toBe(await stranger.page(path));
    }
  });
});

describe("a form", () => {
  test.each([
    ["no origin at all", {}],
    ["another origin", { origin: "https://evil.example" }],
    ["another port", { origin: "https://coops.example:444" }],
    ["http", { origin: "http://coops.example" }],
    ["no origin that it would name", { origin: "null" }],
    ["a link on another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["a neighbour", { origin: "https://x.coops.example", "sec-fetch-site": "same-site" }],
  ])("that comes from %s is refused, and says what to do", async (_, headers) => {
    await using site = await testSite();
    const rosa = await visitor(site, { name: "rosa", displayName: "Rosa L." });
    const answer = await rosa.post("/admin/account", { displayName: "Mallory" }, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await answer.text()).toContain("reload the page with the form");
    expect(await accounts.byName(site.db, "rosa")).toMatchObject({ displayName: "Rosa L." });
  });

  test("from the same page is taken, though the proxy speaks http with us", async () => {
    await using site = await testSite();
    const rosa = await visitor(site, { name: "rosa", displayName: "Rosa L." });
    for (const headers of [
      { origin: "https://coops.example" },
      { "sec-fetch-site": "same-origin" },
    ]) {
      const answer = await rosa.post("/admin/account", { displayName: "R" }, headers);
      expect(answer.status).toBe(303);
    }
  });

  test("that is too large, or none, is refused in words", async () => {
    await using site = await testSite();
    const rosa = await visitor(site, { name: "rosa", displayName: "Rosa L." });
    const large = await rosa.post("/admin/account", { displayName: "x".repeat(65 * 1024) });
    expect(large.status).toBe(413);
    expect(await large.text()).toContain("at most 64 KB");
    const { origin } = site.node;
    const json = await site.web.request("/admin/sign-in", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", origin, accept: "text/html" },
    });
    expect(json.status).toBe(400);
    const broken = await site.web.request("/admin/sign-in", {
      method: "POST",
      body: "--x\r\nbroken",
      headers: { "content-type": "multipart/form-data; boundary=x", origin, accept: "text/html" },
    });
    expect(broken.status).toBe(400);
  });

  test("never guards the doors for programs", async () => {
    await using site = await testSite();
    const answer = await site.web.request("/dir/v1/records", {
      method: "POST",
      body: JSON.stringify({ digests: [] }),
      headers: { "content-type": "text/plain" },
    });
    expect(answer.status).not.toBe(403);
  });
});
