import type { Relation } from "../../coop/listing.ts";
import {
  bare,
  type Confirmation,
  confirmationOf,
  isRelationClaim,
  type AttestedRelation,
} from "../../coop/relation.ts";
import { coopNames } from "../../directory/who-names.ts";
import type { Entry } from "../../index/directory-index.ts";
import type { Attested } from "../../index/ties.ts";
import * as attesters from "../../store/attesters.ts";
import type { Offer } from "../../store/offers.ts";
import * as offers from "../../store/offers.ts";
import { pagePath } from "../entries.ts";
import type { Site } from "../site.ts";

/** Members on a page. */
const pageSize = 50;

/** That an attester who is trusted here says that a co-op has closed. */
export interface SaidClosed {
  /** Its host. */
  by: string;
  /** Epoch ms. */
  at: number;
  /** When it closed, if that is said. */
  date: string | undefined;
}

/** What others say of a co-op and of what it says of itself. */
export interface Ties {
  /** What speaks for each of its relations, in their order. */
  confirmed: (Confirmation | undefined)[];
  closed: SaidClosed | undefined;
  /** Whom it has confirmed as its members, in order of their names. */
  members: { total: number; items: { name: string; page: string }[]; next: string | undefined };
}

type Index = Pick<Site["index"], "attested" | "lookup" | "organisation">;

/** The hosts whose attestations about others count here: this node itself and its attesters. */
export async function trustedHosts({ db, node }: Pick<Site, "db" | "node">): Promise<Set<string>> {
  return new Set([node.host, ...(await attesters.all(db)).map(({ host }) => host)]);
}

/**
 * What is known of the relations of a co-op, for its page.
 *
 * @param after The URL of the last member on the page before.
 */
export async function tiesOf(site: Site, entry: Entry, after: string | undefined): Promise<Ties> {
  const { index, node } = site;
  const trusted = await trustedHosts(site);
  const { id } = entry.listing;
  const own = entry.origin === node.host ? /\/coops\/([0-9a-z]+)$/.exec(id)?.[1] : undefined;
  const told = own === undefined ? [] : await offers.of(site.db, own);
  const asked = {
    kind: "member-of" as const,
    names: await coopNames(index, id),
    object: id,
    believed: [new URL(id).host, ...trusted],
  };
  const page = { ...(after && { after }), limit: pageSize };
  const { total, items } = await index.confirmed(asked, page);
  return {
    confirmed: await confirmations(index, entry, trusted, told),
    closed: await saidClosed(index, entry, trusted),
    members: {
      total,
      items: items.map((each) => ({
        name: each.listing.name,
        page: pagePath(node.host, each),
      })),
      next: items.length < pageSize ? undefined : items.at(-1)?.listing.id,
    },
  };
}

/**
 * What speaks for each relation of a listing, in their order.
 *
 * @param told What the co-op's own node was told by activities, if it is this one.
 */
export async function confirmations(
  index: Index,
  { listing }: Entry,
  trusted: ReadonlySet<string>,
  told: Offer[] = [],
): Promise<(Confirmation | undefined)[]> {
  if (listing.relations === undefined) return [];
  const attested = (await index.attested(listing.id)).filter(isAboutRelation);
  const found: (Confirmation | undefined)[] = [];
  for (const relation of listing.relations) {
    const others = await otherEnds(index, relation);
    const named = relation.id ?? relation.url;
    const one = confirmationOf({
      subject: listing.id,
      kind: relation.kind,
      objects:
        others.length > 0 || named === undefined
          ? others.map(({ listing: { id } }) => id)
          : [bare(named)],
      attested,
      mirrored: others.map((each) => ({
        id: each.listing.id,
        record: each.record,
        relations: each.listing.relations ?? [],
        at: each.issued,
      })),
      trusts: (host) => trusted.has(host),
    });
    found.push(one ?? byActivity(relation, told));
  }
  return found;
}

/**
 * Who may be meant by the other end of a relation: the listing that it names, if
 * that is the co-op's own or its federation's; else those of the same
 * organisation that are. An import can confirm nothing.
 */
async function otherEnds(index: Index, { id, identifier }: Relation): Promise<Entry[]> {
  const ids = [id, identifier && `${identifier.propertyID}:${identifier.value}`];
  for (const each of ids) {
    const found = each === undefined ? [] : await index.lookup(each);
    const exact = found.filter(({ listing }) => listing.id === bare(each ?? ""));
    if (exact.some(speaks)) return exact.filter(speaks);
    const [first] = found;
    if (first !== undefined) return (await index.organisation(first.record)).filter(speaks);
  }
  return [];
}

function speaks({ listing }: Entry): boolean {
  return listing.provenance.kind !== "imported";
}

function isAboutRelation(each: Attested): each is Attested & AttestedRelation {
  return isRelationClaim(each.claim);
}

/** What this node was told itself, where the record that says so isn't held: on a leaf. */
function byActivity({ kind, id }: Relation, told: Offer[]): Confirmation | undefined {
  const offer = told.find(
    (each) => each.relationship === kind && id !== undefined && each.object === bare(id),
  );
  if (offer?.accepted == null) return undefined;
  return {
    how: "activity",
    by: new URL(offer.object).host,
    at: offer.accepted,
    record: offer.result,
    ...(offer.name !== null && { name: offer.name }),
  };
}

/** The first attester that is trusted here to say that a co-op has closed. */
export async function saidClosed(
  index: Index,
  { listing }: Entry,
  trusted: ReadonlySet<string>,
): Promise<SaidClosed | undefined> {
  if (listing.status === "closed") return undefined;
  for (const { claim, origin, issued } of await index.attested(listing.id)) {
    if (claim.relationship !== "closed" || !trusted.has(origin)) continue;
    return { by: origin, at: issued, date: claim.dissolutionDate };
  }
  return undefined;
}
