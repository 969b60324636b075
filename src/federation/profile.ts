import type { Json, JsonObject } from "../coop/canonical-json.ts";
import { themes } from "../coop/codes.ts";
import type { Count, Listing } from "../coop/listing.ts";
import { regionLabel } from "../coop/regions.ts";
import { sectorLabel } from "../coop/sectors.ts";
import { escapeHtml } from "./text.ts";

/**
 * Facts as rows of a profile, what people ask first before the rest: old
 * versions of Mastodon show four. Two at least: a single one would be lost on
 * the way.
 */
export function coopFields(listing: Listing): JsonObject[] {
  const { location: place } = listing;
  const region = place?.region?.[0] ?? `iso3166-1:${place?.address.addressCountry}`;
  return [
    ...row("Worked example", listing.example && "Invented, to show how a listing looks"),
    ...row("Status", listing.status && statusLabels[listing.status]),
    ...row("Type", listing.coopType && typeLabels[listing.coopType]),
    ...row("Members", members(listing)),
    ...row(
      "Place",
      place && [place.address.addressLocality, regionLabel(region)].filter(Boolean).join(", "),
    ),
    ...(listing.url === undefined ? [] : [field("Website", link(listing.url, 'rel="me"'))]),
    ...row("Themes", listing.theme?.map((theme) => themes[theme].label).join(", ")),
    ...row("Sector", listing.activity?.[0] && sectorLabel(listing.activity[0])),
    ...row("Workers", latest(listing, "workers")),
    ...row("Legal form", listing.legalForm),
    ...row("Founded", listing.foundingDate?.slice(0, 4)),
    ...row("How to join", listing.howToJoin),
    ...(listing.account === undefined ? [] : [field("Account", link(listing.account, 'rel="me"'))]),
    ...classFields(listing),
    field("Directory", link(listing.id)),
  ];
}

/** The classes that can be followed, by their handles. */
function classFields({ id, preferredUsername, stakeholders = [] }: Listing): JsonObject[] {
  if (preferredUsername === undefined) return [];
  const { host } = new URL(id);
  return stakeholders
    .filter(({ followable }) => followable === true)
    .map(({ key, name }) => {
      const handle = escapeHtml(`@${preferredUsername}.${key}@${host}`);
      const url = escapeHtml(`${id}/classes/${key}`);
      return field(cut(`Class: ${name}`), `<a href="${url}" class="u-url mention">${handle}</a>`);
    });
}

/** A row of plain text, if there is any. */
function row(name: string, text: string | undefined): JsonObject[] {
  return text === undefined || text.trim() === "" ? [] : [field(name, escapeHtml(cut(text)))];
}

const typeLabels: Record<NonNullable<Listing["coopType"]>, string> = {
  producer: "Producer co-operative",
  worker: "Worker co-operative",
  "consumer-user": "Consumer or user co-operative",
  "multi-stakeholder": "Multi-stakeholder co-operative",
};

/** Said where it isn't what a reader takes for granted. */
const statusLabels: Record<NonNullable<Listing["status"]>, string> = {
  forming: "Being formed",
  active: "",
  dormant: "Dormant",
  closed: "Closed",
};

function members(listing: Listing): string | undefined {
  const classes = (listing.stakeholders ?? []).filter((each) => each.members !== undefined);
  if (classes.length === 0) return latest(listing, "members");
  return classes.map((each) => `${each.name}: ${countText(each.members)}`).join(" · ");
}

/** The count of the latest year that has one: `17 (2025)`. */
function latest({ figures = [] }: Listing, measure: "members" | "workers"): string | undefined {
  const [newest] = figures
    .filter((each) => each[measure] !== undefined)
    .toSorted((a, b) => b.year - a.year);
  if (newest === undefined) return undefined;
  const estimated = newest.estimate === true ? ", estimated" : "";
  return `${countText(newest[measure])} (${newest.year}${estimated})`;
}

export function countText(count: Count | undefined): string {
  if (count === undefined) return "not stated";
  return typeof count === "number" ? String(count) : `fewer than ${count.fewerThan}`;
}

/** One line that fits into a row: Mastodon cuts them at 2,047 characters, and escaped they grow. */
function cut(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 340 ? `${line.slice(0, 339).toWellFormed()}…` : line;
}

/**
 * What the listing tells of its latest year, as it stands there; sources are
 * in the listing, and the classes have counts of their own.
 */
export function latestFigures({ figures = [] }: Listing): JsonObject[] | undefined {
  const year = Math.max(...figures.map((each) => each.year));
  const rows = figures
    .filter((each) => each.year === year)
    .map((each) => Object.entries(each).filter(([term]) => !elsewhere.has(term)))
    .filter((entries) => entries.some(([term]) => !aboutRow.has(term)));
  return rows.length === 0
    ? undefined
    : rows.map((entries) => Object.fromEntries(entries) as JsonObject);
}

/** What the actor leaves to the listing. */
const elsewhere = new Set(["source", "isBasedOn", "membersByClass"]);
/** What is no figure itself. */
const aboutRow = new Set(["year", "asOf", "estimate", "currency"]);

/** The place as Mobilizon reads it, with the name of its region. */
export function location(listing: Listing): JsonObject {
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

/** A row of a profile. */
export function field(name: string, value: string): JsonObject {
  return { type: "PropertyValue", name, value };
}

/** A link as Mastodon verifies it: the address is its own text. */
export function link(href: string, attributes = ""): string {
  const safe = escapeHtml(href);
  return `<a href="${safe}"${attributes && ` ${attributes}`}>${safe}</a>`;
}

/** The member, unless nothing is known of it. */
export function optional(key: string, value: unknown): JsonObject {
  return value === undefined ? {} : { [key]: value as Json };
}
