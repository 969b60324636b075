import { html } from "hono/html";
import type { IndexCounts } from "../../index/directory-index.ts";
import { version } from "../../outbound.ts";
import type { Silent } from "../../store/shown-hosts.ts";
import type { Page } from "../layout.ts";
import type { Source } from "../sources.ts";
import { counted, type Html, number, outwardLink } from "../text.ts";
import { contactLink } from "./contact.ts";
import { licenceLink } from "./licence.ts";
import { silentWords } from "./silent.ts";

/** What the page about the node shows. */
export interface AboutData {
  name: string;
  host: string;
  origin: string;
  contact: string | null;
  /** Where the source of the software that runs here is. */
  sourceUrl: string | null;
  counts: IndexCounts;
  /** How far the index has read the log: what a citation names. */
  seq: number;
  sources: Source[];
  /** What is left out because its hosts are silent. */
  silent: Silent;
}

/** What this node is, whom to ask, where the data come from, and how to use them. */
export function aboutPage(data: AboutData): Page {
  const { name, host, contact, sourceUrl, counts } = data;
  return {
    title: "About",
    current: "about",
    // People who ask for the node's actor are sent here.
    head: html`<link
      rel="alternate"
      type="application/activity+json"
      href="${data.origin}/actor"
    />`,
    description: `What ${name} is, whom to ask, and where its data come from.`,
    body: html`<div class="measure prose">
      <h1>About this node</h1>
      <p class="lead">
        ${name} is one node of a directory of co-operatives that has many nodes and no owner. It
        lists
        ${counted(counts.coops, "co-op")}${
          counts.examples === 0
            ? ""
            : html`, and ${counted(counts.examples, "worked example")} beside them`
        }.
      </p>
      <p>
        A co-op’s listing is a signed document that only its own node can change. Nodes pass
        listings on to each other as they are, so what you find here can be checked against who
        published it: every page links to the signed record. How the nodes are connected is on the
        page <a href="/network">Network</a>.
      </p>
      ${silentWords(data.silent)}

      <h2 id="contact">Contact</h2>
      <p>
        ${
          contact === null
            ? "Whoever runs this node has not named a contact yet."
            : html`Questions, corrections and objections about anything shown here go to
              ${contactLink(contact)}.`
        }
        What another node publishes is corrected there; the page of a co-op names its node.
      </p>

      <h2 id="types">How co-ops are described</h2>
      <p>
        By the standards that statistics use: the four types of the International Labour
        Organization (ILO, 2018), activities by ISIC Rev.4, places by ISO 3166. Whether a co-op is
        multi-stakeholder is declared by itself, and also computed from its published classes of
        members by the ILO’s test: members of more than one kind, more than one of them in
        governance, and none with a majority of the votes. Where figures are lacking the answer is
        “not known”.
      </p>

      <h2 id="data">Sources and licences</h2>
      ${sourceList(data.sources)}

      <h2 id="programs">For programs and researchers</h2>
      <ul>
        <li>
          <a href="/api/v1/coops"><code>/api/v1/coops</code></a
          >: the search as JSON, with the parameters of the search page
        </li>
        <li>
          <a href="/stats">Statistics</a>: tables of any two facts, as CSV and JSON, too, each with
          a citation of its own; the <a href="/map">map</a>,
          <a href="/supply">what a place needs</a> and
          <a href="/relations">who has to do with whom</a> are there for programs as well
        </li>
        <li>
          <a href="/api/v1/openapi.json"><code>/api/v1/openapi.json</code></a
          >: all of this described for programs (OpenAPI)
        </li>
        <li>
          <code>/api/v1/coops/lookup?id=</code>: one co-op by any of its ids, such as its address,
          its handle or its number in a register
        </li>
        <li>
          <a href="/.well-known/coop-directory"><code>/.well-known/coop-directory</code></a
          >: how other nodes read this one. The protocol is described in <code>FEDERATION.md</code>,
          which comes with the software
        </li>
      </ul>
      <p>
        To cite what you found by a search, name the node, the state of its feed and the address:
      </p>
      <p class="citation">
        ${name === host ? name : `${name} (${host})`}, state ${number(data.seq)} of its feed,
        ${data.origin}/search, retrieved on the day of your visit.
      </p>

      <h2 id="privacy">Privacy</h2>
      <p>
        Everything listed is public and about organisations; there is no field for a private person.
        These pages set no cookies and load nothing from other sites, except a picture where a
        co-op’s listing names one. Only who signs in to look after a co-op gets two cookies: one to
        stay signed in, and one by which the node knows the browser again. Followers of a co-op are
        known to the node that hosts it, as everywhere in the fediverse, and their number is public.
        Withdrawing a listing removes it here and, as soon as they hear of it, on every node.
      </p>

      <h2 id="software">Software</h2>
      <p>
        Fragaria ${version}, free software under the AGPL, version 3 or later. <em>Fragaria</em> is
        the strawberry plant, which spreads by runners and stays small.
      </p>
      <p>
        ${
          sourceUrl === null
            ? html`Whoever changes the software has to offer its source to everybody who uses their
              node. Those who run this one have not said where it
              is${contact === null ? "." : html`: ${contactLink(contact)} knows.`}`
            : html`The source of what runs here: ${outwardLink(sourceUrl)}.`
        }
      </p>
    </div>`,
  };
}

function sourceList(sources: Source[]): Html {
  return html`<p>
      Listings that co-ops publish themselves each name their own licence. Imported listings come
      from open data:
    </p>
    ${
      sources.length === 0
        ? html`<p>Nothing has been imported so far.</p>`
        : html`<ul>
            ${sources.map(
              ({ creditText, isBasedOn, license }) =>
                html`<li>
                  ${creditText ?? (license === undefined ? "" : "Source")}${
                    license === undefined ? "" : html` (${licenceLink(license)})`
                  }${isBasedOn === undefined ? "" : html`<br />${outwardLink(isBasedOn)}`}
                </li>`,
            )}
          </ul>`
    }`;
}
