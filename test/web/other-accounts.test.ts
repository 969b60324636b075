import { afterAll, beforeAll, expect, test } from "vitest";
import { acceptRecord, type SignedRecord } from "../../src/coop/record.ts";
import { sayFormer } from "../../src/directory/arrive.ts";
import { depart } from "../../src/directory/depart.ts";
import * as records from "../../src/store/records.ts";
import * as backlinks from "../../src/store/backlinks.ts";
import * as departures from "../../src/store/departures.ts";
import { elsewhere, type Elsewhere } from "../federation/elsewhere.ts";
import { bakery, now, testSite, type TestSite } from "../helpers/site.ts";
import { visitor } from "../helpers/visitor.ts";

let there: Elsewhere;
beforeAll(async () => {
  there = await elsewhere();
});
afterAll(() => there[Symbol.asyncDispose]());

const followable = {
  ...bakery,
  stakeholders: (bakery.stakeholders ?? []).map((each) =>
    each.key === "workers" ? { ...each, followable: true as const } : each,
  ),
};

/** A bakery on http, so that it may ask the other server, with its owner and an editor. */
async function bakerySite(content = {}) {
  const site = await testSite({}, "http://localhost:8000");
  const id = await site.add("bakery", { ...followable, ...content });
  const as = (name: string, role: "owner" | "editor") =>
    visitor(site, { name, roles: { [id]: role } });
  return {
    ...site,
    as,
    id,
    url: `http://localhost:8000/coops/${id}`,
    path: `/admin/coops/${id}/accounts`,
  };
}

const words = (page: string) => page.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

test("an editor names the account before; an owner lets the co-op move to the one that agrees", async () => {
  await using site = await bakerySite();
  const { id, url, path, db } = site;
  const ada = await site.as("ada", "owner");
  const ben = await site.as("ben", "editor");
  expect((await (await visitor(site)).get(path)).status).not.toBe(200);

  there.join("old");
  const came = await ben.post(path, { do: "came", from: `${there.origin}/users/old` });
  expect(came.headers.get("location")).toBe(`${path}?done=account-named`);
  expect(words(await ben.page(path))).toContain("/users/old");
  const actor = await site.get(`/coops/${id}/listing`);
  expect(await actor.json()).toMatchObject({
    about: { alsoKnownAs: [`${there.origin}/users/old`] },
  });
  const nobody = await ben.post(path, { do: "came", from: `${there.origin}/users/nobody` });
  expect(nobody.status).toBe(400);
  expect(words(await nobody.text())).toContain("there is no such account there");
  const nonsense = await ben.post(path, { do: "came", from: "my old account" });
  expect(words(await nonsense.text())).toContain("Write the handle of the account");

  there.join("new");
  const target = `${there.origin}/users/new`;
  expect((await ben.post(path, { do: "go", to: target })).status).toBe(403);
  const silent = await ada.post(path, { do: "go", to: target });
  expect(silent.status).toBe(400);
  expect(words(await silent.text())).toContain(
    "doesn’t say yet that it was @bakery@localhost:8000",
  );
  there.join("new", { alsoKnownAs: [url] });
  expect((await ada.post(path, { do: "go", to: target })).headers.get("location")).toBe(
    `${path}?done=moved`,
  );
  expect(await departures.get(db, `coops/${id}`)).toMatchObject({ target });
  expect(words(await ada.page(path))).toContain(`It has moved to`);
  const page = await site.page(`/coops/${id}`);
  expect(page).toContain("This account has moved");
  expect(page).toContain(`href="${target}"`);
  expect((await ben.post(path, { do: "stay" })).status).toBe(403);
  await ada.post(path, { do: "stay" });
  expect(await departures.get(db, `coops/${id}`)).toBeUndefined();
  await ben.post(path, { do: "forget", url: `${there.origin}/users/old` });
  expect(await (await site.get(`/coops/${id}/listing`)).text()).not.toContain("/users/old");
});

