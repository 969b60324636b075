import { expect, it } from "vitest";
import type { ListingContent } from "../../src/coop/listing.ts";
import { acceptRequest, refuseRequest } from "../../src/directory/decide.ts";
import { openDraft, publishDraft, saveDraft } from "../../src/directory/draft.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { importRows } from "../../src/directory/import.ts";
import { recordMandate } from "../../src/directory/mandate.ts";
import { acceptInvitation } from "../../src/directory/people.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import {
  demandRequest,
  fileRequest,
  proofCode,
  pruneRequests,
  requestBounds,
} from "../../src/directory/request.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as coops from "../../src/store/coops.ts";
import * as records from "../../src/store/records.ts";
import * as requests from "../../src/store/requests.ts";
import * as roles from "../../src/store/roles.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const day = 86_400_000;
const form = { name: "Ada Example", reach: "ada@example.org", message: "We bake there." };
const join = {
  ...form,
  coop: "Panificio del Borgo",
  handle: "borgo",
  url: "https://borgo.example/",
};
const ada = { name: "ada", password: "correct horse battery" };
const decision = { by: "moderator00", note: "Welcome." };

async function importOne(db: Db, node: Identity, name = "Bakery Limited"): Promise<string> {
  const content = bakery({ name, provenance: { kind: "imported" } });
  // oxlint-disable-next-line typescript/require-await -- importRows takes a stream
  const rows = (async function* () {
    yield { key: "1", content };
  })();
  await importRows(db, node, "test", rows, () => now);
  return (await coops.bySourceKeys(db, "test", ["1"])).get("1")?.id ?? "";
}

async function record(db: Db) {
  const [first] = await records.after(db, 0, 10);
  const document = JSON.parse(new TextDecoder().decode(first?.body)) as { about?: ListingContent };
  return { ...first, about: document.about };
}

