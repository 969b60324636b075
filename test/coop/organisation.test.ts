import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  byStanding,
  hasVerifiedHost,
  type Listed,
  organisationsOf,
  representative,
  type SameAs,
} from "../../src/coop/organisation.ts";
import { registrationKey } from "../../src/coop/registrations.ts";

const hosts = ["coops.example", "hub.example", "bakery.example"];

function listed(at: number, host = "coops.example", more: Partial<Listed> = {}): Listed {
  return {
    id: `https://${host}/coops/c${at}`,
    provenance: { kind: "claimed" },
    updated: "2026-11-20T09:00:00.000Z",
    ...more,
  };
}

function registered(...values: string[]): NonNullable<Listed["identifier"]> {
  return values.map((value) => ({ type: "PropertyValue", propertyID: "GB-COH", value }));
}

/** Few numbers, each in two writings, and placeholders. */
const identifier = fc
  .array(
    fc.constantFrom("SC111222", "sc 111222", "7444723", "07444723", "IP27777R", "0000", "n/a"),
    { minLength: 1, maxLength: 3 },
  )
  .map((values) => registered(...values));

const directory: fc.Arbitrary<Listed[]> = fc.nat(9).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, at) =>
      fc
        .record(
          {
            identifier,
            url: fc.constantFrom("https://bakery.example/", "https://www.coops.example/x"),
            example: fc.constant(true as const),
          },
          { requiredKeys: [] },
        )
        .chain((more) =>
          fc
            .tuple(
              fc.constantFrom(...hosts),
              fc.constantFrom("claimed" as const, "mandated" as const, "imported" as const),
              fc.integer({ min: 1, max: 3 }),
            )
            .map(([host, kind, day]) =>
              listed(at, host, {
                ...more,
                provenance: { kind },
                updated: `2026-11-0${day}T00:00:00.000Z`,
              }),
            ),
        ),
    ),
  ),
);

/** A directory, and attestations about what it holds and about what it doesn't. */
const attested = directory.chain((all) => {
  const url = fc.constantFrom(...all.map(({ id }) => id), "https://gone.example/coops/x");
  return fc.tuple(fc.constant(all), fc.array(fc.tuple(url, url), { maxLength: 5 }));
});

/** Whether two listings belong together by themselves, without a third. */
function related(a: Listed, b: Listed, links: readonly SameAs[]): boolean {
  if ((a.example === true) !== (b.example === true)) return false;
  const keys = (each: Listed) =>
    (each.identifier ?? []).map(({ propertyID, value }) => registrationKey(propertyID, value));
  const shared = keys(a).some((key) => key !== undefined && keys(b).includes(key));
  const said = links.some(
    ([one, other]) => (one === a.id && other === b.id) || (one === b.id && other === a.id),
  );
  return a === b || shared || said;
}

/** The same, slowly: as long as two groups have members that belong together, they become one. */
function slowly(all: Listed[], links: readonly SameAs[]): Set<Set<Listed>> {
  const groups = new Set(all.map((each) => new Set([each])));
  for (;;) {
    const pair = [...groups]
      .flatMap((one) => [...groups].map((other) => [one, other] as const))
      .find(
        ([one, other]) =>
          one !== other && [...one].some((a) => [...other].some((b) => related(a, b, links))),
      );
    if (pair === undefined) return groups;
    for (const each of pair[1]) pair[0].add(each);
    groups.delete(pair[1]);
  }
}

/** By what the README says, one rule after the other. */
function slowRepresentative(group: Listed[]): Listed | undefined {
  const best = <K>(from: Listed[], of: (each: Listed) => K, order: K[]) => {
    const rank = order.find((each) => from.some((one) => of(one) === each));
    return from.filter((each) => of(each) === rank);
  };
  const spoken = best(group, (each) => each.provenance.kind, ["claimed", "mandated", "imported"]);
  const verified = best(spoken, hasVerifiedHost, [true, false]);
  const days = verified
    .map(({ updated }) => updated)
    .toSorted()
    .toReversed();
  const newest = best(verified, ({ updated }) => updated, days);
  return newest.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0];
}

