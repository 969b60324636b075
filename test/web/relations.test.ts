import { expect, test } from "vitest";
import { attestationRecord, type Claim } from "../../src/coop/attestation.ts";
import { signRecord } from "../../src/coop/record.ts";
import type { Relation } from "../../src/coop/listing.ts";
import { attest } from "../../src/directory/attest.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { lapseCoop, lapseSubjects } from "../../src/directory/lapse.ts";
import { whoNames } from "../../src/directory/who-names.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import * as attesters from "../../src/store/attesters.ts";
import * as records from "../../src/store/records.ts";
import { freshStore } from "../helpers/database.ts";
import { foreignListing, now, testSite, type TestSite } from "../helpers/site.ts";
import { visitor } from "../helpers/visitor.ts";

const origin = "https://coops.example";

/** A listing of another node that says it is a member. */
function member(host: string, relation: Partial<Relation>, name = `Co-op at ${host}`) {
  const relations = [{ kind: "member-of", name: "The federation", ...relation }];
  return foreignListing(`https://${host}`, { name, relations });
}

/** What another host attests, as its feed would bring it. */
async function attested(host: string, claim: Claim) {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, `https://${host}`, now);
  const id = `https://${host}/attestations/${claim.relationship}`;
  return signRecord(attestationRecord(node.actor, id, claim, now), node.signing);
}

async function confirmedBy(site: TestSite, coop: string): Promise<unknown[]> {
  const response = await site.get(`/api/v1/coops/lookup?id=${encodeURIComponent(coop)}`);
  const { items } = (await response.json()) as {
    items: { relations: { confirmed: { how: string; by: string } | null }[] }[];
  };
  return (items[0]?.relations ?? []).map(
    ({ confirmed }) => confirmed && `${confirmed.how} ${confirmed.by}`,
  );
}

test("a federation confirms its members by page, many at once, and takes it back", async () => {
  await using site = await testSite();
  const id = await site.add("federation", {
    name: "The Federation",
    identifier: [{ type: "PropertyValue", propertyID: "GB-COH", value: "05178832" }],
  });
  const url = `${origin}/coops/${id}`;
  const identifier = { type: "PropertyValue" as const, propertyID: "GB-COH", value: "5178832" };
  await site.take([
    await member("a.example", { id: url }, "Almond"),
    await member("b.example", { id: `${url}/listing` }, "Birch"),
    await member("c.example", { identifier }, "Cedar"),
    await member("d.example", { id: `${origin}/coops/another` }, "Dogwood"),
  ]);
  const editor = await visitor(site, { name: "rosa", roles: { [id]: "editor" } });
  const path = `/admin/coops/${id}/named`;
  const page = await editor.page(path);
  for (const name of ["Almond", "Birch", "Cedar"]) expect(page).toContain(name);
  expect(page).not.toContain("Dogwood");
  expect(await editor.page(`${path}?q=birch`)).not.toContain("Almond");
  const subject = "https://a.example/coops/abcdefghjk";
  expect(await confirmedBy(site, subject)).toEqual([null]);

  expect((await editor.post(path, { do: "confirm-all" })).status).toBe(303);
  await site.site.index.catchUp();
  for (const host of ["a", "b", "c"]) {
    const coop = `https://${host}.example/coops/abcdefghjk`;
    expect(await confirmedBy(site, coop)).toEqual(["other-side coops.example"]);
    expect(await site.page(`/directory/${host}.example/coops/abcdefghjk`)).toContain("Confirmed");
  }
  const shown = await site.page(`/coops/${id}`);
  expect(shown).toContain("Member co-ops: 3");
  expect(shown.indexOf("Almond")).toBeLessThan(shown.indexOf("Cedar"));
  expect(await editor.page(`${path}?state=open`)).toContain("None of them");

  const [first] = await whoNames(site.db, site.node, site.site.index, id);
  const key = first?.attestation.split("/").at(-1) ?? "";
  expect((await editor.post(path, { do: "refuse", named: key })).status).toBe(303);
  await site.site.index.catchUp();
  expect(await confirmedBy(site, subject)).toEqual([null]);
  expect(await site.page(`/coops/${id}`)).toContain("Member co-ops: 2");
  // A no is the federation's own business.
  expect(await site.page("/directory/a.example/coops/abcdefghjk")).not.toContain("Not confirmed");
  expect(await editor.page(`${path}?state=refused`)).toContain("Almond");
  expect((await editor.post(path, { do: "confirm" })).status).toBe(400);
});

