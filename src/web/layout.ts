import { html, raw } from "hono/html";
import { version } from "../outbound.ts";
import { contactLink } from "./pages/contact.ts";
import { mark, stylePath } from "./style.ts";
import type { Html } from "./text.ts";

/** What every page needs to know of the node that shows it. */
export interface Frame {
  /** What the node calls itself. */
  name: string;
  /** Whom to ask about it. */
  contact: string | null;
}

/** A page: what it is called, what stands on it, and what its head says beside. */
export interface Page {
  title: string;
  description?: string | undefined;
  /** Which entry of the navigation this is. */
  current?: "search" | "map" | "stats" | "network" | "about" | "admin";
  /** More for the head: links to other forms of the page. */
  head?: Html;
  /** Between the masthead and the content: on the co-op’s own side, who is signed in. */
  above?: Html;
  /** The path of a script that helps with the page; without it everything works, too. */
  script?: string;
  body: Html;
}

const entries = [
  ["search", "/search", "Search"],
  ["map", "/map", "Map"],
  ["stats", "/stats", "Statistics"],
  ["network", "/network", "Network"],
  ["about", "/about", "About"],
  // The same for everybody, signed in or not: public pages can be cached.
  ["admin", "/admin", "Your co-op"],
] as const;

/** The whole document around a page. */
function layout(frame: Frame, page: Page): Html {
  const title = page.title === frame.name ? page.title : `${page.title} · ${frame.name}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${
          page.description === undefined
            ? ""
            : html`<meta name="description" content="${page.description}" />`
        }
        <link rel="stylesheet" href="${stylePath}" />
        <link rel="icon" type="image/svg+xml" href="/assets/mark.svg" />
        ${page.head ?? ""}
        ${page.script === undefined ? "" : html`<script type="module" src="${page.script}"></script>`}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="masthead">
          <a class="brand" href="/">${raw(mark)} <span dir="auto">${frame.name}</span></a>
          <nav aria-label="Main">
            <ul>
              ${entries.map(
                ([key, href, label]) =>
                  html`<li>
                    <a href="${href}" ${key === page.current ? raw('aria-current="page"') : ""}
                      >${label}</a
                    >
                  </li>`,
              )}
            </ul>
          </nav>
        </header>
        ${page.above ?? ""}
        <main id="content" tabindex="-1">${page.body}</main>
        <footer class="colophon">
          <p>
            One directory of many nodes, owned by nobody. Every listing is signed by the node that
            publishes it.
          </p>
          <p>
            <a href="/about#data">Sources and licences</a> ·
            <a href="/api/v1/coops">Data as JSON</a> · <a href="/feeds">Feeds to follow</a> ·
            <a href="/network">This node and its peers</a>
            · <a href="/join">List your co-op</a> · <a href="/privacy">Privacy</a> ·
            ${frame.contact === null ? "" : html`${contactLink(frame.contact)} · `}<a
              href="/about#software"
              >Fragaria&nbsp;${version}</a
            >
          </p>
        </footer>
      </body>
    </html>`;
}

const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  // The same address may answer with an actor, and errors with JSON.
  vary: "Accept",
  "cache-control": "no-cache",
};

/** On pages that have a script it comes from here, and asks nobody but us. */
const scriptPolicy = {
  "content-security-policy": `${headers["content-security-policy"]}; script-src 'self'; connect-src 'self'`,
};

/** Answers with a page. Headers are set with the response: later they would cost half the throughput. */
export async function respond(
  frame: Frame,
  page: Page,
  status = 200,
  more: Record<string, string> = {},
): Promise<Response> {
  const document = await layout(frame, page);
  const policy = page.script === undefined ? {} : scriptPolicy;
  return new Response(document.toString(), { status, headers: { ...headers, ...policy, ...more } });
}
