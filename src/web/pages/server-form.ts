import { html } from "hono/html";
import type { Html } from "../text.ts";

/** The field for one's own server, as a form of its own. */
export function serverForm(of: string, { written = "", fault = "" } = {}): Html {
  return html`<form class="your-server" method="get" action="/follow">
    <input type="hidden" name="of" value="${of}" />
    <div class="question ${fault === "" ? "" : "faulty"}">
      <label for="server">Your server, or your handle there</label>
      ${fault === "" ? "" : html`<p class="fault" id="server-fault">${fault}</p>`}
      <div class="field">
        <input
          id="server"
          name="server"
          type="text"
          value="${written}"
          maxlength="500"
          placeholder="mastodon.social"
          autocapitalize="none"
          autocomplete="off"
          spellcheck="false"
          required
          ${fault === "" ? "" : html`aria-describedby="server-fault" aria-invalid="true"`}
        />
        <button type="submit">Follow</button>
      </div>
    </div>
  </form>`;
}
