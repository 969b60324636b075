import { describe, expect, test, vi } from "vitest";
import { addAccount } from "../../src/directory/account.ts";
import { invite } from "../../src/directory/people.ts";
import * as accounts from "../../src/store/accounts.ts";
import * as roles from "../../src/store/roles.ts";
import { demandCoopRole } from "../../src/web/session.ts";
import { bakery, now, testSite } from "../helpers/site.ts";
import { addPerson, visitor } from "../helpers/visitor.ts";

// Passwords are slow to hash on purpose, and slower beside other tests.
vi.setConfig({ testTimeout: 60_000 });

const password = "barley hinge comet";

/** The link that a page shows. */
function linkOn(page: string): string {
  const [link] = /\/admin\/links\/[\w-]{43}/.exec(page) ?? [];
  if (link === undefined) throw new Error("there is no link on the page");
  return link;
}

describe("the accounts of a node", () => {
  test("are for administrators only, whichever way one asks", async () => {
    await using site = await testSite();
    const id = await addPerson(site, { name: "olu" });
    const who = [
      await visitor(site, { name: "lena", nodeRole: "moderator" }),
      await visitor(site, { name: "rosa" }),
    ];
    const nobody = await visitor(site);
    for (const path of ["/admin/accounts", `/admin/accounts/${id}`]) {
      for (const each of who) {
        expect((await each.get(path)).status, path).toBe(403);
        const sent = { do: "role", name: "x1", nodeRole: "administrator" };
        expect((await each.post(path, sent)).status, path).toBe(403);
      }
      expect((await nobody.get(path)).status, path).toBe(303);
      expect((await nobody.post(path, { do: "disable" })).status, path).toBe(401);
    }
    expect((await who[0]?.post(`/admin/accounts/${id}/link`))?.status).toBe(403);
    expect(await accounts.get(site.db, id)).toMatchObject({ nodeRole: null, disabled: null });
    expect(await accounts.all(site.db)).toHaveLength(3);
  });

  test("are added by a link, get a part in running the node, and lose it", async () => {
    await using site = await testSite();
    const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
    const added = await rosa.post("/admin/accounts", { name: "Lena", nodeRole: "none" });
    expect(added.headers.get("cache-control")).toBe("no-store");
    const link = linkOn(await added.text());
    const lena = await visitor(site);
    expect(await lena.page(link)).toContain("<strong>lena</strong>");
    const sent = { password, repeated: password };
    expect((await lena.post(link, sent)).headers.get("location")).toBe("/admin?done=new-password");
    expect((await lena.post(link, sent)).status).toBe(410);
    const { id = "" } = (await accounts.byName(site.db, "lena")) ?? {};
    const path = `/admin/accounts/${id}`;
    await rosa.post(path, { do: "role", nodeRole: "administrator" });
    expect((await lena.get("/admin/accounts")).status).toBe(200);
    await rosa.post(path, { do: "role", nodeRole: "none" });
    expect((await lena.get("/admin/accounts")).status).toBe(403);
    expect((await lena.get("/admin")).status).toBe(200);
    const answer = await rosa.post(path, { do: "disable" });
    expect(answer.headers.get("location")).toBe(`${path}?done=account-disabled`);
    expect((await lena.get("/admin")).status).toBe(303);
    const signIn = await lena.post("/admin/sign-in", { name: "lena", password });
    expect(await signIn.text()).toContain("This account is disabled");
    await rosa.post(path, { do: "enable" });
    expect((await lena.post("/admin/sign-in", { name: "lena", password })).status).toBe(303);
    // A new password by a link ends the session that there was.
    const again = linkOn(await (await rosa.post(`${path}/link`)).text());
    const elsewhere = await visitor(site);
    await elsewhere.post(again, sent);
    expect((await lena.get("/admin")).status).toBe(303);
  });

  test("keep an administrator, and names of their own", async () => {
    await using site = await testSite();
    const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
    const { id = "" } = (await accounts.byName(site.db, "rosa")) ?? {};
    const path = `/admin/accounts/${id}`;
    for (const sent of [{ do: "disable" }, { do: "role", nodeRole: "none" }]) {
      const answer = await rosa.post(path, sent);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("last administrator");
    }
    const taken = await rosa.post("/admin/accounts", { name: "rosa", nodeRole: "none" });
    expect(taken.status).toBe(400);
    expect(await taken.text()).toContain("“rosa” is taken");
    expect((await rosa.post(path, { do: "role", nodeRole: "king" })).status).toBe(400);
    expect((await rosa.post(path, { do: "delete" })).status).toBe(400);
    expect((await rosa.get("/admin/accounts/nobody")).status).toBe(404);
  });
});

