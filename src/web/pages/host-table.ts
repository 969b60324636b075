import { html } from "hono/html";
import { patience } from "../../coop/liveness.ts";
import type { OriginCounts } from "../../index/directory-index.ts";
import type { Host } from "../../store/hosts.ts";
import type { HostSums, Kind } from "../../store/shown-hosts.ts";
import { counted, type Html, moment, number, outwardLink } from "../text.ts";

/** A page of the hosts that everybody may know. */
export interface HostList {
  kind: Kind;
  sums: HostSums;
  hosts: Host[];
  /** By host: what is shown of each. */
  counts: ReadonlyMap<string, OriginCounts>;
  /** This node, at the head of the first page. */
  own: string | undefined;
  /** The name with which the next page begins, if there is one. */
  next: string | null;
  first: boolean;
}

const day = 24 * 60 * 60 * 1000;

const labels: Record<Kind, string> = {
  all: "All",
  silent: "Silent",
  differing: "With a difference",
  contradictory: "With a contradiction",
};

/** The hosts whose co-ops are in the directory, with how each is. */
export function hostList(list: HostList): Html {
  const { kind, sums, hosts, own, next, first } = list;
  const rows = hosts.length + (own === undefined ? 0 : 1);
  return html`${kindLinks(kind, sums)} ${rows === 0 ? html`<p>None.</p>` : table(list)}
  ${
    next === null && first
      ? ""
      : html`<nav class="pages" aria-label="Pages of hosts">
          ${first ? "" : html`<a href="${href(kind)}">Back to the beginning</a>`}
          ${
            next === null
              ? html`<span class="aside">That is all.</span>`
              : html`<a class="next" rel="next" href="${href(kind, next)}"
                  >Next page <span aria-hidden="true">→</span></a
                >`
          }
        </nav>`
  }`;
}

function href(kind: Kind, after?: string): string {
  const query = new URLSearchParams({
    ...(kind !== "all" && { hosts: kind }),
    ...(after !== undefined && { after }),
  });
  return `/network${query.size > 0 ? `?${query}` : ""}#hosts`;
}

/** Only what there is to choose from. */
function kindLinks(kind: Kind, { shown }: HostSums): Html | string {
  const offered = (Object.keys(labels) as Kind[]).filter(
    (each) => each === "all" || each === kind || shown[each] > 0,
  );
  if (offered.length === 1) return "";
  return html`<p class="sorting">
    Show
    ${offered.map((each, index) => [
      index === 0 ? "" : html` <span aria-hidden="true">·</span> `,
      each === kind
        ? html`<strong aria-current="true">${labels[each]} (${number(shown[each])})</strong>`
        : html`<a href="${href(each)}">${labels[each]} (${number(shown[each])})</a>`,
    ])}
  </p>`;
}

function table({ hosts, counts, own }: HostList): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Host</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">Beacon of</th>
        <th role="columnheader" scope="col" class="figure">Listings</th>
        <th role="columnheader" scope="col" class="figure">Co-ops</th>
        <th role="columnheader" scope="col" class="figure">Worked examples</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${own === undefined ? "" : ownRow(own, counts.get(own))}
      ${hosts.map(
        (row) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">${outwardLink(`${row.origin}/`, row.host, "")}</th>
            <td role="cell" data-label="State">${state(row)} ${notes(row)}</td>
            <td role="cell" data-label="Beacon of">
              ${row.beacon === null ? "none yet" : moment(row.beacon)}
            </td>
            ${figures(counts.get(row.host))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function ownRow(own: string, counts: OriginCounts | undefined): Html {
  return html`<tr role="row">
    <th role="rowheader" scope="row">${own} <span class="aside">(this node)</span></th>
    <td role="cell" data-label="State">–</td>
    <td role="cell" data-label="Beacon of">–</td>
    ${figures(counts)}
  </tr>`;
}

function figures(counts: OriginCounts | undefined): Html {
  const { listings = 0, coops = 0, examples = 0 } = counts ?? {};
  return html`<td role="cell" class="figure" data-label="Listings">${number(listings)}</td>
    <td role="cell" class="figure" data-label="Co-ops">${number(coops)}</td>
    <td role="cell" class="figure" data-label="Examples">${number(examples)}</td>`;
}

function state({ liveness, leftOut }: Host): Html {
  const out = counted(leftOut ?? 0, "listing");
  switch (liveness) {
    case "live":
      return html`<span class="state good">live</span>`;
    case "stale":
      return html`<span class="state">silent for more than ${patience.live / day} days</span>`;
    case "hidden":
      return html`<span class="state bad">silent for more than ${patience.stale / day} days</span>:
        ${out} left out`;
    case "dropped":
      return html`<span class="state bad">silent for more than ${patience.hidden / day} days</span>:
        ${out} left out and no longer held`;
    default:
      return html`<span class="state">not heard of yet</span>`;
  }
}

/** What doesn't agree with what a host says of itself. */
function notes(row: Host): Html | string {
  const { host, equivocated } = row;
  return html`${difference(row)}${
    equivocated === null
      ? ""
      : html`<br /><span class="state bad">contradicts itself</span>: it has signed
          <a href="/dir/v1/evidence/${host}">two beacons after the same one</a>, found
          ${moment(equivocated)}`
  }`;
}

function difference({ host, differs, held, count, sought, soughtOf, found }: Host): Html | string {
  if (differs === null) {
    if (sought === null || !found) return "";
    return html`<br />${counted(found, "record")} that nobody had passed on came from ${soughtOf},
      ${moment(sought)}`;
  }
  const said = number(count ?? 0);
  const what =
    (held ?? 0) < (count ?? 0)
      ? html`we hold less than it says, ${number(held ?? 0)} of ${said} records,`
      : html`we hold something else than it says: ${number(held ?? 0)} records, of which it counts
        ${said},`;
  return html`<br /><span class="state bad">differs</span>: ${what} since
    ${moment(differs)}${sought === null ? "" : html`. ${asked(host, sought, soughtOf, found)}`}`;
}

function asked(host: string, sought: number, of: string | null, found: number | null): Html {
  const when = moment(sought);
  if (found === null) return html`Neither it nor another hub could be asked, last ${when}`;
  if (of === host && found === 0) {
    return html`It has no more itself, so its beacon is wrong; asked ${when}`;
  }
  return html`${of === host ? "It" : of} was asked ${when}:
  ${found === 0 ? "nothing came" : html`${counted(found, "record")} came`}`;
}
