import type { Context } from "hono";
import { beaconId } from "../coop/beacon.ts";
import { progressOf } from "../replication/fill.ts";
import * as census from "../store/census.ts";
import * as changes from "../store/changes.ts";
import * as peers from "../store/peers.ts";
import * as records from "../store/records.ts";
import * as settings from "../store/settings.ts";
import * as shownHosts from "../store/shown-hosts.ts";
import { respond } from "./layout.ts";
import type { HostList } from "./pages/host-table.ts";
import { networkPage } from "./pages/network.ts";
import type { Site } from "./site.ts";

/** Hosts on a page. */
const most = 50;

/** `GET /network`: with `hosts` for some of them only, and `after` for the next page. */
export async function showNetwork(site: Site, c: Context): Promise<Response> {
  const { db, node, index, role, contact } = site;
  const beacon = await records.get(db, beaconId(node.origin));
  const data = {
    origin: node.origin,
    host: node.host,
    role,
    seq: await changes.head(db),
    epoch: await settings.epoch(db),
    indexed: index.seq,
    beacon: beacon?.issued,
    filling: await progressOf(site.feed.replica),
    peers: await peers.all(db),
    counts: await index.counts(),
    hosts: await hostsOf(site, new URL(c.req.url).searchParams),
    silent: await shownHosts.silent(db),
    alarms: await census.alarms(db),
    contact,
  };
  return respond(site, networkPage(data));
}

async function hostsOf({ db, node, index }: Site, query: URLSearchParams): Promise<HostList> {
  const after = query.get("after")?.slice(0, 260) ?? "";
  const kind = shownHosts.kinds.find((each) => each === query.get("hosts")) ?? "all";
  const hosts = await shownHosts.page(db, kind, after, most + 1);
  const page = hosts.slice(0, most);
  return {
    kind,
    sums: await shownHosts.sums(db),
    hosts: page,
    counts: new Map((await index.origins()).map((each) => [each.origin, each])),
    own: kind === "all" && after === "" ? node.host : undefined,
    next: hosts.length > most ? (page.at(-1)?.host ?? null) : null,
    first: after === "",
  };
}
