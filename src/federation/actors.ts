import type { Json, JsonObject } from "../coop/canonical-json.ts";
import { readFeedName } from "../coop/feeds.ts";
import type { Listing, StakeholderClass } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import type { Identity } from "../directory/identity.ts";
import { coopUrl } from "../directory/ids.ts";
import { formerMost } from "../directory/sign-listing.ts";
import { version } from "../outbound.ts";
import * as coops from "../store/coops.ts";
import * as departures from "../store/departures.ts";
import * as retiredClasses from "../store/retired-classes.ts";
import type { Db } from "../store/schema.ts";
import { actorFrame } from "./actor-frame.ts";
import { feedActor, feedIdentifier, feedOfIdentifier, hasFeeds } from "./feed-actors.ts";
import {
  coopFields,
  countText,
  field,
  latestFigures,
  link,
  location,
  optional,
} from "./profile.ts";
import { escapeHtml, summaryHtml, toHtml } from "./text.ts";

/** The node's own actor, as Fedify names actors: by the path of their URL. */
export const NODE = "actor";

/** The name before the @ of the node actor. */
export const NODE_HANDLE = "directory";

export function coopIdentifier(coop: string): string {
  return `coops/${coop}`;
}

/** Takes an identifier apart: the co-op's id, and the key of a class if it is one. */
export function readIdentifier(identifier: string): { coop: string; key?: string } | undefined {
  const [, coop, key] = /^coops\/([0-9a-z]+)(?:\/classes\/([a-z0-9-]+))?$/.exec(identifier) ?? [];
  if (coop === undefined) return undefined;
  return key === undefined ? { coop } : { coop, key };
}

/** Why there is no document: it was deleted, or it never was. */
export type Absent = "gone" | "unknown";

/**
 * The document of one of this node's actors, as it is served and sent: plain
 * JSON-LD, derived from what the co-op says of itself.
 */
export async function actorDocument(
  db: Db,
  node: Identity,
  identifier: string,
): Promise<JsonObject | Absent> {
  if (identifier === NODE) return nodeActor(node);
  const feed = feedOfIdentifier(identifier);
  if (feed !== undefined) {
    if (!(await hasFeeds(db))) return "unknown";
    return { ...feedActor(node, feed), ...formerUrls(node, identifier) };
  }
  const parts = readIdentifier(identifier);
  if (parts === undefined) return "unknown";
  const coop = await coops.get(db, parts.coop);
  if (coop === undefined || coop.handle === null) return "unknown";
  if (coop.deleted !== null) return "gone";
  // A private draft: nobody may know of it.
  if (coop.content === null) return "unknown";
  const listing = listingAt(coopUrl(node, coop.id), JSON.parse(coop.content) as Listing);
  const moved = optional("movedTo", (await departures.get(db, identifier))?.target);
  if (parts.key === undefined) {
    return { ...coopActor(node, coop.handle, coop.created, listing), ...moved };
  }
  const stakeholders = listing.stakeholders?.find(
    ({ key, followable }) => key === parts.key && followable === true,
  );
  if (stakeholders === undefined) {
    const retired = await retiredClasses.of(db, coop.id);
    return retired.some(({ key }) => key === parts.key) ? "gone" : "unknown";
  }
  return { ...classActor(node, coop.handle, coop.created, listing, stakeholders), ...moved };
}

/** What a feed was at the former addresses of its node; co-ops say it in their listings. */
function formerUrls(node: Identity, identifier: string): JsonObject {
  const urls = node.former.map(({ origin }) => `${origin}/${identifier}`);
  return urls.length === 0 ? {} : { alsoKnownAs: urls.slice(-formerMost) };
}

/** The listing by the address at which its actor is asked for: its node may have had another. */
function listingAt(id: string, listing: Listing): Listing {
  const { alsoKnownAs = [], ...rest } = listing;
  const others = alsoKnownAs.filter((each) => each !== id);
  return { ...rest, id, ...(others.length > 0 && { alsoKnownAs: others }) };
}

/** The identifier of the actor with this name before the @. */
export async function identifierOf(db: Db, handle: string): Promise<string | undefined> {
  const name = handle.toLowerCase();
  if (name === NODE_HANDLE) return NODE;
  const feed = readFeedName(name);
  if (feed !== undefined) return (await hasFeeds(db)) ? feedIdentifier(feed) : undefined;
  const [, own, key] = /^([^.]+)(?:\.([^.]+))?$/.exec(name) ?? [];
  if (own === undefined) return undefined;
  const coop = await coops.byHandle(db, own);
  if (coop === undefined) return undefined;
  const identifier = coopIdentifier(coop.id);
  return key === undefined ? identifier : `${identifier}/classes/${key}`;
}

