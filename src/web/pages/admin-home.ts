import { html } from "hono/html";
import type { Page } from "../layout.ts";
import type { OwnCoop } from "../own-coops.ts";
import type { Html } from "../text.ts";
import { coopTable } from "./own-coop-table.ts";

/** A part of running the node. */
export interface Section {
  path: string;
  label: string;
  /** What one does there. */
  what: string;
}

interface AdminHomeData {
  name: string;
  coops: OwnCoop[];
  sections: Section[];
  /** Whether the account may add a co-op. */
  adds: boolean;
  /** Whether the account has a part in running the node. */
  runs: boolean;
  /** What is wrong with the proxy in front of the node, for those who can mend it. */
  faults: string[];
}

/** Where one is after signing in: one’s co-ops, and for some the node. */
export function adminHomePage(data: AdminHomeData): Page {
  const { name, coops, sections, adds, runs, faults } = data;
  return {
    title: "Your co-op",
    body: html`<h1>Welcome, <bdi>${name}</bdi></h1>
      <section class="block" aria-labelledby="coops">
        <h2 id="coops">${coops.length === 1 ? "Your co-op" : "Your co-ops"}</h2>
        ${
          coops.length === 0
            ? html`<p>
                You don’t look after a co-op yet.
                ${runs ? "" : "An owner of one can invite you, or whoever runs this node."}
              </p>`
            : coopTable(coops)
        }
        ${adds ? html`<p><a href="/admin/coops/new">Add a co-op</a></p>` : ""}
      </section>
      ${
        sections.length === 0
          ? ""
          : html`<section class="block" aria-labelledby="node">
              <h2 id="node">This node</h2>
              ${faults.map((words) => html`<p class="notice fault">${words}</p>`)}
              ${sectionList(sections)}
            </section>`
      }`,
  };
}

function sectionList(sections: Section[]): Html {
  return html`<ul class="sections">
    ${sections.map(
      ({ path, label, what }) =>
        html`<li><a href="${path}">${label}</a> <span class="aside">${what}</span></li>`,
    )}
  </ul>`;
}
