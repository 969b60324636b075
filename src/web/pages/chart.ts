import { html } from "hono/html";
import type { Count } from "../../coop/listing.ts";
import { compact, type Html, number } from "../text.ts";
import { type Cell, type Series, valueWords } from "./series.ts";

/** Pixels of the drawing, which grows with its column. */
const width = 260;
const height = 132;
/** Where bars may stand: room above for a number, below for the years. */
const top = 18;
const bottom = 22;

/** A year, or a gap for years of which nothing is known. */
interface Slot {
  year: number | undefined;
  cell: Cell | undefined;
}

/**
 * One series as bars, each year on its own: nothing is drawn for a year that
 * isn't known, and nothing between years. The same numbers stand in the table.
 *
 * @param id Unique on the page.
 */
export function chart(id: string, series: Series, years: number[]): Html {
  const slots = slotsOf(series, years);
  const values = [...series.cells.values()].map(({ value }) => most(value));
  const ceiling = Math.max(0, ...values);
  const floor = Math.min(0, ...values);
  const room = height - top - bottom - (floor < 0 ? 12 : 0);
  const scale = room / (ceiling - floor || 1);
  const zero = top + ceiling * scale;
  const step = width / slots.length;
  const thick = Math.min(step * 0.72, 34);
  const bars = slots.flatMap(({ year, cell }, index) => {
    if (year === undefined || cell === undefined) return [];
    const value = most(cell.value);
    const size = Math.max(Math.abs(value) * scale, 1.5);
    return { year, cell, value, middle: (index + 0.5) * step, size };
  });
  const labels = placed(bars.map(({ middle, cell }) => ({ text: shortWords(cell.value), middle })));
  const shownYears = placed(bars.map(({ middle, year }) => ({ text: String(year), middle })));
  return html`<svg
    class="chart"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-labelledby="${id}-title ${id}-description"
  >
    <title id="${id}-title">${series.label} by year</title>
    <desc id="${id}-description">
      ${slots.map(({ year, cell }) =>
        year === undefined || cell === undefined ? "Not known. " : `${year}: ${cellWords(cell)}. `,
      )}
    </desc>
    ${slots.map(
      ({ cell }, index) =>
        html`<line
          class="${cell === undefined ? "gap" : "base"}"
          x1="${round(index * step)}"
          x2="${round((index + 1) * step)}"
          y1="${round(zero)}"
          y2="${round(zero)}"
        />`,
    )}
    ${bars.map(
      ({ cell, value, middle, size }) =>
        html`<rect
          class="${barClass(cell, value)}"
          x="${round(middle - thick / 2)}"
          y="${round(value < 0 ? zero : zero - size)}"
          width="${round(thick)}"
          height="${round(size)}"
        />`,
    )}
    ${labels.map(({ text, at, middle }) => {
      const bar = bars[at];
      if (bar === undefined) return "";
      const y = bar.value < 0 ? zero + bar.size + 12 : zero - bar.size - 5;
      return html`<text class="value" x="${round(middle)}" y="${round(y)}">${text}</text>`;
    })}
    ${shownYears.map(
      ({ text, middle }) =>
        html`<text class="year" x="${round(middle)}" y="${height - 5}">${text}</text>`,
    )}
  </svg>`;
}

/** Counted years side by side; a gap is as wide as its years, or one step where that is too much. */
function slotsOf(series: Series, years: number[]): Slot[] {
  const span = (years.at(-1) ?? 0) - (years[0] ?? 0) + 1;
  const slots: Slot[] = [];
  let last: number | undefined;
  for (const year of years) {
    const missing = last === undefined ? 0 : year - last - 1;
    const gaps = span > 16 ? Math.min(missing, 1) : missing;
    for (let gap = 0; gap < gaps; gap++) slots.push({ year: undefined, cell: undefined });
    slots.push({ year, cell: series.cells.get(year) });
    last = year;
  }
  return slots;
}

/** The number, or the most that it can be. */
function most(value: Count): number {
  return typeof value === "number" ? value : value.fewerThan - 1;
}

function shortWords(value: Count): string {
  return typeof value === "number" ? compact(value) : `< ${number(value.fewerThan)}`;
}

function cellWords({ value, estimate }: Cell): string {
  return `${valueWords(value)}${estimate ? " (estimated)" : ""}`;
}

function barClass({ value, estimate }: Cell, size: number): string {
  if (typeof value === "object") return "column bound";
  return ["column", ...(estimate ? ["estimate"] : []), ...(size < 0 ? ["loss"] : [])].join(" ");
}

interface Label {
  text: string;
  /** Where its middle is. */
  middle: number;
}

/** As many of the labels as fit beside one another: the last first, then the first, then the others. */
function placed(labels: Label[]): (Label & { at: number })[] {
  const order = [labels.length - 1, 0, ...labels.keys()];
  const taken: { at: number; from: number; to: number; label: Label }[] = [];
  for (const at of new Set(order)) {
    const label = labels[at];
    if (label === undefined) continue;
    const half = label.text.length * 3.2 + 2;
    // Those at the edges move inwards.
    const middle = Math.min(Math.max(label.middle, half), width - half);
    const [from, to] = [middle - half, middle + half];
    if (taken.every((other) => to <= other.from || from >= other.to)) {
      taken.push({ at, from, to, label: { ...label, middle } });
    }
  }
  return taken.map(({ at, label }) => ({ ...label, at }));
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
