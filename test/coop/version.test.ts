import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, supersedes, type Version } from "../../src/coop/version.ts";

const version = fc.record({
  issued: fc.integer({ min: 0, max: 3 }),
  tombstone: fc.boolean(),
  digest: fc.constantFrom("0a", "0b", "ff"),
});

/** The newest of all, found by asking each against each. */
function champion(versions: Version[]): Version | undefined {
  return versions.find((each) => versions.every((other) => compareVersions(each, other) >= 0));
}

describe("the order of versions", () => {
  it("is total: two versions are equal only if they are the same bytes", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) === 0) expect(a).toEqual(b);
      }),
    );
  });

  it("comes to the same end whatever order the versions arrive in", () => {
    fc.assert(
      fc.property(
        fc
          .array(version, { minLength: 1 })
          .chain((versions) =>
            fc.tuple(
              fc.constant(versions),
              fc.shuffledSubarray(versions, { minLength: versions.length }),
            ),
          ),
        ([versions, arrived]) => {
          let held: Version | undefined;
          for (const each of arrived) if (supersedes(each, held)) held = each;
          expect(held).toEqual(champion(versions));
        },
      ),
    );
  });

  it("lets the later moment win, then the tombstone, then the larger digest", () => {
    const old = { issued: 1, tombstone: true, digest: "ff" };
    const edit = { issued: 2, tombstone: false, digest: "0a" };
    expect(supersedes(edit, old)).toBe(true);
    expect(supersedes({ ...edit, tombstone: true }, { ...edit, digest: "ff" })).toBe(true);
    expect(supersedes({ ...edit, digest: "0b" }, edit)).toBe(true);
    expect(supersedes(edit, edit)).toBe(false);
  });
});
