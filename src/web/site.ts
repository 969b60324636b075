import type { Identity } from "../directory/identity.ts";
import type { ImportDesk } from "../directory/import-desk.ts";
import type { PictureDesk } from "../directory/pictures/desk.ts";
import type { Throttle } from "../directory/throttle.ts";
import type { Arrivals } from "../federation/arrivals.ts";
import type { DirectoryIndex } from "../index/directory-index.ts";
import type { FeedSource } from "../replication/feed.ts";
import type { RepairDesk } from "../replication/reconcile.ts";
import type { Requesters } from "../replication/signed-request.ts";
import type { Db } from "../store/schema.ts";

/** What the pages, the API and the replication routes are served from. */
export interface Site {
  db: Db;
  node: Identity;
  index: DirectoryIndex;
  feed: FeedSource;
  /** Answers the repairs of other nodes, and knows them by their signatures. */
  repairs: RepairDesk;
  requesters: Requesters;
  role: "hub" | "leaf";
  /** What the node calls itself. */
  name: string;
  /** Whom to write to: an e-mail address, a web address, or words. */
  contact: string | null;
  /** Where the source of the software that runs here is. */
  sourceUrl: string | null;
  /** The time, epoch ms. */
  clock: () => number;
  /** Where registers are uploaded, looked at and imported. */
  imports: ImportDesk;
  /** Where pictures are uploaded and kept. */
  pictures: PictureDesk;
  /** Slows down whoever guesses passwords here. */
  throttle: Throttle;
  /** What was found of how the proxy in front passes requests on. */
  arrivals: Pick<Arrivals, "faults">;
  /** Whether everything that a request needs is up and caught up. */
  ready(): Promise<boolean>;
  /** ActivityPub: undefined when it knows no answer to this request. */
  federation: (request: Request) => Promise<Response | undefined>;
}
