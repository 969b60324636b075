import { html, raw } from "hono/html";
import type { Html } from "../text.ts";

/** The co-op whose pages these are. */
export interface Place {
  id: string;
  name: string;
  /** Whether it stands in the directory now. */
  listed: boolean;
  /** Whether it has an account that can post. */
  posts: boolean;
  /** Whether whoever looks may delete it for good, and take it along. */
  owner: boolean;
}

type Tab =
  | "edit"
  | "pictures"
  | "preview"
  | "news"
  | "conversation"
  | "history"
  | "named"
  | "people"
  | "accounts"
  | "export"
  | "leave";

/** The ways between the pages about one co-op. */
export function editorTabs(place: Place | undefined, current: Tab): Html {
  if (place === undefined) return html``;
  const { id, listed, posts, owner } = place;
  const tabs: [Tab, string, string][] = [
    ["edit", "", "Profile"],
    ["pictures", "/pictures", "Pictures"],
    ["preview", "/preview", "Preview"],
    ...(posts ? [["news", "/news", "News"] as [Tab, string, string]] : []),
    ...(posts ? [["conversation", "/conversation", "Conversation"] as [Tab, string, string]] : []),
    ["history", "/history", "History"],
    ["named", "/named", "Who names you"],
    ["people", "/people", "People"],
    ["accounts", "/accounts", "Other accounts"],
    ...(owner ? [["export", "/export", "Take along"] as [Tab, string, string]] : []),
    ["leave", "/leave", "Withdraw or delete"],
  ];
  return html`<nav class="tabs" aria-label="This co-op">
    <ul>
      ${tabs.map(
        ([tab, path, label]) =>
          html`<li>
            <a href="/admin/coops/${id}${path}" ${tab === current ? raw('aria-current="page"') : ""}
              >${label}</a
            >
          </li>`,
      )}
      ${listed ? html`<li><a href="/coops/${id}">Public page</a></li>` : ""}
    </ul>
  </nav>`;
}
