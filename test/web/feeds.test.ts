import { expect, it } from "vitest";
import { gather } from "../../src/directory/gather.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as peers from "../../src/store/peers.ts";
import * as settings from "../../src/store/settings.ts";
import { bakery, now, testSite } from "../helpers/site.ts";

it("shows on the page of a feed what has come, how to follow it, and no more of what is gone", async () => {
  await using site = await testSite();
  const { db, node, site: parts } = site;
  await settings.setRole(db, "hub");
  const id = await site.add("bakery", { ...bakery, name: "Bakery <3" });
  await site.add("mill", { name: "Mill", theme: ["energy"] });
  await gather(db, parts.index, now + 1000);
  const page = await site.page("/feeds/food.ca-qc");
  expect(page).toContain("New co-ops: Food and farming, Quebec");
  expect(page).toContain("Bakery &lt;3");
  expect(page).not.toContain("Mill");
  expect(page).toContain("@food.ca-qc<wbr />@coops.example");
  expect(page).toContain('href="/search?theme=food&amp;region=iso3166-2:CA-QC"');
  const answer = await site.get("/feeds/food.ca-qc");
  expect(answer.headers.get("link")).toBe(
    '<https://coops.example/feeds/food.ca-qc>; rel="alternate"; type="application/activity+json"',
  );
  await withdraw(db, node, id, now + 2000);
  await parts.index.catchUp();
  expect(await site.page("/feeds/food.ca-qc")).toContain("Nothing in the last thirty days");
  expect((await site.get("/feeds/nothing")).status).toBe(404);
  expect((await site.get("/feeds/food/posts/nothing")).status).toBe(404);
});

it("is offered by the list of feeds, and by searches and tables of what a feed brings", async () => {
  await using site = await testSite();
  await site.add("bakery", bakery);
  const list = await site.page("/feeds");
  for (const name of ["food", "fair-trade", "region.ca", "sector.c"]) {
    expect(list.includes(`href="https://coops.example/feeds/${name}"`), name).toBe(true);
  }
  const offer = (handle: string) => `translate="no">${handle}</strong>`;
  for (const path of ["/search", "/stats"]) {
    expect(await site.page(`${path}?theme=food&region=CA-QC`)).toContain(
      offer("@food.ca-qc@coops.example"),
    );
    expect(await site.page(`${path}?sector=c`)).toContain(offer("@sector.c@coops.example"));
    expect(await site.page(path)).toContain(offer("@all@coops.example"));
    expect(await site.page(`${path}?q=bread&theme=food`)).not.toContain("feed-offer");
    expect(await site.page(`${path}?theme=food&type=worker`)).not.toContain("feed-offer");
  }
});

it("is offered where a co-op can't be followed, as what is like it", async () => {
  await using site = await testSite();
  const [food, bare] = await site.import([{ ...bakery, name: "Imported" }, { name: "Bare" }]);
  expect(await site.page(new URL(food ?? "").pathname)).toContain("@food.ca-qc@coops.example");
  expect(await site.page(new URL(bare ?? "").pathname)).not.toContain("feed-offer");
});

it("can be followed from one's own server", async () => {
  await using site = await testSite();
  const of = (url: string) => `/follow?of=${encodeURIComponent(url)}`;
  const page = await site.page(of("https://coops.example/feeds/housing.gb-sct"));
  expect(page).toContain("Follow Housing, Scotland");
  expect(page).toContain("@housing.gb-sct<wbr />@coops.example");
  for (const url of [
    "https://coops.example/feeds/nothing",
    "https://coops.example/feeds/housing/posts/x",
    "https://evil.example/feeds/housing",
  ]) {
    expect((await site.get(of(url))).status, url).toBe(404);
  }
});

it("is on a hub only: a leaf leads there, in words for other servers too", async () => {
  await using site = await testSite({ role: "leaf" });
  const words = "it has no feeds";
  const webFinger = "/.well-known/webfinger?resource=acct%3Ahousing%40coops.example";
  expect(await site.page("/feeds/housing")).toContain("any node that has the whole directory");
  expect(await (await site.get(webFinger)).text()).toContain(words);
  expect(await site.page("/search?theme=housing")).not.toContain("feed-offer");
  await peers.add(site.db, [{ url: "https://hub.example", role: "hub", seen: now }]);
  expect(await site.page("/feeds/housing")).toContain('href="https://hub.example/feeds/housing"');
  expect(await site.page("/feeds")).toContain('href="https://hub.example/feeds/food"');
  expect(await site.page("/search?theme=housing")).toContain("@housing@hub.example");
  const answer = await site.get(webFinger);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain("@housing@hub.example");
  const followed = `/follow?of=${encodeURIComponent("https://hub.example/feeds/housing")}`;
  expect((await site.get(followed)).status).toBe(200);
  const actor = await site.get("/feeds/housing", { accept: "application/activity+json" });
  expect(actor.status).toBe(404);
});
