/** What feeds tell their followers. */
export interface FeedsTables {
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
