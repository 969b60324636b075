// Completes what is typed into the field of the search: co-ops, themes, sectors,
// places, words. Without it the field works as it is.

import { combobox } from "./combobox.js";

/** @typedef {{ kind: string, label: string, value: string, count: number, href: string }} Suggestion */

/** What stands behind a suggestion, by its kind. */
const hints = /** @type {Record<string, string>} */ ({
  coop: "Co-op",
  theme: "Theme",
  sector: "Sector",
  region: "Place",
  query: "Words",
});

const field = document.getElementById("q");
if (field instanceof HTMLInputElement) {
  // The list stands below the field, as wide as it is.
  const box = document.createElement("div");
  box.className = "completing";
  const focused = document.activeElement === field;
  field.before(box);
  box.append(field);
  if (focused) field.focus();
  combobox(field, { pause: 150, find, draw, choose });
}

/**
 * @param {string} typed
 * @param {AbortSignal} signal
 * @returns {Promise<Suggestion[] | undefined>}
 */
async function find(typed, signal) {
  if (typed.length < 2) return undefined;
  const query = new URLSearchParams({ q: typed, limit: "8" });
  const response = await fetch(`/api/v1/suggest?${query}`, { signal });
  return response.ok ? (await response.json()).items : undefined;
}

/** @param {Suggestion} suggestion */
function draw({ kind, label, count }) {
  const name = document.createElement("bdi");
  name.textContent = label;
  const hint = document.createElement("span");
  hint.className = "code";
  const many = kind === "coop" ? "" : ` · ${count.toLocaleString("en-GB")}`;
  hint.textContent = `${hints[kind] ?? ""}${many}`;
  return [name, new Text(" "), hint];
}

/** @param {Suggestion} suggestion */
function choose({ label, href }) {
  location.assign(href);
  return `${label} is opened.`;
}
