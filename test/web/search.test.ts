import { describe, expect, test } from "vitest";
import { bakery, testSite } from "../helpers/site.ts";

describe("the search page", () => {
  test("shows what it finds, with facets, filters to remove, and the next page", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    await site.add("sample", { ...bakery, name: "Sample bakery", example: true });
    await site.import(
      Array.from({ length: 4 }, (_, at) => ({ name: `House ${at}`, theme: ["housing" as const] })),
    );
    const text = await site.page("/search?theme=housing,food&limit=2");
    expect(words(text)).toContain("5 co-ops, and 1 worked example");
    expect(text).toMatch(/name="theme"\s+value="food"\s+checked/);
    expect(text).toContain('<a href="/search?theme=food&amp;limit=2"');
    expect(words(text)).toContain("Remove the filter Housing");
    const [, next = ""] = /rel="next" href="([^"]+)"/.exec(text) ?? [];
    const second = await site.page(next.replaceAll("&amp;", "&"));
    expect(second).toContain("Back to the beginning");
    expect(words(second)).toContain("5 co-ops");
    const card = words(await site.page("/search?q=boulangerie"));
    expect(card).toContain(
      "Boulangerie de la Gare Multi-stakeholder co-op · Rimouski, Quebec, Canada · Food and farming",
    );
    expect(card).toContain("Claimed @bakery@coops.example");
    expect(words(await site.page("/search?q=house"))).toContain("Imported, not followable yet");
    expect(words(await site.page("/search?q=sample"))).toContain("Worked example");
  });

  test("takes the narrower of two regions that contain each other", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    const text = await site.page("/search?region=CA&region=CA-QC");
    expect(words(text)).toContain("Remove the filter Quebec");
    expect(words(text)).not.toContain("Remove the filter Canada");
  });

  test("helps when nothing is found", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    const filtered = words(await site.page("/search?q=boulangerie&theme=housing"));
    expect(filtered).toContain("Nothing in this directory matches");
    expect(filtered).toContain("Without “Housing” 1 co-op");
    const plain = words(await site.page("/search?q=qqqqqqqq"));
    expect(plain).toContain("Fewer or other words may help");
    expect((await site.get("/search?q=qqqqqqqq")).status).toBe(200);
  });

  test("says at the field what is wrong, and searches for the rest", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    const response = await site.get("/search?q=boulangerie&theme=hosing&region=ZZ&utm_source=x");
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain('role="alert"');
    expect(text).toMatch(/id="fault-theme">\s*theme can’t be “hosing”. Did you mean “housing”\?/);
    expect(text).toContain('id="fault-region"');
    expect(text).not.toContain("utm_source");
    expect(words(text)).toContain("1 co-op for “boulangerie”");
    const long = await site.page(`/search?q=${"a".repeat(300)}`);
    expect(long).toContain('aria-describedby="fault-q"');
    expect(long).toContain("a".repeat(300));
  });

  test("narrows by place, year and everything else that listings say, and lets it be taken back", async () => {
    await using site = await testSite();
    await site.add("bakery", {
      ...bakery,
      needs: [{ name: "Flour", theme: "food", capital: "physical" }],
      relations: [{ kind: "member-of", name: "Apex", id: "https://apex.example/coops/abcdefghjk" }],
    });
    const query =
      "near=48.45,-68.52&radius_km=5&founded_from=1990&founded_to=2000&needs=food&count=listings" +
      "&relation=member-of&stakeholder=user&language=fr&source=claimed";
    const text = await site.page(`/search?${query}`);
    expect(words(text)).toContain("1 listing");
    for (const label of [
      "Within 5 km of 48.45° N, 68.52° W",
      "Founded 1990 to 2000",
      "Looks for: Food and farming",
      "Relations: Member of",
      "Kinds of members: Users or consumers",
      "Language: French",
      "Source: Published by the co-op itself",
    ]) {
      expect(words(text).replaceAll("\u00a0", " ")).toContain(`Remove the filter ${label}`);
    }
    expect(text).toContain('href="/map?');
    expect(text).toMatch(/name="needs"\s+value="food"\s+checked/);
    const [, without = ""] =
      /href="([^"]+)"\s*><span class="unseen">Remove the filter <\/span><span dir="auto">Within/.exec(
        text,
      ) ?? [];
    expect(without).not.toContain("near");
    expect(without).toContain("founded_from=1990");
    expect(words(await site.page("/search?near=10,10"))).toContain("Nothing in this directory");
    const sent = await site.get("/search?q=pain&near=&radius_km=25&founded_from=&count=");
    expect([sent.status, sent.headers.get("location")]).toEqual([303, "/search?q=pain"]);
  });

  test("turns back, too", async () => {
    await using site = await testSite();
    await site.import(Array.from({ length: 5 }, (_, at) => ({ name: `House ${at}` })));
    const first = await site.page("/search?limit=2");
    const follow = (text: string, rel: string) => {
      const [, href = ""] = new RegExp(`rel="${rel}" href="([^"]+)"`).exec(text) ?? [];
      return site.page(href.replaceAll("&amp;", "&"));
    };
    expect(first).not.toContain('rel="prev"');
    const second = await follow(first, "next");
    expect(words(second)).toContain("House 2");
    const third = await follow(second, "next");
    const back = await follow(await follow(third, "prev"), "prev");
    expect(words(back)).toContain("House 0");
    expect(words(back)).not.toContain("House 2");
    expect(back).not.toContain('rel="prev"');
  });

  test("says what it searched for where nothing has what was typed", async () => {
    await using site = await testSite();
    await site.import([{ name: "Strawberry growers" }, { name: "Strawberry field" }]);
    const text = words(await site.page("/search?q=strawbery"));
    expect(text).toContain("Nothing has “strawbery”: this is what strawberry finds.");
    expect(text).toContain("Strawberry field");
  });

  test("starts again when the link to a page has grown old", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    const response = await site.get("/search?cursor=nonsense");
    expect(response.status).toBe(400);
    const text = words(await response.text());
    expect(text).toContain("no longer good");
    expect(text).toContain("Boulangerie de la Gare");
  });
});

function words(text: string): string {
  return text
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .replace(/ ([,.])/g, "$1");
}