function nodeActor(node: Identity): JsonObject {
  return {
    ...actorFrame(node, node.actor, NODE_HANDLE),
    type: "Application",
    name: `Co-op directory at ${node.host}`,
    summary: toHtml(
      "One of the nodes that together keep a directory of co-operatives which nobody owns.",
      node.origin,
    ).html,
    url: node.actor,
    keyHistory: node.history as Json[],
    discoverable: false,
    indexable: false,
    attachment: [
      field("Directory", link(`${node.origin}/`)),
      field("Software", escapeHtml(`Fragaria ${version}`)),
    ],
    // FEP-844e: by this, other nodes know what they can send us.
    generator: {
      type: "Application",
      name: "Fragaria",
      implements: [{ href: "https://w3id.org/fragaria/dir/v1", name: "Co-op directory DIR/1" }],
    },
  };
}

/** The terms of a listing that its actor has as they are. */
const codedTerms = [
  "purpose",
  "purposeMap",
  "status",
  "level",
  "coopType",
  "activity",
  "theme",
  "legalForm",
  "legalFormCode",
  "foundingDate",
  "stakeholders",
  "voteRule",
  "boardSize",
  "distributionConstraint",
  "indivisibleReserve",
] as const satisfies (keyof Listing)[];

/** The actor that a co-op with this listing has. */
export function coopActor(
  node: Identity,
  handle: string,
  created: number,
  listing: Listing,
): JsonObject {
  const { id } = listing;
  return {
    ...actorFrame(node, id, handle),
    type: "Organization",
    name: listing.name,
    ...optional("nameMap", listing.nameMap),
    summary: summaryHtml(listing.summary ?? "", node.origin),
    url: id,
    published: new Date(created).toISOString(),
    updated: listing.updated,
    discoverable: listing.discoverable,
    indexable: listing.indexable,
    ...optional("alsoKnownAs", listing.alsoKnownAs),
    attributionDomains: attributionDomains(node, listing),
    ...optional("icon", listing.icon),
    ...optional("image", listing.image),
    ...location(listing),
    attachment: coopFields(listing),
    // The same facts as codes, for whoever reads our terms.
    listing: listingId(id),
    ...Object.assign({}, ...codedTerms.map((term) => optional(term, listing[term]))),
    ...optional("figures", latestFigures(listing)),
  };
}

/**
 * The domains on whose pages the co-op may be named as the author (Mastodon's
 * `fediverse:creator`): the node's, and that of a website of its own. A page on
 * a host with others, such as a platform's, doesn't make the whole host its own.
 */
function attributionDomains(node: Identity, { url }: Listing): string[] {
  const own = new URL(node.origin).hostname;
  const website = url === undefined ? null : URL.parse(url);
  if (website === null || website.pathname !== "/" || website.search !== "") return [own];
  return [...new Set([own, website.hostname.replace(/^www\./, "")])];
}

/** What a class was where its co-op was: other nodes name classes in the same way. */
function formerClasses({ alsoKnownAs = [] }: Listing, key: string): string[] | undefined {
  const former = alsoKnownAs.filter((url) => /\/coops\/[0-9a-z]+$/.test(url));
  return former.length === 0 ? undefined : former.map((url) => `${url}/classes/${key}`);
}

function classActor(
  node: Identity,
  handle: string,
  created: number,
  listing: Listing,
  stakeholders: StakeholderClass,
): JsonObject {
  const id = `${listing.id}/classes/${stakeholders.key}`;
  const percent = (share: number | undefined) => (share === undefined ? undefined : `${share} %`);
  const rows: [string, string | undefined][] = [
    ["Members", stakeholders.members === undefined ? undefined : countText(stakeholders.members)],
    ["Votes", percent(stakeholders.voteShare)],
    ["Board seats", stakeholders.boardSeats?.toString()],
    ["Share of capital", percent(stakeholders.capitalShare)],
  ];
  return {
    ...actorFrame(node, id, `${handle}.${stakeholders.key}`),
    type: "Group",
    name: `${stakeholders.name} · ${listing.name}`,
    summary: toHtml(
      `The class “${stakeholders.name}” of ${listing.name}. What is announced here is public. Others see how many follow it, and your own server may show that you do. Following it does not make you a member.`,
      node.origin,
    ).html,
    url: id,
    published: new Date(created).toISOString(),
    updated: listing.updated,
    discoverable: listing.discoverable,
    indexable: listing.indexable,
    attributedTo: listing.id,
    ...optional("alsoKnownAs", formerClasses(listing, stakeholders.key)),
    attachment: [
      field("Co-operative", link(listing.id)),
      ...rows.flatMap(([name, value]) => (value === undefined ? [] : [field(name, value)])),
      field("Public", "What is announced here, and how many follow it"),
    ],
    listing: listingId(listing.id),
    kind: stakeholders.kind,
  };
}
