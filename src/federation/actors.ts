import { createPublicKey } from "node:crypto";
import type { Json, JsonObject } from "../coop/canonical-json.ts";
import type { Listing, StakeholderClass } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { regionLabel } from "../coop/regions.ts";
import { sectorLabel } from "../coop/sectors.ts";
import { themes } from "../coop/codes.ts";
import type { Identity } from "../directory/identity.ts";
import { version } from "../outbound.ts";
import * as coops from "../store/coops.ts";
import type { Db } from "../store/schema.ts";
import { escapeHtml, toHtml } from "./text.ts";
import { actorContext } from "./vocabulary.ts";

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
  const parts = readIdentifier(identifier);
  if (parts === undefined) return "unknown";
  const coop = await coops.get(db, parts.coop);
  if (coop === undefined || coop.handle === null) return "unknown";
  if (coop.deleted !== null) return "gone";
  // A private draft: nobody may know of it.
  if (coop.content === null) return "unknown";
  const listing = JSON.parse(coop.content) as Listing;
  if (parts.key === undefined) return coopActor(node, coop.handle, coop.created, listing);
  const stakeholders = listing.stakeholders?.find(
    ({ key, followable }) => key === parts.key && followable === true,
  );
  if (stakeholders === undefined) return "unknown";
  return classActor(node, coop.handle, coop.created, listing, stakeholders);
}

/** The identifier of the actor with this name before the @. */
export async function identifierOf(db: Db, handle: string): Promise<string | undefined> {
  const name = handle.toLowerCase();
  if (name === NODE_HANDLE) return NODE;
  const [, own, key] = /^([^.]+)(?:\.([^.]+))?$/.exec(name) ?? [];
  if (own === undefined) return undefined;
  const coop = await coops.byHandle(db, own);
  if (coop === undefined || (coop.content === null && coop.deleted === null)) return undefined;
  const identifier = coopIdentifier(coop.id);
  return key === undefined ? identifier : `${identifier}/classes/${key}`;
}

/** What every actor of this node has. */
function common(node: Identity, id: string, handle: string): JsonObject {
  return {
    "@context": actorContext,
    id,
    preferredUsername: handle,
    webfinger: `${handle}@${node.host}`,
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    followers: `${id}/followers`,
    following: `${id}/following`,
    featured: `${id}/featured`,
    endpoints: { sharedInbox: `${node.origin}/inbox` },
    manuallyApprovesFollowers: false,
    publicKey: {
      id: `${id}#main-key`,
      type: "CryptographicKey",
      owner: id,
      publicKeyPem: pem(node),
    },
    assertionMethod: [
      {
        id: activityKey(id),
        type: "Multikey",
        controller: id,
        publicKeyMultibase: node.multikey,
      },
    ],
  };
}

/** The id of the key with which an actor's activities are signed; the node's signs its records. */
export function activityKey(actor: string): string {
  return `${actor}#ed25519`;
}

function pem(node: Identity): string {
  const jwk = node.rsa.publicKey as Record<string, string>;
  return createPublicKey({ key: jwk, format: "jwk" })
    .export({ type: "spki", format: "pem" })
    .toString();
}

