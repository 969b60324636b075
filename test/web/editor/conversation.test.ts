import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerReply } from "../../../src/directory/answer-reply.ts";
import { react } from "../../../src/directory/react.ts";
import { hideReply } from "../../../src/directory/reply.ts";
import { takeFlag } from "../../../src/directory/take-flag.ts";
import * as answers from "../../../src/store/answers.ts";
import * as blocks from "../../../src/store/blocks.ts";
import * as replies from "../../../src/store/replies.ts";
import { addReply } from "../../helpers/replies.ts";
import { now, testSite, type TestSite } from "../../helpers/site.ts";
import { visitor } from "../../helpers/visitor.ts";

let site: TestSite;
let id: string;
let other: string;
let post: string;
beforeAll(async () => {
  site = await testSite();
  id = await site.add("bakery", { name: "Station Bakery" });
  other = await site.add("others", { name: "Others" });
  post = await site.say(id, "Fresh bread!");
});
afterAll(() => site[Symbol.asyncDispose]());

const words = (page: string) => page.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

it("shows everybody what was said to everybody, and no more", async () => {
  const { db } = site;
  const author = "https://social.example/users/ann";
  const open = await addReply(db, id, { post, author, content: "Is it rye?", warning: "Food" });
  await addReply(db, id, { post, author, content: "Secret", audience: "private" });
  await addReply(db, id, { content: "Only mentioned" });
  const hidden = await addReply(db, id, { post, content: "Rude" });
  await hideReply(db, hidden, true, now);
  await addReply(db, id, { post, kind: "quote", content: "Look at this" });
  const like = { post, kind: "like" as const, actor: author, host: "social.example" };
  await react(db, { ...like, activity: `${author}#likes/1`, seen: now });
  await answerReply(db, open, { en: "It is <rye>" }, now);

  const page = await site.page(`/coops/${id}/posts/${post}`);
  const said = words(page);
  expect(said).toContain("1 like · 1 quote · 2 replies");
  for (const shown of ["Is it rye?", "Content warning: Food", "Look at this", "It is &lt;rye>"]) {
    expect(said.replaceAll("&gt;", ">")).toContain(shown);
  }
  for (const kept of ["Secret", "Only mentioned", "Rude"]) expect(said).not.toContain(kept);
  expect(page).toMatch(/href="https:\/\/social\.example\/users\/ann" rel="nofollow ugc/);
  expect(page).not.toMatch(/<img/);
  expect(words(await site.page(`/coops/${id}`))).toContain("1 like · 1 quote · 2 replies");
  const [answer] = await answers.ofPost(db, post);
  expect(words(await site.page(`/coops/${id}/answers/${answer?.id}`))).toContain(
    "@ann@social.example",
  );
});

it("serves nothing of what others write as markup", async () => {
  const markup = fc.string({
    unit: fc.constantFrom(..."<>&\"'/=a! ".split(""), "script", "onload"),
  });
  const long = await site.add("long");
  const about = await site.say(long, "x");
  const key = await addReply(site.db, long, { post: about });
  const row = await replies.get(site.db, key);
  const tags = (page: string) => page.match(/<[a-z!/][^>]*>/gi)?.length;
  const plain = tags(await site.page(`/coops/${long}/posts/${about}`));
  await fc.assert(
    fc.asyncProperty(markup, async (text) => {
      const content = `${text.replace(/\s+/g, " ").trim()}x`;
      // Attributes have to hold it, too.
      const handle = `@${content}@social.example`;
      await site.db
        .updateTable("reply")
        .set({ content, handle })
        .where("key", "=", row?.key ?? "")
        .execute();
      const page = await site.page(`/coops/${long}/posts/${about}`);
      expect([content, tags(page)]).toEqual([content, plain]);
    }),
    { numRuns: 60 },
  );
});

it("shows replies a page at a time, those of one moment, too", async () => {
  const many = await site.add("many");
  const about = await site.say(many, "x");
  for (let at = 0; at < 230; at += 1) {
    const author = `https://social.example/users/u${at % 10}`;
    await addReply(site.db, many, { post: about, author, content: `No. ${at}.` });
  }
  const seen = new Set<string>();
  let path: string | undefined = `/coops/${many}/posts/${about}`;
  let pages = 0;
  while (path !== undefined) {
    const page: string = await site.page(path);
    for (const [shown] of page.matchAll(/No\. \d+\./g)) seen.add(shown);
    path = /href="([^"]*\?after=[^"#]*)/.exec(page)?.[1];
    pages += 1;
  }
  expect([pages, seen.size]).toEqual([3, 230]);
});

it("lets editors of the co-op answer, hide, report and block, and nobody else", async () => {
  const { db } = site;
  const eve = await visitor(site, { name: "eve", roles: { [id]: "editor" } });
  const path = `/admin/coops/${id}/conversation`;
  const author = "https://far.example/users/mia";
  const key = await addReply(db, id, { content: "For you alone", audience: "private", author });
  const list = words(await eve.page(path));
  for (const shown of ["For you alone", "Only for you", "Secret", "Only mentioned", "Hidden"]) {
    expect(list).toContain(shown);
  }
  const one = `${path}/${key}`;
  expect(words(await eve.page(one))).toContain("Those who run far.example are sent the address");
  const empty = await eve.post(one, { do: "answer", language: "en" });
  expect(empty.status).toBe(400);
  expect(words(await empty.text())).toContain("Fill this in.");
  expect((await eve.post(one, { do: "answer", text: "Hi Mia", language: "en" })).status).toBe(303);
  const [answer] = await answers.to(db, id, [`${author}/statuses/${await statusOf(key)}`]);
  expect(answer).toMatchObject({ audience: "private", content: '{"en":"Hi Mia"}' });
  expect((await site.get(`/coops/${id}/answers/${answer?.id}`)).status).toBe(404);
  expect(words(await eve.page(one))).toContain("Hi Mia");
  await eve.post(one, { do: "delete", answer: answer?.id ?? "" });
  expect(words(await eve.page(one))).not.toContain("Hi Mia");
  expect((await eve.post(one, { do: "report" })).status).toBe(400);
  await eve.post(one, { do: "report", words: "Spam" });
  expect(words(await eve.page(one))).toContain("It was reported to far.example");
  await eve.post(one, { do: "hide" });
  expect((await replies.get(db, key))?.hidden).not.toBeNull();
  await eve.post(one, { do: "block-person" });
  expect(await blocks.of(db, id)).toMatchObject([{ kind: "person", subject: author }]);

  const own = `/admin/coops/${id}/blocks`;
  for (const [subject, fault] of [
    ["not a domain", "is neither an account nor a domain"],
    ["@nobody@else.example", "nothing has come from"],
    [site.node.host, "is this node itself"],
  ] as const) {
    const wrong = await eve.post(own, { do: "block", subject });
    expect(wrong.status).toBe(400);
    expect(words(await wrong.text()).toLowerCase()).toContain(fault);
  }
  await eve.post(own, { do: "block", subject: "Spam.Example", why: "Only spam" });
  await eve.post(own, { do: "block", subject: "@ann@social.example" });
  expect((await blocks.of(db, id)).map(({ subject }) => subject).toSorted()).toEqual([
    author,
    "https://social.example/users/ann",
    "spam.example",
  ]);
  expect(words(await eve.page(own))).toContain("Only spam");
  await eve.post(own, { do: "unblock", subject: "spam.example" });
  expect(await blocks.of(db, id)).toHaveLength(2);

  // Rights end at one's own co-op.
  const theirs = await addReply(db, other, { content: "Theirs" });
  for (const at of [
    `/admin/coops/${other}/conversation`,
    `/admin/coops/${other}/blocks`,
    "/admin/blocks",
    "/admin/reports",
  ]) {
    expect([at, (await eve.get(at)).status]).toEqual([at, 403]);
  }
  expect((await eve.post(`${path}/${theirs}`, { do: "hide" })).status).toBe(404);
  expect(
    (await eve.post(`/admin/coops/${other}/conversation/${theirs}`, { do: "hide" })).status,
  ).toBe(403);
  expect((await replies.get(db, theirs))?.hidden).toBeNull();
});

async function statusOf(key: string): Promise<string> {
  return (await replies.get(site.db, key))?.id.split("/").at(-1) ?? "";
}

it("shows reports and the node’s blocks to those who run it", async () => {
  const { db } = site;
  const rosa = await visitor(site, { name: "rosa", nodeRole: "moderator" });
  await takeFlag(db, {
    id: "https://social.example/flags/1",
    actor: "https://social.example/actor",
    host: "social.example",
    coop: id,
    objects: JSON.stringify([`${site.node.origin}/coops/${id}`]),
    content: "Not a co-op",
    received: now,
  });
  expect(words(await rosa.page("/admin/reports"))).toContain("Not a co-op");
  await rosa.post("/admin/reports", { id: "https://social.example/flags/1" });
  expect(words(await rosa.page("/admin/reports"))).toContain("Seen to");
  expect((await rosa.post("/admin/reports", { id: "https://social.example/flags/2" })).status).toBe(
    404,
  );
  await rosa.post("/admin/blocks", { do: "block", subject: "https://evil.example/users/x" });
  expect(await blocks.of(db, "")).toMatchObject([{ kind: "person" }]);
  expect(words(await rosa.page("/admin/blocks"))).toContain("https://evil.example/users/x");
});
