/**
 * A table as CSV (RFC 4180) that spreadsheet programs open as it is: UTF-8 with
 * its mark, and no cell that begins like a formula, which they would run.
 */
export function writeCsv(rows: (string | number)[][]): string {
  return `\uFEFF${rows.map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("")}`;
}

/** A cell that a program would take for a formula, or one that was guarded already. */
const formula = /^'*[=+\-@\t\r]/;

function cellOf(text: string | number): string {
  // A number is no formula, with a minus or without.
  if (typeof text === "number") return String(text);
  const guarded = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** What a cell held before it was guarded. */
export function unguarded(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text;
}
