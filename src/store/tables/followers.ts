import type { Generated } from "kysely";

/** Who follows whom, and what is on its way to them. */
export interface FollowersTables {
  /** Who follows an actor of this node. */
  follower: FollowerTable;
  /** Whom an actor of this node follows. */
  following: FollowingTable;
  /** Servers of followers that have taken nothing for so long that they are left alone. */
  unreachable: UnreachableTable;
  /** Fedify's message queue. Rows hold private keys: protect them like `key`. */
  queue: QueueTable;
}

export interface FollowerTable {
  /** Which of our actors: `actor`, `coops/ID` or `coops/ID/classes/KEY`. */
  followed: string;
  /** The follower's actor URL. */
  actor: string;
  inbox: string;
  sharedInbox: string | null;
  /** The id of the Follow, which Accept and Undo name. */
  activity: string;
  since: number;
}

export interface FollowingTable {
  follower: string;
  actor: string;
  activity: string;
  requested: number;
  accepted: number | null;
}

export interface UnreachableTable {
  /** With its port when that isn't the default one. */
  host: string;
  since: number;
  /** When it was last asked whether it is there again. */
  asked: number;
}

export interface QueueTable {
  id: Generated<number>;
  /** Which of Fedify's queues. */
  lane: "inbox" | "outbox";
  payload: string;
  orderingKey: string | null;
  /** Its place among those of its key, however often it is put back; null for the order of the ids. */
  since: number | null;
  runAt: number;
  lockedUntil: number | null;
  /** How often it has been claimed; with the id it names the claim. */
  attempts: Generated<number>;
}
