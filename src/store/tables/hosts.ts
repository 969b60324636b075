/** Other nodes, and what is known of them. */
export interface HostsTables {
  /** The nodes that this node exchanges records with. */
  peer: PeerTable;
  /** Every other node of which records, keys or a beacon were ever seen. */
  host: HostTable;
  /** The hosts whose word counts here. */
  attester: AttesterTable;
  /** Which nodes vouch for which hosts, whether their word counts here or not. */
  vouch: VouchTable;
  /** How many listings were shown of each host on the last days. */
  census: CensusTable;
  /** What administrators have to look at until they say that they have. */
  alarm: AlarmTable;
  /** Two beacons of one host that contradict one another, as they were signed. */
  evidence: EvidenceTable;
}

export interface PeerTable {
  /** The peer's origin as a URL without a path: https://hub.example */
  url: string;
  host: string;
  role: string | null;
  /** The actor that follows and is followed. */
  actor: string | null;
  /** The feed's epoch, and how far it has been read. */
  epoch: string | null;
  seq: number;
  /** When the feed was first read to its end. */
  caughtUp: number | null;
  /** When it last answered. */
  seen: number | null;
  /** Why the last exchange failed; null while all goes well. */
  fault: string | null;
  faulted: number | null;
  /** When our own records were read back from it; null when that is still to be done. */
  reclaimed: number | null;
  /** When this node chose it by itself, to read all that it has; null if it didn't. */
  chosen: number | null;
  /** When it first woke us without being known, since when its own records are read; null if it never did. */
  woke: number | null;
  /** When the last repair with it ended well, and how many records it brought. */
  repaired: number | null;
  lacked: number | null;
}

export interface HostTable {
  /** With its port when that isn't the default one. */
  host: string;
  /** Scheme and host: `https://coops.example`. */
  origin: string;
  /** The part of the name that somebody registered; hosts that nobody vouches for share its quotas. */
  domain: string;
  /** When it was first heard of. */
  seen: number;
  role: string | null;
  /** `issued` of its newest beacon, and what that says of its records: how many, and their fingerprint. */
  beacon: number | null;
  count: number | null;
  summary: string | null;
  /** As it was last told to the log of changes. */
  liveness: "live" | "stale" | "hidden" | "dropped" | null;
  /** How many of its listings are left out while it is silent; null while none are. */
  leftOut: number | null;
  /** `issued` of the last beacon that counted what is held, and how many records those were when it was last compared. */
  agreed: number | null;
  held: number | null;
  /** Since when what is held isn't what its beacon says. */
  differs: number | null;
  /** When it was last asked for what is lacking, of which host, and how many records came: null when it didn't answer. */
  sought: number | null;
  soughtOf: string | null;
  found: number | null;
  /** When it was found to have signed two beacons that contradict one another. */
  equivocated: number | null;
  /** What the administrator decided; null while others decide. */
  decision: "allowed" | "denied" | null;
  decided: number | null;
  /** The account; null for a command. */
  decidedBy: string | null;
  /** Why, in the administrator's words: for those who run this node. */
  why: string | null;
  /** Since when its records are shown; null while they are only held, or not even that. */
  listed: number | null;
  /** Since when which attester vouches for it. */
  vouched: number | null;
  vouchedBy: string | null;
  /** Since when its records aren't held, and why. */
  excluded: number | null;
  exclusion: "denied" | "over-quota" | "silent" | null;
  /** The number of records that it went beyond: it stays excluded while it may have no more than that. */
  exceeded: number | null;
  /** How many records it would like to publish, by its beacon. */
  asks: number | null;
  /** When its keys were last asked for, and why that failed. */
  asked: number | null;
  fault: string | null;
  /** When a key of it was accepted that its earlier keys don't vouch for. */
  rekeyed: number | null;
}

export interface AttesterTable {
  host: string;
  since: number;
  /** Who added it, or removed it; null when it came with the configuration, or for a command. */
  account: string | null;
  /** When its word ceased to count. The row stays, so that the configuration doesn't add it again. */
  removed: number | null;
}

export interface VouchTable {
  /** The URL of the attestation. It counts as long as that is held. */
  id: string;
  /** Who vouches: the origin of the attestation. */
  attester: string;
  host: string;
  since: number;
}

export interface CensusTable {
  /** Empty for all hosts together. */
  host: string;
  /** Midnight UTC, epoch ms. */
  day: number;
  /** The most that were shown on that day. */
  listings: number;
}

export interface AlarmTable {
  /** Of which host much is gone; empty for the directory as a whole. */
  host: string;
  raised: number;
  /** How many listings there were, and are. */
  before: number;
  after: number;
}

export interface EvidenceTable {
  host: string;
  /** The exact bytes of both records. */
  first: Uint8Array;
  second: Uint8Array;
  seen: number;
}
