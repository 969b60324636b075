import { html } from "hono/html";
import type { Html } from "../text.ts";

/** A field that people don't see and programs fill in: then the form isn't taken. */
export function trapField(): Html {
  return html`<div class="unseen" aria-hidden="true">
    <label for="field-trap">Leave this empty</label>
    <input type="text" id="field-trap" name="trap" tabindex="-1" autocomplete="off" />
  </div>`;
}
