import { html } from "hono/html";
import type { Attester } from "../../store/attesters.ts";
import type { Alarm } from "../../store/census.ts";
import type { Host } from "../../store/hosts.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted, day, type Html, number } from "../text.ts";
import { button, buttonForm, faultSummary, select, textField } from "./form.ts";

export interface TrustData {
  /** This node's own host. */
  self: string;
  counts: { listed: number; held: number; excluded: number };
  alarms: Alarm[];
  /** The hosts that were looked for, and where the next page begins. */
  hosts: Host[];
  query: { q?: string | undefined; state?: string | undefined };
  next: string | undefined;
  /** The host that was looked for by its whole name, if nothing is known of it. */
  stranger: string | undefined;
  attesters: (Attester & { vouches: number })[];
  /** Whether the account may decide, and not only look. */
  decides: boolean;
  /** The form that adds an attester. */
  form: Form;
}

const path = "/admin/network";

const stateOptions = [
  { value: "listed", label: "Listed: held and shown" },
  { value: "held", label: "Held, but not shown" },
  { value: "excluded", label: "Left out" },
];

/** What the fields are called. */
const trustLabels = { q: "Part of its name", state: "How it stands", host: "Host" };

/** Whose records this node holds and shows, and whose word counts here. */
export function trustPage(data: TrustData): Page {
  const { counts, alarms, form, decides } = data;
  return {
    title: "Other nodes",
    body: html`${faultSummary(form, trustLabels)}
      <h1>Other nodes</h1>
      <p class="lead">
        Listings of a node are shown here when it is in the setting <code>PEERS</code>, when you
        allow it, or when a node whose word counts here vouches for it. Those of others are held and
        passed on, but neither found nor counted.
      </p>
      ${alarms.map((alarm) => alarmNotice(alarm, decides))}
      <section class="block" aria-labelledby="hosts">
        <h2 id="hosts">Nodes</h2>
        <p>
          ${number(counts.listed)} listed, ${number(counts.held)} held and not shown,
          ${number(counts.excluded)} left out.
          <a href="/dir/v1/excluded">What is left out, as other nodes read it</a>
        </p>
        ${search(data)} ${found(data)}
      </section>
      ${attesterSection(data)}
      <p><a href="/network">What everybody sees of the network</a></p>`,
  };
}

/** That much is gone, and who may say that they have seen it. */
function alarmNotice({ host, raised, before, after }: Alarm, decides: boolean): Html {
  return html`<div class="notice fault">
    <p>
      ${
        host === ""
          ? html`<strong>The directory has shrunk.</strong> Of ${number(before)} listings of other
              nodes that were shown, ${number(after)} are left.`
          : html`<strong><bdi>${host}</bdi> has lost most of its listings.</strong> Of
              ${number(before)} that were shown, ${number(after)} are left.`
      }
      Noticed on ${day(raised)}.
    </p>
    ${
      decides
        ? html`<p>
              Nothing is held back: whoever withdraws a listing has the right to. Find out whether
              that is what has happened, or whether a node or an attester is in trouble.
            </p>
            ${buttonForm(`${path}/alarms`, "I have seen to it", { host })}`
        : ""
    }
  </div>`;
}

function search({ query }: TrustData): Html {
  const values = Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const form: Form = { values, faults: [] };
  return html`<form class="form narrow" method="get" action="${path}" role="search">
    ${textField(form, { name: "q", label: trustLabels.q, unmarked: true, maxlength: 260 })}
    ${select(form, { name: "state", label: trustLabels.state, unmarked: true, options: stateOptions })}
    <p class="actions">${button("Look", { look: "quiet" })}</p>
  </form>`;
}

function found({ self, hosts, next, query, stranger }: TrustData): Html {
  const more = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, after: next })) {
    if (value !== undefined) more.set(name, value);
  }
  return html`${
    hosts.length === 0
      ? html`<p>${query.q === undefined ? "There are none." : "None is known by that name."}</p>`
      : hostTable(hosts, self)
  }
  ${
    stranger === undefined
      ? ""
      : html`<p>
          Nothing is known of <bdi>${stranger}</bdi> yet.
          <a href="${hostPath(stranger)}">Decide about it all the same</a>
        </p>`
  }
  ${next === undefined ? "" : html`<p><a href="${path}?${more.toString()}">Next page</a></p>`}`;
}

function hostTable(hosts: Host[], self: string): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Node</th>
        <th role="columnheader" scope="col">How it stands</th>
        <th role="columnheader" scope="col">Why</th>
        <th role="columnheader" scope="col">Last sign of life</th>
        <th role="columnheader" scope="col">Known since</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${hosts.map(
        (host) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">
              <a href="${hostPath(host.host)}"><bdi>${host.host}</bdi></a>
            </th>
            <td role="cell" data-label="How it stands">${standingWord(host)}</td>
            <td role="cell" data-label="Why">${standingReason(host, self)}</td>
            <td role="cell" data-label="Last sign of life">
              ${host.beacon === null ? "–" : day(host.beacon)}
            </td>
            <td role="cell" data-label="Known since">${day(host.seen)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** The page about a host. */
export function hostPath(host: string): string {
  return `${path}/hosts/${encodeURIComponent(host)}`;
}

/** How a host stands, in a word. */
export function standingWord({ listed, exclusion }: Pick<Host, "listed" | "exclusion">): Html {
  if (exclusion !== null) return html`<span class="state bad">Left out</span>`;
  return listed === null
    ? html`<span class="state">Held</span>`
    : html`<span class="state good">Listed</span>`;
}

/** Why it stands so, on the node of this host. */
export function standingReason(host: Host, self: string): Html {
  const { exclusion, listed, decision, vouchedBy } = host;
  if (exclusion === "denied") return html`You decided so`;
  if (exclusion === "over-quota") return html`More records than it may have`;
  if (exclusion === "silent") return html`No sign of life for 90 days`;
  if (listed === null) return html`Nobody answers for it`;
  if (decision === "allowed") return html`You decided so`;
  if (vouchedBy === self) return html`You vouch for it`;
  return vouchedBy === null
    ? html`It is in <code>PEERS</code>`
    : html`<bdi>${vouchedBy}</bdi> vouches for it`;
}

function attesterSection({ attesters, decides, form }: TrustData): Html {
  return html`<section class="block" aria-labelledby="attesters">
    <h2 id="attesters">Whose word counts</h2>
    <p class="measure">
      Nodes that these vouch for are listed here; those whom they vouch for in turn are not. At
      first they are the nodes in <code>PEERS</code>. Whom you remove stays removed.
    </p>
    ${
      attesters.length === 0
        ? html`<p>Nobody’s word counts here but yours.</p>`
        : html`<ul class="plain">
            ${attesters.map(
              ({ host, since, vouches }) =>
                html`<li>
                  <p>
                    <a href="${hostPath(host)}"><bdi>${host}</bdi></a> since ${day(since)}; vouches
                    for ${counted(vouches, "node")}
                  </p>
                  ${
                    decides
                      ? buttonForm(
                          `${path}/attesters`,
                          `Remove ${host}`,
                          { do: "remove", host },
                          "danger",
                        )
                      : ""
                  }
                </li>`,
            )}
          </ul>`
    }
    ${
      decides
        ? html`<form class="form narrow" method="post" action="${path}/attesters" novalidate>
            <input type="hidden" name="do" value="add" />
            ${textField(form, {
              name: "host",
              label: trustLabels.host,
              required: true,
              maxlength: 260,
              hint: "A federation’s node that knows its members, as coops.example.",
            })}
            <p class="actions">${button("Let its word count")}</p>
          </form>`
        : ""
    }
  </section>`;
}
