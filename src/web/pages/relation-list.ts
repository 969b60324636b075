import { html, raw } from "hono/html";
import { RelationKind } from "../../coop/codes.ts";
import type { SearchQuery } from "../../coop/query.ts";
import type { Entry } from "../../index/directory-index.ts";
import type { FoundEdge, RelationGraph } from "../../index/relation-graph.ts";
import { pagePath } from "../entries.ts";
import type { Page } from "../layout.ts";
import type { Fault } from "../parameters.ts";
import { counted, type Html, number, partialDate } from "../text.ts";
import { relationWords } from "../words.ts";
import { faultNotice } from "./faults.ts";
import { narrowings, searchHref } from "./search-address.ts";

/** Which relations are shown: the parameters of `/relations`. */
interface Asked {
  kind?: RelationKind[] | undefined;
  of?: string | undefined;
  confirmed?: "yes" | "no" | undefined;
  cursor?: string | undefined;
}

/** What the page of relations shows. */
export interface RelationListData {
  host: string;
  asked: Asked;
  /** Of which co-ops. */
  query: SearchQuery;
  graph: RelationGraph<Entry>;
  /** The co-op that is asked about, if it is held. */
  of: Entry | undefined;
  faults: Fault[];
}

/** Who has to do with whom, with counts by kind. */
export function relationListPage(data: RelationListData): Page {
  const { asked, query, graph, of, faults } = data;
  const place = narrowings(query).map(({ label }) => label);
  return {
    title: "Relations",
    description: "Who buys from whom, who helped to found whom, who is a member of whom.",
    body: html`<h1>Who has to do with whom</h1>
      <p class="lead">
        Relations as listings state them: who is a member of whom, who buys from whom, who helped to
        found whom. The other end may be a council or a hospital.
      </p>
      ${faultNotice(faults)} ${form(asked, query)}
      <p class="total" role="status">
        <strong>${counted(graph.total, "relation")}</strong>
        <span class="for"
          >${[
            ...(of === undefined ? [] : [`from or to ${of.listing.name}`]),
            ...(place.length === 0 ? [] : [`of co-ops: ${place.join(" · ")}`]),
          ].join(", ")}</span
        >
      </p>
      ${graph.counts.length === 0 ? "" : counts(data)}
      ${graph.edges.length === 0 ? html`<p>Nobody states any of these.</p>` : edges(data)}
      <p class="aside">
        Confirmed is what somebody else says, too: the other end, its listing, or a node that is
        trusted here.
        <a href="${address({ ...asked, cursor: undefined }, query, "/api/v1/relations")}"
          >The same as JSON</a
        >.
      </p>`,
  };
}

function address(
  { kind, of, confirmed, cursor }: Asked,
  query: SearchQuery,
  path = "/relations",
): string {
  const parameters = new URLSearchParams();
  for (const each of kind ?? []) parameters.append("kind", each);
  if (of !== undefined) parameters.set("of", of);
  if (confirmed !== undefined) parameters.set("confirmed", confirmed);
  if (cursor !== undefined) parameters.set("cursor", cursor);
  const rest = searchHref(query, path);
  if (parameters.size === 0) return rest;
  return `${rest}${rest.includes("?") ? "&" : "?"}${parameters}`;
}

function form({ kind = [], of, confirmed }: Asked, query: SearchQuery): Html {
  // What else narrows the list stays as it is.
  const others = [...new URL(searchHref(query), "http://here").searchParams];
  return html`<form class="relation-form" action="/relations" method="get">
    <fieldset class="facet">
      <legend>Kinds</legend>
      <ul>
        ${RelationKind.options.map(
          (each) =>
            html`<li>
              <label
                ><input
                  type="checkbox"
                  name="kind"
                  value="${each}"
                  ${kind.includes(each) ? raw("checked") : ""}
                />
                <span class="label">${relationWords[each]}</span></label
              >
            </li>`,
        )}
      </ul>
    </fieldset>
    <div class="fields">
      <label for="confirmed"
        >Confirmed
        <select id="confirmed" name="confirmed">
          ${[
            ["", "or not"],
            ["yes", "by somebody else"],
            ["no", "by nobody"],
          ].map(
            ([value, label]) =>
              html`<option value="${value}" ${value === (confirmed ?? "") ? raw("selected") : ""}>
                ${label}
              </option>`,
          )}
        </select></label
      >
      <label for="of"
        >From or to one co-op
        <input
          id="of"
          name="of"
          value="${of ?? ""}"
          size="32"
          maxlength="600"
          autocomplete="off"
          placeholder="Its address, @handle or number"
      /></label>
    </div>
    ${others.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button type="submit">Show</button>
  </form>`;
}

function counts({ graph, asked, query }: RelationListData): Html {
  return html`<table class="kind-counts">
    <thead>
      <tr>
        <th scope="col">Kind</th>
        <th scope="col" class="figure">Relations</th>
        <th scope="col" class="figure">Confirmed</th>
        <th scope="col" class="figure">Co-ops</th>
      </tr>
    </thead>
    <tbody>
      ${graph.counts.map(
        ({ kind, relations, confirmed, organisations }) =>
          html`<tr>
            <th scope="row">
              <a href="${address({ ...asked, kind: [kind], cursor: undefined }, query)}"
                >${relationWords[kind]}</a
              >
            </th>
            <td class="figure">${number(relations)}</td>
            <td class="figure">${number(confirmed)}</td>
            <td class="figure">${number(organisations)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function edges({ host, graph, asked, query }: RelationListData): Html {
  return html`<ol class="results edges">
      ${graph.edges.map((edge) => html`<li class="edge">${edgeWords(host, edge)}</li>`)}
    </ol>
    <nav class="pages" aria-label="Pages of relations">
      ${
        asked.cursor === undefined
          ? ""
          : html`<a href="${address({ ...asked, cursor: undefined }, query)}"
              >Back to the beginning</a
            >`
      }
      ${
        graph.next === null
          ? html`<span class="aside">That is all.</span>`
          : html`<a
              class="next"
              rel="next"
              href="${address({ ...asked, cursor: graph.next }, query)}"
              >Next page <span aria-hidden="true">→</span></a
            >`
      }
    </nav>`;
}

function edgeWords(host: string, { from, to, at, kind, confirmed }: FoundEdge<Entry>): Html {
  const stated = from.listing.relations?.[at];
  const link = (entry: Entry, name: string) =>
    html`<a href="${pagePath(host, entry)}" dir="auto">${name}</a>`;
  const name = stated?.name ?? "";
  return html`${link(from, from.listing.name)}
    <span class="aside">${relationWords[kind].toLowerCase()}</span>
    ${to === null ? html`<span dir="auto">${name}</span>` : link(to, to.listing.name)}
    ${
      stated?.since === undefined
        ? ""
        : html`<span class="aside">since ${partialDate(stated.since)}</span>`
    }
    ${
      stated?.until === undefined
        ? ""
        : html`<span class="aside">until ${partialDate(stated.until)}</span>`
    }
    ${confirmed === null ? "" : html`<span class="badge claimed">Confirmed</span>`}`;
}
