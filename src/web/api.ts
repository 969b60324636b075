import type { Context } from "hono";
import { z } from "zod";
import { SearchQuery } from "../coop/query.ts";
import { regionLabel } from "../coop/regions.ts";
import { sectorLabel } from "../coop/sectors.ts";
import { AppError } from "../errors.ts";
import type { Entry } from "../index/directory-index.ts";
import { version } from "../outbound.ts";
import * as changes from "../store/changes.ts";
import { followHandle, pagePath } from "./entries.ts";
import { demandParameters } from "./parameters.ts";
import type { Site } from "./site.ts";

const LookupQuery = z.strictObject({ id: z.string().trim().min(1).max(600) });

/** `GET /api/v1/coops`: searches as the search page does. */
export function searchCoops(site: Site, c: Context): Response {
  const url = new URL(c.req.url);
  const query = demandParameters(SearchQuery, url.searchParams);
  return unlessKnown(site, c, () => {
    const { total, examples, items, facets, next } = site.index.search(query);
    return {
      total,
      examples,
      items: items.map((entry) => item(site, entry)),
      facets,
      next: next === null ? null : nextUrl(site, url, next),
    };
  });
}

/** `GET /api/v1/coops/lookup?id=`: every listing of one co-op, by any id that it has. */
export function lookupCoop(site: Site, c: Context): Response {
  const { id } = demandParameters(LookupQuery, new URL(c.req.url).searchParams);
  return unlessKnown(site, c, () => {
    const found = site.index.lookup(id);
    if (found.length === 0) throw new AppError("not-found", `No listing here has the id “${id}”.`);
    return { items: found.map((entry) => item(site, entry)) };
  });
}

/** `GET /health`: 200 when requests can be answered in full, else 503. */
export async function health(site: Site): Promise<Response> {
  const ready = await site.ready().catch(() => false);
  const seq = await changes.head(site.db).catch(() => null);
  const ok = ready && seq !== null;
  return Response.json(
    { status: ok ? "ok" : "unavailable", version, seq, indexed: site.index.seq },
    { status: ok ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}

/** What the index has read so far decides every answer, so its seq names them. */
function unlessKnown(site: Site, c: Context, answer: () => unknown): Response {
  const etag = `W/"${version}-${site.feed.epoch}-${site.index.seq}"`;
  const headers = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    etag,
  };
  const known = (c.req.header("if-none-match") ?? "").split(",").map((each) => each.trim());
  if (known.includes(etag)) return new Response(null, { status: 304, headers });
  return Response.json(answer(), { headers });
}

function nextUrl(site: Site, asked: URL, cursor: string): string {
  const url = new URL(asked.pathname + asked.search, site.node.origin);
  url.searchParams.set("cursor", cursor);
  return url.href;
}

/** A listing for programs: flat and stable. What isn't known is null, never left out. */
interface Item {
  /** The co-op's own URL: its actor, if it can be followed. */
  id: string;
  /** The signed record. */
  listing: string;
  /** The page on this node. */
  page: string;
  name: string;
  summary: string | null;
  /** The co-op's website. */
  url: string | null;
  /** By which it is followed: `@name@host`. */
  handle: string | null;
  /** The node that publishes the listing. */
  host: string;
  /** The declared type, of the ILO's four. */
  type: string | null;
  /** The ILO's test on the stakeholder classes: yes, no or unknown. */
  multi_stakeholder: string;
  themes: string[];
  /** ISIC Rev.4, the primary activity first. */
  sectors: { code: string; label: string | null }[];
  region: { code: string; label: string | null } | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  locality: string | null;
  latitude: number | null;
  longitude: number | null;
  stakeholders: {
    key: string;
    kind: string;
    name: string;
    members: number | null;
    /** In place of `members` where only a bound is published. */
    members_fewer_than: number | null;
    /** Percent. */
    vote_share: number | null;
    board_seats: number | null;
    /** Percent. */
    capital_share: number | null;
    as_of: string | null;
  }[];
  provenance: {
    kind: string;
    source: string | null;
    credit: string | null;
    source_license: string | null;
    retrieved: string | null;
    license: string;
  };
  /** A worked example: found, but never counted. */
  example: boolean;
  /** When the content last changed. */
  updated: string;
}

function item({ node }: Site, entry: Entry): Item {
  const { listing, record, origin } = entry;
  const { location, provenance } = listing;
  const region = location?.region?.[0];
  return {
    id: listing.id,
    listing: record,
    page: node.origin + pagePath(node.host, entry),
    name: listing.name,
    summary: listing.summary ?? null,
    url: listing.url ?? null,
    handle: followHandle(entry) ?? null,
    host: origin,
    type: listing.coopType ?? null,
    multi_stakeholder: entry.multiStakeholder,
    themes: listing.theme ?? [],
    sectors: (listing.activity ?? []).map((code) => ({ code, label: sectorLabel(code) ?? null })),
    region: region === undefined ? null : { code: region, label: regionLabel(region) ?? null },
    country: location?.address.addressCountry ?? null,
    locality: location?.address.addressLocality ?? null,
    latitude: location?.latitude ?? null,
    longitude: location?.longitude ?? null,
    stakeholders: (listing.stakeholders ?? []).map((each) => ({
      key: each.key,
      kind: each.kind,
      name: each.name,
      members: typeof each.members === "number" ? each.members : null,
      members_fewer_than: typeof each.members === "object" ? each.members.fewerThan : null,
      vote_share: each.voteShare ?? null,
      board_seats: each.boardSeats ?? null,
      capital_share: each.capitalShare ?? null,
      as_of: each.asOf ?? null,
    })),
    provenance: {
      kind: provenance.kind,
      source: provenance.isBasedOn ?? null,
      credit: provenance.creditText ?? null,
      source_license: provenance.license ?? null,
      retrieved: provenance.retrieved ?? null,
      license: listing.license,
    },
    example: listing.example === true,
    updated: listing.updated,
  };
}
