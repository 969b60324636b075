import { expect, it } from "vitest";
import { acceptRecord } from "../../src/coop/record.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { importRows } from "../../src/directory/import.ts";
import type { MappedRow } from "../../src/directory/mapping.ts";
import { makeLink, readLink } from "../../src/directory/link.ts";
import { recordMandate } from "../../src/directory/mandate.ts";
import { deletePost, editPost, pinPost, post } from "../../src/directory/post.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import { receive } from "../../src/directory/receive.ts";
import { deleteCoop, withdraw } from "../../src/directory/withdraw.ts";
import * as mandates from "../../src/store/mandates.ts";
import * as posts from "../../src/store/posts.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-21T20:15:03.412Z");

async function held(db: Db): Promise<records.LoggedRecord[]> {
  return records.after(db, 0, 1000);
}

function rulesOf(node: Identity, at = now) {
  return {
    node: { ...node, host: "elsewhere.example" },
    now: at,
    insecure: false,
    keyOf: (method: string) => (method === node.signing.method ? node.publicKey : undefined),
    holds: () => true,
  };
}

async function* listed(rows: MappedRow[]) {
  yield* rows;
}

eachEngine("publishing", (engine) => {
  it("makes a record that the whole world accepts", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const { id, url } = await addCoop(store.db, node, "bakery", bakery(), now);
    expect(url).toBe(`https://a.example/coops/${id}`);
    const [record] = await held(store.db);
    const accepted = acceptRecord(record?.body ?? new Uint8Array(), rulesOf(node));
    expect(accepted).toMatchObject({
      record: {
        id: `${url}/listing`,
        issued: now,
        document: {
          about: { name: "Boulangerie de la Gare", preferredUsername: "bakery", listed: true },
        },
      },
    });
  });

  it("makes a new version of each edit, in order, even within one millisecond", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    for (let edit = 1; edit <= 5; edit += 1) {
      await publish(store.db, node, id, bakery({ name: `Edit ${edit}` }), now);
      const [record] = await held(store.db);
      expect(Number(record?.issued)).toBe(now + edit);
      expect(new TextDecoder().decode(record?.body)).toContain(`Edit ${edit}`);
    }
    // A clock that was put back doesn't take the edits back.
    await withdraw(store.db, node, id, now - 86_400_000);
    expect((await held(store.db)).at(-1)).toMatchObject({ tombstone: 1, issued: now + 6 });
  });

  it("makes no version of the same content", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    const before = await held(store.db);
    expect(await publish(store.db, node, id, bakery(), now + 1000)).toMatchObject({
      changed: false,
    });
    expect(await held(store.db)).toEqual(before);
  });

  it("names every fault of a listing, and publishes nothing of it", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const bad = bakery({ url: "javascript:alert(1)", name: "", activity: ["isic4:9999"] });
    const adding = addCoop(store.db, node, "bakery", bad, now);
    await expect(adding).rejects.toMatchObject({ code: "bad-request" });
    await expect(adding).rejects.toThrow(/name: .*url: .*activity\.0: /);
    expect(await held(store.db)).toEqual([]);
  });

  it("gives no handle twice, not even when its co-op is deleted", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    await deleteCoop(store.db, node, id, now);
    await expect(addCoop(store.db, node, "bakery", bakery(), now)).rejects.toMatchObject({
      code: "conflict",
    });
    for (const handle of ["directory", "sector", "Bakery", "bak.ery", "a__b", "_a", ""]) {
      await expect(addCoop(store.db, node, handle, bakery(), now), handle).rejects.toMatchObject({
        code: "bad-request",
      });
    }
    expect(await held(store.db)).toHaveLength(1);
  });

  it("brings back nothing that was withdrawn when a newer edition is imported", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const edition = (name: string) =>
      listed([{ key: "1", content: bakery({ name, provenance: { kind: "imported" } }) }]);
    await importRows(store.db, node, "test", edition("One"), () => now);
    const { id } = await store.db.selectFrom("coop").select("id").executeTakeFirstOrThrow();
    await withdraw(store.db, node, id, now);
    const report = await importRows(store.db, node, "test", edition("New"), () => now);
    expect(report).toMatchObject({ added: 0, changed: 0, unchanged: 0, leftAlone: 1 });
    expect(await held(store.db)).toMatchObject([{ tombstone: 1 }]);
  });

  it("leaves nothing of a deleted co-op's texts", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const { id } = await addCoop(store.db, node, "bakery", bakery(), now);
    const kept = await post(store.db, id, { fr: "Nous cuisons." }, now, { pinned: true });
    const dropped = await post(store.db, id, { fr: "Nous cuisions." }, now);
    await deletePost(store.db, dropped, now);
    expect(await posts.of(store.db, id, { limit: 10 })).toHaveLength(1);
    await deleteCoop(store.db, node, id, now);
    expect(await posts.get(store.db, kept)).toMatchObject({ content: "{}", pinned: null });
    const rows = await store.db.selectFrom("coop").selectAll().execute();
    expect(rows).toMatchObject([{ handle: "bakery", content: null }]);
    await expect(post(store.db, id, { fr: "Encore" }, now)).rejects.toMatchObject({ code: "gone" });
  });

  it("brings no deleted post back, whoever changes it or deletes the co-op at the same moment", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    for (let round = 0; round < 5; round += 1) {
      const { id } = await addCoop(db, node, `bakery${round}`, bakery(), now);
      const [one, two] = await Promise.all([
        post(db, id, { fr: "Un" }, now),
        post(db, id, { fr: "Deux" }, now),
      ]);
      await Promise.allSettled([
        deletePost(db, one, now),
        editPost(db, one, { fr: "Un et demi" }, now),
        pinPost(db, one, true, now),
      ]);
      expect(await posts.get(db, one)).toMatchObject({ content: "{}", pinned: null, deleted: now });
      await Promise.allSettled([
        deleteCoop(db, node, id, now),
        editPost(db, two, { fr: "Deux et demi" }, now),
        post(db, id, { fr: "Trois" }, now),
      ]);
      expect(await posts.all(db, id)).toEqual([]);
    }
  });

  it("leaves no way into a deleted co-op, and no mandate that stands", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { id } = await addCoop(db, node, "bakery", bakery(), now);
    const form = { by: "Federation", basis: "Decision 12", date: "2026-05-02", person: "Ada" };
    await recordMandate(db, id, form, null, now);
    const token = await makeLink(db, { kind: "invitation", coop: id, role: "owner" }, now);
    await deleteCoop(db, node, id, now);
    await expect(readLink(db, token, ["invitation"], now)).rejects.toThrow("no such link");
    expect(await mandates.of(db, id)).toMatchObject([{ ended: now }]);
  });

  it("imports idempotently, changes what changed, and reports what it leaves out", async () => {
    await using store = await freshStore(engine);
    const node = await loadIdentity(store.db, "https://a.example", now);
    const row = (key: string, name: string) => ({
      key,
      content: bakery({ name, provenance: { kind: "imported" } }),
    });
    const first = [
      row("1", "One"),
      row("2", "Two"),
      { refused: "no name" },
      row("3", ""),
      row("1", "Again"),
    ];
    const run = (rows: MappedRow[]) => importRows(store.db, node, "test", listed(rows), () => now);
    expect(await run(first)).toMatchObject({
      rows: 5,
      added: 2,
      changed: 0,
      unchanged: 0,
      refusedCount: 3,
    });
    const before = await held(store.db);
    expect(await run(first)).toMatchObject({ added: 0, changed: 0, unchanged: 2, refusedCount: 3 });
    expect(await held(store.db)).toEqual(before);
    expect(await run([row("1", "One"), row("2", "Zwei")])).toMatchObject({
      changed: 1,
      unchanged: 1,
    });
    expect((await held(store.db)).map(({ id }) => id).toSorted()).toEqual(
      before.map(({ id }) => id).toSorted(),
    );
  });
});

