import { hash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { fingerprintOf } from "../../src/coop/fingerprint.ts";
import type { Items } from "../../src/replication/ranges.ts";
import { candidates, Gathering, merged, only, type Sealed } from "../../src/replication/sealed.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** The first two have the same first four bytes of their hashes, and are told apart all the same. */
const hosts = ["h49975.example", "h86586.example", "a.example", "b.example:8443"];

interface Entry {
  host: string;
  name: number;
  edition: number;
}
const entry = fc.record({
  host: fc.constantFrom(...hosts),
  name: fc.nat(60),
  edition: fc.nat(3),
});
const idOf = ({ host, name }: Entry) => `https://${host}/coops/${name}/listing`;
const digestOf = ({ host, name, edition }: Entry) => hash("sha256", `${host} ${name} ${edition}`);
/** Of each record one edition. */
const entries = fc.uniqueArray(entry, { maxLength: 150, selector: idOf, size: "max" });

/** The obvious set: an array that is sorted by what the notes say of keys. */
function model(list: Entry[]): { key: number; id: string }[] {
  return list
    .map((each) => ({
      key: Number.parseInt(
        hash("sha256", each.host).slice(0, 8) + hash("sha256", idOf(each)).slice(0, 4),
        16,
      ),
      id: digestOf(each),
    }))
    .toSorted((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1));
}

function itemsIn(set: Items) {
  return Array.from({ length: set.count }, (_, at) => ({
    key: set.key(at),
    id: hex(set.ids(at, at + 1)),
  }));
}

function seal(list: Entry[], hosts = new Gathering().hosts): Sealed {
  const gathering = new Gathering(hosts);
  for (const each of list) gathering.add(each.host, idOf(each), digestOf(each));
  return gathering.seal();
}

function expectSame(set: Items, list: Entry[], from: number, to: number): void {
  const items = model(list);
  expect(itemsIn(set)).toEqual(items);
  const [start, stop] = [from, to].map((at) => at % (items.length + 1)).toSorted((a, b) => a - b);
  const part = items.slice(start, stop).map(({ id }) => id);
  expect(hex(set.ids(start ?? 0, stop ?? 0))).toBe(part.join(""));
  expect(hex(set.fingerprint(start ?? 0, stop ?? 0))).toBe(fingerprintOf(part));
}

it("has the items in order, each once, and the fingerprint of any range", () => {
  fc.assert(
    fc.property(entries, fc.nat(200), fc.nat(200), (list, from, to) => {
      expectSame(seal([...list, ...list.slice(0, 3)]), list, from, to);
    }),
    { numRuns: 50, verbose: true },
  );
});

it("is brought up to date by one pass as if it were made anew", () => {
  fc.assert(
    fc.property(entries, entries, fc.nat(200), fc.nat(200), (before, changed, from, to) => {
      const base = seal(before);
      const after = new Map(before.map((each) => [idOf(each), each]));
      for (const each of changed) {
        // An edition more or less stands for a record that was dropped.
        if (each.edition === 3) after.delete(idOf(each));
        else after.set(idOf(each), each);
      }
      const held = new Set([...after.values()].map(digestOf));
      const gone = new Set<number>();
      for (const each of changed) {
        for (const at of candidates(base, each.host, idOf(each))) {
          if (!held.has(hex(base.ids(at, at + 1)))) gone.add(at);
        }
      }
      const added = changed.filter(({ edition }) => edition < 3);
      const made = merged(
        base,
        [...gone].toSorted((a, b) => a - b),
        seal(added, base.hosts),
      );
      expectSame(made, [...after.values()], from, to);
    }),
    { numRuns: 70, verbose: true },
  );
});

it("leaves out whole hosts, also where another has the same prefix", () => {
  const kept = fc.subarray(hosts);
  fc.assert(
    fc.property(entries, kept, fc.nat(200), fc.nat(200), (list, names, from, to) => {
      const set = seal(list);
      const keeps = (host: string) => names.includes(host);
      const rest = list.filter(({ host }) => keeps(host));
      expectSame(only(set, keeps), rest, from, to);
      // A second time it comes from memory.
      expectSame(only(set, keeps), rest, from, to);
    }),
    { numRuns: 70, verbose: true },
  );
  const [first = "", second = ""] = hosts;
  expect(hash("sha256", first).slice(0, 8)).toBe(hash("sha256", second).slice(0, 8));
});
