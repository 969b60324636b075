import { afterEach, expect, it, vi } from "vitest";
import { testSite } from "../helpers/site.ts";

afterEach(() => void vi.unstubAllGlobals());

it("leads from a co-op's page to the visitor's own server, by a page that says where", async () => {
  await using site = await testSite();
  const id = await site.add("bakery", { name: "Bakery <3" });
  const of = `${site.node.origin}/coops/${id}`;
  const page = await site.page(`/coops/${id}`);
  expect(page).toContain(`<input type="hidden" name="of" value="${of}" />`);
  expect(page).toContain('action="/follow"');

  const asked: string[] = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(decodeURIComponent(url));
    const rel = "https://w3id.org/fep/3b86/Follow";
    const template = 'https://social.example/follow?x="><script>&uri={object}';
    return Promise.resolve(Response.json({ links: [{ rel, template }] }));
  });
  const path = (server: string, whom = of) =>
    `/follow?of=${encodeURIComponent(whom)}&server=${encodeURIComponent(server)}`;
  const led = await site.get(path("@Alice@social.example"));
  const text = await led.text();
  expect(led.status).toBe(200);
  expect(asked).toEqual([
    "https://social.example/.well-known/webfinger?resource=acct:alice@social.example",
  ]);
  expect(text).toContain(`uri=${encodeURIComponent(of)}" rel="noreferrer"`);
  expect(text).not.toContain("<script>");
  expect(text).toContain("Bakery &lt;3");

  // What is written wrongly is said, and nobody is asked.
  const wrong = await site.get(path('my "server'));
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toContain("Write the name of your server");
  expect((await site.get(path(""))).status).toBe(200);
  expect((await site.get(path("social.example", "https://evil.example/users/x"))).status).toBe(404);
  expect(asked).toHaveLength(1);

  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no such host")));
  const silent = await site.get(path("nowhere.example"));
  expect(silent.status).toBe(502);
  expect(await silent.text()).toContain("nowhere.example doesn’t answer");
  const statuses: number[] = [];
  for (let count = 0; count < 30; count += 1) {
    statuses.push((await site.get(path("nowhere.example"))).status);
  }
  expect(new Set(statuses)).toEqual(new Set([502, 429]));
});

it("can be followed from nowhere when it was imported", async () => {
  await using site = await testSite();
  const [url = ""] = await site.import([{ name: "Imported" }]);
  const path = `/follow?of=${encodeURIComponent(url)}&server=social.example`;
  expect((await site.get(path)).status).toBe(404);
  expect(await site.page(new URL(url).pathname)).not.toContain('action="/follow"');
});
