// Helps with the editor: suggestions, what follows from what is written, and rows
// without loading the page anew. Everything here can be done without it, too.

/** @typedef {{ code: string, label: string, within?: string }} Suggestion */

/** So long after the last key something is asked, in milliseconds. */
const pause = 300;

let unsaved = false;

/** @returns {HTMLFormElement} */
const editor = () => /** @type {HTMLFormElement} */ (document.getElementById("editor"));

/**
 * Runs the latest of many calls, once it has been quiet for a while.
 *
 * @param {(signal: AbortSignal) => Promise<void>} work
 * @returns {() => void}
 */
function quietly(work) {
  let timer = 0;
  let running = new AbortController();
  return () => {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
    const { signal } = running;
    timer = window.setTimeout(() => {
      // Called off by a later key, or the node is away: then the next key asks again.
      work(signal).catch(() => {});
    }, pause);
  };
}

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
});

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

/** Makes a combobox of every field in which one searches (ARIA APG, combobox with list). */
function prepare() {
  for (const group of /** @type {NodeListOf<HTMLElement>} */ (
    editor().querySelectorAll("[data-codes]")
  )) {
    combobox(group);
  }
}

/** @param {HTMLElement} group */
function combobox(group) {
  const input = /** @type {HTMLInputElement} */ (group.querySelector(".finder input"));
  const chosen = /** @type {HTMLElement} */ (group.querySelector(".chosen"));
  const { codes = "", kind = "" } = group.dataset;
  const single = "single" in group.dataset;
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-list`;
  list.role = "listbox";
  list.ariaLabel = "Suggestions";
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "unseen";
  status.role = "status";
  input.after(list, status);
  input.role = "combobox";
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");
  input.ariaExpanded = "false";
  let active = -1;

  const close = () => {
    list.hidden = true;
    input.ariaExpanded = "false";
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };

  /** @param {number} at */
  const mark = (at) => {
    const options = [...list.children];
    if (options.length === 0) return;
    active = (at + options.length) % options.length;
    for (const [index, option] of options.entries()) option.ariaSelected = String(index === active);
    const option = options[active];
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };

  /** @param {Suggestion} suggestion */
  const choose = ({ code, label, within }) => {
    if (single) chosen.replaceChildren();
    const item = document.createElement("li");
    const line = document.createElement("label");
    line.className = "option";
    const box = document.createElement("input");
    box.type = single ? "radio" : "checkbox";
    box.name = codes;
    box.value = code;
    box.checked = true;
    line.append(box, words(label, code.slice(code.indexOf(":") + 1), within));
    item.append(line);
    const there = [...chosen.querySelectorAll("input")].find((each) => each.value === code);
    if (there === undefined) chosen.append(item);
    else there.checked = true;
    input.value = "";
    status.textContent = `${label} is chosen.`;
    close();
    unsaved = true;
    check();
  };

  const search = quietly(async (signal) => {
    const country = fields().get("location.address.addressCountry") ?? "";
    const query = new URLSearchParams({ kind, q: input.value, limit: "8" });
    if (country !== "") query.set("country", country);
    const response = await fetch(`/api/v1/suggest?${query}`, { signal });
    if (!response.ok || input.value.trim() === "") return close();
    const { items } = /** @type {{ items: Suggestion[] }} */ (await response.json());
    list.replaceChildren(
      ...items.map((each, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.role = "option";
        option.append(words(each.label, each.code.slice(each.code.indexOf(":") + 1), each.within));
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(each);
        });
        option.addEventListener("fragaria-choose", () => choose(each));
        return option;
      }),
    );
    active = -1;
    list.hidden = items.length === 0;
    input.ariaExpanded = String(items.length > 0);
    status.textContent = items.length === 0 ? "Nothing is called so." : `${items.length} found.`;
  });

  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Escape" && !list.hidden) close();
    else if (key === "ArrowDown" && !list.hidden) mark(active + 1);
    else if (key === "ArrowUp" && !list.hidden) mark(active < 0 ? -1 : active - 1);
    else if (key === "Enter" && !list.hidden) {
      list.children[Math.max(active, 0)]?.dispatchEvent(new Event("fragaria-choose"));
    } else if (key === "Enter") {
      group.querySelector("button")?.click();
    } else return;
    event.preventDefault();
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