eachEngine("receiving", (engine) => {
  it("admits what is genuine and newer, once, and says what became of each record", async () => {
    await using origin = await freshStore(engine);
    await using store = await freshStore(engine);
    const node = await loadIdentity(origin.db, "https://a.example", now);
    const { id } = await addCoop(origin.db, node, "bakery", bakery(), now);
    const first = (await held(origin.db))[0]?.body ?? new Uint8Array();
    await publish(origin.db, node, id, bakery({ name: "Newer" }), now);
    const second = (await held(origin.db))[0]?.body ?? new Uint8Array();

    const outcomes = async (bodies: Uint8Array[], reception = rulesOf(node)) =>
      (await receive(store.db, bodies, reception)).map((each) =>
        each.outcome === "refused" ? each.reason : each.outcome,
      );
    const strangers = { ...rulesOf(node), holds: () => false };
    expect(await outcomes([second], strangers)).toEqual(["origin-not-held"]);
    expect(await held(store.db)).toEqual([]);
    expect(await outcomes([first])).toEqual(["admitted"]);
    const together = [second, first, new Uint8Array([0])];
    expect(await outcomes(together)).toEqual(["admitted", "stale", "not-json"]);
    expect(await outcomes([first, second])).toEqual(["stale", "stale"]);
    expect(await outcomes([second], rulesOf(node, now + 401 * 86_400_000))).toEqual(["expired"]);
    const [record] = await held(store.db);
    expect(new Uint8Array(record?.body ?? [])).toEqual(new Uint8Array(second));
  });
});
