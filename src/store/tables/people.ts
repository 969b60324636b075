/** Who signs in, and for whom. */
export interface PeopleTables {
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