eachEngine("requests", (engine) => {
  it("claims an imported listing: the invited owner publishes it under the same id", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const coop = await importOne(db, node);
    const id = await fileRequest(db, node, { kind: "claim", coop, form }, now);
    expect(await requests.open(db, 10)).toMatchObject([{ id, kind: "claim", coop }]);
    const { token } = await acceptRequest(db, node, id, decision, now + 1);
    const { account } = await acceptInvitation(db, token ?? "", ada, now + 2);
    expect(await roles.of(db, account)).toMatchObject([{ coop, role: "owner" }]);

    const { content, edition, coop: row } = await openDraft(db, node, coop);
    expect(content).toMatchObject({ name: "Bakery Limited", provenance: { kind: "imported" } });
    expect(row).toMatchObject({ id: coop, handle: null, source: "test" });
    const claimed = { ...content, provenance: { kind: "claimed" } };
    const writing = { content: claimed, base: edition, account, handle: "bakery" };
    await publishDraft(db, node, coop, writing, now + 3);
    expect((await record(db)).id).toBe(`https://a.example/coops/${coop}/listing`);
    expect((await record(db)).about).toMatchObject({
      preferredUsername: "bakery",
      provenance: { kind: "claimed" },
    });
    expect(await coops.get(db, coop)).toMatchObject({ handle: "bakery", source: "test" });
    // From now on the register has no say, and nobody else can claim it.
    await importOne(db, node, "Another name");
    expect((await record(db)).about?.name).toBe("Bakery Limited");
    await expect(
      fileRequest(db, node, { kind: "claim", coop, form }, now + 4),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  it("keeps an imported listing imported until its co-op publishes it", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const coop = await importOne(db, node);
    // The co-op has chosen a handle and not published yet; the administrator corrects a fact.
    const { content, edition } = await openDraft(db, node, coop);
    await saveDraft(
      db,
      node,
      coop,
      { content, base: edition, account: null, handle: "bakery" },
      now,
    );
    const imported = bakery({ summary: "Corrected.", provenance: { kind: "imported" } });
    await publish(db, node, coop, imported, now + 1);
    const { about } = await record(db);
    expect(about).toMatchObject({ summary: "Corrected.", provenance: { kind: "imported" } });
    expect(about).not.toHaveProperty("preferredUsername");
    expect(await coops.get(db, coop)).toMatchObject({ handle: "bakery", content: null });
    expect(await coops.followable(db, "", 10)).toEqual([]);
  });

  it("withdraws for good upon an objection", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const coop = await importOne(db, node);
    const id = await fileRequest(db, node, { kind: "object", coop, form }, now);
    const claim = await fileRequest(db, node, { kind: "claim", coop, form }, now);
    expect(await acceptRequest(db, node, id, decision, now)).toMatchObject({ token: undefined });
    expect(await record(db)).toMatchObject({ tombstone: 1, about: undefined });
    await importOne(db, node, "A newer edition");
    expect(await record(db)).toMatchObject({ tombstone: 1 });
    // What isn't there any more can't be claimed, and the claim stays open.
    await expect(acceptRequest(db, node, claim, decision, now)).rejects.toMatchObject({
      code: "gone",
    });
    expect(await demandRequest(db, claim)).toMatchObject({ decided: null, decision: null });
  });

  it("ends a mandate upon an objection", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { id: coop } = await addCoop(db, node, "bakery", bakery(), now);
    const mandate = { by: "Federation", basis: "Rules", date: "2020", person: "Bob" };
    await recordMandate(db, coop, mandate, null, now);
    const content = bakery({ provenance: { kind: "mandated" } });
    await publish(db, node, coop, content, now);
    const id = await fileRequest(db, node, { kind: "object", coop, form }, now);
    await acceptRequest(db, node, id, decision, now);
    expect(await record(db)).toMatchObject({ tombstone: 1 });
    await expect(publish(db, node, coop, content, now)).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("makes a draft and its owner’s invitation for a co-op that wants to join", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const id = await fileRequest(db, node, { kind: "join", form: join }, now);
    const { coop, token } = await acceptRequest(db, node, id, decision, now);
    expect(await coops.get(db, coop ?? "")).toMatchObject({ handle: "borgo", content: null });
    expect((await openDraft(db, node, coop ?? "")).content).toMatchObject({
      name: "Panificio del Borgo",
      summary: "We bake there.",
      url: "https://borgo.example/",
    });
    expect(await records.after(db, 0, 10)).toEqual([]);
    const { account } = await acceptInvitation(db, token ?? "", ada, now);
    expect(await roles.of(db, account)).toMatchObject([{ coop, role: "owner" }]);
    // Of a handle that is taken meanwhile the second one makes another.
    const second = await fileRequest(db, node, { kind: "join", form: join }, now);
    const other = await acceptRequest(db, node, second, decision, now);
    expect(await coops.get(db, other.coop ?? "")).toMatchObject({ handle: null });
  });

  it("decides once, and says to the person what they are told", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const id = await fileRequest(db, node, { kind: "join", form: join }, now);
    const both = await Promise.allSettled([
      acceptRequest(db, node, id, decision, now),
      refuseRequest(db, id, { by: null, note: "  Not here.  " }, now),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(refuseRequest(db, id, decision, now)).rejects.toMatchObject({ code: "conflict" });
    await expect(refuseRequest(db, "nothing", decision, now)).rejects.toMatchObject({
      code: "not-found",
    });
    const refused = await fileRequest(db, node, { kind: "access", form }, now);
    await refuseRequest(db, refused, { by: null, note: "  Not here.  " }, now + 5);
    expect(await demandRequest(db, refused)).toMatchObject({
      decision: "refused",
      decided: now + 5,
      note: "Not here.",
    });
  });

  it("takes no more than anybody can answer", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const coop = await importOne(db, node);
    const object = { kind: "object", coop, form } as const;
    for (let at = 0; at < requestBounds.coop; at++) await fileRequest(db, node, object, now);
    await expect(fileRequest(db, node, object, now)).rejects.toMatchObject({
      code: "rate-limited",
    });
    const access = { kind: "access", form } as const;
    for (let at = requestBounds.coop; at < requestBounds.day; at++) {
      await fileRequest(db, node, access, now);
    }
    await expect(fileRequest(db, node, access, now)).rejects.toThrow(
      /than anybody here can answer/,
    );
    await fileRequest(db, node, access, now + day + 1);
  });

  it("names every fault, and takes none about what isn’t there", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const bad = { ...join, name: " ", handle: "Dir.ectory", url: "javascript:alert(1)" };
    await expect(fileRequest(db, node, { kind: "join", form: bad }, now)).rejects.toThrow(
      /name: .*handle: .*url: /,
    );
    const coop = await importOne(db, node);
    await expect(
      fileRequest(db, node, { kind: "claim", coop: "nothing", form }, now),
    ).rejects.toMatchObject({ code: "not-found" });
    await withdraw(db, node, coop, now);
    await expect(fileRequest(db, node, { kind: "claim", coop, form }, now)).rejects.toMatchObject({
      code: "gone",
    });
    // A private draft is nobody's business.
    const id = await fileRequest(db, node, { kind: "join", form: join }, now);
    const { coop: draft } = await acceptRequest(db, node, id, decision, now);
    await expect(
      fileRequest(db, node, { kind: "claim", coop: draft ?? "", form }, now),
    ).rejects.toMatchObject({ code: "not-found" });
    expect(await requests.open(db, 10)).toEqual([]);
  });

  it("forgets requests a year after they were decided, and two after they came", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const decided = await fileRequest(db, node, { kind: "access", form }, now);
    const left = await fileRequest(db, node, { kind: "deletion", form }, now);
    await refuseRequest(db, decided, decision, now);
    expect(proofCode({ id: decided })).not.toBe(proofCode({ id: left }));
    await pruneRequests(db, now + 365 * day);
    await expect(demandRequest(db, decided)).resolves.toMatchObject({ id: decided });
    await pruneRequests(db, now + 365 * day + 1);
    await expect(demandRequest(db, decided)).rejects.toThrow(/have been deleted/);
    await pruneRequests(db, now + 730 * day);
    await expect(demandRequest(db, left)).resolves.toMatchObject({ id: left });
    await pruneRequests(db, now + 730 * day + 1);
    await expect(demandRequest(db, left)).rejects.toMatchObject({ code: "not-found" });
  });
});
