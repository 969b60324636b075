/**
 * What a text can mean as a number, as people write numbers: with spaces,
 * points, commas or apostrophes between thousands, with a decimal comma or
 * point, with a percent sign behind.
 */
function readings(text: string): number[] {
  const plain = text
    .normalize("NFKC")
    .replace(/[\s'’_]|%\s*$/gu, "")
    .replace(/^[−–]/u, "-");
  const numbers: string[] = [];
  if (/^-?\d+([.,]\d+)?$/.test(plain)) numbers.push(plain.replace(",", "."));
  if (/^-?\d{1,3}((,\d{3})+|(\.\d{3})+)$/.test(plain)) numbers.push(plain.replace(/[.,]/g, ""));
  if (/^-?\d{1,3}(,\d{3})+\.\d+$/.test(plain)) numbers.push(plain.replaceAll(",", ""));
  if (/^-?\d{1,3}(\.\d{3})+,\d+$/.test(plain)) {
    numbers.push(plain.replaceAll(".", "").replace(",", "."));
  }
  // As JavaScript writes very small ones.
  if (/^-?\d+(\.\d+)?e[+-]?\d+$/.test(plain)) numbers.push(plain);
  return [...new Set(numbers.map(Number))];
}

/**
 * Reads a number as people write it.
 *
 * @param whole Whether it counts something: then a point or comma never begins decimals.
 * @param fits Whether a number is possible here at all: 48.449 degrees are not 48,449.
 * @returns The text itself when it is no number, or can mean two.
 */
export function readNumber(
  text: string,
  whole: boolean,
  fits: (value: number) => boolean,
): number | string {
  const found = readings(text).filter(
    (value) => !whole || Number.isInteger(value) || !/[.,]/.test(text),
  );
  // "1.000" members are a thousand, not one.
  const most = whole && /[.,]\d{3}(?!\d)/.test(text) ? [Math.max(...found)] : found;
  const possible = most.filter((value) => fits(value));
  if (possible.length === 1) return possible[0] ?? text;
  // What can't be is judged by whoever knows the bounds.
  return possible.length === 0 && most.length === 1 ? (most[0] ?? text) : text;
}

/** Whether a text is a number, but one that can be read in two ways: 1,234 euros. */
export function isAmbiguous(text: string): boolean {
  return readings(text).length > 1;
}

/** Writes a number so that {@link readNumber} reads the same again. */
export function writeNumber(value: number): string {
  const text = String(value);
  // Three decimals could be thousands.
  return /^-?\d{1,3}\.\d{3}$/.test(text) ? `${text}0` : text;
}

/**
 * Other ways to write the same that a field may understand better: dates with
 * the day first, web addresses without their beginning, codes in the other case.
 */
export function alternatives(text: string): string[] {
  return [
    ...dates(text),
    ...(/^[^\s/:@]+\.[^\s:@]+$/u.test(text) ? [`https://${text}`] : []),
    text.toUpperCase(),
    text.toLowerCase(),
  ];
}

function dates(text: string): string[] {
  const two = (part: string | undefined = "") => part.padStart(2, "0");
  const [, year, month, day] = /^(\d{4})[-/.\s](\d{1,2})(?:[-/.\s](\d{1,2}))?$/.exec(text) ?? [];
  if (year !== undefined) {
    return [[year, two(month), ...(day === undefined ? [] : [two(day)])].join("-")];
  }
  const [, first, second, last] =
    /^(?:(\d{1,2})[-/.\s]+)?(\d{1,2})[-/.\s]+(\d{4})$/.exec(text) ?? [];
  if (last === undefined) return [];
  if (first === undefined) return [`${last}-${two(second)}`];
  const dayFirst = `${last}-${two(second)}-${two(first)}`;
  const monthFirst = `${last}-${two(first)}-${two(second)}`;
  // 2.5.1997 has the day first everywhere; 2/5/1997 has not.
  if (text.includes(".") || Number(first) > 12 || first === second) return [dayFirst];
  return Number(second) > 12 ? [monthFirst] : [];
}