function nodeActor(node: Identity): JsonObject {
  return {
    ...common(node, node.actor, NODE_HANDLE),
    type: "Application",
    name: `Co-op directory at ${node.host}`,
    summary: toHtml(
      "One of the nodes that together keep a directory of co-operatives which nobody owns.",
      node.origin,
    ).html,
    url: node.actor,
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

function coopActor(node: Identity, handle: string, created: number, listing: Listing): JsonObject {
  const { id } = listing;
  return {
    ...common(node, id, handle),
    type: "Organization",
    name: listing.name,
    ...optional("nameMap", listing.nameMap),
    summary: toHtml(listing.summary ?? "", node.origin).html,
    url: id,
    published: new Date(created).toISOString(),
    updated: listing.updated,
    discoverable: listing.discoverable,
    indexable: listing.indexable,
    ...optional("icon", listing.icon),
    ...optional("image", listing.image),
    ...location(listing),
    attachment: coopFields(listing),
    // The same facts as codes, for whoever reads our terms.
    listing: listingId(id),
    ...optional("coopType", listing.coopType),
    ...optional("activity", listing.activity),
    ...optional("theme", listing.theme),
    ...optional("legalForm", listing.legalForm),
    ...optional("stakeholders", listing.stakeholders),
  };
}

/** Facts as rows of a profile. Two at least: a single one would be lost on the way. */
function coopFields(listing: Listing): JsonObject[] {
  const { location: place } = listing;
  const region = place?.region?.[0] ?? `iso3166-1:${place?.address.addressCountry}`;
  const rows: [string, string | undefined][] = [
    ["Website", listing.url && link(listing.url, 'rel="me"')],
    ["Type", listing.coopType && typeLabels[listing.coopType]],
    ["Themes", listing.theme?.map((theme) => themes[theme].label).join(", ")],
    ["Sector", listing.activity?.[0] && sectorLabel(listing.activity[0])],
    [
      "Place",
      place && [place.address.addressLocality, regionLabel(region)].filter(Boolean).join(", "),
    ],
    ["Members", members(listing)],
    ["Worked example", listing.example && "Invented, to show how a listing looks"],
  ];
  const known = rows.flatMap(([name, value]) => {
    if (value === undefined || value === "") return [];
    return [field(name, value.startsWith("<a ") ? value : escapeHtml(value))];
  });
  return [...known, field("Directory", link(listing.id))];
}

const typeLabels: Record<NonNullable<Listing["coopType"]>, string> = {
  producer: "Producer co-operative",
  worker: "Worker co-operative",
  "consumer-user": "Consumer or user co-operative",
  "multi-stakeholder": "Multi-stakeholder co-operative",
};

function members(listing: Listing): string | undefined {
  const classes = (listing.stakeholders ?? []).filter((each) => each.members !== undefined);
  if (classes.length === 0) return undefined;
  return classes.map((each) => `${each.name}: ${countText(each.members)}`).join(" · ");
}

function countText(count: StakeholderClass["members"]): string {
  if (count === undefined) return "not stated";
  return typeof count === "number" ? String(count) : `fewer than ${count.fewerThan}`;
}

function location(listing: Listing): JsonObject {
  const place = listing.location;
  if (place === undefined) return {};
  const { address, latitude, longitude, region } = place;
  const label = region?.[0] && regionLabel(region[0]);
  const name = [address.addressLocality, label].filter(Boolean).join(", ");
  return {
    location: {
      type: "Place",
      name: name === "" ? address.addressCountry : name,
      ...(latitude === undefined ? {} : { latitude: fractional(latitude) }),
      ...(longitude === undefined ? {} : { longitude: fractional(longitude) }),
      address: { ...address, ...optional("addressRegion", label) } as JsonObject,
    },
  };
}

/**
 * Mobilizon drops a coordinate that is written as a whole number, and JSON in
 * JavaScript can't write 51.0: a tenth of a metre beside it, it can.
 */
function fractional(degrees: number): number {
  return Number.isInteger(degrees) ? degrees + 0.000001 : degrees;
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
    ...common(node, id, `${handle}.${stakeholders.key}`),
    type: "Group",
    name: `${stakeholders.name} · ${listing.name}`,
    summary: toHtml(
      `The class “${stakeholders.name}” of ${listing.name}. What is announced here is public; following it does not make you a member.`,
      node.origin,
    ).html,
    url: id,
    published: new Date(created).toISOString(),
    updated: listing.updated,
    discoverable: listing.discoverable,
    indexable: listing.indexable,
    attributedTo: listing.id,
    attachment: [
      field("Co-operative", link(listing.id)),
      ...rows.flatMap(([name, value]) => (value === undefined ? [] : [field(name, value)])),
      field("Public", "This page and its followers are public"),
    ],
    listing: listingId(listing.id),
    kind: stakeholders.kind,
  };
}

function field(name: string, value: string): JsonObject {
  return { type: "PropertyValue", name, value };
}

/** A link as Mastodon verifies it: the address is its own text. */
function link(href: string, attributes = ""): string {
  const safe = escapeHtml(href);
  return `<a href="${safe}"${attributes && ` ${attributes}`}>${safe}</a>`;
}

function optional(key: string, value: unknown): JsonObject {
  return value === undefined ? {} : { [key]: value as Json };
}