test("only the other side, and who is trusted here, can confirm", async () => {
  await using site = await testSite();
  const url = "https://f.example/coops/abcdefghjk";
  const council = "https://council.example/";
  const subject = "https://a.example/coops/abcdefghjk";
  const claim = { relationship: "member-of", subject, object: url } as const;
  const contract = { relationship: "public-contract-with", subject, object: council } as const;
  const fediverse = "https://social.example/users/union";
  const relations = [
    { kind: "member-of", name: "F", id: url },
    { kind: "public-contract-with", name: "Council", url: council },
    { kind: "supported-by", name: "Union", id: fediverse },
    { kind: "supplies", name: "F", id: url },
  ];
  await site.take([
    await foreignListing("https://a.example", { name: "A", relations }),
    await foreignListing("https://f.example", { name: "F", level: "secondary" }),
  ]);
  const nothing = [null, null, null, null];
  // By a third party, by the claimant itself, and about another relation.
  await site.take([
    await attested("x.example", claim),
    await attested("a.example", claim),
    await attested("f.example", { ...claim, relationship: "part-of" }),
  ]);
  await site.take([await attested("x.example", contract)]);
  expect(await confirmedBy(site, subject)).toEqual(nothing);
  const federation = "/directory/f.example/coops/abcdefghjk";
  expect(await site.page(federation)).not.toContain("Member co-ops");

  await site.take([await attested("f.example", claim)]);
  await attest(site.db, site.node, contract, now);
  expect(await site.page(federation)).toContain("Member co-ops: 1");
  const accepted = `${fediverse}#accepts/1`;
  const support = { relationship: "supported-by", subject, object: fediverse } as const;
  await site.take([
    await attested("a.example", { ...support, accepted: "https://other.example/1", name: "@u@x" }),
  ]);
  expect(await confirmedBy(site, subject)).toEqual([
    "other-side f.example",
    "attester coops.example",
    null,
    null,
  ]);
  const about = (await site.site.index.attested(subject)).find(
    ({ origin: by }) => by === "a.example",
  );
  expect(about).toBeDefined();
  await site.db.transaction().execute(async (tx) => {
    const last = await records.get(tx, "https://a.example/attestations/supported-by");
    await using store = await freshStore("sqlite");
    const node = await loadIdentity(store.db, "https://a.example", now);
    const document = attestationRecord(
      node.actor,
      last?.id ?? "",
      { ...support, accepted, name: "@union@social.example" },
      now + 1,
    );
    await records.put(tx, [signRecord(document, node.signing)], now);
  });
  // The other side says of itself what is the same.
  await site.take([
    await foreignListing("https://f.example", {
      name: "F",
      updated: new Date(now + 1).toISOString(),
      relations: [{ kind: "buys-from", name: "A", id: subject }],
    }).then((record) => ({ ...record, issued: record.issued + 1, digest: "f".repeat(64) })),
  ]);
  expect(await confirmedBy(site, subject)).toEqual([
    "other-side f.example",
    "attester coops.example",
    "activity a.example",
    "listing f.example",
  ]);
  expect(await site.page("/directory/a.example/coops/abcdefghjk")).toContain(
    "by @union@social.example, by activity, as a.example says",
  );
});

test("who is trusted here is believed that a co-op has closed, as long as that is so", async () => {
  await using site = await testSite();
  const { db } = site;
  const { index } = site.site;
  const subject = "https://a.example/coops/abcdefghjk";
  const path = "/directory/a.example/coops/abcdefghjk";
  await site.take([
    await foreignListing("https://a.example", { name: "A", status: "active" }),
    await attested("x.example", { relationship: "closed", subject, dissolutionDate: "2025-06" }),
  ]);
  expect((await index.counts()).coops).toBe(1);
  expect(await site.page(path)).not.toContain("Said to have closed");

  const by = { host: "x.example", since: now, account: null };
  await db.transaction().execute((tx) => attesters.add(tx, by));
  await index.catchUp();
  expect((await index.counts()).coops).toBe(0);
  expect(await site.page(path)).toMatch(/Said to have closed[^]*June 2025[^]*by x\.example/);
  // A new version of the listing changes nothing about that.
  const again = await foreignListing("https://a.example", { name: "A again", status: "active" });
  await site.take([{ ...again, issued: again.issued + 1 }]);
  expect((await index.counts()).coops).toBe(0);
  await using rebuilt = await openIndex(db, ":memory:");
  await rebuilt.catchUp();
  expect(await rebuilt.counts()).toEqual(await index.counts());

  await db.transaction().execute((tx) => attesters.remove(tx, "x.example", null, now));
  await index.catchUp();
  expect((await index.counts()).coops).toBe(1);
});

test("what was confirmed lapses when nobody claims it, or the co-op itself is gone", async () => {
  await using site = await testSite();
  const { db, node } = site;
  const id = await site.add("federation", { name: "The Federation" });
  const url = `${origin}/coops/${id}`;
  const relations = [{ kind: "member-of" as const, name: "The Federation", id: url }];
  const leaving = await site.add("leaving", { name: "Leaving", relations });
  const staying = await site.add("staying", { name: "Staying", relations });
  const { index } = site.site;
  const editor = await visitor(site, { name: "rosa", roles: { [id]: "owner" } });
  const answer = await editor.post(`/admin/coops/${id}/named`, { do: "confirm-all" });
  expect(answer.status).toBe(303);
  await index.catchUp();
  const live = async () => {
    const all = await whoNames(db, node, index, id);
    return all.filter(({ state }) => state === "confirmed").map(({ name }) => name);
  };
  expect(await live()).toEqual(["Leaving", "Staying"]);
  const listings = [leaving, staying].map((each) => `${origin}/coops/${each}/listing`);
  await lapseSubjects(db, node, index, listings, now);
  expect(await live()).toEqual(["Leaving", "Staying"]);

  await withdraw(db, node, leaving, now + 5000);
  await index.catchUp();
  await lapseSubjects(db, node, index, listings, now + 5000);
  await index.catchUp();
  expect(await live()).toEqual(["Staying"]);
  const held = (await records.after(db, 0, 100)).filter(({ id: of }) =>
    of.includes("/attestations/"),
  );
  expect(held.map(({ tombstone }) => tombstone).toSorted((a, b) => a - b)).toEqual([0, 1]);

  await withdraw(db, node, id, now + 6000);
  await lapseCoop(db, node, id, now + 6000);
  const rest = (await records.after(db, 0, 100)).filter(({ id: of }) =>
    of.includes("/attestations/"),
  );
  expect(rest.map(({ tombstone }) => tombstone)).toEqual([1, 1]);
  expect(await db.selectFrom("naming").selectAll().execute()).toEqual([]);
});
