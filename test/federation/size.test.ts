import fc from "fast-check";
import { expect, it } from "vitest";
import { post } from "../../src/directory/post.ts";
import { publish } from "../../src/directory/publish.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import { coopActor } from "../../src/federation/actors.ts";
import { createDocument } from "../../src/federation/posts.ts";
import { summaryHtml, toHtml } from "../../src/federation/text.ts";
import * as posts from "../../src/store/posts.ts";
import { anyListing } from "../helpers/listings.ts";
import { lintActivity, report } from "../interop/lint.ts";
import { followOf } from "./person.ts";
import { fullBakery, publicNode } from "./public-node.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const node = await (async () => {
  await using started = await publicNode();
  return started.app.node;
})();

/** What signatures, proof and their contexts may add. */
const envelope = 6000;

const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

function postOf(content: Record<string, string>): posts.Post {
  return { id: "p", coop: "c", ...posts.plain, content: JSON.stringify(content), published: 0 };
}

const piece = fc.constantFrom(
  "#a ",
  '"',
  "&",
  "\u0001",
  "\n\n",
  "協",
  "🍞",
  "a",
  "https://a.b/?& ",
);
/** Texts of the utmost length, all of one sort or mixed. */
const long = fc
  .array(piece, { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.join("").repeat(5000).slice(0, 5000).toWellFormed());

it("a post is sent with less than 64 KB, whatever it says in however many languages", () => {
  fc.assert(
    fc.property(fc.array(long, { minLength: 1, maxLength: 10 }), (texts) => {
      const content = Object.fromEntries(texts.map((text, at) => [`l${"abcdefghij"[at]}`, text]));
      const create = createDocument(node, postOf(content));
      expect(sizeOf(create)).toBeLessThan(64_000 - envelope);
      const { content: html, contentMap } = create["object"] as Record<string, unknown>;
      // What is left is the beginning of the text in the main language.
      expect(Object.entries(contentMap as object)[0]).toEqual(["la", html]);
      expect(html).toMatch(/^<p>/);
    }),
    { numRuns: 60 },
  );
});

it("a post that isn't too large is sent whole, with all its links", () => {
  const text = "#bread https://bakery.example/ ".repeat(20);
  const { object } = createDocument(node, postOf({ en: text, fr: text })) as {
    object?: { content: string; contentMap: Record<string, string> };
  };
  expect(object?.content).toBe(toHtml(text, node.origin).html);
  expect(Object.keys(object?.contentMap ?? {})).toEqual(["en", "fr"]);
});

it("a profile is sent with less than 64 KB, whatever the listing says", () => {
  fc.assert(
    fc.property(anyListing, long, (listing, text) => {
      const actor = coopActor(node, "bakery", 0, { ...listing, summary: text.slice(0, 2000) });
      // The proof has the context once more.
      const size = sizeOf(actor) + sizeOf(actor["@context"]);
      if (sizeOf(listing) < 14_000) expect(size).toBeLessThan(64_000 - envelope);
    }),
    { numRuns: 100 },
  );
  expect(sizeOf(summaryHtml("#a ".repeat(666), node.origin))).toBeLessThan(20_000);
});

it("is really less on the wire, and no longer id comes back", async () => {
  await using set = await stage("sqlite");
  const { node: sender, there, alice, id, url } = set;
  const content: ListingContent = {
    ...fullBakery,
    summary: "#a ".repeat(666),
    summaryMap: { fr: '"'.repeat(2000), en: "協".repeat(1500) },
  };
  await sender.use((db, identity) => publish(db, identity, id, content, Date.now()));
  for (const text of ['"'.repeat(5000), "#a ".repeat(1666), "\u0001&".repeat(2500)]) {
    const texts = { fr: text, en: "&".repeat(5000), zh: "協".repeat(5000) };
    await sender.use((db) => post(db, id, texts, Date.now()));
  }
  await there.receives(3, "Create");
  await quiet(sender);
  for (const { body } of there.received) {
    const findings = lintActivity(body, { origin: sender.origin, now: Date.now() });
    expect(report(findings)).toBe("");
  }
  const bob = there.join("bob");
  const follow = { ...followOf(bob, url), id: `${bob.id}#${"x".repeat(2000)}` };
  expect((await there.send(bob, `${url}/inbox`, follow)).status).toBe(202);
  await quiet(sender);
  expect(await followersOf(sender)).toEqual([`${alice.id} coops/${id}`]);
  expect(there.received).toHaveLength(4);
}, 60_000);
