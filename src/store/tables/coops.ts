/** The co-ops that this node hosts. */
export interface CoopsTables {
  /** The co-ops that this node hosts: what a listing doesn't say. */
  coop: CoopTable;
  /** What was published of each co-op, as it was entered: its private history. */
  revision: RevisionTable;
  /** Stakeholder classes that could be followed, and no longer can. */
  retired_class: RetiredClassTable;
  /** Actors that have moved to another account, and take their followers along. */
  departure: DepartureTable;
  /** Whether what a co-op links to links back to it. */
  backlink: BacklinkTable;
  /** Who names a co-op of this node, as far as somebody was asked or has answered. */
  naming: NamingTable;
  /** What co-ops of this node have offered to actors elsewhere: relations to be confirmed. */
  offer: OfferTable;
}

export interface CoopTable {
  /** Opaque, ten characters: the last part of the actor's URL. */
  id: string;
  /** The name before the @; null for an imported co-op, which has no actor. */
  handle: string | null;
  /** Which import it came from, and its key there. */
  source: string | null;
  sourceKey: string | null;
  created: number;
  /** Digest of the source row, so that an unchanged row is left alone. */
  sourceDigest: string | null;
  /**
   * JSON: what the co-op says of itself, from which listing and actor are
   * derived. Null for an imported co-op, which has no actor, and after deletion.
   */
  content: string | null;
  /** When the content last changed. */
  updated: number | null;
  /** `updated` of the content that followers were last told of. */
  announced: number | null;
  /** When the actor was deleted for good: it answers 410 ever after. */
  deleted: number | null;
  /** JSON: what is being written and not published yet. Private, and perhaps incomplete. */
  draft: string | null;
  drafted: number | null;
  /** The account that last saved the draft. */
  draftedBy: string | null;
  /** Bumped with each change of draft or content: who saves names the one they started from. */
  edition: number;
  /** JSON: the accounts elsewhere that the co-op says it had before, the oldest first. */
  formerly: string | null;
}

export interface RevisionTable {
  coop: string;
  /** Counted from 1 for each co-op. */
  number: number;
  /** `set-aside`: a draft that made way for another content. */
  kind: "published" | "withdrawn" | "set-aside";
  /** JSON: the content as it was entered; what was published may say less (small counts). */
  content: string | null;
  /** Who did it, if it was done by page. */
  account: string | null;
  made: number;
}

export interface RetiredClassTable {
  coop: string;
  key: string;
  retired: number;
  /** When its followers were told. */
  announced: number | null;
}

export interface DepartureTable {
  /** An actor of this node, as its followers are kept: `coops/7f3k2m9q1x`. */
  identifier: string;
  /** Empty when the co-op itself has moved; else the node's former origin that the actor has left. */
  origin: string;
  /** The URL of the account that it is from now on. */
  target: string;
  moved: number;
  /** When its followers were told. */
  announced: number | null;
}

export interface BacklinkTable {
  coop: string;
  /** The co-op's website, or its account elsewhere. */
  kind: "website" | "account";
  url: string;
  /** Of an account: `@bakery@social.example`, once it is known. */
  handle: string | null;
  /** When it is to be looked at next. */
  due: number;
  checked: number | null;
  /** Since when it links back, as far as is known; null if it doesn't. */
  verified: number | null;
  /** Why not, in words. */
  fault: string | null;
}

export interface NamingTable {
  /** The URL of the attestation by which this node would confirm it, or does. */
  attestation: string;
  /** The co-op here that is named. */
  coop: string;
  /** The URL of the co-op that names it, and as what (`member-of`). */
  subject: string;
  relationship: string;
  /** What the actor that offered it is called, and where it is answered. */
  name: string | null;
  inbox: string | null;
  /** The id of the Offer; null when only its listing says so. */
  offer: string | null;
  offered: number | null;
  /** When the co-op here said no, at first or later on. Nobody else is told but who offered it. */
  refused: number | null;
  /** The account that answered; null for a command. */
  account: string | null;
  /** The id of the last activity by which it was answered. */
  answer: string | null;
}

export interface OfferTable {
  /** Its id. */
  activity: string;
  coop: string;
  relationship: string;
  /** The actor's URL, what it is called, and where it is reached; null until it was fetched. */
  object: string;
  name: string | null;
  inbox: string | null;
  made: number;
  /** When it is to be tried (again); null when it was sent, or is given up. */
  due: number | null;
  tries: number;
  sent: number | null;
  accepted: number | null;
  /** The id of the Accept, and of the attestation that it names as its result. */
  accept: string | null;
  result: string | null;
  rejected: number | null;
}