describe("listings are gathered into organisations", () => {
  test("as by looking at every pair again and again; each is in exactly one", () => {
    fc.assert(
      fc.property(attested, ([all, links]) => {
        const groups = organisationsOf(all, links);
        expect(new Set(groups.map((group) => new Set(group)))).toEqual(slowly(all, links));
        expect(groups.flat()).toHaveLength(all.length);
        expect(new Set(groups.flat())).toEqual(new Set(all));
      }),
      { numRuns: 500 },
    );
  });

  test("whatever order they come in, and those of one are one again", () => {
    fc.assert(
      fc.property(attested, fc.infiniteStream(fc.double()), ([all, links], random) => {
        const weights = new Map(all.map((each) => [each, random.next().value as number]));
        const shuffled = all.toSorted((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0));
        const asSets = (groups: Listed[][]) => new Set(groups.map((group) => new Set(group)));
        const groups = organisationsOf(all, links);
        const back = links.toReversed().map(([a, b]) => [b, a] as const);
        expect(asSets(organisationsOf(shuffled, back))).toEqual(asSets(groups));
        for (const group of groups) expect(organisationsOf(group, links)).toEqual([group]);
      }),
      { numRuns: 300 },
    );
  });

  test("over a third one, but not over an example or over one that isn’t held", () => {
    const a = listed(1, "coops.example", { identifier: registered("SC111222") });
    const b = listed(2, "hub.example", { identifier: registered("sc 111222", "07444723") });
    const c = listed(3, "hub.example", { identifier: registered("7444723") });
    expect(organisationsOf([a, b, c], [])).toEqual([[a, b, c]]);
    expect(organisationsOf([a, c], [])).toEqual([[a], [c]]);
    expect(organisationsOf([a, c], [[c.id, a.id]])).toEqual([[a, c]]);
    const example = { ...b, example: true as const };
    expect(organisationsOf([a, example, c], [[a.id, b.id]])).toEqual([[a], [example], [c]]);
    const gone = "https://gone.example/coops/x";
    expect(
      organisationsOf(
        [a, c],
        [
          [a.id, gone],
          [c.id, gone],
        ],
      ),
    ).toEqual([[a], [c]]);
  });

  test("without end, in little time", () => {
    const chain = Array.from({ length: 5000 }, (_, at) => listed(at));
    const links = chain.slice(1).map(({ id }, at) => [id, chain[at]?.id ?? ""] as const);
    expect(organisationsOf(chain, links)).toEqual([chain]);
    expect(organisationsOf(chain, links.toReversed())).toEqual([chain]);
  });
});

describe("an organisation is represented", () => {
  test("by the rules, one after the other, and by the same whatever the order", () => {
    fc.assert(
      fc.property(directory, ([first, ...others]) => {
        fc.pre(first !== undefined);
        if (first === undefined) return;
        const best = representative([first, ...others]);
        expect(best).toBe(slowRepresentative([first, ...others]));
        const [last, ...rest] = [...others.toReversed(), first];
        if (last !== undefined) expect(representative([last, ...rest])).toBe(best);
        // What doesn't stand for it doesn't matter.
        expect(representative([best])).toBe(best);
        expect([first, ...others].toSorted(byStanding)[0]).toBe(best);
      }),
      { numRuns: 500 },
    );
  });

  test("by the co-op itself rather than by a newer import", () => {
    const old = listed(1, "coops.example", { updated: "2020-01-01T00:00:00.000Z" });
    const imported = listed(2, "bakery.example", {
      provenance: { kind: "imported" },
      url: "https://bakery.example",
    });
    const mandated = listed(3, "hub.example", { provenance: { kind: "mandated" } });
    expect(representative([imported, mandated, old])).toBe(old);
    expect(representative([imported, mandated])).toBe(mandated);
  });
});

test.each([
  ["https://bakery.example/coops/a", "https://bakery.example/", true],
  ["https://bakery.example/coops/a", "http://www.bakery.example/about", true],
  ["https://coops.bakery.example/coops/a", "https://bakery.example", true],
  ["https://bakery.example/coops/a", "https://shop.bakery.example", true],
  ["https://bakery.example:8443/coops/a", "https://bakery.example", true],
  ["https://hub.example/coops/a", "https://bakery.example", false],
  ["https://otherbakery.example/coops/a", "https://bakery.example", false],
  ["https://coops.hub.example/coops/a", "https://bakery.hub.example", false],
  ["https://bakery.example/coops/a", "https://example", false],
  ["https://bakery.example/coops/a", undefined, false],
])("the website vouches for the host of %s: %s, %s", (id, url, verified) => {
  expect(hasVerifiedHost({ id, ...(url !== undefined && { url }) })).toBe(verified);
});
