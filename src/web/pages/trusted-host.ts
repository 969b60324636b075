import { html } from "hono/html";
import type { Host } from "../../store/hosts.ts";
import type { Vouch } from "../../store/vouches.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted, day, type Html, number } from "../text.ts";
import { definitions } from "./definitions.ts";
import { button, buttonForm, faultSummary, hidden, textArea } from "./form.ts";
import { hostPath, standingReason, standingWord } from "./trust.ts";

export interface TrustedHostData {
  /** This node's own host. */
  self: string;
  name: string;
  /** Undefined when nothing is known of it. */
  host: Host | undefined;
  /** How many records are held, and some of the co-ops among them. */
  records: number;
  sample: { name: string; url: string; summary: string | undefined }[];
  /** Who vouches for it, whether that counts here or not. */
  vouches: (Vouch & { counts: boolean })[];
  /** Whether this node vouches for it. */
  own: boolean;
  /** A key of it that is held, as no earlier one vouches for it. */
  key: { multikey: string; since: number; waits: boolean } | undefined;
  /** Who decided: the name of the account. */
  decidedBy: string | undefined;
  decides: boolean;
  form: Form;
}

const hostLabels = { why: "Why" };

/** One other node: what is known of it, and what can be decided about it. */
export function trustedHostPage(data: TrustedHostData): Page {
  const { name, host, form, decides } = data;
  return {
    title: name,
    body: html`${faultSummary(form, hostLabels)}
      <h1><bdi>${name}</bdi></h1>
      ${
        host === undefined
          ? html`<p class="lead">Nothing is known of it, and nothing of it is held.</p>`
          : facts(host, data)
      }
      ${data.sample.length === 0 ? "" : look(data)} ${decides ? decisions(data) : ""}
      <p><a href="/admin/network">All other nodes</a></p>`,
  };
}

function facts(host: Host, { self, records, vouches, decidedBy }: TrustedHostData): Html {
  return definitions([
    ["How it stands", html`${standingWord(host)} ${standingReason(host, self)}`],
    [
      "Decided",
      host.decided === null
        ? undefined
        : html`${day(host.decided)}, by ${decidedBy ?? "a command"}`,
    ],
    ["Reason, for those who run this node", host.why === null ? undefined : html`${host.why}`],
    ["Records held", html`${number(records)}`],
    [
      "Records that its beacon counts",
      host.count === null ? undefined : html`${number(host.count)}`,
    ],
    ["Last sign of life", host.beacon === null ? html`None` : html`${day(host.beacon)}`],
    ["Known since", html`${day(host.seen)}`],
    [
      "Vouched for by",
      vouches.length === 0
        ? html`Nobody`
        : html`<ul class="plain">
            ${vouches.map(
              ({ attester, since, counts }) =>
                html`<li>
                  ${attester === self ? "You" : html`<bdi>${attester}</bdi>`} since
                  ${day(since)}${counts ? "" : ", whose word doesn’t count here"}
                </li>`,
            )}
          </ul>`,
    ],
    [
      "Contradicts itself",
      host.equivocated === null
        ? undefined
        : html`Since ${day(host.equivocated)}:
            <a href="/dir/v1/evidence/${encodeURIComponent(host.host)}">the evidence</a>`,
    ],
  ]);
}

function look({ sample, records }: TrustedHostData): Html {
  return html`<section class="block" aria-labelledby="look">
    <h2 id="look">Some of its co-ops</h2>
    <p>Held here: ${counted(records, "record")}.</p>
    <ul class="plain">
      ${sample.map(
        ({ name, url, summary }) =>
          html`<li>
            <p>
              <a href="${url}" rel="nofollow noopener"><bdi>${name}</bdi></a
              >${
                summary === undefined ? "" : html` <span class="aside"><bdi>${summary}</bdi></span>`
              }
            </p>
          </li>`,
      )}
    </ul>
  </section>`;
}

function decisions({ name, host, own, key, form }: TrustedHostData): Html {
  const path = hostPath(name);
  const decision = host?.decision ?? null;
  return html`${
      key === undefined
        ? ""
        : html`<section class="block narrow" aria-labelledby="key">
            <h2 id="key">Its new key</h2>
            <p>
              Since ${day(key.since)} it shows a key that its earlier one doesn’t vouch for.
              ${
                key.waits
                  ? "It had been silent for long before, so nothing by that key is taken in until you confirm it: the domain may have gone to somebody else."
                  : "If it still shows it seven days after that, the key is accepted."
              }
              Ask the people who run it, by another way, whether this is theirs:
            </p>
            <p><code class="long">${key.multikey}</code></p>
            ${buttonForm(path, "It is theirs: accept the key", { do: "confirm-key" })}
          </section>`
    }
    ${
      decision === null
        ? ""
        : html`<section class="block narrow" aria-labelledby="undo">
            <h2 id="undo">Undo what was decided</h2>
            <p>Then it is left to <code>PEERS</code> and the attesters again what becomes of it.</p>
            ${buttonForm(path, "Undo", { do: "undo" })}
          </section>`
    }
    ${
      decision === "allowed"
        ? ""
        : html`<section class="block narrow" aria-labelledby="allow">
            <h2 id="allow">Allow it</h2>
            <p>
              All its listings are shown here, however many, whoever vouches for it. Other nodes
              don’t learn of that.
            </p>
            ${buttonForm(path, "Allow", { do: "allow" })}
          </section>`
    }
    <section class="block narrow" aria-labelledby="vouch">
      <h2 id="vouch">${own ? "This node vouches for it" : "Vouch for it"}</h2>
      ${
        own
          ? html`<p>Wherever the word of this node counts, its listings are shown.</p>
              ${buttonForm(path, "Take that back", { do: "unvouch" })}`
          : html`<p>
                Its listings are shown here and wherever the word of this node counts. Everybody can
                read that you vouch for it: do it for nodes that you know.
              </p>
              ${buttonForm(path, "Vouch for it", { do: "vouch" })}`
      }
    </section>
    ${
      decision === "denied"
        ? ""
        : html`<section class="block narrow" aria-labelledby="deny">
            <h2 id="deny">Deny it</h2>
            <p>
              What is held of it is deleted here, and nothing comes in again until you undo it. Its
              name is in the public list of what this node leaves out. Other nodes decide for
              themselves.
            </p>
            <form class="form" method="post" action="${path}" novalidate>
              ${hidden("do", "deny")}
              ${textArea(form, {
                name: "why",
                label: hostLabels.why,
                rows: 2,
                maxlength: 500,
                required: true,
                hint: "Only those who run this node see it.",
              })}
              <p class="actions">${button("Deny", { look: "danger" })}</p>
            </form>
          </section>`
    }`;
}
