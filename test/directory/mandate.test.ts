import { expect, it } from "vitest";
import type { ListingContent } from "../../src/coop/listing.ts";
import { groundOf } from "../../src/directory/ground.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { importRows } from "../../src/directory/import.ts";
import { endMandate, type MandateForm, recordMandate } from "../../src/directory/mandate.ts";
import { addCoop, publish } from "../../src/directory/publish.ts";
import * as coops from "../../src/store/coops.ts";
import * as mandates from "../../src/store/mandates.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");

const mandate: MandateForm = {
  by: "Federation of Example",
  url: "https://federation.example/",
  basis: "Decision 12 of the general assembly",
  date: "2026-05-02",
  person: "Ada Example",
};

/** What the newest version of the only record says; undefined for a tombstone. */
async function published(db: Db): Promise<ListingContent | undefined> {
  const [record] = await records.after(db, 0, 10);
  return (JSON.parse(new TextDecoder().decode(record?.body)) as { about?: ListingContent }).about;
}

const mandated = (facts: Partial<ListingContent> = {}) =>
  bakery({ provenance: { kind: "mandated" }, ...facts });

async function imported(db: Db, node: Identity, name = "As imported"): Promise<string> {
  const row = { key: "1", content: bakery({ name, provenance: { kind: "imported" } }) };
  // oxlint-disable-next-line typescript/require-await -- importRows takes a stream
  const rows = (async function* () {
    yield row;
  })();
  await importRows(db, node, "test", rows, () => now);
  const coop = await coops.bySourceKeys(db, "test", ["1"]);
  return coop.get("1")?.id ?? "";
}

eachEngine("grounds to publish upon", (engine) => {
  it("publishes under a mandate what the record of it says, and nobody’s name", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { id } = await addCoop(db, node, "bakery", bakery(), now);
    await recordMandate(db, id, mandate, "accountid", now);
    const forged = { by: "Nobody", basis: "none", date: "2020" };
    const provenance = { kind: "mandated" as const, mandate: forged };
    await publish(db, node, id, bakery({ provenance }), now);
    const { person: _, ...told } = mandate;
    expect((await published(db))?.provenance).toEqual({ kind: "mandated", mandate: told });
    const [record] = await records.after(db, 0, 10);
    expect(new TextDecoder().decode(record?.body)).not.toContain("Ada");
    expect((await coops.get(db, id))?.content).not.toContain("Ada");
    expect(await mandates.live(db, id)).toMatchObject({ person: "Ada Example", ended: null });
  });

  it("publishes nothing under a mandate that isn’t there, or has ended", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    await expect(addCoop(db, node, "dairy", mandated(), now)).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await coops.byHandle(db, "dairy")).toBeUndefined();
    const { id } = await addCoop(db, node, "bakery", bakery(), now);
    await recordMandate(db, id, mandate, null, now);
    await publish(db, node, id, mandated(), now);
    expect(await endMandate(db, node, id, now + 1)).toBe(true);
    expect(await published(db)).toBeUndefined();
    await expect(publish(db, node, id, mandated(), now + 2)).rejects.toThrow(/has no mandate/);
    expect(await published(db)).toBeUndefined();
    // Its actor and content stay, and the co-op can take over.
    expect(await coops.get(db, id)).toMatchObject({ handle: "bakery", deleted: null });
    await publish(db, node, id, bakery(), now + 3);
    expect((await published(db))?.provenance).toEqual({ kind: "claimed" });
    expect(await endMandate(db, node, id, now + 4)).toBe(false);
    expect(await published(db)).toBeDefined();
  });

  it("ends the mandate when the co-op publishes for itself", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { id } = await addCoop(db, node, "bakery", bakery(), now);
    await recordMandate(db, id, mandate, null, now);
    await publish(db, node, id, mandated(), now);
    const coop = await coops.get(db, id);
    if (coop === undefined) throw new Error("it isn’t there");
    expect(await groundOf(db, coop, false)).toBe("mandated");
    expect(await groundOf(db, coop, true)).toBe("claimed");
    const { person: _, ...told } = mandate;
    const provenance = { kind: "claimed" as const, mandate: told };
    await publish(db, node, id, bakery({ provenance }), now + 5);
    expect((await published(db))?.provenance).toEqual({ kind: "claimed" });
    expect(await mandates.live(db, id)).toBeUndefined();
    expect(await mandates.of(db, id)).toMatchObject([{ ended: now + 5 }]);
    expect(await groundOf(db, coop, false)).toBe("claimed");
  });

  it("replaces a mandate by a newer one, and forgets ended ones in time", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { id } = await addCoop(db, node, "bakery", bakery(), now);
    await recordMandate(db, id, mandate, null, now);
    await recordMandate(db, id, { ...mandate, basis: "Contract" }, null, now + 1);
    expect(await mandates.live(db, id)).toMatchObject({ basis: "Contract" });
    await mandates.prune(db, now);
    expect(await mandates.of(db, id)).toHaveLength(2);
    await mandates.prune(db, now + 2);
    expect(await mandates.of(db, id)).toMatchObject([{ basis: "Contract" }]);
  });

  it("names every fault of a mandate, and records nothing of it", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { id } = await addCoop(db, node, "bakery", bakery(), now);
    const bad = { ...mandate, url: "javascript:alert(1)", date: "soon", person: "" };
    await expect(recordMandate(db, id, bad, null, now)).rejects.toThrow(/url: .*date: .*person: /);
    expect(await mandates.of(db, id)).toEqual([]);
  });

  it("imports nothing by hand, and gives no imported co-op an account", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const asImported = bakery({ provenance: { kind: "imported" } });
    await expect(addCoop(db, node, "bakery", asImported, now)).rejects.toMatchObject({
      code: "forbidden",
    });
    const id = await imported(db, node);
    // Without a handle nobody speaks for it.
    await expect(publish(db, node, id, bakery(), now)).rejects.toThrow(/has no handle/);
    await publish(db, node, id, { ...asImported, summary: "Corrected." }, now);
    expect(await published(db)).toMatchObject({ summary: "Corrected." });
    // The same row again leaves the correction alone, another one takes its place.
    await imported(db, node);
    expect(await published(db)).toMatchObject({ summary: "Corrected." });
    await imported(db, node, "In a newer edition");
    const { name, summary } = (await published(db)) ?? {};
    expect(name).toBe("In a newer edition");
    expect(summary).not.toBe("Corrected.");
  });
});
