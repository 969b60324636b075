/** How a cell shows its number, as far as that changes what people read there. */
export type CellFormat =
  | { kind: "number" }
  | { kind: "percent" }
  /** `00000000`: filled up with zeros. */
  | { kind: "filled"; digits: number }
  /** Which parts of a moment are shown. */
  | { kind: "moment"; year: boolean; month: boolean; day: boolean; time: boolean };

/** Formats that workbooks name by number alone (ECMA-376 part 1, 18.8.30). */
const builtIn: Record<number, string> = {
  1: "0",
  9: "0%",
  10: "0.00%",
  14: "yyyy-mm-dd",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm",
  19: "h:mm:ss",
  20: "h:mm",
  21: "h:mm:ss",
  22: "yyyy-mm-dd h:mm",
  45: "mm:ss",
  46: "h:mm:ss",
  47: "mm:ss",
};

/** What Excel takes; the patterns below would look at a longer code for hours. */
const longest = 255;

/** What a number format does, by its number and, if the workbook has its own, its code. */
export function formatOf(id: number, code: string | undefined): CellFormat {
  const eastAsian = (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
  // Positive numbers are shown by what stands before the first semicolon.
  const whole = code?.slice(0, longest) ?? builtIn[id] ?? (eastAsian ? "yyyy-mm-dd" : "");
  const [shown = ""] = whole.replace(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|[_*]./gi, "").split(";");
  if (/^general$/i.test(shown.trim())) return { kind: "number" };
  if (/[ymdhs]/i.test(shown)) {
    // An m beside hours or seconds is minutes.
    const date = shown.replace(/\[?h+\]?[^ymds]*m+|m+[^ymdh]*s|am\/pm/gi, "");
    return {
      kind: "moment",
      year: /y/i.test(date),
      month: /m/i.test(date),
      day: /d/i.test(date),
      time: /[hs]/i.test(shown),
    };
  }
  if (shown.includes("%")) return { kind: "percent" };
  return /^0{2,}$/.test(shown) ? { kind: "filled", digits: shown.length } : { kind: "number" };
}

/**
 * A cell's number as people read it: `2024-05-31`, `1997`, `00123456`, `12.5%`,
 * and plain numbers with a point, without thousands separators, to the fifteen
 * digits that Excel has.
 */
export function shownAs(number: number, format: CellFormat | undefined, from1904: boolean): string {
  switch (format?.kind) {
    case "moment":
      return moment(number, format, from1904);
    case "percent":
      return `${plain(number * 100)}%`;
    case "filled":
      return Number.isInteger(number) && number >= 0
        ? String(number).padStart(format.digits, "0")
        : plain(number);
    default:
      return plain(number);
  }
}

function plain(number: number): string {
  return String(Number(number.toPrecision(15)));
}

function moment(
  serial: number,
  { year, month, day, time }: Extract<CellFormat, { kind: "moment" }>,
  from1904: boolean,
): string {
  // Excel holds 1900 for a leap year, so its first two months count a day less.
  const days = from1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial;
  const date = new Date(Math.round((days - 25_569) * 86_400) * 1000);
  // No calendar date: a negative number, or one beyond the year 9999.
  if (!(serial >= 0 && days < 2_958_466)) return plain(serial);
  const iso = date.toISOString();
  const clock = time && (serial % 1 !== 0 || !(year || month || day));
  if (!year && !month && !day) return iso.slice(11, 19);
  const shown = day ? iso.slice(0, 10) : month ? iso.slice(0, 7) : iso.slice(0, 4);
  return clock ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}` : shown;
}
