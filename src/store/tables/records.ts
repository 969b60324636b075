/** What is replicated, as it was signed, and how this node has come by it. */
export interface RecordsTables {
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
  /** Below which no version is taken in of records that aren't held any more. */
  floor: FloorTable;
  /** The private keys of this node. */
  key: KeyTable;
  /** The public keys of each origin, as first seen. */
  pin: PinTable;
  /** The editions of registers that were imported. */
  import: ImportTable;
  /** Fedify's key-value store. */
  kv: { key: string; value: string; expires: number | null };
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

export interface FloorTable {
  id: string;
  origin: string;
  issued: number;
  tombstone: number;
  digest: string;
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