test("an account that links back is where the page leads; its server is asked once a minute at most", async () => {
  await using site = await bakerySite({ account: `${there.origin}/users/loaf` });
  const { id, url, path, db } = site;
  const ben = await site.as("ben", "editor");
  const handle = `@loaf@${new URL(there.origin).host}`;
  there.join("loaf", { attachment: [] });
  await ben.post(path, { do: "check" });
  expect(words(await ben.page(path))).toContain("Not verified");
  expect(await site.page(`/coops/${id}`)).toContain("Its own account in the fediverse");
  there.join("loaf", { attachment: [{ type: "PropertyValue", value: url }] });
  await ben.post(path, { do: "check" });
  expect((await backlinks.of(db, id))[0]).toMatchObject({ verified: null });
  site.site.clock = () => now + 61_000;
  await ben.post(path, { do: "check" });
  expect(words(await ben.page(path))).toMatch(/Verified: it linked back on 21 Nov/);
  const page = await site.page(`/coops/${id}`);
  expect(words(page).replaceAll(" ", "")).toContain(handle);
  expect(page).toContain(`rel="me noopener noreferrer"`);
  const form = await site.page(`/follow?of=${encodeURIComponent(`${there.origin}/users/loaf`)}`);
  expect(words(form).replaceAll(" ", "")).toContain(handle);
  expect((await site.get(`/follow?of=${encodeURIComponent("https://x.example/u")}`)).status).toBe(
    404,
  );
});

test("a class that can be followed has a page, a handle on its co-op's, and a way to follow it", async () => {
  await using site = await bakerySite();
  const { id, url } = site;
  const answer = await site.get(`/coops/${id}/classes/workers`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("link")).toContain(`<${url}/classes/workers>; rel="alternate"`);
  const page = await answer.text();
  expect(page).toContain(
    `<link rel="alternate" type="application/activity+json" href="${url}/classes/workers" />`,
  );
  expect(words(page).replaceAll(" ", "")).toContain("@bakery.workers@localhost:8000");
  const coop = await site.page(`/coops/${id}`);
  expect(coop).toContain(`href="${url}/classes/workers"`);
  expect(coop).toContain(`<meta name="fediverse:creator" content="@bakery@localhost:8000" />`);
  expect(coop).not.toContain("/classes/eaters");
  const follow = await site.page(`/follow?of=${encodeURIComponent(`${url}/classes/workers`)}`);
  expect(words(follow)).toContain("Workers · Boulangerie de la Gare");
  for (const key of ["eaters", "nobody"]) {
    const other = await site.get(`/coops/${id}/classes/${key}`);
    expect(other.headers.get("location")).toBe(`/coops/${id}#structure`);
  }
});

/** What is published of a co-op, as a peer's feed would bring it. */
async function published({ db, node }: TestSite, id: string): Promise<SignedRecord> {
  const row = await records.get(db, id);
  const rules = { now: now + 2, insecure: false, keyOf: () => node.publicKey };
  const read = acceptRecord(new Uint8Array(row?.body ?? []), rules);
  if ("refused" in read) throw new Error(JSON.stringify(read));
  return read.record;
}

test("a co-op that went to another node leads to its page there, from a third node, too", async () => {
  await using old = await testSite({}, "https://old.example");
  await using fresh = await testSite({}, "https://new.example");
  await using third = await testSite();
  const id = await old.add("bakery", bakery);
  const url = `https://old.example/coops/${id}`;
  const target = `https://new.example/coops/${await fresh.add("bakery", bakery)}`;
  await third.take([await published(old, `${url}/listing`)]);
  const copy = `/directory/old.example/coops/${id}`;
  expect((await third.get(copy)).status).toBe(200);

  const newId = target.split("/").at(-1) ?? "";
  await depart(
    old.db,
    old.node,
    id,
    { target, listing: `${target}/listing`, classes: {} },
    now + 1,
  );
  const page = words(await old.page(`/coops/${id}`));
  expect(page).toContain("has moved");
  expect(page).toContain(target);
  expect((await old.get(`/coops/${id}/listing`)).status).toBe(410);

  // One side alone is not enough.
  await third.take([
    await published(fresh, `${target}/listing`),
    await published(old, `${url}/listing`),
  ]);
  expect((await third.get(copy)).status).toBe(404);
  await sayFormer(fresh.db, fresh.node, newId, [url], now + 1);
  await third.take([await published(fresh, `${target}/listing`)]);
  const led = await third.get(copy);
  expect([led.status, led.headers.get("location")]).toEqual([
    308,
    `/directory/new.example/coops/${newId}`,
  ]);
});
