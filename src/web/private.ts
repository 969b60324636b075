import type { Context } from "hono";
import { html } from "hono/html";
import { calledName } from "../directory/account.ts";
import type { Session } from "../directory/sign-in.ts";
import { doneWords } from "./done.ts";
import { type Page, respond } from "./layout.ts";
import { buttonForm } from "./pages/form.ts";
import type { Site } from "./site.ts";
import type { Html } from "./text.ts";

/** Nobody keeps these pages, and no other site learns their address: it may hold a token. */
export const privately = {
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-robots-tag": "noindex",
  vary: "Accept, Cookie",
};

/**
 * Answers with a page of the co-op’s own side: with who is signed in, and with
 * what was just done, if the address says so.
 *
 * @param session Undefined on the pages that lead to one.
 */
export function respondPrivately(
  site: Site,
  c: Context,
  page: Page,
  { session, status = 200 }: { session?: Session | undefined; status?: number } = {},
): Promise<Response> {
  const done = doneWords(c.req.query("done"));
  const body = html`${done === undefined ? "" : html`<p class="notice" role="status">${done}</p>`}
  ${page.body}`;
  const above = session === undefined ? undefined : ownBar(session);
  const whole: Page = { ...page, current: "admin", body, ...(above !== undefined && { above }) };
  return respond(site, whole, status, privately);
}

/** Who is signed in, and the way out. */
function ownBar({ account }: Session): Html {
  return html`<nav class="ownbar" aria-label="Your account">
    <span
      >Signed in as <a href="/admin/account"><bdi>${calledName(account)}</bdi></a></span
    >
    ${buttonForm("/admin/sign-out", "Sign out")}
  </nav>`;
}

/**
 * Leads on after a form was taken (Post/Redirect/Get).
 *
 * @param done What to say there: a key of done.ts.
 */
export function goTo(path: string, done?: string, cookies: string[] = []): Response {
  const [address = "", anchor] = path.split("#");
  const query = done === undefined ? "" : `${address.includes("?") ? "&" : "?"}done=${done}`;
  const location = `${address}${query}${anchor === undefined ? "" : `#${anchor}`}`;
  const headers = new Headers({ location, ...privately });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/**
 * Where to go after signing in: an address of this node’s own side, whatever
 * was asked for. Browsers read `//host` and `/\host` as another site.
 */
export function localPath(asked: string | undefined): string {
  if (asked === undefined || !/^\/admin(?:[/?#]|$)/.test(asked)) return "/admin";
  const { origin, pathname, search, hash } = new URL(asked, "http://own.invalid");
  if (origin !== "http://own.invalid" || !/^\/admin(\/|$)/.test(pathname)) return "/admin";
  return pathname + search + hash;
}
