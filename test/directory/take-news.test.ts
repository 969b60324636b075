import { expect, it } from "vitest";
import { checkNews, type Found, type SaidNews, takeNews } from "../../src/directory/take-news.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as changes from "../../src/store/changes.ts";
import type { Engine } from "../../src/store/dialect.ts";
import * as hosts from "../../src/store/hosts.ts";
import * as news from "../../src/store/news.ts";
import { eachEngine } from "../helpers/database.ts";
import { foreignListing, now, testSite } from "../helpers/site.ts";

const day = 86_400_000;
const host = "https://b.example";
const coop = `${host}/coops/abcdefghjk`;

/** A node that holds a listing of another one, and what a test does with its news. */
async function held(engine: Engine) {
  const site = await testSite({}, undefined, engine);
  const { db, node } = site;
  await site.take([await foreignListing(host, { name: "Elsewhere" })]);
  const answers = new Map<string, Found>();
  const asked: string[] = [];
  return {
    ...site,
    answers,
    asked,
    said: (id: string, more: Partial<SaidNews> = {}): SaidNews => ({
      id: `${coop}/posts/${id}`,
      listing: `${coop}/listing`,
      published: now - day,
      ...more,
    }),
    take: (said: SaidNews[], peer = "hub.example", at = now) =>
      takeNews(db, node, said, { peer, insecure: false, now: at }),
    check: (at = now) =>
      checkNews(
        db,
        ({ id }) => {
          asked.push(id);
          return Promise.resolve(answers.get(id) ?? "there");
        },
        at,
        100,
      ),
    /** What goes on from here, as the log has it. */
    passedOn: async () =>
      (await news.after(db, 0, 100)).map(({ id, deleted }) => [
        id.replace(`${coop}/posts/`, ""),
        deleted !== null,
      ]),
    waiting: async () => (await news.due(db, Number.MAX_SAFE_INTEGER, 1000)).length,
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

eachEngine("news of another node", (engine) => {
  it("go on only after their host was asked", async () => {
    await using site = await held(engine);
    const { take, check, passedOn, said, answers } = site;
    await take([said("a"), said("forged"), said("other"), said("away")]);
    answers.set(said("forged").id, "gone");
    answers.set(said("other").id, "else");
    answers.set(said("away").id, "silent");
    expect(await passedOn()).toEqual([]);
    await check();
    expect(await passedOn()).toEqual([["a", false]]);
    // The one that didn't answer is asked again, and not too soon, and not for ever.
    await check(now + 1000);
    expect(await site.waiting()).toBe(1);
    for (let at = now; (await site.waiting()) > 0; at += day / 4) await check(at);
    expect(site.asked.filter((id) => id === said("away").id)).toHaveLength(5);
    // Again and again is once.
    await take([said("a")]);
    await check();
    expect(await passedOn()).toEqual([["a", false]]);
  });

  it("are of a co-op that is shown here, at its own host, and of the last week", async () => {
    await using site = await held(engine);
    const { db, take, said } = site;
    const own = await site.add("own");
    await take([
      said("a", { listing: `${host}/coops/unknown000/listing` }),
      said("a", { id: "https://evil.example/posts/a" }),
      said("a", { id: "http://b.example/coops/abcdefghjk/posts/a" }),
      said("a", { id: "javascript:alert(1)" }),
      said("a", { published: now - 8 * day }),
      said("a", { published: now + day }),
      said("a", { deleted: now }),
      {
        ...said("a"),
        id: `${site.node.origin}/x`,
        listing: `${site.node.origin}/coops/${own}/listing`,
      },
    ]);
    expect(await site.waiting()).toBe(0);
    await hosts.note(db, [{ host: "b.example", origin: host, domain: "b.example" }], now);
    await take([said("a")]);
    expect(await site.waiting()).toBe(0);
  });

  it("are at most three a week of each co-op, whatever is invented beside them", async () => {
    await using site = await held(engine);
    const { take, check, passedOn, said, answers } = site;
    const forged = Array.from({ length: 50 }, (_, at) => said(`forged${at}`));
    for (const { id } of forged) answers.set(id, "gone");
    await take(forged);
    expect(await site.waiting()).toBe(10);
    await check();
    await take(["a", "b", "c", "d"].map((id) => said(id)));
    await check();
    expect(await passedOn()).toHaveLength(3);
    await take([said("e")]);
    expect(await site.waiting()).toBe(0);
  });

  it("end when their host says so, or when it was asked whether that is true", async () => {
    await using site = await held(engine);
    const { take, check, passedOn, said, answers } = site;
    await take([said("a"), said("b")]);
    await check();
    // Somebody else says so, and it isn't true.
    await take([said("a", { deleted: now })]);
    expect(await passedOn()).toEqual([
      ["a", false],
      ["b", false],
    ]);
    await check();
    expect((await passedOn())[0]).toEqual(["a", false]);
    await take([said("a", { deleted: now })]);
    answers.set(said("a").id, "gone");
    await check();
    expect(await passedOn()).toEqual([
      ["b", false],
      ["a", true],
    ]);
    // Its host itself, as it may have taken back only the mark.
    await take([said("b", { deleted: now })], "b.example");
    expect(await passedOn()).toEqual([
      ["a", true],
      ["b", true],
    ]);
    expect(await site.waiting()).toBe(0);
  });
});

it("of this node are none of a draft, and none of a listing that was withdrawn", async () => {
  await using site = await testSite();
  const { db, node } = site;
  const { noteOwnNews } = await import("../../src/directory/own-news.ts");
  const { post } = await import("../../src/directory/post.ts");
  const id = await site.add("bakery");
  await post(db, id, { en: "Later" }, now, { listed: true, due: now + day });
  while (await noteOwnNews(db, node, now));
  await withdraw(db, node, id, now + 1000);
  await post(db, id, { en: "Now" }, now + 2000, { listed: true });
  while (await noteOwnNews(db, node, now + 2000));
  expect(await news.after(db, 0, 10)).toEqual([]);
  expect(await changes.cursor(db, "own-news")).toBe(await changes.head(db));
});
