import { describe, expect, test } from "vitest";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import * as followers from "../../src/store/followers.ts";
import * as hosts from "../../src/store/hosts.ts";
import * as peers from "../../src/store/peers.ts";
import { strangeHosts } from "../helpers/hosts.ts";
import { bakery, foreignListing, now, testSite } from "../helpers/site.ts";

const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/** A page without the one script that completes what is typed: that is a file of our own. */
function withoutOurs(text: string): string {
  return text.replace(/<script type="module" src="\/assets\/search\.[\w-]{12}\.js"><\/script>/, "");
}

describe("every page", () => {
  test("has its headers and no script but a file of ours that completes searches", async () => {
    await using site = await testSite();
    const coop = await site.add("bakery", bakery);
    const [imported = ""] = await site.import([{ name: "Imported" }]);
    const post = await site.say(coop, "Hello");
    const paths = [
      "/",
      "/search",
      "/search?q=bakery&theme=food",
      `/coops/${coop}`,
      `/coops/${coop}/posts/${post}`,
      new URL(imported).pathname,
      "/network",
      "/about",
    ];
    for (const path of paths) {
      const response = await site.get(path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get("content-type"), path).toBe("text/html; charset=utf-8");
      const searching = path === "/" || path.startsWith("/search");
      expect(response.headers.get("content-security-policy"), path).toBe(
        searching ? `${policy}; script-src 'self'; connect-src 'self'` : policy,
      );
      expect(response.headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(response.headers.get("referrer-policy"), path).not.toBeNull();
      expect(response.headers.get("vary"), path).toBe("Accept");
      const whole = await response.text();
      const text = searching ? withoutOurs(whole) : whole;
      expect(text, path).not.toMatch(/<script|\sstyle=|\son\w+=/);
      expect(text.match(/<h1[ >]/g), path).toHaveLength(1);
      expect(text, path).not.toMatch(/undefined|\[object/);
    }
  });

  test("leads to the source of what runs here, or says whom to ask for it", async () => {
    await using site = await testSite();
    expect(await site.page("/")).toContain('href="/about#software"');
    const about = await site.page("/about");
    expect(about).toContain('id="software"');
    expect(about).toContain('href="https://code.example/fragaria"');
    await using silent = await testSite({ sourceUrl: null });
    expect(plain(await silent.page("/about"))).toContain("have not said where it is");
  });

  test("has a style sheet that can be kept for ever", async () => {
    await using site = await testSite();
    const [, path = ""] = /href="(\/assets\/style\.[\w-]+\.css)"/.exec(await site.page("/")) ?? [];
    const response = await site.get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await site.get("/assets/mark.svg")).headers.get("content-type")).toBe("image/svg+xml");
  });
});

describe("the front page", () => {
  test("counts co-ops, and mentions worked examples apart", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    await site.add("sample", { ...bakery, name: "Sample", example: true });
    const text = await site.page("/");
    expect(plain(text)).toContain("co-op 1");
    expect(plain(text)).toContain("country 1");
    expect(plain(text)).toContain("Beside them stands 1 worked example");
    expect(text).toContain('href="/search?theme=food"');
    expect(text).toContain('href="/search?region=iso3166-1:CA"');
  });

  test("says so when nothing is listed", async () => {
    await using site = await testSite();
    expect(await site.page("/")).toContain("Nothing is listed yet");
  });
});

