import { expect, test } from "vitest";
import { newDraft } from "../../src/directory/draft.ts";
import { adminRoutes } from "../../src/web/admin-routes.ts";
import { testSite } from "../helpers/site.ts";
import { visitor } from "../helpers/visitor.ts";

/** Who asks: what they are to the co-op in the address, or to the node. */
const roles = ["nobody", "stranger", "editor", "owner", "moderator", "administrator"] as const;
type Role = (typeof roles)[number];

/** From whom on a route is open; a stranger looks after another co-op of the node. */
const may: Record<string, readonly Role[]> = {
  anybody: roles,
  account: ["stranger", "editor", "owner", "moderator", "administrator"],
  editor: ["editor", "owner", "administrator"],
  owner: ["owner", "administrator"],
  moderator: ["moderator", "administrator"],
  administrator: ["administrator"],
};

/** Every route of the co-op’s own side, and who may use it. */
const table: Record<string, keyof typeof may> = {
  "GET /setup": "anybody",
  "POST /setup": "anybody",
  "GET /sign-in": "anybody",
  "POST /sign-in": "anybody",
  "POST /sign-out": "anybody",
  "GET /links/:token": "anybody",
  "POST /links/:token": "anybody",
  "POST /links/:token/accept": "account",
  "GET /": "account",
  "GET /account": "account",
  "POST /account": "account",
  "POST /account/password": "account",
  "POST /account/sessions": "account",
  "GET /coops/new": "moderator",
  "POST /coops/new": "moderator",
  "POST /coops/new/check": "moderator",
  "GET /coops/:id": "editor",
  "POST /coops/:id": "editor",
  "POST /coops/:id/check": "editor",
  "GET /coops/:id/preview": "editor",
  "GET /coops/:id/history": "editor",
  "POST /coops/:id/history": "editor",
  "GET /coops/:id/leave": "editor",
  "POST /coops/:id/leave": "editor",
  "GET /coops/:id/pictures": "editor",
  "POST /coops/:id/pictures": "editor",
  "GET /coops/:id/news": "editor",
  "POST /coops/:id/news": "editor",
  "GET /coops/:id/news/:post": "editor",
  "POST /coops/:id/news/:post": "editor",
  "GET /coops/:id/conversation": "editor",
  "GET /coops/:id/conversation/:key": "editor",
  "POST /coops/:id/conversation/:key": "editor",
  "GET /coops/:id/blocks": "editor",
  "POST /coops/:id/blocks": "editor",
  "GET /coops/:id/named": "editor",
  "POST /coops/:id/named": "editor",
  "GET /coops/:id/accounts": "editor",
  "POST /coops/:id/accounts": "editor",
  "GET /coops/:id/people": "editor",
  "POST /coops/:id/people": "owner",
  "POST /coops/:id/people/leave": "editor",
  "POST /coops/:id/people/:account": "owner",
  "GET /coops/:id/export": "owner",
  "GET /coops/:id/export.json": "owner",
  "GET /requests": "moderator",
  "GET /requests/:id": "moderator",
  "POST /requests/:id": "moderator",
  "GET /blocks": "moderator",
  "POST /blocks": "moderator",
  "GET /reports": "moderator",
  "POST /reports": "moderator",
  "GET /network": "moderator",
  "POST /network/attesters": "administrator",
  "POST /network/alarms": "administrator",
  "GET /network/hosts/:host": "moderator",
  "POST /network/hosts/:host": "administrator",
  "GET /coops/:id/mandate": "administrator",
  "POST /coops/:id/mandate": "administrator",
  "POST /coops/:id/mandate/end": "administrator",
  "GET /take-in": "administrator",
  "POST /take-in": "administrator",
  "GET /members": "administrator",
  "POST /members": "administrator",
  "GET /members/template.csv": "administrator",
  "POST /members/drafts": "administrator",
  "POST /members/faulty.csv": "administrator",
  "POST /members/links.csv": "administrator",
  "GET /members/mandate": "administrator",
  "POST /members/mandate": "administrator",
  "GET /import": "administrator",
  "POST /import": "administrator",
  "GET /import/:id": "administrator",
  "GET /import/:id/report.csv": "administrator",
  "POST /import/:id": "administrator",
  "POST /import/:id/discard": "administrator",
  "GET /coops": "administrator",
  "GET /accounts": "administrator",
  "POST /accounts": "administrator",
  "GET /accounts/:id": "administrator",
  "POST /accounts/:id": "administrator",
  "POST /accounts/:id/link": "administrator",
};

