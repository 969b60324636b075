import { beaconKind } from "../coop/beacon.ts";
import { Acquaintances, type Exclusions } from "../coop/exclusions.ts";
import { quotas } from "../coop/standing.ts";
import * as changes from "../store/changes.ts";
import * as hosts from "../store/hosts.ts";
import type { Db } from "../store/schema.ts";
import * as settings from "../store/settings.ts";
import { domainOf } from "./domain.ts";
import type { Identity } from "./identity.ts";

/**
 * Whether records of a host are held: those of one that isn't known yet are, if
 * there is room for it. Of a silent host none are; its next beacon is let in all
 * the same, if it is asked for by its kind.
 */
export type Holds = (host: string, kind?: string) => boolean;

/** Whose records are held here, as far as was known when it was asked for. */
interface Policy {
  holds: Holds;
  /** What is left out, for others to know. */
  exclusions(): Exclusions;
}

/** Knows whose records are held here. */
export interface Standings {
  /** What holds now, whichever process has decided it. */
  policy(): Promise<Policy>;
}

/** Changes that are read at once. */
const page = 1000;

/**
 * Keeps in memory how all hosts stand, and follows the log for what changes. A
 * leaf holds its own records only.
 */
export function keepStandings(db: Db, node: Identity, role: "hub" | "leaf"): Standings {
  let known = new Acquaintances(quotas);
  let read: { epoch: string; seq: number } | undefined;
  let running: Promise<void> | undefined;

  const load = async (epoch: string) => {
    // Read first: whatever changes from now on has a larger seq.
    const seq = await changes.head(db);
    known = new Acquaintances(quotas);
    // This node itself is never left out, however many are below its domain.
    put({ host: node.host, domain: domainOf(node.host), listed: 0, exclusion: null });
    for (const row of await hosts.standings(db)) put(row);
    read = { epoch, seq };
  };
  const put = ({ host, domain, listed, exclusion }: hosts.Standing) => {
    const away = exclusion === "denied" || exclusion === "silent";
    known.put({ host, domain, exclusion, unknown: listed === null && !away });
  };
  const follow = async () => {
    const epoch = await settings.epoch(db);
    const head = await changes.head(db);
    if (read?.epoch !== epoch || head < read.seq) return load(epoch);
    while (read.seq < head) {
      const rows = await changes.after(db, read.seq, page, { kind: "host" });
      const names = rows.map(({ subject }) => subject);
      const found = names.length > 0 ? await hosts.standings(db, names) : [];
      for (const name of names) known.delete(name);
      for (const row of found) put(row);
      const full = rows.length === page;
      read = { epoch, seq: full ? (rows.at(-1)?.seq ?? head) : head };
    }
  };
  return {
    async policy() {
      running ??= follow().finally(() => (running = undefined));
      await running;
      const now = known;
      return {
        holds(host, kind) {
          if (host === node.host) return true;
          if (role === "leaf") return false;
          const acquaintance = now.get(host);
          if (acquaintance === undefined) return now.hasRoom(domainOf(host));
          const { exclusion } = acquaintance;
          return exclusion === null || (exclusion === "silent" && kind === beaconKind);
        },
        exclusions: () =>
          role === "leaf"
            ? { hosts: [], domains: [], others: { reason: "leaf", except: [node.host] } }
            : now.exclusions(),
      };
    },
  };
}
