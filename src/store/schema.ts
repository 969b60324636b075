import type { Generated, Kysely, Transaction } from "kysely";

/**
 * The tables, as Kysely sees them. The DDL is in migrations/; both engines
 * have the same columns. Times are integers, milliseconds since the epoch,
 * named by what happened; a state with a moment is a nullable time.
 */
export interface Schema {
  /** Numbers that are bumped in the transaction that uses them: `seq`. */
  counter: { name: string; value: number };
  /** Facts about this database that must survive a restart: the epoch. */
  setting: { name: string; value: string };
  /** The newest version of every record held, as the bytes that were signed. */
  record: RecordTable;
  /** The log of changes: one row for each subject, at its latest seq. */
  change: ChangeTable;
  /** Where each reader of the change log has got to. */
  cursor: { name: string; seq: number };
  /** The co-ops that this node hosts: what a listing doesn't say. */
  coop: CoopTable;
  /** What was published of each co-op, as it was entered: its private history. */
  revision: RevisionTable;
  /** What a hosted co-op has to say: news, and its pinned introduction. */
  post: PostTable;
  /** Pictures that were uploaded, of posts and profiles; the files are beside the database. */
  picture: PictureTable;
  /** Who follows an actor of this node. */
  follower: FollowerTable;
  /** Whom an actor of this node follows. */
  following: FollowingTable;
  /** Servers of followers that have taken nothing for so long that they are left alone. */
  unreachable: UnreachableTable;
  /** Stakeholder classes that could be followed, and no longer can. */
  retired_class: RetiredClassTable;
  /** Actors that have moved to another account, and take their followers along. */
  departure: DepartureTable;
  /** Whether what a co-op links to links back to it. */
  backlink: BacklinkTable;
  /** What others have written to a co-op, or of one of its posts. */
  reply: ReplyTable;
  /** Who likes a post, and who passes it on. */
  reaction: ReactionTable;
  /** What co-ops have answered to replies. */
  answer: AnswerTable;
  /** Whom a co-op, or the whole node, doesn't want to hear. */
  block: BlockTable;
  /** Who doesn't want to hear a co-op. */
  blocked_by: BlockedByTable;
  /** What other servers have reported to whoever runs this one. */
  flag: FlagTable;
  /** How much of what each may send in a day is used. */
  allowance: { subject: string; day: number; used: number };
  /** The private keys of this node. */
  key: KeyTable;
  /** The public keys of each origin, as first seen. */
  pin: PinTable;
  /** The editions of registers that were imported. */
  import: ImportTable;
  /** The nodes that this node exchanges records with. */
  peer: PeerTable;
  /** Who names a co-op of this node, as far as somebody was asked or has answered. */
  naming: NamingTable;
  /** What co-ops of this node have offered to actors elsewhere: relations to be confirmed. */
  offer: OfferTable;
  /** Fedify's key-value store. */
  kv: { key: string; value: string; expires: number | null };
  /** Fedify's message queue. Rows hold private keys: protect them like `key`. */
  queue: QueueTable;
  /** The people who sign in here. */
  account: AccountTable;
  /** Browsers that are signed in. */
  session: SessionTable;
  /** What an account is to a co-op. */
  role: RoleTable;
  /** One-time links: set-up, invitations, new passwords, a co-op's yes. */
  link: LinkTable;
  /** Under which mandates federations publish for co-ops of this node. */
  mandate: MandateTable;
  /** What people have asked of the node: to join, to claim, to correct, to object. */
  request: RequestTable;
  /** Co-ops that were brought along by a spreadsheet. */
  member: MemberTable;
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
  /** Below which no version is taken in of records that aren't held any more. */
  floor: FloorTable;
  /** Two beacons of one host that contradict one another, as they were signed. */
  evidence: EvidenceTable;
  /** Listings that are new in the directory: for a month, so that feeds can tell of them. */
  feed_item: FeedItemTable;
  /** What feeds have told their followers. */
  feed_post: FeedPostTable;
  /** The listings that a post of a feed names. */
  feed_entry: FeedEntryTable;
  /** Posts that feeds may pass on, for a week: of this node, and on a hub of others. */
  news: NewsTable;
  /** Which feeds have passed on which of them. */
  feed_boost: FeedBoostTable;
}

