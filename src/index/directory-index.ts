import type { Precision } from "../coop/codes.ts";
import type { Point } from "../coop/earth.ts";
import type { FacetName, SearchQuery } from "../coop/query.ts";
import type { Listing } from "../coop/listing.ts";
import type { Answer } from "../coop/stakeholders.ts";
import type { Group, MapQuestion } from "./map.ts";
import type { Matches, MatchQuestion } from "./matching.ts";
import type { RelationGraph, RelationQuestion } from "./relation-graph.ts";
import type { Supply, SupplyQuestion } from "./supply.ts";
import type { StatisticsQuestion, TooLarge } from "./statistics.ts";
import type { Suggestion } from "./suggestions.ts";
import type { Table } from "./table.ts";
import type { Attested, Confirmed, Naming } from "./ties.ts";

/** One listing as the directory shows it. */
export interface Entry {
  /** The record's URL. */
  record: string;
  /** The host that publishes it. */
  origin: string;
  listing: Listing;
  multiStakeholder: Answer;
  /** Digest of the signed bytes. */
  digest: string;
  /** When the version was issued, epoch ms. */
  issued: number;
}

/** A value of a facet and how many co-ops have it under the other filters. */
export interface FacetValue {
  value: string;
  label: string;
  count: number;
}

export interface SearchResult {
  /** How many organisations match. Worked examples are found, but never counted. */
  total: number;
  /** How many worked examples match beside them. */
  examples: number;
  /** The listing that stands for each organisation. */
  items: Entry[];
  /** Largest first; at most 50 values each. */
  facets: Record<FacetName, FacetValue[]>;
  /** Ask with this as `cursor` for the next page. */
  next: string | null;
  /** And with this for the page before. */
  previous: string | null;
  /** Nothing has what was typed: this is what `to` finds, another spelling or one word less. */
  corrected?: { from: string; to: string };
  /** Little has what was typed: this finds ten times as much. */
  suggestion?: string;
}

/** What is to be seen on a part of the map. */
export interface MapResult {
  /** How many organisations the search finds, worked examples apart, wherever they are. */
  total: number;
  /** How many of them say where they are. */
  placed: number;
  /** How many are in the box: as many as the search finds with the box as `bbox`. */
  inBox: number;
  /** With the single ones they add up to what is in the box; the largest first. */
  groups: Group[];
  /** Those that are alone; where there are too many of them to name, they are groups of one. */
  points: MapPoint[];
}

/** One co-op on the map. */
export interface MapPoint extends Point {
  /** The co-op's URL. */
  id: string;
  name: string;
  /** How exactly the place is known. */
  precision: Precision | undefined;
}

/** How many organisations there are that aren't closed, worked examples apart. */
export interface IndexCounts {
  coops: number;
  examples: number;
}

/** What one host publishes. */
export interface OriginCounts {
  origin: string;
  /** All that are held of it. */
  listings: number;
  /** Organisations that one of its listings stands for: hosts add up to the whole. */
  coops: number;
  examples: number;
}

/**
 * What is derived from the records for reading: a reader of the change log,
 * which may be dropped and built again at any time. The interface is what the
 * pages and the API know; what is behind it may change.
 */
export interface DirectoryIndex extends AsyncDisposable {
  /** The seq up to which the index has read the log. */
  readonly seq: number;
  /** The epoch of the log that it reads. */
  readonly epoch: string;
  /** Reads the log to its end. Returns the seq it has then read up to. */
  catchUp(): Promise<number>;
  search(query: SearchQuery): Promise<SearchResult>;
  /**
   * What somebody who types may be about to look for, the likeliest first.
   *
   * @param language Of the labels of themes, sectors and regions; English without.
   */
  suggest(typed: string, limit: number, language?: string): Promise<Suggestion[]>;
  map(question: MapQuestion): Promise<MapResult>;
  /** A table of what a search finds, by what the co-ops report. */
  statistics(question: StatisticsQuestion): Promise<Table | TooLarge>;
  /** Listings by the record's URL, the co-op's URL, a registration (`GB-COH:123`), or `@handle@host`. */
  lookup(id: string): Promise<Entry[]>;
  /**
   * All listings of the organisation that a record's listing belongs to, itself
   * among them: first the one that stands for it. None when it isn't held.
   */
  organisation(record: string): Promise<Entry[]>;
  /** What is attested about a co-op, by whoever, but for what it is the same as. */
  attested(coop: string): Promise<Attested[]>;
  /**
   * The listings that name somebody in their relations, once for each kind, in
   * order of their names.
   *
   * @param names By what they may name it (`namesOf` in coop/relation.ts).
   */
  naming(names: string[], limit: number): Promise<Naming[]>;
  /**
   * The organisations with a relation to a co-op that an attestation confirms,
   * in order of their names, from behind the co-op with the URL `after` on.
   */
  confirmed(
    asked: Confirmed,
    page: { after?: string; limit: number },
  ): Promise<{ total: number; items: Entry[] }>;
  /** Who offers what a co-op needs, or needs what it offers. */
  matches(record: string, question: MatchQuestion): Promise<Matches<Entry>>;
  /** What is needed and bought in a place, and who there could supply it. */
  supply(question: SupplyQuestion): Promise<Supply>;
  /** Who has to do with whom. */
  relations(question: RelationQuestion): Promise<RelationGraph<Entry>>;
  counts(): Promise<IndexCounts>;
  /** How many listings are shown of each host. Kept in memory. */
  listings(): Promise<ReadonlyMap<string, number>>;
  /** Listings and organisations by host, largest first. */
  origins(): Promise<OriginCounts[]>;
  /**
   * Takes out of the file what is left in it of listings that were removed or
   * changed, a little at a time.
   *
   * @throws {AppError} `unavailable` while another process reads the file.
   */
  wipe(): Promise<void>;
}
