// Helps with the editor: suggestions, what follows from what is written, and rows
// without loading the page anew. Everything here can be done without it, too.

import { combobox } from "./combobox.js";
import { quietly } from "./quietly.js";

/** @typedef {{ code: string, label: string, within?: string }} Suggestion */

/** So long after the last key something is asked, in milliseconds. */
const pause = 300;

let unsaved = false;

/** @returns {HTMLFormElement} */
const editor = () => /** @type {HTMLFormElement} */ (document.getElementById("editor"));

/**
 * The form as it would be sent, with the button that sends it.
 *
 * @param {HTMLElement | null} [submitter]
 */
function fields(submitter) {
  const data = new FormData(editor(), submitter);
  return new URLSearchParams(/** @type {[string, string][]} */ ([...data]));
}

/** Picture, warnings and the state of the handle, as the server draws them. */
const check = quietly(async (signal) => {
  const address = editor().dataset["check"] ?? "";
  const response = await fetch(address, { method: "POST", body: fields(), signal });
  if (!response.ok) return;
  const parts = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["live", "handle-state"]) {
    const young = parts.getElementById(id);
    if (young !== null) document.getElementById(id)?.replaceWith(document.adoptNode(young));
  }
}, pause);

/**
 * Asks for the form with one step done, and puts it in the place of this one.
 *
 * @param {HTMLButtonElement} button
 */
async function step(button) {
  const old = editor();
  const response = await fetch(old.action, { method: "POST", body: fields(button) });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const young = page.getElementById("editor");
  // Something else came, such as the page to sign in again: the usual way shows it.
  if (young === null) return plainly(button);
  const summaries = [...old.querySelectorAll("details[open] > summary")];
  const open = new Set(summaries.map((each) => each.textContent));
  old.replaceWith(document.adoptNode(young));
  for (const summary of young.querySelectorAll("details > summary")) {
    const details = /** @type {HTMLDetailsElement} */ (summary.parentElement);
    if (open.has(summary.textContent)) details.open = true;
  }
  prepare();
  const name = young.dataset["focus"];
  const next = name === undefined ? undefined : document.getElementById(`field-${name}`);
  const back = young.querySelector(`button[value="${CSS.escape(button.value)}"]`);
  /** @type {HTMLElement | null} */ (next ?? back)?.focus();
}

/**
 * Sends the form as it would be sent without script.
 *
 * @param {HTMLButtonElement} button
 */
function plainly({ name, value }) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  unsaved = false;
  editor().append(field);
  editor().submit();
}

/** Buttons that change nothing but the form. */
const steps = /^(check$|language$|(add|remove|preset|find):)/;

document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (target !== editor()) return;
  if (submitter instanceof HTMLButtonElement && steps.test(submitter.value)) {
    event.preventDefault();
    step(submitter).catch(() => plainly(submitter));
    return;
  }
  unsaved = false;
});

for (const type of ["input", "change"]) {
  document.addEventListener(type, ({ target }) => {
    if (!(target instanceof Element) || !editor().contains(target)) return;
    if (target.closest(".finder") !== null) return;
    unsaved = true;
    check();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

/** Lets every field in which one searches for codes be completed. */
function prepare() {
  for (const group of /** @type {NodeListOf<HTMLElement>} */ (
    editor().querySelectorAll("[data-codes]")
  )) {
    completeCodes(group);
  }
}

/** @param {HTMLElement} group */
function completeCodes(group) {
  const input = /** @type {HTMLInputElement} */ (group.querySelector(".finder input"));
  const chosen = /** @type {HTMLElement} */ (group.querySelector(".chosen"));
  const { codes = "", kind = "" } = group.dataset;
  const single = "single" in group.dataset;

  /**
   * @param {string} typed
   * @param {AbortSignal} signal
   * @returns {Promise<Suggestion[] | undefined>}
   */
  const find = async (typed, signal) => {
    const country = fields().get("location.address.addressCountry") ?? "";
    const query = new URLSearchParams({ kind, q: typed, limit: "8" });
    if (country !== "") query.set("country", country);
    const response = await fetch(`/api/v1/suggest?${query}`, { signal });
    return response.ok ? (await response.json()).items : undefined;
  };

  /** @param {Suggestion} suggestion */
  const draw = ({ code, label, within }) => [
    words(label, code.slice(code.indexOf(":") + 1), within),
  ];

  /** @param {Suggestion} suggestion */
  const choose = (suggestion) => {
    const { code, label } = suggestion;
    if (single) chosen.replaceChildren();
    const item = document.createElement("li");
    const line = document.createElement("label");
    line.className = "option";
    const box = document.createElement("input");
    box.type = single ? "radio" : "checkbox";
    box.name = codes;
    box.value = code;
    box.checked = true;
    line.append(box, ...draw(suggestion));
    item.append(line);
    const there = [...chosen.querySelectorAll("input")].find((each) => each.value === code);
    if (there === undefined) chosen.append(item);
    else there.checked = true;
    input.value = "";
    unsaved = true;
    check();
    return `${label} is chosen.`;
  };

  combobox(input, { pause, find, draw, choose, eager: true });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    group.querySelector("button")?.click();
  });
}

/**
 * What a code is called, as the server writes it.
 *
 * @param {string} label
 * @param {string} code
 * @param {string} [within]
 */
function words(label, code, within) {
  const whole = document.createElement("span");
  const name = document.createElement("bdi");
  name.textContent = label;
  const short = document.createElement("span");
  short.className = "code";
  short.textContent = code;
  whole.append(name, " ", short);
  if (within !== undefined) {
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = within;
    whole.append(hint);
  }
  return whole;
}

prepare();
