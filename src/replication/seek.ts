import { getLogger } from "@logtape/logtape";
import type { Suspect } from "../directory/compare-hosts.ts";
import type { Clock, Replica } from "./replica.ts";

/** What is known of hosts of which less, or something else, is held than they say. */
export interface Watchlist {
  /** Compares anew, and tells of which hosts that is so. */
  compare(): Promise<Suspect[]>;
  /** Notes that what is lacking of a host was asked for. */
  note(host: string, outcome: Sought): Promise<void>;
}

/** When and of whom what is lacking was asked for, and how many records came: null without an answer. */
export interface Sought {
  sought: number;
  soughtOf: string;
  found: number | null;
}

/** What seeking takes: a puller has it. */
export interface Seeker {
  replica: Pick<Replica, "peers" | "filling">;
  clock: Pick<Clock, "now">;
  /** From 0 up to, but not including, 1. */
  random: () => number;
}

/** Finds out what a peer has of one host that is lacking here, and takes it in. */
export type RepairHost = (
  peer: string,
  host: string,
  stop: AbortSignal,
) => Promise<{ admitted: number }>;

/** Hosts that are seen to in one turn. */
const most = 8;
/** Whom else to ask when a host itself can't be asked. */
const others = 2;

/**
 * Finds records that nobody passes on: of each host of which for some time
 * something else has been held than its beacon counts, by repairing with that
 * host itself; where it doesn't answer, with other peers. Where nothing at all
 * is held it doesn't wait.
 *
 * @param after How long to wait before, and between two attempts; milliseconds.
 * @returns How many records came.
 */
export async function seekWithheld(
  seeker: Seeker,
  repair: RepairHost,
  list: Watchlist,
  after: number,
  stop: AbortSignal,
): Promise<number> {
  const { clock, replica } = seeker;
  const { step } = (await replica.filling.read()) ?? {};
  // While a hub fills itself, most is still to come.
  if (step === "loading" || step === "checking") return 0;
  const due = (await list.compare()).filter(
    ({ since, held, sought }) =>
      (held === 0 || clock.now() - since >= after) &&
      (sought === null || clock.now() - sought >= after),
  );
  let came = 0;
  // Those that were asked for longest ago first, so that each has its turn.
  const next = due.toSorted((a, b) => (a.sought ?? 0) - (b.sought ?? 0)).slice(0, most);
  for (const suspect of next) {
    if (stop.aborted) break;
    came += await seek(seeker, repair, list, suspect, stop);
  }
  if (came > 0) await list.compare();
  return came;
}

async function seek(
  seeker: Seeker,
  repair: RepairHost,
  list: Watchlist,
  { host, origin }: Suspect,
  stop: AbortSignal,
): Promise<number> {
  const log = getLogger(["fragaria", "replication"]);
  let outcome: Sought | undefined;
  for (const url of [origin, ...(await someOthers(seeker, origin))]) {
    const asked = { sought: seeker.clock.now(), soughtOf: new URL(url).host };
    try {
      const { admitted } = await repair(url, host, stop);
      outcome = { ...asked, found: admitted };
      if (admitted > 0) {
        log.warn("{count} records of {host} that were lacking came from {peer}", {
          count: admitted,
          host,
          peer: url,
        });
      }
      // Who has more than the host itself? Of others one may withhold what the next has.
      if (url === origin || admitted > 0) break;
    } catch (error) {
      if (stop.aborted) return 0;
      outcome ??= { ...asked, found: null };
      const { message } = error as Error;
      log.info("What is lacking of {host} can’t be had: {message}", { host, message });
    }
  }
  if (outcome !== undefined) await list.note(host, outcome);
  return outcome?.found ?? 0;
}

async function someOthers({ replica, random }: Seeker, origin: string): Promise<string[]> {
  const hubs = (await replica.peers.all())
    .filter(({ url, role, fault }) => url !== origin && role === "hub" && fault === null)
    .map(({ url }) => ({ url, draw: random() }));
  return hubs
    .toSorted((a, b) => a.draw - b.draw)
    .slice(0, others)
    .map(({ url }) => url);
}
