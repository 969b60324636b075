import { SaxesParser } from "saxes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deletePost, editPost, post } from "../../src/directory/post.ts";
import { gather } from "../../src/directory/gather.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import * as posts from "../../src/store/posts.ts";
import * as settings from "../../src/store/settings.ts";
import { bakery, now, testSite, type TestSite } from "../helpers/site.ts";

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Element[];
}

/** Reads XML; throws where it isn't well-formed. */
function parse(xml: string): Element {
  const root: Element = { name: "", attributes: {}, text: "", children: [] };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on("opentag", ({ local, uri, attributes }) => {
    expect(uri).toBe("http://www.w3.org/2005/Atom");
    const element: Element = {
      name: local,
      attributes: Object.fromEntries(
        Object.values(attributes).map(({ name, value }) => [name, value]),
      ),
      text: "",
      children: [],
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(xml).close();
  const [feed] = root.children;
  if (feed === undefined) throw new Error("nothing in it");
  return feed;
}

const all = ({ children }: Element, name: string) => children.filter((each) => each.name === name);
const one = (element: Element, name: string) => {
  const found = all(element, name);
  expect(found, name).toHaveLength(1);
  return found[0]?.text ?? "";
};

/** What RFC 4287 demands of a feed (4.1.1) and its entries (4.1.2). */
function check(feed: Element, url: string): void {
  expect(feed.name).toBe("feed");
  for (const element of [feed, ...all(feed, "entry")]) {
    expect(URL.canParse(one(element, "id"))).toBe(true);
    expect(one(element, "title").trim()).not.toBe("");
    expect(one(element, "updated")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(
      all(element, "link").filter(({ attributes }) => attributes["rel"] === "alternate"),
    ).toHaveLength(1);
  }
  expect(all(feed, "author")).toHaveLength(1);
  const self = all(feed, "link").find(({ attributes }) => attributes["rel"] === "self");
  expect(self?.attributes["href"]).toBe(url);
  const ids = all(feed, "entry").map((entry) => one(entry, "id"));
  expect(new Set(ids).size).toBe(ids.length);
}

it("offers the news of a co-op to feed readers, as they are now", async () => {
  const id = await site.add("baker", { ...bakery, name: "Pain & <Co>" });
  const path = `/coops/${id}/news.atom`;
  const url = `${site.node.origin}${path}`;
  const get = async () => {
    const response = await site.get(path);
    expect(response.headers.get("content-type")).toBe("application/atom+xml; charset=utf-8");
    const feed = parse(await response.text());
    check(feed, url);
    return { feed, etag: response.headers.get("etag") ?? "" };
  };
  const empty = await get();
  expect(all(empty.feed, "entry")).toEqual([]);

  const first = await post(
    site.db,
    id,
    { fr: "Du pain & du vin\u0008 <b> #pain @alice@social.example", en: "Bread" },
    now,
    { warning: { fr: "Alcool" } },
  );
  await posts.noteMentions(site.db, first, [
    { name: "@alice@social.example", actor: "https://social.example/users/alice" },
  ]);
  const second = await post(site.db, id, { en: `${"Long ".repeat(30)}\u0000\ud800` }, now + 1);
  await post(site.db, id, { en: "Tomorrow" }, now, { due: now + 60_000 });
  const full = await get();
  const [latest, earlier] = all(full.feed, "entry");
  if (latest === undefined || earlier === undefined) throw new Error("entries are missing");
  expect(one(full.feed, "title")).toBe("News of Pain & <Co>");
  expect(one(full.feed, "updated")).toBe(new Date(now + 1).toISOString());
  expect(all(full.feed, "entry")).toHaveLength(2);
  expect(one(latest, "id")).toBe(`${site.node.origin}/coops/${id}/posts/${second}`);
  expect(one(latest, "title")).toMatch(/^(Long ){15}Long…$/);
  expect(one(earlier, "title")).toBe("Alcool");
  expect(earlier.attributes["xml:lang"]).toBe("fr");
  expect(one(earlier, "content")).toBe(
    `<div lang="fr"><details><summary>Alcool</summary><p>Du pain &amp; du vin &lt;b&gt; ` +
      `<a href="${site.node.origin}/search?q=pain" class="mention hashtag" rel="tag">#<span>pain</span></a> ` +
      `<span class="h-card" translate="no"><a href="https://social.example/users/alice" class="u-url mention">@<span>alice</span></a></span></p></details></div>` +
      `<div lang="en"><p>Bread</p></div>`,
  );

  // Whoever has it needn't have it again; a proxy may have weakened its name.
  for (const known of [full.etag, `W/${full.etag}`, `"other", ${full.etag}`]) {
    expect((await site.get(path, { "if-none-match": known })).status).toBe(304);
  }
  await editPost(site.db, first, { fr: "Du pain." }, now + 50, { warning: null });
  const edited = await site.get(path, { "if-none-match": full.etag });
  expect(edited.status).toBe(200);
  const changed = parse(await edited.text());
  expect(one(changed, "updated")).toBe(new Date(now + 50).toISOString());
  expect(all(changed, "entry").map((entry) => one(entry, "title"))).toContain("Du pain.");
  await deletePost(site.db, second, now + 60);
  expect(all((await get()).feed, "entry").map((entry) => one(entry, "id"))).toEqual([
    `${site.node.origin}/coops/${id}/posts/${first}`,
  ]);

  // Readers find it.
  for (const page of [`/coops/${id}`, `/coops/${id}/posts/${first}`]) {
    const [link] =
      /<link[^>]*application\/atom\+xml[^>]*>/.exec((await site.page(page)).replace(/\s+/g, " ")) ??
      [];
    expect(/href="([^"]+)"/.exec(link ?? "")?.[1]?.replace(site.node.origin, "")).toBe(path);
  }
  await deleteCoop(site.db, site.node, id, now);
  expect((await site.get(path)).status).toBe(410);
  expect((await site.get("/coops/nothing/news.atom")).status).toBe(404);
});

it("offers what is new of a theme or a region to feed readers", async () => {
  const name = "Brot & <Wein>\u0008";
  const path = "/feeds/food.ca-qc/news.atom";
  await using hub = await testSite();
  await settings.setRole(hub.db, "hub");
  const id = await hub.add("brewery", { ...bakery, name, summary: "We <b>brew</b> #beer" });
  await gather(hub.db, hub.site.index, now + 1000);
  const feed = parse(await (await hub.get(path)).text());
  check(feed, hub.node.origin + path);
  expect(one(feed, "title")).toBe("New co-ops: Food and farming, Quebec");
  const [entry, ...more] = all(feed, "entry");
  expect(more).toEqual([]);
  if (entry === undefined) throw new Error("nothing is new");
  const url = `${hub.node.origin}/coops/${id}`;
  expect([one(entry, "id"), all(entry, "link")[0]?.attributes["href"]]).toEqual([
    `${url}/listing`,
    url,
  ]);
  expect(one(entry, "title")).toBe("Brot & <Wein>");
  expect(one(entry, "updated")).toBe(new Date(now + 1000).toISOString());
  expect(one(entry, "content")).toContain("We &lt;b&gt;brew&lt;/b&gt;");
  expect(one(entry, "content")).toContain("Quebec, Canada");
  expect(await hub.page("/feeds/food.ca-qc")).toContain(`href="${hub.node.origin}${path}"`);
  await withdraw(hub.db, hub.node, id, now + 2000);
  await hub.site.index.catchUp();
  expect(all(parse(await (await hub.get(path)).text()), "entry")).toEqual([]);
  expect((await hub.get("/feeds/nothing/news.atom")).status).toBe(404);
});
