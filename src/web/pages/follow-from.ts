import { html } from "hono/html";
import type { Page } from "../layout.ts";
import { webHref } from "../text.ts";
import { handleToCopy } from "./handle.ts";
import { serverForm } from "./server-form.ts";

/** Somebody who wants to follow a co-op or a feed from their own server. */
interface FollowFrom {
  /** Whom: the URL, the handle, the name, and the page. */
  of: string;
  handle: string;
  name: string;
  page: string;
  /** What they wrote as their server. */
  written: string;
  /** Why that leads nowhere. */
  fault?: string;
  /** Their server, and the page there. */
  home?: string;
  found?: { url: string; named: boolean };
}

/** Leads to one's own server, and says what to do where that doesn't work. */
export function followFromPage(data: FollowFrom): Page {
  const { of, handle, name, page, written, fault, home, found } = data;
  return {
    title: `Follow ${name}`,
    head: html`<meta name="robots" content="noindex" />`,
    body: html`<div class="narrow">
      <p class="eyebrow"><a href="${page}" dir="auto">${name}</a></p>
      <h1>Follow from your server</h1>
      ${
        found === undefined || home === undefined
          ? serverForm(of, { written, ...(written !== "" && fault !== undefined && { fault }) })
          : html`<p>
                ${
                  found.named
                    ? html`The next page is one of <strong>${hostOf(found.url)}</strong>, where you
                        are signed in; press Follow there.`
                    : html`<strong>${home}</strong> doesn’t say where one follows others. This is
                        where it is on many servers:`
                }
              </p>
              <p class="actions">
                <a class="button" href="${webHref(found.url) ?? ""}" rel="noreferrer"
                  >Go on to ${hostOf(found.url)}</a
                >
              </p>`
      }
      <h2>By its handle</h2>
      <p>${handleToCopy(handle)}</p>
      <p class="aside">
        Copy this and paste it into the search of your account; then press Follow. That works
        everywhere.
      </p>
    </div>`,
  };
}

function hostOf(url: string): string {
  return new URL(url).host;
}