test("every route of the co-op’s own side says who may use it", async () => {
  await using site = await testSite();
  const routes = adminRoutes(site.site)
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(routes)].toSorted()).toEqual(Object.keys(table).toSorted());
});

test.each(roles)("%s can use what it may, and nothing else", async (role) => {
  await using site = await testSite();
  const other = await site.add("other");
  let count = 0;
  for (const [route, least] of Object.entries(table)) {
    count += 1;
    // A new co-op and a new account each time: some routes change them.
    const coop = await site.add(`coop${count}`);
    const who = await visitor(
      site,
      role === "nobody"
        ? undefined
        : {
            name: `${role}${count}`,
            ...(role === "stranger" && { roles: { [other]: "owner" as const } }),
            ...((role === "editor" || role === "owner") && { roles: { [coop]: role } }),
            ...((role === "moderator" || role === "administrator") && { nodeRole: role }),
          },
    );
    const [method = "", pattern = ""] = route.split(" ");
    const path =
      `/admin${pattern.replace("/coops/:id", `/coops/${coop}`).replaceAll(/:\w+/g, "nothing")}`.replace(
        /\/$/,
        "",
      );
    const response = method === "GET" ? await who.get(path) : await who.post(path);
    const { status } = response;
    const allowed = may[least]?.includes(role) === true;
    const seen = `${route}: ${status}`;
    if (allowed) {
      expect(status, seen).not.toBe(401);
      expect(status, seen).not.toBe(403);
      expect(status, seen).toBeLessThan(500);
      expect(response.headers.get("location") ?? "", seen).not.toContain("?next=");
    } else if (role === "nobody") {
      if (method === "GET")
        expect(response.headers.get("location"), seen).toContain("/sign-in?next=");
      else expect(status, seen).toBe(401);
    } else {
      expect(status, seen).toBe(403);
    }
  }
});

test("nobody learns from an answer whether there is a private draft", async () => {
  await using site = await testSite();
  const content = { name: "Secret" };
  const draft = await newDraft(site.db, { content, handle: "secret", by: null }, 1);
  const stranger = await visitor(site, {
    name: "stranger",
    roles: { [await site.add("other")]: "owner" },
  });
  const own = Object.keys(table).filter((route) => route.includes("/coops/:id"));
  const open = ["", "/claim", "/correct", "/object", "/listing", "/posts/nothing"];
  const routes = [
    ...own.map((route) => route.replace(" ", " /admin")),
    ...open.map((path) => `GET /coops/:id${path}`),
    ...["/claim", "/correct", "/object"].map((path) => `POST /coops/:id${path}`),
  ];
  const asked = { name: "Ada", message: "Why?" };
  let count = 0;
  for (const route of routes) {
    const [method = "", pattern = ""] = route.split(" ");
    for (const who of [stranger, await visitor(site)]) {
      const told = async (id: string) => {
        const path = pattern.replace(":id", id).replaceAll(/:\w+/g, "nothing");
        count += 1;
        // Each from elsewhere: nobody is asked to wait.
        const headers = { origin: site.node.origin, "x-forwarded-for": `client ${count}` };
        const answer =
          method === "GET" ? await who.get(path) : await who.post(path, asked, headers);
        const words = `${answer.headers.get("location")} ${await answer.text()}`;
        return [answer.status, words.replaceAll(id, "ID")];
      };
      expect(await told(draft), route).toEqual(await told("0123456789"));
    }
  }
});
