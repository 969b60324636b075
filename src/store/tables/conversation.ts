/** What others say to co-ops, and how much of it. */
export interface ConversationTables {
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
  /** What it is about: a post, or an answer. */
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
