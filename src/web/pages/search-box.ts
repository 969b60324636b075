import { html } from "hono/html";
import type { Html } from "../text.ts";

/** The field into which one writes what one is looking for, as a form of its own. */
export function searchBox(): Html {
  return html`<form class="searchbox" action="/search" method="get" role="search">
    <label for="q">Search by name, place or what it does</label>
    <div class="field">
      <input
        id="q"
        name="q"
        type="search"
        maxlength="200"
        autocomplete="off"
        enterkeyhint="search"
      />
      <button type="submit">Search</button>
    </div>
  </form>`;
}