export interface RecordTable {
  /** The URL of the record. */
  id: string;
  /** The host of the id, with its port when it isn't the default one. */
  origin: string;
  /** `listing`, `tombstone`, or the record's own word for what it is. */
  kind: string;
  /** The record's `issued`, epoch ms. */
  issued: number;
  /** 1 for a tombstone, else 0: it takes part in the order of versions. */
  tombstone: number;
  /** SHA-256 of `body`, 64 hexadecimal digits. */
  digest: string;
  /** The exact bytes that were signed and came over the wire. */
  body: Uint8Array;
  /** When this node wrote it, epoch ms. */
  seen: number;
  /** When it wrote a version of it for the first time, since it holds it. */
  added: number | null;
}

export interface ChangeTable {
  seq: number;
  /**
   * `record` (subject: its id), `post`, `answer`, `reply` or `coop` (subject: their
   * ids), `block` (subject: whose, and of whom), `host`
   * (subject: a host whose standing or liveness changed), `dropped` (subject:
   * the id of a record that isn't held any more; these go after a year or so,
   * see prune-log.ts).
   */
  kind: string;
  subject: string;
  /** The origin of a record, so that a feed can be had by origin; else empty. */
  origin: string;
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

export interface PostTable {
  id: string;
  coop: string;
  /** JSON: a language map of plain text, main language first. */
  content: string;
  published: number;
  edited: number | null;
  deleted: number | null;
  pinned: number | null;
  /** When followers were first told of it: before that, an edit is no news to them. */
  announced: number | null;
  /** `edited` and `pinned` as followers were last told of them. */
  announcedEdit: number | null;
  announcedPin: number | null;
  /** JSON: what to know before reading it, a language map like `content`. */
  warning: string | null;
  /** When it is to be published; null once it is. Until then nobody else may know of it. */
  due: number | null;
  /** The time zone in which `due` was given. */
  zone: string | null;
  /** When it was marked for the feeds of the directory. */
  listed: number | null;
  /** JSON: the keys of the classes that announce it. Said once, when it is written. */
  classes: string | null;
  /** JSON: whom its text names, as far as they were looked for. */
  mentions: string | null;
  /** JSON: its pictures in their order, with what can be seen in each. */
  pictures: string | null;
}

export interface PictureTable {
  /** The name of the file in DATA_DIR/pictures, and the end of the URL. */
  id: string;
  coop: string;
  /** Null for one of the profile: it is shown as long as what is published or drafted names it. */
  post: string | null;
  mediaType: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  digest: string;
  created: number;
  /** When it was taken back; the row goes with the file, soon after. */
  erased: number | null;
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

export interface ReplyTable {
  /** Its name on this node. */
  key: string;
  /** The URL of the note; there is one row for each co-op that it concerns. */
  id: string;
  coop: string;
  /** The post that it is about; null if it only mentions the co-op. */
  post: string | null;
  kind: "reply" | "quote" | "mention";
  /** Who may read it here: everybody, or only those who look after the co-op. */
  audience: "public" | "private";
  /** Who has written it: the URL of the actor, and its host. */
  author: string;
  host: string;
  /** `@name@host`. */
  handle: string;
  /** The page of the author on their server. */
  profile: string;
  inbox: string;
  /** The page of the note. */
  url: string;
  /** Plain text, whatever came; and what to know before reading it. */
  content: string;
  warning: string | null;
  language: string | null;
  /** How many pictures and the like it has, none of which are fetched. */
  attachments: number;
  published: number;
  edited: number | null;
  received: number;
  /** When somebody of the co-op hid it. */
  hidden: number | null;
  /** When it was allowed to quote the post (FEP-044f); null if it isn't. */
  approved: number | null;
  /** When somebody reported it to its server, with which words, and when those were sent. */
  reported: number | null;
  report: string | null;
  flagged: number | null;
}

export interface ReactionTable {
  post: string;
  kind: "like" | "boost";
  actor: string;
  host: string;
  /** The id of the activity, by which it may be undone. */
  activity: string;
  seen: number;
}

export interface AnswerTable {
  id: string;
  coop: string;
  /** The post below which it stands; null if there is none. */
  post: string | null;
  /** The URL of the note that is answered. */
  parent: string;
  /** To whom: everybody, or only the author of that note. */
  audience: "public" | "private";
  /** The author of that note, what they are called, and where they are reached. */
  author: string;
  handle: string;
  inbox: string;
  /** JSON: a language map of plain text, main language first. */
  content: string;
  published: number;
  /** When it was first sent. */
  announced: number | null;
  deleted: number | null;
}

export interface BlockTable {
  /** Whose block it is; empty for the whole node's. */
  coop: string;
  /** The URL of an actor, or a domain, which stands for its subdomains, too. */
  subject: string;
  kind: "person" | "domain";
  since: number;
  /** Who did it, if it was done by page. */
  account: string | null;
  /** In words, for those who look after the co-op or the node. */
  why: string | null;
}

export interface BlockedByTable {
  coop: string;
  actor: string;
  /** The id of the Block, by which it may be undone. */
  activity: string;
  since: number;
}

export interface FlagTable {
  /** The id of the activity. */
  id: string;
  /** Who reports: a person, or a server's own actor. */
  actor: string;
  host: string;
  /** The co-op that it is about, if it is about one. */
  coop: string | null;
  /** JSON: the URLs on this node that are reported. */
  objects: string;
  content: string;
  received: number;
  settled: number | null;
}

export interface KeyTable {
  /** `rsa` or `ed25519`; further ones that sign records are `ed25519-2` and so on. */
  name: string;
  /** JSON Web Key, private. */
  privateKey: string;
  publicKey: string;
  created: number;
  /** When another key took its place: what it signed before that still counts. */
  retired: number | null;
  /** When it was found to be in wrong hands: nothing that it signed counts. */
  dropped: number | null;
  /** When all that a dropped key had signed was signed again by the present one. */
  swept: number | null;
}

export interface PinTable {
  /** The verificationMethod that proofs of this origin name. */
  method: string;
  /** Multibase, as in the Multikey (z6Mk…). */
  multikey: string;
  origin: string;
  /** JSON: its entry in the node's history of keys, as it was when it was pinned. */
  entry: string;
  seen: number;
  /** When other nodes said so, as its own couldn't be asked; null if that said so itself. */
  reported: number | null;
  /** When its node put another one in its place: what it signed before that still counts. */
  retired: number | null;
  /** When its node dropped it: nothing that it signed counts. */
  dropped: number | null;
  /** When all that a dropped key had signed was deleted here. */
  swept: number | null;
  /** Since when it is held, as no earlier key endorses it: nothing by it is taken in. */
  held: number | null;
  /** When its node was last asked whether it still has it. */
  asked: number | null;
}

export interface ImportTable {
  id: string;
  /** The name of the mapping's register. */
  source: string;
  /** What people call the register. */
  title: string;
  /** When its facts were true: a year, a month or a day. */
  edition: string;
  /** What the file is called. */
  file: string;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  digest: string;
  /** Who did it, if it was done by page. */
  account: string | null;
  started: number;
  /** Rows in the file, and how many of them have been dealt with. */
  rows: number;
  done: number;
  added: number;
  changed: number;
  unchanged: number;
  leftAlone: number;
  refused: number;
  doubtful: number;
  closed: number;
  finished: number | null;
  /** Why it broke off; null while all goes well. */
  fault: string | null;
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

export interface FloorTable {
  id: string;
  origin: string;
  issued: number;
  tombstone: number;
  digest: string;
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

export interface FeedItemTable {
  /** The id of the record. */
  subject: string;
  origin: string;
  /** Of the change by which it became news. */
  seq: number;
  gathered: number;
  /** 1 if it was imported, else 0: what co-ops publish themselves is named first. */
  imported: number;
  /** The names of the feeds that it belongs to, with a space before and behind each. */
  feeds: string;
}

export interface FeedPostTable {
  id: string;
  /** The name of the feed. */
  feed: string;
  /** The `seq` of the last item that it takes into account. */
  until: number;
  /** How many co-ops it tells of without naming them. */
  more: number;
  published: number;
  edited: number | null;
  /** When nothing that it named was left. */
  deleted: number | null;
  /** When followers were told, and `edited` of what they were told last. */
  announced: number | null;
  announcedEdit: number | null;
}

export interface FeedEntryTable {
  post: string;
  /** The id of the record. */
  subject: string;
  origin: string;
  /** Counted from 0. */
  place: number;
  /** As they were when the post was written; where the co-op is may be unknown. */
  name: string;
  whereabouts: string;
}

export interface NewsTable {
  /** The URL of the post. */
  id: string;
  /** The id of its co-op’s listing, and the host of both. */
  listing: string;
  origin: string;
  published: number;
  /** 1 if it is what the co-op has pinned to introduce itself, else 0. */
  introduction: number;
  /** When this node heard of it. */
  seen: number;
  /** When it was found to be there as it is said; null while that is to be asked. */
  checked: number | null;
  /** When its host is to be asked (again); null when there is nothing to ask. */
  due: number | null;
  /** How often it was asked in vain. */
  tries: number;
  /** When it was deleted, or no longer meant for feeds. */
  deleted: number | null;
  /** When it was given to the feeds that it belongs to. */
  boosted: number | null;
}

export interface FeedBoostTable {
  feed: string;
  /** The URL of the post. */
  news: string;
  listing: string;
  origin: string;
  boosted: number;
  announced: number | null;
  /** When the post was gone, or its co-op’s listing. */
  ended: number | null;
  announcedEnd: number | null;
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

export interface AccountTable {
  /** Opaque, ten characters. */
  id: string;
  /** By which one signs in, in small letters. */
  name: string;
  /** What others on this node see. */
  displayName: string | null;
  /** Private: for the administrators of this node only, and never replicated. */
  email: string | null;
  /** `$scrypt$…`; null until the first password is set. */
  passwordHash: string | null;
  /** What the account may do on the node as a whole. */
  nodeRole: "administrator" | "moderator" | null;
  created: number;
  disabled: number | null;
}

export interface SessionTable {
  /** SHA-256 of the token in the cookie: who reads the database can't sign in with it. */
  tokenHash: string;
  account: string;
  created: number;
  /** When it was last used, to the hour. */
  seen: number;
  expires: number;
  /** What the browser calls itself. */
  agent: string | null;
}

export interface RoleTable {
  account: string;
  coop: string;
  role: "owner" | "editor";
  since: number;
}

export interface LinkTable {
  /** SHA-256 of the token in the link. */
  tokenHash: string;
  kind: "setup" | "invitation" | "password" | "yes";
  /** Whose password it sets. */
  account: string | null;
  /** To which co-op it invites, and as what. */
  coop: string | null;
  role: "owner" | "editor" | null;
  /** What else whoever made it has to know when it is used; JSON or words. */
  note: string | null;
  /** The account that made it; null for a command. */
  createdBy: string | null;
  created: number;
  expires: number;
  used: number | null;
}

export interface MandateTable {
  id: string;
  coop: string;
  /** The federation, its website, and what it publishes upon: in the listing, too. */
  by: string;
  url: string | null;
  basis: string;
  date: string;
  /** Who answers for it: private, never in a record, a feed, the API or an export for others. */
  person: string;
  recorded: number;
  /** The account that recorded it; null for a command. */
  recordedBy: string | null;
  ended: number | null;
}

export interface RequestTable {
  /** Twenty characters that nobody can guess: with them the person sees how it goes. */
  id: string;
  kind: "join" | "claim" | "correct" | "object" | "access" | "deletion";
  /** A co-op of this node. */
  coop: string | null;
  /** Private, as are all words of a person. */
  name: string;
  /** An e-mail address, or a number, or how else to reach them. */
  email: string | null;
  message: string;
  /** JSON: what a co-op that wants to join says of itself. */
  content: string | null;
  /** Who made it, when signed in. */
  account: string | null;
  created: number;
  decided: number | null;
  decision: "accepted" | "refused" | null;
  /** The account that decided; null for a command. */
  decidedBy: string | null;
  /** What the person is told. */
  note: string | null;
}

export interface MemberTable {
  coop: string;
  /** What the spreadsheet is matched by when it comes again. */
  handle: string;
  /** The normalised registration: scheme and number. */
  registration: string | null;
  /** Where to send the co-op's link: private, forgotten with its answer. */
  email: string | null;
  /** Of the row, so that one that hasn't changed is left alone. */
  digest: string;
  added: number;
  addedBy: string | null;
  /** When it said yes, or was published under a mandate; null while its draft waits for that. */
  answered: number | null;
}

/** A handle for readers. */
export type Db = Kysely<Schema>;
/** What must run inside a transaction takes this one. */
export type Tx = Transaction<Schema>;
