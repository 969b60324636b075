// Completes what is typed into the field of the search: co-ops, themes, sectors,
// places, words. Without it the field works as it is.

/** @typedef {{ kind: string, label: string, value: string, count: number, href: string }} Suggestion */

/** So long after the last key something is asked, in milliseconds. */
const pause = 150;

/** What stands behind a suggestion, by its kind. */
const hints = /** @type {Record<string, string>} */ ({
  coop: "Co-op",
  theme: "Theme",
  sector: "Sector",
  region: "Place",
  query: "Words",
});

const input = document.getElementById("q");
if (input instanceof HTMLInputElement) combobox(input);

/**
 * Makes it a combobox (ARIA APG, combobox with list).
 *
 * @param {HTMLInputElement} field
 */
function combobox(field) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "q-list";
  list.role = "listbox";
  list.ariaLabel = "Suggestions";
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "unseen";
  status.role = "status";
  const box = document.createElement("div");
  box.className = "completing";
  const focused = document.activeElement === field;
  field.before(box);
  box.append(field, list, status);
  if (focused) field.focus();
  field.role = "combobox";
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  field.ariaExpanded = "false";
  let active = -1;
  let timer = 0;
  let asking = new AbortController();

  const close = () => {
    list.hidden = true;
    field.ariaExpanded = "false";
    field.removeAttribute("aria-activedescendant");
    active = -1;
  };

  /** @param {number} at */
  const mark = (at) => {
    const options = [...list.children];
    active = (at + options.length) % options.length;
    for (const [index, option] of options.entries()) option.ariaSelected = String(index === active);
    field.setAttribute("aria-activedescendant", options[active]?.id ?? "");
    options[active]?.scrollIntoView({ block: "nearest" });
  };

  /** @param {Suggestion[]} items */
  const show = (items) => {
    list.replaceChildren(
      ...items.map(({ kind, label, count, href }, index) => {
        const option = document.createElement("li");
        option.id = `q-option-${index}`;
        option.role = "option";
        option.dataset["href"] = href;
        const name = document.createElement("bdi");
        name.textContent = label;
        const hint = document.createElement("span");
        hint.className = "code";
        const many = kind === "coop" ? "" : ` · ${count.toLocaleString("en-GB")}`;
        hint.textContent = `${hints[kind] ?? ""}${many}`;
        option.append(name, " ", hint);
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          location.assign(href);
        });
        return option;
      }),
    );
    active = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = items.length === 0;
    field.ariaExpanded = String(items.length > 0);
    status.textContent = items.length === 0 ? "" : `${items.length} suggestions`;
  };

  const ask = async () => {
    const typed = field.value.trim();
    if (typed.length < 2) return close();
    asking = new AbortController();
    const query = new URLSearchParams({ q: typed, limit: "8" });
    const response = await fetch(`/api/v1/suggest?${query}`, { signal: asking.signal });
    if (response.ok && document.activeElement === field) show((await response.json()).items);
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    asking.abort();
    // Called off by a later key, or the node is away: then the next key asks again.
    timer = window.setTimeout(() => ask().catch(() => {}), pause);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active < 0 ? -1 : active - 1);
    else if (event.key === "Enter" && active >= 0) {
      const option = /** @type {HTMLElement | undefined} */ (list.children[active]);
      location.assign(option?.dataset["href"] ?? "");
    } else return;
    event.preventDefault();
  });
}
