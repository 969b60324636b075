import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { virtualClock } from "./virtual-clock.ts";

it("calls in the order of moments, and of asking where they are the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ ms: fc.nat({ max: 20 }), off: fc.boolean() }), { maxLength: 60 }),
      async (asked) => {
        const clock = virtualClock(1000);
        const called: { moment: number; index: number }[] = [];
        const offs = asked.map(({ ms }, index) =>
          clock.at(1000 + ms, () => called.push({ moment: clock.now(), index })),
        );
        for (const [index, { off }] of asked.entries()) if (off) offs[index]?.();
        await clock.run(20);
        const due = asked
          .map(({ ms, off }, index) => ({ moment: 1000 + ms, index, off }))
          .filter(({ off }) => !off)
          .map(({ moment, index }) => ({ moment, index }))
          .toSorted((a, b) => a.moment - b.moment || a.index - b.index);
        expect(called).toEqual(due);
        expect(clock.now()).toBe(1020);
      },
    ),
  );
});

it("lets what follows happen before time goes on", async () => {
  const clock = virtualClock(0);
  const said: [string, number][] = [];
  const walk = async (name: string, step: number) => {
    for (let at = 0; at < 3; at += 1) {
      await clock.sleep(step);
      await Promise.resolve();
      said.push([name, clock.now()]);
    }
  };
  void walk("a", 10);
  void walk("b", 15);
  expect(await clock.run(1000, () => said.length === 6)).toBe(true);
  expect(said).toEqual([
    ["a", 10],
    ["b", 15],
    ["a", 20],
    // Asked for at 15, before a's was at 20.
    ["b", 30],
    ["a", 30],
    ["b", 45],
  ]);
  expect(clock.now()).toBe(45);
  expect(await clock.run(1000, () => false)).toBe(false);
  expect(clock.now()).toBe(1045);
});

it("ends a sleep that is aborted, and aborts what takes too long", async () => {
  const clock = virtualClock(0);
  const stop = new AbortController();
  const woke: number[] = [];
  void clock.sleep(1000, stop.signal).then(() => woke.push(clock.now()));
  const signal = clock.timeout(50);
  clock.at(20, () => stop.abort());
  await clock.run(49);
  expect([woke, signal.aborted]).toEqual([[20], false]);
  await clock.run(1);
  expect(signal.aborted).toBe(true);
  await clock.sleep(1000, stop.signal);
  expect(clock.now()).toBe(50);
});

it("stands still while the machine works", async () => {
  const clock = virtualClock(0);
  let done = -1;
  clock.at(5, () => {
    void clock.outside(sleep(20)).then(() => (done = clock.now()));
  });
  await clock.run(100);
  expect(done).toBe(5);
});
