import "../temporal.ts";

/** All time zones that have a name, UTC first. */
export const timeZones: readonly string[] = [
  "UTC",
  ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC"),
];

/**
 * When the clocks of a time zone show a day and time (`2026-11-24T09:00`), epoch
 * ms; the first time if they do so twice.
 *
 * @returns Undefined where they never show it, and for what is neither.
 */
export function momentOf(local: string, zone: string): number | undefined {
  try {
    const plain = Temporal.PlainDateTime.from(local);
    const zoned = plain.toZonedDateTime(zone);
    return zoned.toPlainDateTime().equals(plain) ? zoned.epochMilliseconds : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What the clocks of a time zone show at a moment: `2026-11-24T09:00`. */
export function localTime(moment: number, zone: string): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(moment);
  return instant.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: "minute" });
}

/** A moment as people of a time zone write it: `24 November 2026 at 09:00, Europe/Berlin`. */
export function localWords(moment: number, zone: string): string {
  const words = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: zone,
  });
  return `${words.format(moment)}, ${zone.replaceAll("_", " ")}`;
}

/** The time zone of a country that has one, or one for nearly all of its people. */
export function zoneOf(country: string | undefined): string {
  if (country === undefined || !/^[A-Z]{2}$/.test(country)) return "UTC";
  const locale = new Intl.Locale(`und-${country}`) as { getTimeZones?: () => string[] | undefined };
  const zones = locale.getTimeZones?.() ?? [];
  return zones.length <= 2 ? (zones[0] ?? "UTC") : "UTC";
}
