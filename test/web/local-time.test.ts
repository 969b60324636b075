import fc from "fast-check";
import { expect, it } from "vitest";
import { localTime, localWords, momentOf, timeZones, zoneOf } from "../../src/web/local-time.ts";

it.each([
  ["2026-11-24T09:00", "UTC", "2026-11-24T09:00:00.000Z"],
  ["2026-11-24T09:00", "Europe/Berlin", "2026-11-24T08:00:00.000Z"],
  ["2026-07-24T09:00", "America/New_York", "2026-07-24T13:00:00.000Z"],
  // Twice on that night: the first time.
  ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
])("%s in %s is %s", (local, zone, moment) => {
  expect(new Date(momentOf(local, zone) ?? 0).toISOString()).toBe(moment);
});

it.each([
  // Not at all on that night.
  ["2026-03-29T02:30", "Europe/Berlin"],
  ["2026-02-30T09:00", "UTC"],
  ["tomorrow", "UTC"],
  ["", "UTC"],
  ["2026-11-24T09:00", "Europe/Atlantis"],
  ["2026-11-24T09:00", ""],
])("there is no %s in %s", (local, zone) => {
  expect(momentOf(local, zone)).toBeUndefined();
});

it("shows every moment as it was given, but for the hour that clocks show twice", () => {
  const minutes = fc.integer({ min: 29_000_000, max: 31_000_000 });
  fc.assert(
    fc.property(minutes, fc.constantFrom(...timeZones), (minute, zone) => {
      const moment = minute * 60_000;
      const back = momentOf(localTime(moment, zone), zone) ?? 0;
      expect([0, 1_800_000, 3_600_000]).toContain(moment - back);
    }),
  );
});

it("says a moment in words, with the place whose clocks show it", () => {
  const moment = Date.UTC(2026, 10, 24, 14, 0);
  expect(localWords(moment, "America/New_York")).toBe(
    "24 November 2026 at 09:00, America/New York",
  );
});

it("knows the time zone of countries that have one", () => {
  expect(["DE", "GB", "US", "CA", undefined, "Q1", "ZZ"].map(zoneOf)).toEqual([
    "Europe/Berlin",
    "Europe/London",
    "UTC",
    "UTC",
    "UTC",
    "UTC",
    "UTC",
  ]);
});
