import { describe, expect, it } from "vitest";
import { publish } from "../../src/directory/publish.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import { checkBacklink, linksOfSelf } from "../../src/federation/backlinks.ts";
import * as backlinks from "../../src/store/backlinks.ts";
import { eachEngine } from "../helpers/database.ts";
import { until } from "../helpers/nodes.ts";
import type { Elsewhere } from "./elsewhere.ts";
import { followOf } from "./person.ts";
import { fullBakery } from "./public-node.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const day = 86_400_000;

eachEngine("what a co-op links to", (engine) => {
  /** A co-op that names a website and an account on the other server. */
  async function linking(edit: (there: Elsewhere, url: string) => void = () => undefined) {
    const set = await stage(engine, []);
    const { node, there, id, url } = set;
    edit(there, url);
    const links = { url: `${there.origin}/home`, account: `${there.origin}/users/loaf` };
    await node.use((db, identity) =>
      publish(db, identity, id, { ...fullBakery, ...links }, Date.now()),
    );
    const known = () => node.use((db) => backlinks.of(db, id));
    const seen = await until(known, (rows) => {
      return (
        rows.length === 2 &&
        rows.every(({ checked, url: to }) => checked !== null && to.startsWith(there.origin))
      );
    });
    const look = (at: number) =>
      node.use(async (db, identity) => {
        const asker = { node: identity, insecure: true };
        for (const link of await backlinks.of(db, id)) {
          await checkBacklink(asker, { db, clock: () => at }, link);
        }
        return backlinks.of(db, id);
      });
    return { ...set, website: links.url, account: links.account, seen, known, look };
  }

  it("is verified where it links back, also on a server that answers signed requests only", async () => {
    await using set = await linking((there, url) => {
      there.secure = true;
      there.pages.set("/home", `<p><a class=x href='${url}' rel="noopener me">us</a>`);
      const value = `<a href="${url}" rel="me">${url}</a>`;
      const attachment = [{ type: "PropertyValue", name: "Directory", value }];
      there.join("loaf", { attachment });
    });
    const { node, there, id, url, seen, look } = set;
    const [account, website] = seen;
    const handle = `@loaf@${new URL(there.origin).host}`;
    expect(account).toMatchObject({ kind: "account", url: set.account, handle, fault: null });
    expect(website).toMatchObject({ kind: "website", url: set.website, fault: null });
    for (const each of seen) expect(Number(each.verified)).toBeGreaterThan(0);
    expect(Number(account?.due) - Number(account?.checked)).toBe(7 * day);

    // Away for a while: what was seen counts for thirty days.
    const pages = new Map(there.pages);
    const documents = new Map(there.documents);
    there.pages.clear();
    there.documents.clear();
    const later = Number(account?.verified) + 29 * day;
    for (const each of await look(later)) {
      expect(each).toMatchObject({ checked: later, due: later + day });
      expect(each.fault).not.toBeNull();
      expect(each.verified).not.toBeNull();
    }
    for (const each of await look(later + 2 * day)) expect(each.verified).toBeNull();
    for (const [path, page] of pages) there.pages.set(path, page);
    for (const [path, document] of documents) there.documents.set(path, document);
    for (const each of await look(later)) expect(each.verified).toBe(later);

    // It says no more that it is the same: that counts at once.
    there.pages.set("/home", `<a href="${url}">us</a>`);
    there.join("loaf", { attachment: [] });
    for (const each of await look(later)) {
      expect(each.verified).toBeNull();
      expect(each.fault).toContain(url);
    }

    // A follower there can be read, too: its actor is asked for by a signed request.
    const carol = there.join("carol");
    await there.send(carol, `${url}/inbox`, followOf(carol, url));
    await until(async () => (await followersOf(node)).length === 1);
    await node.use((db, identity) => deleteCoop(db, identity, id, Date.now()));
    expect(await set.known()).toEqual([]);
  }, 60_000);

  it.each<[string, (url: string) => Record<string, unknown>]>([
    ["its address", (url) => ({ url })],
    ["one of its addresses", (url) => ({ url: ["https://x.example/", { href: url }] })],
    ["a single row", (url) => ({ attachment: { type: "PropertyValue", value: url } })],
    ["a Link", (url) => ({ attachment: [{ type: "Link", href: `${url}/` }] })],
    ["what it was", (url) => ({ alsoKnownAs: [url] })],
  ])("may link back by %s", async (_what, changes) => {
    await using set = await linking((there, url) => void there.join("loaf", changes(url)));
    expect(set.seen[0]).toMatchObject({ kind: "account", fault: null });
  });

  it("is not verified where it is another one's, and is forgotten when it isn't linked any more", async () => {
    await using set = await linking((there, url) => {
      there.join("loaf", { url: `${url}0`, attachment: "nonsense" });
    });
    const { node, id, seen, known } = set;
    expect(seen).toMatchObject([
      { verified: null, fault: expect.stringContaining("No row of its profile") as string },
      { verified: null, fault: expect.stringContaining("404") as string },
    ]);
    expect(seen.map(({ due, checked }) => Number(due) - Number(checked))).toEqual([day, day]);
    const { url: _, ...rest } = fullBakery;
    await node.use((db, identity) => publish(db, identity, id, rest, Date.now()));
    await until(known, ({ length }) => length === 0);
    await quiet(node);
  });
});

describe("links of a page to the same people", () => {
  it.each([
    [`<a rel="me" href="https://x.example/">x</a>`, ["https://x.example/"]],
    [`<LINK HREF=https://x.example/ REL='nofollow ME'>`, ["https://x.example/"]],
    [`<a\nhref="https://x.example/?a=1&amp;b=2" rel=me>`, ["https://x.example/?a=1&b=2"]],
    [`<a href="https://x.example/" rel="menu">`, []],
    [`<area rel="me" href="https://x.example/"><a rel="me">`, []],
    ["<a ".repeat(9), []],
  ])("are read from %s", (page, links) => expect(linksOfSelf(page)).toEqual(links));
});
