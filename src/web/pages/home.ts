import { html } from "hono/html";
import type { IndexCounts, SearchResult } from "../../index/directory-index.ts";
import type { Filling } from "../../replication/fill.ts";
import type { Page } from "../layout.ts";
import { searchScript } from "../script.ts";
import { counted, type Html, number } from "../text.ts";
import { contactLink } from "./contact.ts";
import { fillingNotice } from "./filling-notice.ts";
import { leafNotice, type Onward } from "./leaf.ts";
import { type Filter, filterLabel } from "./filter-label.ts";
import { searchHref } from "./search-address.ts";
import { runners } from "./runners.ts";
import { searchBox } from "./search-box.ts";
import { tally } from "./tally.ts";

/** The index gives no more values of a facet than this. */
const shownMost = 50;

/** What the front page shows. */
export interface HomeData {
  name: string;
  counts: IndexCounts;
  hosts: number;
  facets: SearchResult["facets"];
  contact: string | null;
  host: string;
  /** How far this hub has got with filling itself. */
  filling: Filling | undefined;
  /** On a leaf, where the whole directory is. */
  leaf: Onward | undefined;
}

/** The front page: what this is, a way to search, and ways in. */
export function homePage(data: HomeData): Page {
  const { counts, facets } = data;
  const countries = facets.region.filter(({ value }) => value.startsWith("iso3166-1:"));
  return {
    title: data.name,
    script: searchScript.path,
    description: "A directory of co-operatives kept by many nodes together and owned by nobody.",
    body: html`<section class="hero">
        ${runners}
        <h1>A directory of co-ops that nobody&nbsp;owns</h1>
        <p class="lead">
          Each co-operative’s listing lives on its own node or on a friend’s, signed, and the nodes
          keep one directory together. Search it here, follow co-ops from Mastodon, or take the data
          along.
        </p>
        ${fillingNotice(data.filling)}
        ${data.leaf === undefined ? "" : leafNotice(data.host, data.leaf, "the whole directory")}
        ${searchBox()} ${figures(counts, countries.length, data.hosts)}
      </section>
      ${counts.coops + counts.examples === 0 ? emptyDirectory() : waysIn(facets, countries)}
      <section class="columns invitations" aria-label="Take part">
        <div>
          <h2>List your co-op</h2>
          <p>
            Ask a node that you trust to host your profile, <a href="/join">this one</a> for
            example: then people can find you in every node’s search and follow your news from
            Mastodon. ${data.contact === null ? "" : html`Questions: ${contactLink(data.contact)}.`}
          </p>
        </div>
        <div>
          <h2>Host a node</h2>
          <p>
            One small machine, one command, one file to back up. Download Fragaria, run
            <code>npm&nbsp;ci</code> and <code>npm&nbsp;start</code>, and name this node as a peer:
            <a href="/network">how nodes connect</a>.
          </p>
        </div>
        <div>
          <h2>Use the data</h2>
          <p>
            Everything that is listed is open to read, for programs too:
            <a href="/stats">in numbers</a>, <a href="/supply">what a place needs</a>,
            <a href="/relations">who has to do with whom</a>,
            <a href="/about#programs">as JSON and CSV</a>. Whose data it is:
            <a href="/about#data">sources and licences</a>.
          </p>
        </div>
      </section>`,
  };
}

function figures(counts: IndexCounts, countries: number, hosts: number): Html {
  const figure = (count: number, one: string, many: string) =>
    html`<div>
      <dt>${count === 1 ? one : many}</dt>
      <dd>${number(count)}${count >= shownMost && one === "country" ? "+" : ""}</dd>
    </div>`;
  return html`<dl class="figures">
      ${figure(counts.coops, "co-op", "co-ops")} ${figure(countries, "country", "countries")}
      ${figure(hosts, "host", "hosts")}
    </dl>
    ${
      counts.examples === 0
        ? ""
        : html`<p class="aside">
            Beside them ${counts.examples === 1 ? "stands" : "stand"}
            ${counted(counts.examples, "worked example")}, invented to show how a listing looks:
            found by the search, but never counted.
          </p>`
    }`;
}

function waysIn(facets: SearchResult["facets"], countries: SearchResult["facets"]["region"]): Html {
  const rows = (name: Filter["name"], values: { value: string; count: number }[]) =>
    values
      .filter(({ count }) => count > 0)
      .map(({ value, count }) => ({
        href: searchHref({ [name]: [value] }),
        label: filterLabel({ name, value }),
        count,
      }));
  const panel = (id: string, heading: string, about: string, content: Html) =>
    html`<section class="panel ${id}" aria-labelledby="by-${id}">
      <h2 id="by-${id}">${heading}</h2>
      <p class="aside">${about}</p>
      ${content}
    </section>`;
  const types = rows("type", facets.type);
  const answers = facets.multi_stakeholder.find(({ value }) => value === "yes");
  return html`<div class="ways">
    ${panel("theme", "By theme", "What they work on. A co-op may have several.", tally(rows("theme", facets.theme)))}
    ${panel(
      "type",
      "By type",
      "As declared, in the ILO’s four types.",
      html`${tally(types)}
      ${
        answers === undefined || answers.count === 0
          ? ""
          : html`<p class="aside">
              <a href="${searchHref({ multi_stakeholder: ["yes"] })}"
                >${counted(answers.count, "co-op")}</a
              >
              ${answers.count === 1 ? "passes" : "pass"} the ILO’s test for multi-stakeholder co-ops
              by their published figures.
            </p>`
      }`,
    )}
    ${panel("region", "By country", "Where they are.", tally(rows("region", countries).slice(0, 12)))}
  </div>`;
}

function emptyDirectory(): Html {
  return html`<p class="notice">
    Nothing is listed yet. As soon as a co-op is published here, or a peer is read, it shows up.
  </p>`;
}
