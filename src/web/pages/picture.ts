import { html, raw } from "hono/html";
import type { StakeholderKind } from "../../coop/codes.ts";
import type { Html } from "../text.ts";
import type { Bar, Segment } from "./structure.ts";

/** Pixels: of a bar, of the line above it, and of the space below. */
const height = { bar: 36, label: 24, gap: 20 };

/** How wide the picture is at least, in pixels per percent, on pages of three widths (style.css). */
const scales = { narrow: 3, wide: 4.7, widest: 7 };

/**
 * The structure of a co-op as stacked bars. Widths are percentages, so that
 * the picture fits any page while its letters keep their size. Colours are
 * never the only sign: each kind has its own pattern, and each segment that is
 * wide enough says what it is.
 */
export function picture(name: string, bars: Bar[]): Html {
  const step = height.label + height.bar + height.gap;
  return html`<svg
    class="picture"
    width="100%"
    height="${bars.length * step - height.gap + 2}"
    role="img"
    aria-labelledby="picture-title picture-description"
  >
    <title id="picture-title">Who has what in ${name}</title>
    <desc id="picture-description">
      ${bars.map((bar) => `${bar.label}: ${bar.segments.map(inWords).join(", ")}. `)}
    </desc>
    ${bars.map((bar, index) => row(bar, index * step))}
  </svg>`;
}

function inWords({ name, value }: Segment): string {
  return `${name} ${value}`;
}

function row(bar: Bar, top: number): Html {
  const y = top + height.label;
  const half = `x1="50%" x2="50%" y1="${y - 5}" y2="${y + height.bar + 5}"`;
  let x = 0;
  const placed = bar.segments.map((segment) => {
    const left = x;
    x += segment.share;
    return { segment, left };
  });
  // The line of the half stands over the bars, but under what is written on them.
  return html`<text class="bar-label" x="0" y="${top + 15}">${bar.label}</text>
    <text class="bar-whole" x="100%" y="${top + 15}" text-anchor="end">${bar.whole}</text>
    ${placed.map(({ segment, left }) => part(segment, left, y, ground(segment)))}
    ${bar.decides ? raw(`<line class="half-edge" ${half}/><line class="half" ${half}/>`) : ""}
    ${placed.map(({ segment, left }) => part(segment, left, y, labels(segment)))}`;
}

function part({ kind, share, vague }: Segment, x: number, y: number, content: Html): Html {
  return html`<svg
    class="segment kind-${kind} ${vague ? "vague" : ""}"
    x="${x.toFixed(3)}%"
    y="${y}"
    width="${share.toFixed(3)}%"
    height="${height.bar}"
  >
    ${content}
  </svg>`;
}

function ground(segment: Segment): Html {
  return html`<title>${inWords(segment)}</title>
    <rect class="fill" width="100%" height="100%" />
    <rect width="100%" height="100%" fill="url(#pattern-${segment.kind})" />
    <rect class="edge" width="100%" height="100%" />`;
}

/** What fits at each width; widths with the same label share it. */
function labels(segment: Segment): Html {
  const byLabel = Map.groupBy(Object.entries(scales), ([, scale]) => labelFor(segment, scale));
  return html`${[...byLabel].map(([label, widths]) =>
    label === ""
      ? ""
      : html`<text
          class="label ${widths.map(([width]) => `at-${width}`).join(" ")}"
          x="8"
          y="${height.bar / 2 + 5}"
        >
          ${label}
        </text>`,
  )}`;
}

/** The fullest label that fits. */
function labelFor({ letter, name, value, share }: Segment, scaled: number): string {
  const room = share * scaled - 14;
  const labels = [`${name} ${value}`, `${letter} ${value}`.trim(), letter];
  return labels.find((label) => label.length * 7.8 <= room) ?? "";
}

/** Lines and dots that tell the kinds apart without colour. */
const patterns: Record<StakeholderKind | "nobody", string> = {
  worker: "",
  user: '<path d="M-2 2 2-2M0 8 8 0M6 10 10 6"/>',
  producer: '<circle cx="2" cy="2" r="1"/><circle cx="6" cy="6" r="1"/>',
  supporting: '<path d="M-2 6 2 10M0 0 8 8M6-2 10 2"/>',
  investor: '<path d="M0 4H8M4 0V8"/>',
  "public-body": '<path d="M0 2H8M0 6H8"/>',
  organisation: '<path d="M2 0V8M6 0V8"/>',
  resident: '<path d="M0 8 8 0M0 0 8 8"/>',
  "disadvantaged-worker": '<circle cx="4" cy="4" r="1.6"/>',
  other: '<path d="M0 4 2 2 6 6 8 4"/>',
  nobody: "",
};

/** The patterns of these kinds, for the picture and for the keys in the table. */
export function patternDefinitions(kinds: (StakeholderKind | "nobody")[]): Html {
  return html`<svg class="definitions" width="0" height="0" aria-hidden="true" focusable="false">
    <defs>
      ${[...new Set(kinds)].map(
        (kind) =>
          html`<pattern
            id="pattern-${kind}"
            class="pattern kind-${kind}"
            width="8"
            height="8"
            patternUnits="userSpaceOnUse"
          >
            ${raw(patterns[kind])}
          </pattern>`,
      )}
    </defs>
  </svg>`;
}

/** The key of a class: its colour, pattern and letter. */
export function key(kind: StakeholderKind, letter: string): Html {
  return html`<svg
    class="key segment kind-${kind}"
    width="24"
    height="24"
    aria-hidden="true"
    focusable="false"
  >
    <rect class="fill" width="100%" height="100%" rx="3" />
    <rect width="100%" height="100%" rx="3" fill="url(#pattern-${kind})" />
    <text x="12" y="17" text-anchor="middle">${letter}</text>
  </svg>`;
}