describe("the page of a co-op", () => {
  test("shows the structure, with the same numbers in a table", async () => {
    await using site = await testSite();
    const text = await site.page(`/coops/${await site.add("bakery", bakery)}`);
    expect(text).toContain(
      '<title id="picture-title">Who has what in Boulangerie de la Gare</title>',
    );
    const words = plain(text);
    expect(words).toContain(
      "Votes in the general assembly: Workers 40 %, Eaters 35 %, Inclusion 10 %, Town 15 %",
    );
    expect(words).toContain(
      "Seats on the board: Workers 3, Eaters 2, Inclusion 1, Town 1, other seats 1",
    );
    expect(words).toContain("Members: Workers 12, Eaters 310, Inclusion fewer than 5, Town 1");
    expect(words).toContain("Eaters Users or consumers 310 35 % 2 45 %");
    expect(words).toContain(
      "Multi-stakeholder by the ILO’s test. There are members of three types (workers, users or consumers and public bodies), more than one type takes part in governing, and none has more than half of the seats on the board: the largest share, 4 of 8, is with workers.",
    );
    expect(words).not.toContain("counts itself as");
  });

  test("says what isn't known, and where declaration and test differ", async () => {
    await using site = await testSite();
    const unknown = await site.add("unknown", { coopType: "multi-stakeholder" });
    const words = plain(await site.page(`/coops/${unknown}`));
    expect(words).toContain("doesn’t say who the members are");
    expect(words).toContain("by the ILO’s test is not known");
    const majority = await site.add("majority", {
      coopType: "multi-stakeholder",
      stakeholders: [
        { key: "a", kind: "worker", name: "Workers", voteShare: 60 },
        { key: "b", kind: "user", name: "Users", voteShare: 40 },
      ],
    });
    expect(plain(await site.page(`/coops/${majority}`))).toContain(
      "Not multi-stakeholder by the ILO’s test. There are members of two types (workers and users or consumers), but one has more than half of the votes: workers, with 60 %. The co-op counts itself as multi-stakeholder.",
    );
  });

  test("tells how to follow and how it was signed, in its languages", async () => {
    await using site = await testSite();
    const id = await site.add("bakery", bakery);
    await followers.add(site.db, {
      followed: `coops/${id}`,
      actor: "https://a.example/u",
      inbox: "https://a.example/inbox",
      sharedInbox: null,
      activity: "https://a.example/1",
      since: now,
    });
    const response = await site.get(`/coops/${id}`);
    const text = await response.text();
    const url = `https://coops.example/coops/${id}`;
    expect(response.headers.get("link")).toBe(
      `<${url}>; rel="alternate"; type="application/activity+json"`,
    );
    expect(text).toContain(`<link rel="canonical" href="${url}" />`);
    expect(text).toContain(
      `<link rel="alternate" type="application/activity+json" href="${url}" />`,
    );
    expect(text).toContain("@bakery<wbr />@coops.example");
    expect(text).toMatch(/<h1 lang="fr"/);
    expect(text).toMatch(
      /<div lang="en" dir="auto">\s*<p>\s*Sourdough bread\.<br \/>Open to all\.\s*<\/p>/,
    );
    expect(text).toContain(
      '<a href="https://bakery.example/join" rel="nofollow noopener noreferrer">',
    );
    expect(text).toContain('<time datetime="1997-05">May 1997</time>');
    expect(plain(text)).toContain("1 follows it so far");
    expect(plain(text)).toContain("48.4490° N, 68.5230° W, the middle of the town or village");
    expect(text).toMatch(/[0-9a-f]{64}/);
    expect(text).toContain(`href="${url}/listing"`);
  });

  test("of an imported listing gives its source, and offers no following", async () => {
    await using site = await testSite();
    const [url = ""] = await site.import([{ name: "From a register" }]);
    const response = await site.get(new URL(url).pathname);
    const text = await response.text();
    expect(response.headers.get("link")).toBeNull();
    expect(text).not.toContain("application/activity+json");
    const words = plain(text);
    expect(words).toContain("Not followable yet");
    for (const kind of ["claim", "correct", "object"]) {
      expect(text).toContain(`href="${new URL(url).pathname}/${kind}"`);
    }
    expect(words).toContain("Co-operatives of Example");
    expect(words).toContain("Retrieved 1 November 2026");
    expect(text).toContain("https://opendatacommons.org/licenses/by/1-0/");
    expect(plain(await site.page("/about"))).toContain("Co-operatives of Example (ODC-By-1.0)");
  });

  test("shows news, the pinned first, twenty at most", async () => {
    await using site = await testSite();
    const id = await site.add("bakery");
    const pinned = await site.say(id, "Welcome.\n\nSee https://bakery.example/news.", true);
    for (let at = 1; at <= 22; at++) await site.say(id, `News ${at}.`);
    const text = await site.page(`/coops/${id}`);
    const shown = [...text.matchAll(/<article class="post" id="post-(\w+)"/g)];
    expect(shown).toHaveLength(20);
    expect(shown[0]?.[1]).toBe(pinned);
    expect(text).toContain('href="https://bakery.example/news"');
    expect(plain(text)).toContain("News 22.");
    expect(plain(text)).not.toContain("News 3.");
    expect(plain(await site.page(`/coops/${id}/posts/${pinned}`))).toContain("Welcome.");
    expect((await site.get(`/coops/${id}/posts/nothing`)).status).toBe(404);
  });

  test("that was withdrawn keeps its account; that was deleted is gone", async () => {
    await using site = await testSite();
    const id = await site.add("bakery", { name: "Bakery" });
    await withdraw(site.db, site.node, id, now + 1000);
    const page = await site.get(`/coops/${id}`);
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(plain(text)).toContain("Not listed any more");
    expect(text).toContain("@bakery<wbr />@coops.example");
    expect(text).not.toContain("Bakery");
    await deleteCoop(site.db, site.node, id, now + 2000);
    expect((await site.get(`/coops/${id}`)).status).toBe(410);
    const [imported = ""] = await site.import([{ name: "Imported" }]);
    const path = new URL(imported).pathname;
    await withdraw(site.db, site.node, path.slice("/coops/".length), now + 3000);
    expect((await site.get(path)).status).toBe(410);
    expect((await site.get("/coops/nobodyhere")).status).toBe(404);
  });

  test("of another host is a copy that names the original", async () => {
    await using site = await testSite();
    await site.take([
      await foreignListing("https://other.example", {
        name: "Elsewhere",
        preferredUsername: "elsewhere",
      }),
    ]);
    const path = "/directory/other.example/coops/abcdefghjk";
    const text = await site.page(path);
    expect(text).toContain(
      '<link rel="canonical" href="https://other.example/coops/abcdefghjk" />',
    );
    expect(text).not.toContain("application/activity+json");
    expect(text).toContain("@elsewhere<wbr />@other.example");
    expect(plain(text)).toContain("A copy, as other.example has signed it");
    expect(await site.page("/search")).toContain(`href="${path}"`);
    expect((await site.get("/directory/other.example/coops/zzzzzzzzzz")).status).toBe(404);
    expect((await site.get("/directory/third.example/coops/abcdefghjk")).status).toBe(404);
    const own = await site.add("own");
    const redirect = await site.get(`/directory/coops.example/coops/${own}`);
    expect([redirect.status, redirect.headers.get("location")]).toEqual([308, `/coops/${own}`]);
  });
});

