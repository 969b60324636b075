import { html } from "hono/html";
import type { Html } from "../text.ts";

/** Pixels of the drawing, which grows with its column. */
const width = 640;
const height = 200;
const [left, right, top, bottom] = [8, 8, 22, 22];

/** What is known of a year. */
export interface Point {
  year: number;
  value: number | null;
  /** Something of it only repeats the year before. */
  carried: boolean;
}

/**
 * A series over the years as a line. It is broken where a year isn't known; the
 * same numbers stand in the table.
 */
export function lineChart(points: Point[], words: (value: number) => string): Html {
  const known = points.flatMap(({ year, value }) => (value === null ? [] : [{ year, value }]));
  const values = known.map(({ value }) => value);
  const most = Math.max(0, ...values);
  const least = Math.min(0, ...values);
  const [from, to] = [points[0]?.year ?? 0, points.at(-1)?.year ?? 0];
  const x = (year: number) =>
    left + ((year - from) / Math.max(1, to - from)) * (width - left - right);
  const y = (value: number) =>
    top + ((most - value) / (most - least || 1)) * (height - top - bottom);
  const at = ({ year, value }: { year: number; value: number }) =>
    `${round(x(year))},${round(y(value))}`;
  const [first, last] = [known[0], known.at(-1)];
  const peak = known.find(({ value }) => value === most);
  const labelled = [...new Set([first, peak, last])].filter((each) => each !== undefined);
  return html`<svg
    class="chart line"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-labelledby="line-title"
  >
    <title id="line-title">
      From ${first === undefined ? "" : `${words(first.value)} in ${first.year}`} to
      ${last === undefined ? "" : `${words(last.value)} in ${last.year}`}, as in the table
    </title>
    <line class="base" x1="${left}" x2="${width - right}" y1="${round(y(0))}" y2="${round(y(0))}" />
    ${runsOf(points).map(
      (run) => html`<polyline class="course" points="${run.map(at).join(" ")}" />`,
    )}
    ${
      points.length > 60
        ? ""
        : known.map(
            (each) =>
              html`<circle
                class="point"
                cx="${round(x(each.year))}"
                cy="${round(y(each.value))}"
                r="3"
              />`,
          )
    }
    ${labelled.map(
      (each) =>
        html`<text
          class="value ${side(each.year, from, to)}"
          x="${round(x(each.year))}"
          y="${round(y(each.value) - 8)}"
        >
          ${words(each.value)}
        </text>`,
    )}
    ${[...new Set([from, to])].map(
      (year) =>
        html`<text class="year ${side(year, from, to)}" x="${round(x(year))}" y="${height - 5}"
          >${year}</text
        >`,
    )}
  </svg>`;
}

/** Years that are known, as long as none between them is missing. */
function runsOf(points: Point[]): { year: number; value: number }[][] {
  const runs: { year: number; value: number }[][] = [[]];
  for (const { year, value } of points) {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ year, value });
  }
  return runs.filter((run) => run.length > 1);
}

/** At the edges text stands inwards. */
function side(year: number, from: number, to: number): string {
  const share = (year - from) / Math.max(1, to - from);
  return share < 0.1 ? "at-start" : share > 0.9 ? "at-end" : "";
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
