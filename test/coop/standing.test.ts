import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Acquaintances, excludedBy, Exclusions } from "../../src/coop/exclusions.ts";
import { type HostFacts, quotas, standingsOf } from "../../src/coop/standing.ts";

const host: fc.Arbitrary<HostFacts> = fc.record({
  host: fc.stringMatching(/^[a-z]{1,3}\.example$/),
  configured: fc.constantFrom(false, false, false, true),
  decision: fc.constantFrom(null, null, null, "allowed" as const, "denied" as const),
  vouched: fc.constantFrom(false, false, true),
  seen: fc.nat(20),
  silent: fc.constantFrom(false, false, false, true),
  asks: fc.constantFrom(null, 10, 6000, 90_000),
  records: fc.constantFrom(0, 1, 9, 10, 40, 49, 50, 51, 4999, 5000, 5001, 6000, 50_000, 50_001),
  exceeded: fc.constantFrom(null, null, null, 50, 5000, 50_000),
});
const neighbours = fc.uniqueArray(host, { selector: (each) => each.host, maxLength: 40 });

/** One host after the other, in the words of the rules. */
function slowly(hosts: HostFacts[]): Record<string, string> {
  const answers: Record<string, string> = {};
  const admitted: HostFacts[] = [];
  const order = [...hosts];
  order.sort((a, b) => (a.seen === b.seen ? (a.host > b.host ? 1 : -1) : a.seen - b.seen));
  for (const each of order) {
    const known = each.configured || each.decision === "allowed" || each.vouched;
    let most = 50;
    if (each.vouched) {
      most = 5000;
      if (each.asks !== null && each.asks > 5000) most = each.asks > 50_000 ? 50_000 : each.asks;
    }
    if (each.configured || each.decision === "allowed") most = Number.MAX_SAFE_INTEGER;
    const tooMany = each.records > most || (each.exceeded !== null && each.exceeded >= most);
    if (each.decision === "denied") answers[each.host] = "denied";
    else if (each.silent) answers[each.host] = "silent";
    else if (tooMany) answers[each.host] = "over-quota";
    else if (known) answers[each.host] = "listed";
    else {
      const all = [...admitted, each].map(({ records }) => records).reduce((a, b) => a + b, 0);
      const room = admitted.length < 20 && all <= 200;
      if (room) admitted.push(each);
      answers[each.host] = room ? "held" : "over-quota";
    }
  }
  return answers;
}

describe("where hosts stand", () => {
  it("follows from who answers for them, their quotas and their neighbours", () => {
    fc.assert(
      fc.property(neighbours, (hosts) => {
        const standings = [...standingsOf(hosts)].map(([name, standing]) => [
          name,
          standing.state === "excluded" ? standing.reason : standing.state,
        ]);
        expect(Object.fromEntries(standings)).toEqual(slowly(hosts));
      }),
      { numRuns: 1000 },
    );
  });

  it("doesn't depend on the order in which they are looked at", () => {
    fc.assert(
      fc.property(neighbours, (hosts) => {
        expect(standingsOf(hosts.toReversed())).toEqual(standingsOf(hosts));
      }),
    );
  });
});

const names = ["a", "b", "c", "d"].flatMap((label) =>
  ["one.example", "two.example", "x.two.example:8443", "three.example"].map(
    (domain) => `${label}.${domain}`,
  ),
);
const domainOf = (name: string) => name.replace(/:\d+$/, "").split(".").slice(-2).join(".");
const acquaintance = fc.record({
  host: fc.constantFrom(...names),
  unknown: fc.boolean(),
  exclusion: fc.constantFrom(null, null, "denied" as const, "over-quota" as const),
  gone: fc.constantFrom(false, false, true),
});

describe("whom there is room for", () => {
  it("is what counting all that are known says, and what others read of it", () => {
    const room = { domainHosts: 3, hosts: 7 };
    fc.assert(
      fc.property(fc.array(acquaintance, { maxLength: 40 }), (steps) => {
        const all = new Acquaintances(room);
        const model = new Map<string, (typeof steps)[number]>();
        for (const step of steps) {
          model.delete(step.host);
          if (step.gone) all.delete(step.host);
          else {
            model.set(step.host, step);
            all.put({ ...step, domain: domainOf(step.host) });
          }
        }
        const list = Exclusions.parse(JSON.parse(JSON.stringify(all.exclusions())));
        const leftOut = excludedBy(list);
        const unknown = [...model.values()].filter((each) => each.unknown);
        const fresh = ["new.one.example", "new.x.two.example:9", "one.example", "new.four.example"];
        for (const name of [...names, ...fresh]) {
          const known = model.get(name);
          const near = unknown.filter((each) => domainOf(each.host) === domainOf(name));
          const full = near.length >= room.domainHosts || unknown.length >= room.hosts;
          expect(all.hasRoom(domainOf(name)), name).toBe(!full);
          expect(leftOut(name), name).toBe(known === undefined ? full : known.exclusion !== null);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("costs a look-up each when names come in a flood", () => {
    const all = new Acquaintances(quotas);
    for (let at = 0; at < quotas.domainHosts; at++) {
      all.put({
        host: `h${at}.flood.example`,
        domain: "flood.example",
        unknown: true,
        exclusion: null,
      });
    }
    for (let at = 0; at < 100_000; at++) expect(all.hasRoom("flood.example")).toBe(false);
    expect(all.hasRoom("honest.example")).toBe(true);
    const { domains } = all.exclusions();
    expect(domains.map(({ domain, except }) => [domain, except.length])).toEqual([
      ["flood.example", quotas.domainHosts],
    ]);
    expect(excludedBy(all.exclusions())("h99999.flood.example")).toBe(true);
    expect(excludedBy(all.exclusions())("h3.flood.example")).toBe(false);
    expect(excludedBy(all.exclusions())("notflood.example")).toBe(false);
  });
});
