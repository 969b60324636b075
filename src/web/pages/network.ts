import { html } from "hono/html";
import type { OriginCounts } from "../../index/directory-index.ts";
import type { Peer } from "../../store/peers.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, moment, number, outwardLink } from "../text.ts";
import { definitions } from "./definitions.ts";
import { contactLink } from "./contact.ts";

/** What the page about the network shows. */
export interface NetworkData {
  origin: string;
  host: string;
  role: "hub" | "leaf";
  /** The end of this node's feed. */
  seq: number;
  epoch: string;
  /** How far the index has read it. */
  indexed: number;
  origins: OriginCounts[];
  peers: Peer[];
  contact: string | null;
}

/** This node, what it holds of whom, and the nodes that it exchanges records with. */
export function networkPage(data: NetworkData): Page {
  const { host, peers, origins } = data;
  return {
    title: "Network",
    current: "network",
    description: `The node ${host}, its peers, and whose listings it holds.`,
    body: html`<h1>Network</h1>
      <p class="lead">
        The directory is what the nodes know together. Each publishes its own co-ops and passes on
        what it has from others, unchanged and signed by whoever wrote it.
      </p>
      <section class="block" aria-labelledby="node">
        <h2 id="node">This node</h2>
        ${thisNode(data)}
      </section>
      <section class="block" aria-labelledby="peers">
        <h2 id="peers">Peers</h2>
        ${
          peers.length === 0
            ? html`<p>This node has no peers yet: it shows only what is published here.</p>`
            : peerTable(peers)
        }
      </section>
      <section class="block" aria-labelledby="hosts">
        <h2 id="hosts">Listings by host</h2>
        <p class="measure">
          A co-op with several listings is counted once, at the host of the listing that stands for
          it. What is closed isn’t counted.
        </p>
        ${origins.length === 0 ? html`<p>None yet.</p>` : originTable(origins, host)}
      </section>
      <section class="block measure" aria-labelledby="add">
        <h2 id="add">Add a peer</h2>
        <p>A node reads the feeds of the peers in its setting <code>PEERS</code>:</p>
        <pre><code>PEERS="${data.origin}" npm start</code></pre>
        <p>
          That is enough to read from this node. For this one to read from yours, its administrator
          adds your address in the same
          way${data.contact === null ? "" : html`: write to ${contactLink(data.contact)}`}. Nodes
          describe themselves at
          <a href="/.well-known/coop-directory"><code>/.well-known/coop-directory</code></a
          >.
        </p>
      </section>`,
  };
}

const roles = {
  hub: "Hub: it holds the listings of all its peers",
  leaf: "Leaf: it holds its own listings, and wakes its peers when they change",
};

function thisNode({ host, role, seq, epoch, indexed }: NetworkData): Html {
  const known =
    indexed >= seq
      ? "the search knows them all"
      : `the search has read ${number(indexed)} of them so far`;
  return definitions([
    ["Host", html`${host}`],
    ["Role", html`${roles[role]}`],
    [
      "Changes in its feed",
      html`${number(seq)} <span class="aside">(epoch <code>${epoch}</code>; ${known})</span>`,
    ],
  ]);
}

function peerTable(peers: Peer[]): Html {
  return html`<table class="stacking" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Host</th>
        <th role="columnheader" scope="col">Role</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">Last answer</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${peers.map(
        (peer) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">${outwardLink(`${peer.url}/`, peer.host, "")}</th>
            <td role="cell" data-label="Role">${peer.role ?? "not known yet"}</td>
            <td role="cell" data-label="State">${peerState(peer)}</td>
            <td role="cell" data-label="Last answer">
              ${peer.seen === null ? "never" : moment(Number(peer.seen))}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** The state of a peer in words. */
function peerState({ fault, faulted, caughtUp, seen }: Peer): Html {
  if (fault !== null) {
    const since = faulted === null ? "" : html` since ${moment(Number(faulted))}`;
    return html`<span class="state bad">not reachable</span>${since}, because ${reason(fault)}`;
  }
  if (caughtUp !== null) return html`<span class="state good">up to date</span>`;
  if (seen !== null) return html`<span class="state">catching up</span>`;
  return html`<span class="state">not asked yet</span>`;
}

/** Faults name the peer first, as logs need it; the row does so already. */
function reason(fault: string): string {
  return fault.replace(/^\S+ can't be used: /, "").replace(/\.$/, "");
}

function originTable(origins: NetworkData["origins"], host: string): Html {
  const listings = origins.reduce((sum, each) => sum + each.listings, 0);
  const coops = origins.reduce((sum, each) => sum + each.coops, 0);
  const examples = origins.reduce((sum, each) => sum + each.examples, 0);
  return html`<div
    class="scrolling"
    tabindex="0"
    role="region"
    aria-label="Table of listings by host"
  >
    <table>
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col" class="figure">Listings</th>
          <th scope="col" class="figure">Co-ops</th>
          <th scope="col" class="figure">Worked examples</th>
        </tr>
      </thead>
      <tbody>
        ${origins.map(
          (each) =>
            html`<tr>
              <th scope="row">
                ${each.origin}${
                  each.origin === host ? html` <span class="aside">(this node)</span>` : ""
                }
              </th>
              <td class="figure">${number(each.listings)}</td>
              <td class="figure">${number(each.coops)}</td>
              <td class="figure">${number(each.examples)}</td>
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">${counted(origins.length, "host")}</th>
          <td class="figure">${number(listings)}</td>
          <td class="figure">${number(coops)}</td>
          <td class="figure">${number(examples)}</td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}
