import { expect, it } from "vitest";
import type { ListingContent } from "../../src/coop/listing.ts";
import { changeRole } from "../../src/directory/change-role.ts";
import { allowHost, denyHost } from "../../src/directory/decide-host.ts";
import { gather } from "../../src/directory/gather.ts";
import { readFeedName } from "../../src/coop/feeds.ts";
import { groupNews } from "../../src/directory/group-news.ts";
import { publish } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import { feedOutbox } from "../../src/federation/feed-posts.ts";
import * as changes from "../../src/store/changes.ts";
import * as feeds from "../../src/store/feeds.ts";
import * as followers from "../../src/store/followers.ts";
import * as hosts from "../../src/store/hosts.ts";
import * as settings from "../../src/store/settings.ts";
import { eachEngine } from "../helpers/database.ts";
import { bakery, foreignListing, now, testSite } from "../helpers/site.ts";
import type { Engine } from "../../src/store/dialect.ts";

const minute = 60_000;
const hour = 60 * minute;
const grouping = { between: 6 * hour, patience: 5 * minute };
const day = 24 * hour;
const start = now + hour;
const iso = (time: number) => new Date(time).toISOString();

/** A hub with feeds, and what a test does with them. */
async function hub(engine: Engine) {
  const site = await testSite({}, undefined, engine);
  const { db, node } = site;
  await settings.setRole(db, "hub");
  const index = site.site.index;
  return {
    ...site,
    index,
    add: (handle: string, content: Partial<ListingContent>) => site.add(handle, content),
    read: async (at: number) => {
      while (await gather(db, index, at));
    },
    group: (at: number) => groupNews(db, grouping, at),
    follow: (name: string, since = now, who = "alice") =>
      followers.add(db, {
        followed: `feeds/${name}`,
        actor: `https://social.example/users/${who}`,
        inbox: `https://social.example/users/${who}/inbox`,
        sharedInbox: null,
        activity: `https://social.example/${who}/follows/${name}`,
        since,
      }),
    /** The posts of a feed, the oldest first: what they name, and how many more there are. */
    told: async (name: string) => {
      const posts = await feeds.postsOf(db, name, { limit: 100 });
      const told = [];
      for (const post of posts.toReversed()) {
        const entries = await feeds.entriesOf(db, post.id);
        told.push([entries.map((entry) => entry.name), post.more] as const);
      }
      return told;
    },
    edit: (id: string, content: Partial<ListingContent>, at: number) =>
      publish(db, node, id, { ...whole, ...content }, at),
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

const whole = {
  license: "CC0-1.0",
  discoverable: true,
  indexable: true,
  provenance: { kind: "claimed" },
  ...bakery,
} as ListingContent;

const named = (name: string): Partial<ListingContent> => ({ ...bakery, name });

eachEngine("what is new in the directory", (engine) => {
  it("is told to the followers of each feed that it belongs to, and of no other", async () => {
    await using site = await hub(engine);
    const { read, group, told, follow, add } = site;
    for (const name of ["all", "food", "food.ca-qc", "region.gb", "sector.c"]) await follow(name);
    await add("bakery", bakery);
    await read(start);
    // The first of a quiet day waits a little for others, and no longer.
    expect(await group(start)).toBe(start + grouping.patience);
    expect(await told("all")).toEqual([]);
    expect(await group(start + grouping.patience)).toBe(Infinity);
    for (const name of ["all", "food", "food.ca-qc", "sector.c"]) {
      expect(await told(name), name).toEqual([[["Boulangerie de la Gare"], 0]]);
    }
    expect(await told("region.gb")).toEqual([]);
    // Nobody follows this one: nothing was written.
    expect(await told("work")).toEqual([]);
    expect(await group(start + 48 * hour)).toBe(Infinity);
    expect(await told("all")).toHaveLength(1);
  });

  it("is told once, whatever becomes of it, and six hours later at the earliest again", async () => {
    await using site = await hub(engine);
    const { read, group, told, follow, add, edit } = site;
    await follow("food");
    const id = await add("first", named("First"));
    await read(start);
    await group(start + hour);
    await edit(id, { name: "First, renamed" }, start + hour);
    await site.index.catchUp();
    await add("second", named("Second"));
    await add("third", named("Third"));
    await read(start + 2 * hour);
    expect(await group(start + 2 * hour)).toBe(start + 7 * hour);
    expect(await told("food")).toEqual([[["First"], 0]]);
    await group(start + 7 * hour);
    expect(await told("food")).toEqual([
      [["First"], 0],
      [["Second", "Third"], 0],
    ]);
  });

  it("is one readable post after an import, with what co-ops publish themselves first", async () => {
    await using site = await hub(engine);
    const { read, group, told, follow, add } = site;
    await follow("all");
    await site.import(Array.from({ length: 60 }, (_, at) => ({ name: `Imported ${at}` })));
    await add("own", named("Own"));
    await read(start);
    await group(start + hour);
    const [post, ...more] = await told("all");
    expect(more).toEqual([]);
    expect(post?.[0]).toHaveLength(20);
    expect(post?.[0][0]).toBe("Own");
    expect(post?.[1]).toBe(41);
  });

  it("isn't what came before anybody followed, nor examples, nor what is edited or comes back", async () => {
    await using site = await hub(engine);
    const { db, read, group, told, follow, add, edit } = site;
    const id = await add("bakery", bakery);
    await read(start);
    await follow("all", start + 1);
    await site.addExamples();
    await edit(id, { name: "Renamed" }, start + hour);
    await withdraw(db, site.node, id, start + 2 * hour);
    await site.index.catchUp();
    await read(start + 2 * hour);
    // Soon, and long after it was new here.
    for (const at of [start + 3 * hour, start + 40 * 24 * hour]) {
      await edit(id, { name: `Back at ${at}` }, at);
      await site.index.catchUp();
      await read(at);
      await group(at + hour);
    }
    expect(await told("all")).toEqual([]);
  });

  it("is nothing while a hub fills itself, and nothing at all on a leaf", async () => {
    await using site = await hub(engine);
    const { db, read, group, told, follow, add } = site;
    await follow("all");
    const filling = { since: now, began: now, source: null, read: 0, total: null, checked: [] };
    await settings.setFilling(db, { ...filling, step: "loading" });
    await add("one", named("One"));
    await read(start);
    await settings.setFilling(db, { ...filling, step: "complete" });
    await settings.setRole(db, "leaf");
    await add("two", named("Two"));
    await read(start);
    await settings.setRole(db, "hub");
    await add("three", named("Three"));
    await read(start);
    await group(start + hour);
    expect(await told("all")).toEqual([[["Three"], 0]]);
  });

  it("is an organisation once: a second import of it isn't, its own first listing is", async () => {
    await using site = await hub(engine);
    const { read, group, told, follow, add } = site;
    await follow("all");
    const identifier = [
      { type: "PropertyValue" as const, propertyID: "GB-COH", value: "07444723" },
    ];
    await site.import([{ name: "Register A", identifier }]);
    await read(start);
    await group(start + hour);
    const provenance = { kind: "imported", isBasedOn: "https://b.example/", creditText: "B" };
    const about = { name: "Register B", identifier, provenance, updated: iso(now + 9 * minute) };
    await site.take([await foreignListing("https://b.example", about)]);
    await read(start + hour);
    await group(start + 8 * hour);
    await add("own", { name: "Itself", identifier });
    await read(start + 8 * hour);
    await group(start + 16 * hour);
    expect(await told("all")).toEqual([
      [["Register A"], 0],
      [["Itself"], 0],
    ]);
  });

  it("is what waited for somebody who vouches for its host, and ends when that is denied", async () => {
    await using site = await hub(engine);
    const { db, node, read, group, told, follow } = site;
    await follow("all");
    const host = "b.example";
    await hosts.note(db, [{ host, origin: `https://${host}`, domain: host }], now);
    await site.take([
      await foreignListing(`https://${host}`, { name: "Patient" }),
      await foreignListing(`https://${host}`, {
        id: `https://${host}/coops/zzzzzzzzzz`,
        name: "Long ago",
        updated: iso(now - 60 * day),
      }),
    ]);
    await read(start);
    await group(start + hour);
    expect(await told("all")).toEqual([]);
    const look = async (at: number) => {
      await site.index.catchUp();
      await read(at);
      await group(at + hour);
    };
    await allowHost(db, node, host, null, start + hour);
    await look(start + hour);
    expect(await told("all")).toEqual([[["Patient"], 0]]);
    await denyHost(db, node, host, "spam", null, start + 3 * hour);
    await look(start + 3 * hour);
    expect(await told("all")).toEqual([]);
  });

  it("is forgotten by a hub that becomes a leaf, with what was told of it", async () => {
    await using site = await hub(engine);
    const { db, node, read, group, told, follow, add } = site;
    await follow("all");
    await add("bakery", bakery);
    await read(start);
    await group(start + hour);
    expect(await told("all")).toHaveLength(1);
    await changeRole(db, node, "leaf", start + 2 * hour, new AbortController().signal);
    expect(await told("all")).toEqual([]);
    expect(await db.selectFrom("feed_entry").selectAll().execute()).toEqual([]);
  });

  it("is taken back after a year, and forgotten a month later", async () => {
    await using site = await hub(engine);
    const { db, node, read, group, told, follow, add } = site;
    for (const name of ["food", "all"]) await follow(name);
    await add("first", named("First"));
    await read(start);
    await group(start + hour);
    const [post] = await feeds.postsOf(db, "food", { limit: 9 });
    const year = start + hour + 365 * day;
    /** Where the log last speaks of it. */
    const logged = async () => {
      const rows = await changes.after(db, 0, 1000);
      return rows.findLast(({ kind, subject }) => kind === "feed" && subject === post?.id)?.seq;
    };
    const first = await logged();
    await group(year);
    expect([await told("food"), await logged()]).toEqual([[[["First"], 0]], first]);
    await group(year + 1);
    expect([await told("food"), await told("all")]).toEqual([[], []]);
    const second = await logged();
    expect(second).toBeGreaterThan(first ?? Infinity);
    expect(await feeds.getPost(db, post?.id ?? "")).toMatchObject({ deleted: year + 1 });
    expect(await feeds.entriesOf(db, post?.id ?? "")).toEqual([]);
    expect(await feedOutbox(db, node, readFeedName("food") ?? {})).toMatchObject({ items: [] });
    await group(year + 31 * day);
    expect(await feeds.getPost(db, post?.id ?? "")).toBeUndefined();
    expect(await logged()).toBe(second);
  });

  it("is known exactly once by two readers of one database", async () => {
    await using site = await hub(engine);
    const { db, index, told, follow, add } = site;
    await follow("all");
    for (const at of [1, 2, 3]) await add(`coop${at}`, named(`Coop ${at}`));
    await Promise.all([gather(db, index, start), gather(db, index, start)]);
    await Promise.all([site.group(start + hour), site.group(start + hour)]);
    expect(await told("all")).toEqual([[["Coop 1", "Coop 2", "Coop 3"], 0]]);
  });

  it("leaves posts when it is withdrawn, and takes a post with it that named nothing else", async () => {
    await using site = await hub(engine);
    const { db, node, read, group, told, follow, add } = site;
    await follow("all");
    const first = await add("first", named("First"));
    const second = await add("second", named("Second"));
    await read(start);
    await group(start + hour);
    const before = await changes.head(db);
    await withdraw(db, node, first, start + 2 * hour);
    await site.index.catchUp();
    await read(start + 2 * hour);
    expect(await told("all")).toEqual([[["Second"], 0]]);
    const [post] = await feeds.postsOf(db, "all", { limit: 1 });
    expect(post?.edited).toBe(start + 2 * hour);
    const logged = await changes.after(db, before, 10);
    expect(logged.map(({ kind }) => kind)).toContain("feed");
    await withdraw(db, node, second, start + 3 * hour);
    await site.index.catchUp();
    await read(start + 3 * hour);
    expect(await told("all")).toEqual([]);
    expect((await feeds.getPost(db, post?.id ?? ""))?.deleted).toBe(start + 3 * hour);
  });
});
