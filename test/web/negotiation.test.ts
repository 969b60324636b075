import { describe, expect, test } from "vitest";
import { bestEncoding, prefersActivity, prefersJson } from "../../src/web/accept.ts";
import { nearest } from "../../src/web/parameters.ts";
import { testSite } from "../helpers/site.ts";

const mastodon = "application/activity+json, application/ld+json";
const mastodonUrl =
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json, text/html;q=0.1';
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

describe("what a client would rather have", () => {
  test.each([
    [mastodon, true],
    [mastodonUrl, true],
    ["application/json", true],
    ["application/activity+json;q=0.5, text/html", false],
    ["text/html, application/activity+json", false],
    ["application/activity+json, text/html", true],
    ["application/activity+json;q=0", false],
    [browser, false],
    ["*/*", false],
    ["", false],
    [null, false],
  ])("Accept: %s", (accept, activity) => {
    expect(prefersActivity(accept)).toBe(activity);
    expect(prefersJson(accept)).toBe(activity);
  });

  test.each([
    ["gzip, deflate, br, zstd", "zstd"],
    ["gzip, deflate", "gzip"],
    ["*", "zstd"],
    ["*;q=0.1, zstd;q=0", "gzip"],
    ["br", undefined],
    [null, undefined],
  ])("Accept-Encoding: %s", (header, encoding) => {
    expect(bestEncoding(header)).toBe(encoding);
  });

  test("a word is recognised in spite of a slip, but not any word", () => {
    expect(nearest("sectr", ["theme", "sector"])).toBe("sector");
    expect(nearest("Thme", ["theme", "sector"])).toBe("theme");
    expect(nearest("utm_source", ["theme", "sector"])).toBeUndefined();
  });
});

describe("ActivityPub beside the pages", () => {
  const federation = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/coops/imported")) return Promise.resolve(undefined);
    if (pathname === "/nowhere") return Promise.resolve(undefined);
    return Promise.resolve(
      new Response(`${request.method} ${pathname}`, { headers: { vary: "Origin" } }),
    );
  };

  test("gets what it asks for, and what no page answers", async () => {
    await using site = await testSite({ federation });
    const asked = [
      ["GET", "/actor"],
      ["GET", "/coops/abc"],
      ["GET", "/coops/abc/posts/def"],
      ["GET", "/coops/abc/classes/workers"],
      ["GET", "/coops/abc/followers"],
      ["GET", "/coops/abc/outbox"],
      ["GET", "/.well-known/webfinger"],
      ["GET", "/.well-known/nodeinfo"],
      ["GET", "/nodeinfo/2.1"],
      ["POST", "/inbox"],
      ["POST", "/coops/abc/inbox"],
      ["POST", "/actor/inbox"],
    ] as const;
    for (const [method, path] of asked) {
      const response = await site.web.request(path, { method, headers: { accept: mastodon } });
      expect(await response.text(), path).toBe(`${method} ${path}`);
    }
    const actor = await site.get("/coops/abc", { accept: mastodon });
    expect(actor.headers.get("vary")).toBe("Origin, Accept");
  });

  test("leaves the pages to people", async () => {
    await using site = await testSite({ federation });
    const id = await site.add("bakery");
    const page = await site.get(`/coops/${id}`);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("vary")).toBe("Accept");
    const actor = await site.get("/actor");
    expect([actor.status, actor.headers.get("location")]).toEqual([302, "/about"]);
    const group = await site.get(`/coops/${id}/classes/workers`);
    expect(group.headers.get("location")).toBe(`/coops/${id}#structure`);
    expect((await site.get("/nowhere")).status).toBe(404);
  });

  test("falls back to the page where there is no actor", async () => {
    await using site = await testSite({ federation: () => Promise.resolve(undefined) });
    const [url = ""] = await site.import([{ name: "Imported" }]);
    const response = await site.get(new URL(url).pathname, { accept: mastodon });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  });
});
