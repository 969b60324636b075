import { quietly } from "./quietly.js";

/**
 * What completes a field.
 *
 * @template T
 * @typedef {object} Completion
 * @property {number} pause So long after the last key is asked, in milliseconds.
 * @property {(typed: string, signal: AbortSignal) => Promise<T[] | undefined>} find
 *   What fits; undefined when nothing can be said.
 * @property {(item: T) => Node[]} draw
 * @property {(item: T) => string} choose Says what has been done.
 * @property {boolean} [eager] Enter takes the first when none is marked.
 */

/**
 * Makes a combobox of a field, with a list of suggestions below it: the pattern
 * “list autocomplete with manual selection” of the ARIA Authoring Practices.
 * The focus stays in the field; arrows mark, Enter takes, Escape closes.
 *
 * @template T
 * @param {HTMLInputElement} field
 * @param {Completion<T>} completion
 */
export function combobox(field, { pause, find, draw, choose, eager = false }) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${field.id}-list`;
  list.role = "listbox";
  list.ariaLabel = "Suggestions";
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "unseen";
  status.role = "status";
  field.after(list, status);
  field.role = "combobox";
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  field.ariaExpanded = "false";
  /** @type {T[]} */
  let items = [];
  let marked = -1;

  const close = () => {
    list.hidden = true;
    field.ariaExpanded = "false";
    mark(-1);
  };

  /** @param {number} at */
  const mark = (at) => {
    marked = at;
    for (const [index, option] of [...list.children].entries()) {
      option.ariaSelected = String(index === at);
    }
    const option = list.children[at];
    if (option === undefined) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  /** @param {T | undefined} item */
  const take = (item) => {
    if (item === undefined) return;
    status.textContent = choose(item);
    close();
  };

  const show = () => {
    list.replaceChildren(
      ...items.map((item, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.role = "option";
        option.append(...draw(item));
        // Not on click: until then the field would have lost the focus, and closed the list.
        option.addEventListener("pointerdown", (event) => {
          if (event.button !== 0) return;
          event.preventDefault();
          take(item);
        });
        return option;
      }),
    );
    mark(-1);
    list.hidden = items.length === 0;
    field.ariaExpanded = String(items.length > 0);
    status.textContent = items.length === 0 ? "No suggestions" : `Suggestions: ${items.length}`;
  };

  const ask = quietly(async (signal) => {
    const typed = field.value.trim();
    const found = typed === "" ? undefined : await find(typed, signal);
    if (found === undefined || document.activeElement !== field) return close();
    items = found;
    show();
  }, pause);

  field.addEventListener("input", () => {
    mark(-1);
    ask();
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    // Keys that write Chinese, Japanese or Korean are not for the list.
    if (event.isComposing) return;
    const { key } = event;
    const last = items.length - 1;
    if (list.hidden) {
      if (key !== "ArrowDown" || field.value.trim() === "") return;
      ask();
    } else if (key === "Escape") close();
    else if (key === "ArrowDown") mark(marked < last ? marked + 1 : 0);
    else if (key === "ArrowUp") mark(marked > 0 ? marked - 1 : last);
    else if (key === "Enter" && (marked >= 0 || eager)) take(items[Math.max(marked, 0)]);
    else {
      // Whoever moves in the text is back in it.
      if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) mark(-1);
      return;
    }
    event.preventDefault();
  });
}
