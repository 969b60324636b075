import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Beacon,
  beaconId,
  beaconRecord,
  compareHolding,
  contradict,
  countedFor,
  holdingOf,
  readBeacon,
} from "../../src/coop/beacon.ts";
import { fingerprintOf } from "../../src/coop/fingerprint.ts";

const origin = "https://coops.example";
const issued = Date.UTC(2026, 10, 22, 12);
const digest = (of: number) => of.toString(16).padStart(64, "0");
const bare: Beacon = { count: 0, fingerprint: fingerprintOf([]), asOf: issued };

describe("a beacon", () => {
  it("is read as it was written", () => {
    const full: Beacon = {
      role: "hub",
      previous: digest(1),
      count: 12,
      fingerprint: fingerprintOf([digest(2)]),
      asOf: issued - 1,
      asks: 5000,
      movedTo: "https://new.example",
      keys: [{ id: `${origin}/actor#ed25519` }],
    };
    expect(readBeacon(beaconRecord(origin, full, issued))).toEqual(full);
    expect(readBeacon(beaconRecord(origin, bare, issued))).toEqual(bare);
  });

  it("is read without what a later version may say otherwise", () => {
    const document = beaconRecord(origin, { ...bare, role: "hub", asks: 3 }, issued);
    const about = {
      ...(document["about"] as object),
      role: "orchard",
      asks: "many",
      movedTo: "ipfs://Qm",
      colour: "red",
    };
    expect(readBeacon({ ...document, about })).toEqual(bare);
  });

  it.each([
    ["at another URL", { id: `${origin}/dir/v1/beacon/2` }],
    ["of no URL", { id: "beacon" }],
    ["about nothing", { about: null }],
    ["without a count", { about: { type: "coop:Node", ...bare, count: -1 } }],
    ["without a fingerprint", { about: { type: "coop:Node", ...bare, fingerprint: "00" } }],
    ["without a date", { about: { type: "coop:Node", ...bare, asOf: "2026-02-30T00:00:00.000Z" } }],
  ])("is not read %s", (_, changes) => {
    expect(readBeacon({ ...beaconRecord(origin, bare, issued), ...changes })).toBeUndefined();
  });

  it("contradicts another that comes after the same one", () => {
    const after = (previous: string | undefined, of: number) => ({
      digest: digest(of),
      beacon: { ...bare, ...(previous && { previous }) },
    });
    expect(contradict(after(digest(1), 2), after(digest(1), 3))).toBe(true);
    expect(contradict(after(digest(1), 2), after(digest(1), 2))).toBe(false);
    expect(contradict(after(digest(1), 2), after(digest(2), 3))).toBe(false);
    // Two beginnings: a node that was put back and reached nobody begins anew.
    expect(contradict(after(undefined, 2), after(undefined, 3))).toBe(false);
  });

  it("stands at one URL of its host", () => {
    expect(beaconId(origin)).toBe("https://coops.example/dir/v1/beacon");
  });
});

describe("what is held, compared with a beacon", () => {
  const states = ["counted", "replaced since", "older", "lacking", "expired"] as const;

  it("is the same only where all that counts is, and what is lacking can’t hide for long", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states), { maxLength: 8 }), (records) => {
        const asOf = issued - 10;
        const first = records.map((state, at) => ({
          issued: state === "expired" ? issued - countedFor : asOf - at,
          digest: digest(at),
        }));
        const held = first.flatMap((record, at) => {
          if (records[at] === "lacking" || records[at] === "expired") return [];
          if (records[at] === "older") return [{ issued: asOf - 20, digest: digest(100 + at) }];
          if (records[at] === "counted") return [record];
          return [{ issued: asOf + 1, digest: digest(200 + at) }];
        });
        const said = holdingOf(first, { issued, asOf });
        const found = compareHolding(said, holdingOf(held, { issued, asOf }));
        if (records.includes("lacking")) expect(found).toBe("less");
        else if (records.includes("replaced since")) expect(found).toBe("unclear");
        else expect(found).toBe(records.includes("older") ? "other" : "same");
      }),
    );
  });

  it("shows what is lacking through what has gone on since", () => {
    const record = (of: number, at = issued) => ({ issued: at, digest: digest(of) });
    const at = { issued, asOf: issued };
    const said = holdingOf([record(1), record(2), record(3)], at);
    const compared = (...held: ReturnType<typeof record>[]) =>
      compareHolding(said, holdingOf(held, at));
    expect(compared(record(1), record(2), record(3))).toBe("same");
    expect(compared(record(1), record(2))).toBe("less");
    expect(compared(record(1), record(9, issued + 1))).toBe("less");
    expect(compared(record(1), record(2), record(9, issued + 1))).toBe("unclear");
    expect(compared(record(1), record(2), record(4, issued - 1))).toBe("other");
    expect(compared(record(1), record(2), record(3), record(4))).toBe("other");
  });
});
