import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publicKeyOf } from "../../src/coop/proof.ts";
import { acceptRecord } from "../../src/coop/record.ts";
import { beaconVectors } from "../helpers/beacon-vectors.ts";

const folder = join(import.meta.dirname, "../../fixtures/beacons");
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

interface Expected {
  pinned: { method: string; publicKeyMultibase: string }[];
  beacons: { file: string; says: object | null }[];
  contradictions: [string, string][];
  holdings: { what: string; is: string }[];
}

const expected = JSON.parse(Buffer.from(read("expected.json")).toString()) as Expected;

describe("the vectors in fixtures/beacons", () => {
  it("are what this code makes, byte for byte", () => {
    const made = beaconVectors();
    expect(readdirSync(folder).toSorted()).toEqual([...made.keys()].toSorted());
    for (const [name, body] of made) expect(Buffer.from(read(name)).equals(body), name).toBe(true);
  });

  it("are genuine records, whether they can be read as beacons or not", () => {
    const keys = new Map(
      expected.pinned.map((each) => [each.method, publicKeyOf(each.publicKeyMultibase)]),
    );
    const now = Date.parse("2026-11-22T12:01:00.000Z");
    for (const { file } of expected.beacons) {
      const judged = acceptRecord(read(file), { now, keyOf: (method) => keys.get(method) });
      expect(judged, file).toMatchObject({ record: { kind: "coop:Beacon" } });
    }
  });

  it("say what they are there to say", () => {
    const silent = expected.beacons.filter(({ says }) => says === null).map(({ file }) => file);
    expect(silent).toEqual(["without-a-count.record"]);
    expect(expected.contradictions).toEqual([["second.record", "fork.record"]]);
    expect(expected.holdings.map(({ is }) => is)).toEqual([
      "same",
      "same",
      "less",
      "other",
      "other",
      "unclear",
      "less",
    ]);
  });
});
