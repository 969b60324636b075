import { html } from "hono/html";
import type { IndexCounts } from "../../index/directory-index.ts";
import { isConfigured, isGuest } from "../../replication/peer-kinds.ts";
import type { Alarm } from "../../store/census.ts";
import type { Peer } from "../../store/peers.ts";
import type { Filling } from "../../store/settings.ts";
import type { HostSums, Silent } from "../../store/shown-hosts.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, moment, number, outwardLink } from "../text.ts";
import { definitions } from "./definitions.ts";
import { contactLink } from "./contact.ts";
import { fillingWords } from "./filling.ts";
import { hostList, type HostList } from "./host-table.ts";
import { silentWords } from "./silent.ts";

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
  /** When this node's own beacon was issued, epoch ms. */
  beacon: number | undefined;
  filling: Filling | undefined;
  peers: Peer[];
  counts: IndexCounts;
  hosts: HostList;
  silent: Silent;
  alarms: Alarm[];
  contact: string | null;
}

/** This node, what it holds of whom, and the nodes that it exchanges records with. */
export function networkPage(data: NetworkData): Page {
  const { host, counts, hosts, silent, alarms } = data;
  // Who only wakes this node is no part of how it is connected.
  const peers = data.peers.filter((peer) => !isGuest(peer));
  const guests = data.peers.length - peers.length;
  return {
    title: "Network",
    current: "network",
    description: `The node ${host}, its peers, and whose listings it holds.`,
    body: html`<h1>Network</h1>
      <p class="lead">
        The directory is what the nodes know together. Each publishes its own co-ops and passes on
        what it has from others, unchanged and signed by whoever wrote it.
      </p>
      ${alarms.map(alarmNotice)}
      <section class="block" aria-labelledby="node">
        <h2 id="node">This node</h2>
        ${thisNode(data)}
      </section>
      <section class="block" aria-labelledby="peers">
        <h2 id="peers">Peers</h2>
        ${peers.length === 0 ? html`<p>This node has no peers yet.</p>` : peerTable(peers)}
        ${
          guests === 0
            ? ""
            : html`<p>
                ${counted(guests, "further node")} ${guests === 1 ? "wakes" : "wake"} this one when
                something changes there.
              </p>`
        }
      </section>
      <section class="block" aria-labelledby="hosts">
        <h2 id="hosts">Hosts</h2>
        ${hostSums(hosts.sums, counts)} ${silentWords(silent)}
        <p class="measure">
          Every node signs a beacon each day, which says that it is there and how much it publishes.
          A co-op with several listings is counted once, at the host of the listing that stands for
          it. What is closed isn’t counted.
        </p>
        ${hostList(hosts)}
      </section>
      <section class="block measure" aria-labelledby="add">
        <h2 id="add">Join with a node</h2>
        <p>A node has to know one other, and finds more by itself:</p>
        <pre><code>PEERS="${data.origin}" npm start</code></pre>
        <p>
          Others hold its listings from then on. They show them when somebody whom they trust
          vouches for it, or their administrator allows
          it${data.contact === null ? "" : html`: for this node write to ${contactLink(data.contact)}`}.
          Nodes describe themselves at
          <a href="/.well-known/coop-directory"><code>/.well-known/coop-directory</code></a
          >.
        </p>
      </section>`,
  };
}

const roles = {
  hub: "Hub: it holds what all nodes publish, but for those that it leaves out",
  leaf: "Leaf: it holds its own listings, and wakes hubs when they change",
};

function thisNode({ host, role, seq, epoch, indexed, filling, beacon }: NetworkData): Html {
  const known =
    indexed >= seq
      ? "the search knows them all"
      : `the search has read ${number(indexed)} of them so far`;
  return definitions([
    ["Host", html`${host}`],
    ["Role", html`${roles[role]}`],
    ["Directory", role === "hub" ? fillingWords(filling) : undefined],
    ["Beacon", beacon === undefined ? undefined : beaconWords(beacon)],
    [
      "Changes in its feed",
      html`${number(seq)} <span class="aside">(epoch <code>${epoch}</code>; ${known})</span>`,
    ],
  ]);
}

function beaconWords(issued: number): Html {
  return html`<a href="/dir/v1/beacon">signed</a> ${moment(issued)}`;
}

/** An alarm stays until somebody who runs the node has looked at it. */
function alarmNotice({ host, raised, before, after }: Alarm): Html {
  const what =
    host === ""
      ? html`<strong>Much of the directory is gone within a day.</strong> Of
          ${counted(before, "listing")} of other hosts, ${number(after)} are left.`
      : html`<strong>Most listings of ${host} are gone within a day.</strong> Of ${number(before)},
          ${number(after)} are left.`;
  return html`<p class="notice fault">
    ${what} Found ${moment(raised)}; whoever runs this node has yet to look at it.
  </p>`;
}

/** The hosts in numbers. */
function hostSums({ shown, live, stale, waiting, excluded }: HostSums, counts: IndexCounts): Html {
  const silent = shown.silent;
  const unheard = shown.all - live - stale - silent;
  const others = [
    ...(stale > 0 ? [html`, ${number(stale)} silent for more than a week`] : []),
    ...(silent > 0 ? [html`, ${number(silent)} for more than thirty days`] : []),
    ...(unheard > 0 ? [html`, ${number(unheard)} not heard of yet`] : []),
  ];
  return definitions([
    [
      "In the directory",
      html`${counted(counts.coops, "co-op")} of ${counted(shown.all + 1, "host")}, this node among
      them`,
    ],
    ["Other hosts", shown.all === 0 ? undefined : html`${number(live)} live${others}`],
    [
      "Waiting",
      waiting === 0
        ? undefined
        : html`${counted(waiting, "host")}, held but not shown until somebody vouches for
          ${waiting === 1 ? "it" : "them"}`,
    ],
    [
      "Left out",
      excluded === 0
        ? undefined
        : html`<a href="/dir/v1/excluded">${counted(excluded, "host")}</a>, over
            ${excluded === 1 ? "its" : "their"} quota or by decision of this node`,
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
            <th role="rowheader" scope="row">
              ${outwardLink(`${peer.url}/`, peer.host, "")}
              ${isConfigured(peer) ? "" : html`<span class="aside">(found by itself)</span>`}
            </th>
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
