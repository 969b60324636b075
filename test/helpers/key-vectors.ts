import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../src/coop/canonical-json.ts";
import { follow, type KeyEntry, type KeyHistory, newEntry } from "../../src/coop/key-history.ts";
import { multikey } from "../../src/coop/proof.ts";

// The histories of keys that other implementations test themselves with
// (fixtures/keys). They are made here, and test/coop/key-vectors.test.ts holds
// the file to it. Run as a program, this writes it anew.

const file = join(import.meta.dirname, "../../fixtures/keys/expected.json");
const actor = "https://coops.example/actor";
const start = Date.parse("2026-01-01T00:00:00.000Z");
const day = 24 * 60 * 60 * 1000;

/** The key of this number: its seed is that byte 32 times. */
function keyOf(number: number) {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const der = Buffer.concat([prefix, Buffer.alloc(32, number)]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const method = `${actor}#ed25519${number === 1 ? "" : `-${number}`}`;
  return { method, privateKey, publicKeyMultibase: multikey(createPublicKey(privateKey)) };
}

function entry(number: number, by?: number, ends: Partial<KeyEntry> = {}): KeyEntry {
  const { method, publicKeyMultibase } = keyOf(number);
  const from = start + (number - 1) * day;
  return {
    ...newEntry(method, publicKeyMultibase, from, by === undefined ? undefined : keyOf(by)),
    ...ends,
  };
}

const at = (number: number) => new Date(start + (number - 1) * day).toISOString();

const altered = { ...entry(2, 1), from: at(3) };
const again = { ...entry(9), id: keyOf(1).method };
const third = newEntry(keyOf(3).method, keyOf(3).publicKeyMultibase, start + 10 * day, {
  ...keyOf(9),
  method: again.id,
});
const renamed = newEntry(keyOf(2).method, keyOf(1).publicKeyMultibase, start + day, keyOf(1));

const cases: [what: string, pinned: KeyHistory, offered: KeyHistory][] = [
  ["nothing new", [entry(1)], [entry(1)]],
  [
    "a second key, endorsed by the first",
    [entry(1)],
    [entry(1, undefined, { until: at(2) }), entry(2, 1)],
  ],
  [
    "two steps at once",
    [entry(1)],
    [entry(1, undefined, { until: at(2) }), entry(2, 1, { until: at(3) }), entry(3, 2)],
  ],
  [
    "a chain of which the last but one link is pinned: the first comes along, as it is over",
    [entry(2, 1)],
    [entry(1, undefined, { until: at(2) }), entry(2, 1, { until: at(3) }), entry(3, 2)],
  ],
  [
    "a dropped key, whose endorsement still counts",
    [entry(1)],
    [entry(1, undefined, { dropped: at(2) }), entry(2, 1)],
  ],
  [
    "a key that nobody endorses, and what it says of the other",
    [entry(1)],
    [entry(1, undefined, { dropped: at(2) }), entry(2)],
  ],
  ["an endorsement of something else: the moment was changed", [entry(1)], [entry(1), altered]],
  [
    "a second key that the first one endorses",
    [entry(1, undefined, { until: at(2) }), entry(2, 1)],
    [entry(1, undefined, { until: at(2) }), entry(3, 1)],
  ],
  [
    "two keys that a known one endorses: the first is taken, though the other is older",
    [entry(1)],
    [entry(1, undefined, { until: at(2) }), entry(3, 1), entry(2, 1)],
  ],
  [
    "two keys, endorsed by one that stands between them: the first is taken once that is known",
    [entry(1)],
    [entry(9, 2), entry(2, 1, { until: at(3) }), entry(3, 2)],
  ],
  [
    "a key, endorsed by one that has the name of a former one, which had endorsed another",
    [entry(2, 1, { dropped: at(9) }), again],
    [again, third],
  ],
  ["a known key by another name, which it endorses itself", [entry(1)], [renamed]],
  [
    "another key by a known name",
    [entry(1)],
    [{ ...entry(1), publicKeyMultibase: keyOf(9).publicKeyMultibase }],
  ],
  [
    "a history from before a key was dropped",
    [entry(1, undefined, { dropped: at(2) }), entry(2, 1)],
    [entry(1)],
  ],
  [
    "an end that is put off, which doesn't count",
    [entry(1, undefined, { until: at(2) }), entry(2, 1)],
    [entry(1, undefined, { until: at(9) }), entry(2, 1)],
  ],
];

/** The file, as it should be. */
export function keyVectors(): string {
  const seeds = [1, 2, 3, 9].map((number) => ({
    method: keyOf(number).method,
    publicKeyMultibase: keyOf(number).publicKeyMultibase,
    seed: Buffer.alloc(32, number).toString("hex"),
  }));
  const described = cases.map(([what, pinned, offered]) => {
    const { history, accepted, ended, doubted } = follow(pinned, offered);
    return {
      what,
      pinned,
      offered,
      expected: {
        history,
        accepted: accepted.map(({ id }) => id),
        ended: ended.map(({ id }) => id),
        doubted: doubted.map(({ entry: { id }, why }) => ({ id, why })),
      },
    };
  });
  const value = { actor, keys: seeds, cases: described } as unknown as Json;
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

if (import.meta.main) {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, keyVectors());
}
