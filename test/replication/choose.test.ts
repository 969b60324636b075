import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anchors,
  type Candidate,
  type Choice,
  chooseUpstreams,
} from "../../src/replication/choose.ts";

const day = 86_400_000;
const now = 100 * day;

/** `https://host.domain.example` is of `domain.example`. */
const domainOf = (url: string) => new URL(url).host.split(".")[1] ?? "";

const candidates = fc
  .array(
    fc.record({
      domain: fc.integer({ min: 0, max: 11 }),
      kind: fc.constantFrom("configured", "chosen", "fresh", "fresh", "fresh"),
      age: fc.integer({ min: 0, max: 3 * day }),
      usable: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    rows.map(({ domain, kind, age, usable }, at): Candidate => {
      const url = `https://h${at}.d${domain}.example`;
      const chosen = kind === "chosen" ? now - age : null;
      return { url, configured: kind === "configured", chosen, usable };
    }),
  );

const cases = fc.record({ candidates, most: fc.integer({ min: 0, max: 9 }), seed: fc.integer() });

function choice(most: number, seed: number): Choice {
  let state = seed | 0;
  // mulberry32
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { most, now, random, settled: day };
}

describe("the choice of upstream hubs", () => {
  it("keeps what it has, and has at most one of a domain and as many as there are", () => {
    fc.assert(
      fc.property(cases, ({ candidates: all, most, seed }) => {
        const chosen = chooseUpstreams(all, choice(most, seed));
        const by = new Map(all.map((each) => [each.url, each]));
        const configured = all.filter((each) => each.configured);
        const room = Math.max(0, most - configured.filter(({ usable }) => usable).length);

        expect(chosen.length).toBeLessThanOrEqual(room);
        for (const url of chosen)
          expect(by.get(url)).toMatchObject({ usable: true, configured: false });
        const used = [...new Set(configured.map(({ url }) => domainOf(url)))];
        const of = chosen.map(domainOf);
        expect(new Set([...of, ...used]).size).toBe(of.length + used.length);

        // As many as there are domains for, as far as there is room.
        const open = all.filter((each) => !each.configured && each.usable);
        const left = new Set(open.map(({ url }) => domainOf(url)).filter((d) => !used.includes(d)));
        expect(chosen.length).toBe(Math.min(room, left.size));

        // Of those that it had, the oldest of each domain, and all but one of them.
        const had = open.filter((each) => each.chosen !== null);
        const oldest = had
          .toSorted((a, b) => (a.chosen ?? 0) - (b.chosen ?? 0) || (a.url < b.url ? -1 : 1))
          .filter(({ url }, at, sorted) => {
            const domain = domainOf(url);
            const first = sorted.findIndex((each) => domainOf(each.url) === domain) === at;
            return first && !used.includes(domain);
          })
          .slice(0, room);
        const lost = oldest.filter(({ url }) => !chosen.includes(url));
        expect(lost.length).toBeLessThanOrEqual(1);
        for (const { url } of oldest.slice(0, anchors)) expect(chosen).toContain(url);
        const settled = oldest.every((each) => now - (each.chosen ?? 0) >= day);
        if (lost.length > 0) {
          expect(settled).toBe(true);
          expect(oldest.length).toBe(room);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("exchanges one when the last choice is a day ago and there is another", () => {
    const had = [0, 1, 2, 3, 4, 5, 6, 7].map((at): Candidate => {
      return {
        url: `https://h.d${at}.example`,
        configured: false,
        chosen: now - day - at,
        usable: true,
      };
    });
    const other = { url: "https://h.d99.example", configured: false, chosen: null, usable: true };
    const gone = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) {
      const next = chooseUpstreams([...had, other], choice(8, seed));
      expect(next).toContain(other.url);
      for (const { url } of had) if (!next.includes(url)) gone.add(url);
    }
    // Any of them but the two oldest.
    expect([...gone].toSorted()).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => `https://h.d${at}.example`),
    );
    const young = had.map((each, at) => (at === 0 ? { ...each, chosen: now - 1 } : each));
    expect(chooseUpstreams([...young, other], choice(8, 1))).not.toContain(other.url);
  });

  it("gives a domain with a thousand hosts no better chance than one with a single host", () => {
    const many = Array.from({ length: 1000 }, (_, at): Candidate => {
      return { url: `https://h${at}.many.example`, configured: false, chosen: null, usable: true };
    });
    const one = { url: "https://h.one.example", configured: false, chosen: null, usable: true };
    let honest = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      if (chooseUpstreams([...many, one], choice(1, seed * 7919))[0] === one.url) honest += 1;
    }
    expect(honest).toBeGreaterThan(140);
    expect(honest).toBeLessThan(260);
  });
});
