import { afterAll, beforeAll, expect, it } from "vitest";
import { post } from "../../../src/directory/post.ts";
import * as posts from "../../../src/store/posts.ts";
import { now, testSite, type TestSite } from "../../helpers/site.ts";
import { visitor } from "../../helpers/visitor.ts";

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const words = (page: string) => page.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

it("takes a post in two languages with a warning, for later, and says all that is wrong", async () => {
  const id = await site.add("writer", {
    stakeholders: [
      { key: "workers", kind: "worker", name: "Workers", followable: true },
      { key: "users", kind: "user", name: "Users" },
    ],
    location: {
      type: "Place",
      address: { type: "PostalAddress", addressCountry: "FR" },
      precision: "region",
    },
  });
  const eve = await visitor(site, { name: "eve", roles: { [id]: "editor" } });
  const path = `/admin/coops/${id}/news`;
  const form = await eve.page(path);
  expect(form).toMatch(/<option value="Europe\/Paris" selected>/);
  expect(words(form)).toContain("Announced by");
  expect(words(form)).not.toContain("Users");

  const wrong = await eve.post(path, {
    do: "post",
    language: "en",
    otherLanguage: "en",
    otherText: "Hello",
    otherWarning: "Loud",
    due: "2026-03-29T02:30",
    zone: "Europe/Paris",
  });
  expect(wrong.status).toBe(400);
  const faults = words(await wrong.text());
  for (const fault of [
    "4 things to mend",
    "Text: Fill this in.",
    "Choose another language than that of the first text.",
    "Write the warning in the first language, too.",
    "Give a day and a time that there is in the time zone.",
  ]) {
    expect(faults).toContain(fault);
  }
  expect(await posts.all(site.db, id)).toEqual([]);

  const sent = {
    do: "post",
    text: "Bonjour",
    language: "fr",
    warning: "Fort",
    otherText: "Hello",
    otherLanguage: "en",
    due: "2026-12-24T18:00",
    zone: "Europe/Paris",
    listed: "yes",
    classes: "workers",
  };
  const waits = await eve.post(path, sent);
  expect(waits.headers.get("location")).toBe(`${path}?done=post-waits`);
  const [kept] = await posts.scheduled(site.db, id);
  expect(kept).toMatchObject({
    content: '{"fr":"Bonjour","en":"Hello"}',
    warning: '{"fr":"Fort"}',
    due: Date.UTC(2026, 11, 24, 17),
    zone: "Europe/Paris",
    listed: now,
    classes: '["workers"]',
    pinned: null,
  });
  expect(words(await eve.page(path))).toContain("On 24 December 2026 at 18:00, Europe/Paris");
  expect(await site.page(`/coops/${id}`)).not.toContain("Bonjour");

  // It is opened as it was written; what waits can't lose its time.
  const own = `${path}/${kept?.id}`;
  const opened = await eve.page(own);
  expect(opened).toMatch(/value="2026-12-24T18:00"/);
  expect(opened).toMatch(/value="workers"[^>]*checked/);
  expect((await eve.post(own, { text: "Salut", language: "fr" })).status).toBe(400);
  await eve.post(own, { text: "Salut", language: "fr", due: "2026-12-24T19:00", zone: "UTC" });
  expect(await posts.get(site.db, kept?.id ?? "")).toMatchObject({
    content: '{"fr":"Salut"}',
    warning: null,
    due: Date.UTC(2026, 11, 24, 19),
    zone: "UTC",
    classes: null,
  });
  expect(await eve.page(own)).not.toMatch(/value="workers"[^>]*checked/);
  await eve.post(path, { do: "publish", id: kept?.id ?? "" });
  expect(await site.page(`/coops/${id}`)).toContain("Salut");
  await eve.post(own, { text: "Salut", language: "fr", classes: "workers" });
  expect(await posts.get(site.db, kept?.id ?? "")).toMatchObject({
    classes: '["workers"]',
    edited: null,
  });
  await eve.post(path, { do: "unlist", id: kept?.id ?? "" });
  expect(await posts.get(site.db, kept?.id ?? "")).toMatchObject({ due: null, listed: null });
  await eve.post(path, sent);
  const [again] = await posts.scheduled(site.db, id);
  await eve.post(path, { do: "delete", id: again?.id ?? "" });
  expect(await posts.all(site.db, id)).toHaveLength(1);
});

it("keeps languages that the form doesn’t show, and says who was not found", async () => {
  const id = await site.add("polyglot");
  const eve = await visitor(site, { name: "pia", roles: { [id]: "editor" } });
  const path = `/admin/coops/${id}/news`;
  const own = await post(
    site.db,
    id,
    { en: "Hi @a@x.example @b@x.example", fr: "Salut", de: "Hallo" },
    now,
    { warning: { en: "Loud", de: "Laut" } },
  );
  await posts.noteMentions(site.db, own, [
    { name: "@a@x.example", actor: null },
    { name: "@b@x.example", actor: "https://x.example/b", url: "https://x.example/@b" },
  ]);
  const list = await eve.page(path);
  expect(words(list)).toContain("Nobody was found by the name of @a@x.example: it stays text");
  expect(list).toMatch(/href="https:\/\/x\.example\/@b"[^>]*>\s*@b@x\.example/);
  expect(words(await site.page(`/coops/${id}`))).toContain("Content warning: Loud");

  await eve.post(`${path}/${own}`, {
    text: "Hello",
    language: "en",
    warning: "Very loud",
    otherText: "Bonjour",
    otherLanguage: "fr",
  });
  expect(await posts.get(site.db, own)).toMatchObject({
    content: '{"en":"Hello","fr":"Bonjour","de":"Hallo"}',
    warning: '{"en":"Very loud","de":"Laut"}',
  });
});
