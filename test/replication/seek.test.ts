import { describe, expect, it } from "vitest";
import type { Suspect } from "../../src/directory/compare-hosts.ts";
import { AppError } from "../../src/errors.ts";
import { type Seeker, seekWithheld, type Sought } from "../../src/replication/seek.ts";
import type { Peer } from "../../src/store/peers.ts";

const hour = 3_600_000;
const begun = 1_000_000_000;
const never = new AbortController().signal;

/** A hub that holds less of some hosts than they say; who has what is given by its peers' names. */
function stage(suspects: (Partial<Suspect> & { host: string })[]) {
  let now = begun;
  let step: "loading" | "complete" = "complete";
  const hub = { role: "hub", fault: null } as Peer;
  const peers: Peer[] = ["a", "b", "c"].map((name) => ({ ...hub, url: `https://${name}.example` }));
  peers.push({ ...hub, url: "https://leaf.example", role: "leaf" });
  peers.push({ ...hub, url: "https://broken.example", fault: "it answers 500" });
  const rows = new Map<string, Suspect>();
  for (const each of suspects) {
    const { host } = each;
    const origin = `https://${host}`;
    rows.set(host, { origin, since: begun, held: 1, sought: null, ...each });
  }
  const noted: ({ host: string } & Sought)[] = [];
  /** By the peer's URL: how many records come from it; an Error when it doesn't answer. */
  const has = new Map<string, number | Error>();
  const asked: string[] = [];
  const seeker: Seeker = {
    replica: {
      peers: { all: () => Promise.resolve(peers) },
      filling: { read: () => Promise.resolve({ step }) },
    } as unknown as Seeker["replica"],
    clock: { now: () => now },
    random: () => 0.5,
  };
  const repair = (peer: string, host: string) => {
    asked.push(`${new URL(peer).host} for ${host}`);
    const count = has.get(peer) ?? 0;
    if (count instanceof Error) return Promise.reject(count);
    if (count > 0) rows.delete(host);
    return Promise.resolve({ admitted: count });
  };
  const list = {
    compare: () => Promise.resolve([...rows.values()]),
    note: (host: string, outcome: Sought) => {
      noted.push({ host, ...outcome });
      const row = rows.get(host);
      if (row !== undefined) rows.set(host, { ...row, sought: outcome.sought });
      return Promise.resolve();
    },
  };
  return {
    has,
    asked,
    noted,
    at(time: number, at: "loading" | "complete" = "complete") {
      now = begun + time;
      step = at;
      return seekWithheld(seeker, repair, list, hour, never);
    },
  };
}

const away = new AppError("unavailable", "nobody answers");

describe("what nobody passes on", () => {
  it("is asked of the host itself after an hour, not before", async () => {
    const on = stage([{ host: "far.example" }]);
    on.has.set("https://far.example", 3);
    expect(await on.at(hour - 1)).toBe(0);
    expect(on.asked).toEqual([]);
    expect(await on.at(hour)).toBe(3);
    expect(on.asked).toEqual(["far.example for far.example"]);
    const outcome = { sought: begun + hour, soughtOf: "far.example", found: 3 };
    expect(on.noted).toEqual([{ host: "far.example", ...outcome }]);
  });

  it("is asked for at once where nothing is held of a host", async () => {
    const on = stage([{ host: "back.example", held: 0 }]);
    on.has.set("https://back.example", 9);
    expect(await on.at(0)).toBe(9);
  });

  it("is asked of other hubs while the host is away, of the next if one has nothing", async () => {
    const on = stage([{ host: "far.example" }]);
    on.has.set("https://far.example", away);
    on.has.set("https://b.example", 2);
    expect(await on.at(hour)).toBe(2);
    expect(on.asked.map((each) => each.split(" ")[0])).toEqual([
      "far.example",
      "a.example",
      "b.example",
    ]);
    expect(on.noted).toMatchObject([{ soughtOf: "b.example", found: 2 }]);
  });

  it("is noted as not to be had when nobody answers, and asked for again in an hour", async () => {
    const on = stage([{ host: "far.example" }]);
    for (const name of ["far", "a", "b", "c"]) on.has.set(`https://${name}.example`, away);
    expect(await on.at(hour)).toBe(0);
    expect(on.noted).toMatchObject([{ soughtOf: "far.example", found: null }]);
    const { length } = on.asked;
    await on.at(2 * hour - 1);
    expect(on.asked).toHaveLength(length);
    await on.at(2 * hour);
    expect(on.asked.length).toBeGreaterThan(length);
  });

  it("isn’t asked of others when the host itself has no more: then its beacon is wrong", async () => {
    const on = stage([{ host: "liar.example" }]);
    await on.at(hour);
    await on.at(hour + 1);
    expect(on.asked).toEqual(["liar.example for liar.example"]);
    expect(on.noted).toMatchObject([{ soughtOf: "liar.example", found: 0 }]);
  });

  it("lets every host have its turn, eight at a time", async () => {
    const names = Array.from({ length: 20 }, (_, at) => `host-${at}.example`);
    const on = stage(names.map((host) => ({ host })));
    for (const time of [hour, hour + 1, hour + 2]) await on.at(time);
    expect(new Set(on.asked.map((each) => each.split(" ")[0]))).toEqual(new Set(names));
    expect(on.asked).toHaveLength(20);
  });

  it("waits while the hub fills itself", async () => {
    const on = stage([{ host: "far.example", held: 0 }]);
    expect(await on.at(hour, "loading")).toBe(0);
    expect(on.asked).toEqual([]);
  });
});
