import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Chain } from "../../src/directory/beat.ts";
import { keepBeating, recallBeacon } from "../../src/replication/recall.ts";
import type { Puller } from "../../src/replication/pull.ts";
import type { Peer } from "../../src/store/peers.ts";

const never = new AbortController().signal;

/** A node with some peers: each answers with a beacon, with 204, or not at all. */
function stage(peers: Record<string, string | null | undefined>, guests: string[] = []) {
  const asked: string[] = [];
  const received: string[] = [];
  let now = 0;
  const known = Object.keys(peers).map((name) => ({
    url: `https://${name}`,
    chosen: null,
    woke: guests.includes(name) ? 1 : null,
  }));
  const puller = {
    replica: {
      host: "own.example",
      peers: { all: () => Promise.resolve(known as Peer[]) },
      receive: (bodies: Uint8Array[], holds: (host: string) => boolean) => {
        expect([holds("own.example"), holds("other.example")]).toEqual([true, false]);
        received.push(...bodies.map((body) => Buffer.from(body).toString()));
        return Promise.resolve([]);
      },
    },
    send: (url: string) => {
      asked.push(url);
      const answer = peers[new URL(url).host];
      if (answer === undefined) return Promise.reject(new Error("nobody there"));
      return Promise.resolve(new Response(answer, { status: answer === null ? 204 : 200 }));
    },
    clock: {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
        await sleep(0);
      },
      timeout: () => never,
    },
    random: () => 0.5,
  } as unknown as Puller;
  return { puller, asked, received, elapsed: () => now };
}

describe("this node’s beacon", () => {
  it("is asked of all peers by which it would be known, not of who only woke it", async () => {
    const on = stage({ "a.example": "one", "b.example": null, "guest.example": "two" }, [
      "guest.example",
    ]);
    expect(await recallBeacon(on.puller, never)).toBe("all");
    expect(on.asked).toEqual([
      "https://a.example/dir/v1/beacon?host=own.example",
      "https://b.example/dir/v1/beacon?host=own.example",
    ]);
    expect(on.received).toEqual(["one"]);
  });

  it("may be known to peers that don’t answer", async () => {
    const some = stage({ "a.example": null, "b.example": undefined });
    expect(await recallBeacon(some.puller, never)).toBe("some");
    expect(await recallBeacon(stage({ "b.example": undefined }).puller, never)).toBe("none");
    expect(await recallBeacon(stage({}).puller, never)).toBe("all");
  });

  /** The chains with which beacons were signed, until some time has passed. */
  async function chains(on: ReturnType<typeof stage>, until: number, hour = 3_600_000) {
    const stop = new AbortController();
    const seen: [number, Chain][] = [];
    const beat = (chain: Chain) => {
      if (seen.at(-1)?.[1] !== chain) seen.push([on.elapsed(), chain]);
      if (on.elapsed() > until) stop.abort();
      return Promise.resolve(chain !== "unknown");
    };
    await keepBeating(on.puller, beat, hour, stop.signal).done;
    return seen;
  }

  it("goes on at once when all peers answer, in an hour when only some do", async () => {
    expect(await chains(stage({ "a.example": null }), 60_000)).toEqual([[0, "continue"]]);
    const [first, second, ...rest] = await chains(
      stage({ "a.example": null, "b.example": undefined }),
      7_200_000,
    );
    expect(first).toEqual([0, "unknown"]);
    expect(second?.[0]).toBeGreaterThanOrEqual(3_600_000);
    expect(second?.[1]).toBe("continue");
    expect(rest).toEqual([]);
  });

  it("begins anew when nobody answers for an hour, once", async () => {
    const seen = await chains(stage({ "a.example": undefined }), 7_200_000);
    expect(seen.map(([, chain]) => chain)).toEqual(["unknown", "begin", "continue"]);
    expect(seen[1]?.[0]).toBeGreaterThanOrEqual(3_600_000);
  });
});
