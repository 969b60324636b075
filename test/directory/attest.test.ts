import { expect, test } from "vitest";
import { readAttestation } from "../../src/coop/attestation.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { acceptRecord } from "../../src/coop/record.ts";
import { attestSame, retractSame } from "../../src/directory/attest.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import * as changes from "../../src/store/changes.ts";
import * as records from "../../src/store/records.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";

const a = "https://coops.example/coops/aaaaaaaaaa";
const b = "https://hub.example/coops/bbbbbbbbbb";
const now = Date.UTC(2026, 10, 21);

async function newNode(engine: "sqlite" | "postgres" = "sqlite", origin = "https://coops.example") {
  const store = await freshStore(engine);
  return Object.assign(store, { node: await loadIdentity(store.db, origin, 0) });
}

eachEngine("an attestation that two listings are the same", (engine) => {
  test("is a record, made once, taken back and made again", async () => {
    await using store = await newNode(engine);
    const { db, node } = store;
    const first = await attestSame(db, node, a, b, now);
    expect(first.changed).toBe(true);
    expect(first.url).toMatch(/^https:\/\/coops\.example\/attestations\/[0-9a-f]{20}$/);
    // Whoever is named first, and whether by the listing or the co-op, it is the same.
    expect(await attestSame(db, node, `${b}/listing`, a, now)).toEqual({
      url: first.url,
      changed: false,
    });
    expect(await changes.head(db)).toBe(1);

    const record = await records.get(db, first.url);
    expect(record).toMatchObject({ kind: "coop:Attestation", origin: "coops.example" });
    const body = new Uint8Array(record?.body ?? []);
    const document = JSON.parse(new TextDecoder().decode(body)) as JsonObject;
    expect(readAttestation(document)).toEqual({ relationship: "sameAs", subject: a, object: b });
    const accepted = acceptRecord(body, { now, keyOf: () => node.publicKey });
    expect(accepted).toHaveProperty("record.kind", "coop:Attestation");

    expect(await retractSame(db, node, b, a, now)).toEqual({ url: first.url, changed: true });
    expect(await retractSame(db, node, b, a, now)).toEqual({ url: first.url, changed: false });
    const tombstone = await records.get(db, first.url);
    expect(tombstone).toMatchObject({ kind: "tombstone", tombstone: 1, issued: now + 1 });
    expect(String(tombstone?.body)).not.toContain(a);

    expect(await attestSame(db, node, a, b, now)).toEqual({ url: first.url, changed: true });
    expect(await records.get(db, first.url)).toMatchObject({ tombstone: 0, issued: now + 2 });
  });
});

test("what was never attested can’t be taken back", async () => {
  await using store = await newNode();
  await expect(retractSame(store.db, store.node, a, b, now)).rejects.toMatchObject({
    code: "not-found",
  });
});

test.each([
  [a, a],
  [a, `${a}/listing`],
  [a, `${a}#about`],
  [a, "bakery"],
  [a, "https://hub.example"],
  [a, "http://localhost:4001/coops/x"],
  [a, "ftp://hub.example/coops/x"],
])("%s and %s are not two co-ops", async (one, other) => {
  await using store = await newNode();
  await expect(attestSame(store.db, store.node, one, other, now)).rejects.toMatchObject({
    code: "bad-request",
  });
  expect(await changes.head(store.db)).toBe(0);
});

test("a node on loopback may speak of others there", async () => {
  await using store = await newNode("sqlite", "http://localhost:4001");
  const here = "http://localhost:4001/coops/x";
  expect((await attestSame(store.db, store.node, a, here, now)).changed).toBe(true);
});
