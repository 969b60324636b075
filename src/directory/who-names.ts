import type { RelationKind } from "../coop/codes.ts";
import { listingId } from "../coop/listing-record.ts";
import { bare, namesOf } from "../coop/relation.ts";
import type { DirectoryIndex } from "../index/directory-index.ts";
import * as namings from "../store/namings.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import { attestationUrl } from "./attest.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";

/** The most listings that are looked at for one co-op. */
const most = 50_000;

/** A relation to a co-op here that somebody else claims. */
export interface NamedBy {
  /** The URL of the co-op that claims it. */
  subject: string;
  relationship: RelationKind;
  name: string;
  /** What the co-op here has answered. */
  state: "open" | "confirmed" | "refused";
  /** The URL of the attestation by which it is confirmed, or would be. */
  attestation: string;
  /** Whether the listing that claims it is in the directory here; else its node has sent an offer. */
  listed: boolean;
  /** What it is called as an actor, if its node has sent an offer. */
  handle: string | null;
}

/** By what listings may name a co-op of this node: its own, and those that were imported of it. */
export async function coopNames(index: DirectoryIndex, url: string): Promise<string[]> {
  const entries = await index.organisation(listingId(url));
  const own = entries.find(({ listing }) => listing.id === url)?.listing ?? { id: url };
  const imported = entries.filter(({ listing }) => listing.provenance.kind === "imported");
  return [...new Set([...namesOf(own), ...imported.map(({ listing }) => listing.id)])];
}

/**
 * Who claims a relation to a co-op of this node: the listings that are held, and
 * the actors elsewhere that have offered it. In order of their names.
 *
 * @param id The co-op here.
 */
export async function whoNames(
  db: Db,
  node: Identity,
  index: DirectoryIndex,
  id: string,
): Promise<NamedBy[]> {
  const url = coopUrl(node, id);
  const listings = await index.organisation(listingId(url));
  const same = new Set(listings.map(({ listing }) => listing.id));
  const found = new Map<string, NamedBy>();
  const claims = await index.naming(await coopNames(index, url), most);
  for (const { coop: subject, name, kind: relationship } of claims) {
    if (subject === url || same.has(subject)) continue;
    const attestation = attestationUrl(node, { relationship, subject, object: url });
    found.set(attestation, {
      subject,
      relationship,
      name,
      state: "open",
      attestation,
      listed: true,
      handle: null,
    });
  }
  for (const naming of await namings.of(db, id)) {
    const { attestation, subject, name } = naming;
    const known = found.get(attestation);
    // What is known of one that neither says so nor has asked is forgotten in a moment.
    if (known === undefined && naming.offer === null) continue;
    found.set(attestation, {
      subject,
      relationship: naming.relationship as RelationKind,
      name: known?.name ?? name ?? bare(subject),
      state: naming.refused === null ? "open" : "refused",
      attestation,
      listed: known !== undefined,
      handle: name,
    });
  }
  const live = await liveOf(db, [...found.keys()]);
  return [...found.values()]
    .map((each) => (live.has(each.attestation) ? { ...each, state: "confirmed" as const } : each))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en") || (a.subject < b.subject ? -1 : 1));
}

async function liveOf(db: Db, urls: string[]): Promise<Set<string>> {
  const live = new Set<string>();
  for (let at = 0; at < urls.length; at += 500) {
    for (const [url, version] of await records.versions(db, urls.slice(at, at + 500))) {
      if (!version.tombstone) live.add(url);
    }
  }
  return live;
}