describe("one's own account", () => {
  test("shows names as text, whatever is in them", async () => {
    await using site = await testSite();
    const displayName = '<script>alert("1")</script>';
    const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator", displayName });
    for (const path of ["/admin", "/admin/account", "/admin/accounts"]) {
      expect(await rosa.page(path), path).not.toContain("<script");
    }
  });

  test("is changed and cleared by its owner", async () => {
    await using site = await testSite();
    const rosa = await visitor(site, { name: "rosa", displayName: "Rosa" });
    const sent = { displayName: " Rosa L. ", email: "rosa@coops.example" };
    const saved = await rosa.post("/admin/account", sent);
    expect(saved.headers.get("location")).toBe("/admin/account?done=account");
    expect(await rosa.page("/admin/account?done=account")).toContain("Your account is saved.");
    expect(await accounts.byName(site.db, "rosa")).toMatchObject({
      displayName: "Rosa L.",
      email: "rosa@coops.example",
    });
    const wrong = await rosa.post("/admin/account", { email: "nobody" });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("Write an e-mail address");
    await rosa.post("/admin/account", {});
    expect(await accounts.byName(site.db, "rosa")).toMatchObject({
      displayName: null,
      email: null,
    });
    expect(await rosa.page("/admin/account?done=%3Cb%3E")).not.toContain('role="status"');
  });

  test("gets a new password only from who knows the present one; other browsers are out", async () => {
    await using site = await testSite();
    const { token } = await addAccount(site.db, { name: "rosa", nodeRole: null }, now);
    const rosa = await visitor(site);
    await rosa.post(`/admin/links/${token}`, { password, repeated: password });
    const elsewhere = await visitor(site);
    await elsewhere.post("/admin/sign-in", { name: "rosa", password });
    expect((await elsewhere.get("/admin")).status).toBe(200);
    const next = { password: "walnut orbit seven", repeated: "walnut orbit seven" };
    const wrong = await rosa.post("/admin/account/password", { current: "wrong", ...next });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("This is not your present password.");
    const right = await rosa.post("/admin/account/password", { current: password, ...next });
    expect(right.headers.get("location")).toBe("/admin/account?done=password");
    expect((await rosa.get("/admin")).status).toBe(200);
    expect((await elsewhere.get("/admin")).status).toBe(303);
    expect((await elsewhere.post("/admin/sign-in", { name: "rosa", password })).status).toBe(403);
    const anew = { name: "rosa", password: next.password };
    expect((await elsewhere.post("/admin/sign-in", anew)).status).toBe(303);
    // And signs out of all others, when one asks for it.
    expect(await rosa.page("/admin/account")).toContain("Sign out everywhere else");
    await rosa.post("/admin/account/sessions");
    expect((await elsewhere.get("/admin")).status).toBe(303);
    expect((await rosa.get("/admin")).status).toBe(200);
  });
});

describe("an invitation", () => {
  test("says who invites to what, and makes an account that may do just that", async () => {
    await using site = await testSite();
    const [mine, other] = [await site.add("bakery", bakery), await site.add("other")];
    const by = await addPerson(site, {
      name: "rosa",
      displayName: "Rosa",
      roles: { [mine]: "owner" },
    });
    const link = `/admin/links/${await invite(site.db, { coop: mine, role: "editor", by }, now)}`;
    const lena = await visitor(site);
    const page = await lena.page(link);
    expect(page).toMatch(/Rosa<\/bdi>\s+invites you/);
    expect(page).toContain("Boulangerie de la Gare");
    expect(page).toContain("as an editor");
    // Looking at it, as programs do that show what a link leads to, doesn't use it.
    expect((await lena.get(link)).status).toBe(200);
    const answer = await lena.post(link, { name: "lena", password, repeated: password });
    expect(answer.headers.get("location")).toBe("/admin?done=joined");
    expect(await lena.page("/admin")).toContain("Boulangerie de la Gare");
    expect((await lena.get(link)).status).toBe(410);

    // Her rights end at this co-op.
    const asked = (coop: string, role: "editor" | "owner") => {
      const cookie = [...lena.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      return codeOf(() => demand(site, cookie, coop, role));
    };
    expect(await asked(mine, "editor")).toBe("in");
    expect(await asked(mine, "owner")).toBe("forbidden");
    expect(await asked(other, "editor")).toBe("forbidden");
    expect(await asked("nothing", "editor")).toBe("forbidden");
  });

  test("is accepted with the account that one has, and by one person only", async () => {
    await using site = await testSite();
    const coop = await site.add("bakery", bakery);
    const by = await addPerson(site, { name: "rosa", roles: { [coop]: "owner" } });
    const link = `/admin/links/${await invite(site.db, { coop, role: "owner", by }, now)}`;
    const lena = await visitor(site, { name: "lena" });
    expect(await lena.page(link)).toContain("Accept the invitation");
    const olu = await visitor(site);
    expect((await olu.post(`${link}/accept`)).status).toBe(401);
    const both = await Promise.all([
      lena.post(`${link}/accept`),
      olu.post(link, { name: "olu", password, repeated: password }),
    ]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 410]);
    expect(await roles.inCoop(site.db, coop)).toHaveLength(2);
  });
});

/** Asks as a handler does, without a page of its own. */
async function demand(
  { site }: Awaited<ReturnType<typeof testSite>>,
  cookie: string,
  coop: string,
  role: "editor" | "owner",
): Promise<void> {
  const { Hono } = await import("hono");
  const app = new Hono();
  app.onError((error) => {
    throw error;
  });
  app.get("/", async (c) => {
    await demandCoopRole(site, c, coop, role);
    return c.text("");
  });
  await app.request("/", { headers: { cookie } });
}

async function codeOf(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return "in";
  } catch (error) {
    return (error as { code: string }).code;
  }
}