describe("what others write", () => {
  test("is text, whatever it says", async () => {
    await using site = await testSite();
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
    const hostile = await foreignListing("https://evil.example", {
      name: `Evil ${evil}`,
      nameMap: { en: `English ${evil}` },
      summary: `Summary ${evil} https://evil.example/"onmouseover="alert(3)`,
      url: "javascript:alert(4)",
      account: "javascript:alert(5)",
      icon: { type: "Image", url: "javascript:alert(6)", mediaType: "image/png" },
      howToJoin: `javascript:alert(7) ${evil}`,
      legalName: evil,
      legalForm: evil,
      inLanguage: 'fr" onload="alert(8)',
      preferredUsername: "evil",
      identifier: [{ type: "PropertyValue", propertyID: "GB-COH", value: evil }],
      contactPoint: {
        type: "ContactPoint",
        email: "a@b.example",
        telephone: evil,
        url: "javascript:alert(9)",
      },
      stakeholders: [{ key: "a", kind: "worker", name: evil, members: 3 }],
      location: {
        type: "Place",
        address: { type: "PostalAddress", addressLocality: evil, addressCountry: "CA" },
      },
      provenance: {
        kind: "imported",
        isBasedOn: "javascript:alert(10)",
        creditText: evil,
        license: evil,
      },
      license: evil,
    });
    await site.take([hostile]);
    const paths = ["/directory/evil.example/coops/abcdefghjk", "/search?q=evil", "/about", "/"];
    for (const path of paths) {
      const text = withoutOurs(await site.page(path));
      expect(text, path).not.toMatch(/<script|<img src=x|href="javascript:|src="javascript:/i);
      // No attribute was opened by what stands inside one.
      expect(text.replace(/="[^"]*"/g, '=""'), path).not.toMatch(/<[a-z][^>]*\son\w+=/i);
    }
    expect(await site.page(paths[0] ?? "")).toContain("Evil &quot;&gt;&lt;script&gt;");
    const reflected = await site.page(
      `/search?q=${encodeURIComponent(evil)}&theme=${encodeURIComponent(evil)}`,
    );
    expect(withoutOurs(reflected)).not.toMatch(/<script|<img src=x/);
    expect(reflected).toContain("&lt;script&gt;");
  });
});

describe("the page about the network", () => {
  test("tells the state of each peer in words", async () => {
    await using site = await testSite();
    await site.add("bakery");
    const urls = [
      "https://up.example",
      "https://slow.example",
      "https://down.example",
      "https://new.example",
    ];
    await peers.configure(site.db, urls);
    await peers.update(site.db, "https://up.example", { role: "hub", seen: now, caughtUp: now });
    await peers.update(site.db, "https://slow.example", { role: "hub", seen: now });
    const fault = "https://down.example/.well-known/coop-directory can't be used: it answers 502";
    await peers.update(site.db, "https://down.example", { fault, faulted: now, seen: now - 1000 });
    const words = plain(await site.page("/network"));
    expect(words).toContain("up.example hub up to date 21 November 2026 at 20:00 UTC");
    expect(words).toContain("slow.example hub catching up");
    expect(words).toContain(
      "not reachable since 21 November 2026 at 20:00 UTC, because it answers 502",
    );
    expect(words).toContain("new.example not known yet not asked yet never");
    expect(words).toContain("coops.example (this node) – – 1 1 0");
    expect(words).toContain('PEERS="https://coops.example" npm start');
  });

  test("tells how each host is, and what isn’t as it says", async () => {
    await using site = await testSite();
    await site.add("bakery");
    await strangeHosts(site.db, now);
    const words = plain(await site.page("/network"));
    const at = "21 November 2026 at 20:00 UTC";
    for (const said of [
      "Much of the directory is gone within a day. Of 1,000 listings of other hosts, 700 are left",
      "Most listings of live.example are gone within a day. Of 100, 2 are left",
      "1 co-op of 11 hosts, this node among them",
      "6 live, 1 silent for more than a week, 2 for more than thirty days, 1 not heard of yet",
      "1 host, held but not shown until somebody vouches for it",
      "1 host, over its quota or by decision of this node",
      "2 hosts have been silent for more than thirty days: their 13 listings are left out",
      "Show All (10) · Silent (2) · With a difference (3) · With a contradiction (1)",
      "silent for more than 30 days: 12 listings left out",
      "silent for more than 90 days: 1 listing left out and no longer held",
      "we hold less than it says, 12 of 15 records, since 21 November 2026 at 18:00 UTC",
      `It has no more itself, so its beacon is wrong; asked ${at}`,
      `Neither it nor another hub could be asked, last ${at}`,
      `2 records that nobody had passed on came from mended.example, ${at}`,
      `contradicts itself: it has signed two beacons after the same one, found ${at}`,
    ]) {
      expect(words.replaceAll("\u00a0", " ")).toContain(said);
    }
    for (const host of ["waiting.example", "denied.example"]) expect(words).not.toContain(host);
    expect((await site.get("/dir/v1/evidence/live.example")).status).toBe(404);
    const kept = await site.get("/dir/v1/evidence/forked.example");
    for (const path of ["/search", "/search?q=nothing", "/about"]) {
      expect(plain(await site.page(path))).toContain("their 13 listings are left out");
    }
    expect(await kept.text()).toBe('{"a":1}\n{"b":2}\n');
  });

  test("shows some hosts only, and thousands page by page", async () => {
    await using site = await testSite();
    const names = Array.from(
      { length: 120 },
      (_, at) => `host-${String(at).padStart(3, "0")}.example`,
    );
    const known = names.map((host) => ({ host, origin: `https://${host}`, domain: "example" }));
    await hosts.note(site.db, known, now);
    for (const host of names) await hosts.update(site.db, host, { listed: now });
    const shown = async (path: string) => {
      const text = await site.page(path);
      const [, next] = /rel="next" href="([^"]+)"/.exec(text) ?? [];
      const found = names.filter((name) => text.includes(`https://${name}/`));
      return { found, next: next?.replaceAll("&amp;", "&").replace("#hosts", "") };
    };
    const seen: string[] = [];
    for (let path: string | undefined = "/network"; path !== undefined;) {
      const { found, next }: Awaited<ReturnType<typeof shown>> = await shown(path);
      seen.push(...found);
      path = next;
    }
    expect(seen).toEqual(names);

    await hosts.update(site.db, "host-077.example", { liveness: "hidden" });
    expect(await shown("/network?hosts=silent")).toEqual({ found: ["host-077.example"] });
    expect((await shown("/network?hosts=differing")).found).toEqual([]);
    expect((await shown("/network?hosts=nonsense")).found).toHaveLength(50);
  });
});

/** The words of a page, without its markup. */
function plain(text: string): string {
  return text
    .replace(/<(style|title)[^>]*>.*?<\/\1>/gs, " ")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&quot;", '"')
    .replace(/\s+/g, " ")
    .replace(/ ([,.;:)])/g, "$1")
    .replaceAll("( ", "(");
}
