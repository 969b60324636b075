import { html } from "hono/html";
import { type Html, outwardLink, shownUrl, webHref } from "../text.ts";

/** Whom to write to, as a link where it is an address. */
export function contactLink(contact: string): Html {
  if (/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(contact)) {
    return html`<a href="mailto:${contact}">${contact}</a>`;
  }
  if (webHref(contact) !== undefined) return outwardLink(contact, shownUrl(contact), "");
  return html`${contact}`;
}
