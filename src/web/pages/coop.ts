import { html } from "hono/html";
import { themes } from "../../coop/codes.ts";
import { standing } from "../../coop/exchange.ts";
import type { Listing, Relation } from "../../coop/listing.ts";
import type { Entry } from "../../index/directory-index.ts";
import type { AccountsOf } from "../accounts-of.ts";
import { followHandle, placeWords } from "../entries.ts";
import type { FollowableFeed } from "../feeds-at.ts";
import type { Page } from "../layout.ts";
import type { SaidClosed, Ties } from "../relations/ties.ts";
import type { Posted } from "../show-conversation.ts";
import { day, type Html, inLanguages, outwardLink, partialDate, webHref } from "../text.ts";
import { typeWords } from "../words.ts";
import { badges } from "./badge.ts";
import { factList } from "./coop-facts.ts";
import { exchangeSection } from "./exchanges.ts";
import { figuresSection } from "./figures.ts";
import { followBox } from "./follow.ts";
import { inAllLanguages, textLanguage } from "./languages.ts";
import { type CoopMatches, matchSection } from "./matches.ts";
import { memberSection } from "./confirmed-members.ts";
import { feedLink, postSection } from "./posts.ts";
import { provenanceSection } from "./provenance.ts";
import { relationSection } from "./relations.ts";
import { alsoListed, standsFor } from "./same-organisation.ts";
import { stakeholderSection } from "./stakeholders.ts";
import { barsOf } from "./structure.ts";

/** What the page of a co-op shows. */
export interface CoopData {
  entry: Entry;
  /** All listings of the same organisation, that which stands for it first. */
  organisation: Entry[];
  /** The host of this node. */
  host: string;
  /** Whether this node publishes the listing: else this is a copy of another node's. */
  here: boolean;
  posts: Posted[];
  followers: number | undefined;
  /** Its account elsewhere, and where it has moved: of a co-op of this node. */
  elsewhere?: AccountsOf;
  /** The feed that brings others like it. */
  feed?: FollowableFeed | undefined;
  /** Epoch ms: what has expired by then isn't shown. */
  now: number;
  /** The page here of whom the co-op has to do with; undefined where none is held. */
  pageOf: (relation: Relation) => string | undefined;
  /** What others say of it; left out where it is only looked at before it is published. */
  ties?: Ties;
  /** Who could help it, and whom it could help. */
  matches?: CoopMatches | undefined;
}

/** The page of one co-op. */
export function coopPage(data: CoopData): Page {
  const { entry, here } = data;
  const { listing } = entry;
  const description = listing.summary ?? factsInBrief(entry);
  return {
    title: listing.name,
    description: description.length > 200 ? `${description.slice(0, 199)}…` : description,
    head: head(entry, here),
    body: html`<article class="coop">
      <header>
        ${icon(listing)}
        <div>
          ${name(listing)}
          <p class="brief">${factsInBrief(entry)}</p>
          <p class="tags">${badges(listing)}</p>
        </div>
      </header>
      ${banner(listing)} ${here ? "" : copyNote(entry)}
      ${listing.example === true ? exampleNote() : ""}
      ${data.ties?.closed === undefined ? "" : closedNote(data.ties.closed)}
      ${standsFor(data.host, entry, data.organisation)}
      ${
        listing.summary !== undefined && barsOf(listing).length > 0
          ? fullBody(data)
          : scantBody(data)
      }
    </article>`,
  };
}

/** Where there is a picture, it comes before the facts, on narrow pages too. */
function fullBody(data: CoopData): Html {
  const { entry } = data;
  return html`<div class="body full">
    <div class="summary">${summary(entry.listing)}</div>
    ${followBox(data)} ${stakeholderSection(entry.listing, entry.multiStakeholder)}
    <div class="side">${facts(entry)}</div>
    <div class="rest">${rest(data)}</div>
  </div>`;
}

/** Where there is none, the facts are the most that is known. */
function scantBody(data: CoopData): Html {
  const { entry } = data;
  return html`<div class="body">
    <div class="side">${followBox(data)} ${facts(entry)}</div>
    <div class="rest">
      <div class="summary">${summary(entry.listing)}</div>
      ${stakeholderSection(entry.listing, entry.multiStakeholder)} ${rest(data)}
    </div>
  </div>`;
}

function rest({ entry, posts, now, pageOf, ties, matches, host, organisation }: CoopData): Html {
  const { listing } = entry;
  const offers = standing(listing.offers, now);
  const needs = standing(listing.needs, now);
  return html`${purpose(listing)} ${exchangeSection(listing, { offers, needs })}
  ${matches === undefined ? "" : matchSection(host, listing.id, { offers, needs }, matches, now)}
  ${figuresSection(listing)} ${relationSection(listing, pageOf, ties?.confirmed)}
  ${ties === undefined ? "" : memberSection(ties.members)} ${postSection(posts)}
  ${provenanceSection(entry)} ${alsoListed(host, entry, organisation)}`;
}

function facts(entry: Entry): Html {
  return html`<section aria-labelledby="facts-heading">
      <h2 id="facts-heading">Facts</h2>
      ${factList(entry)}
    </section>
    ${joining(entry.listing)}`;
}

function head(entry: Entry, here: boolean): Html {
  const { id } = entry.listing;
  const href = webHref(id) ?? "";
  const alternate = here && followHandle(entry) !== undefined;
  return html`<link rel="canonical" href="${href}" />
    ${
      alternate
        ? html`<link rel="alternate" type="application/activity+json" href="${id}" />
            ${feedLink(href)}`
        : ""
    }
    ${alternate ? html`<meta name="fediverse:creator" content="${followHandle(entry)}" />` : ""}
    <link rel="alternate" type="application/ld+json" href="${webHref(entry.record) ?? ""}" />`;
}

function factsInBrief(entry: Entry): string {
  const { coopType, theme = [] } = entry.listing;
  const place = placeWords(entry);
  return [
    coopType === undefined ? "Co-op" : typeWords[coopType],
    ...(place.length === 0
      ? []
      : [place.length <= 2 ? place.join(", ") : `${place[0]}, ${place.at(-1)}`]),
    ...theme.slice(0, 3).map((each) => themes[each].label),
  ].join("\u00a0· ");
}

/** The co-op's own pictures are the one thing that a page may load from elsewhere. */
function icon({ icon: image, name: of }: Listing): Html | string {
  const href = webHref(image?.url);
  if (image === undefined || href === undefined) return "";
  const alt = image.name ?? `Logo of ${of}`;
  return html`<img
    class="icon"
    src="${href}"
    alt="${alt}"
    width="80"
    height="80"
    loading="lazy"
    referrerpolicy="no-referrer"
  />`;
}

function name(listing: Listing): Html {
  const [main, ...others] = inLanguages(listing.name, listing.nameMap, listing.inLanguage);
  return html`<h1 ${textLanguage(main)} dir="auto">${listing.name}</h1>
    ${
      others.length === 0
        ? ""
        : html`<p class="other-names">
            ${others.map(
              (other, index) =>
                html`${index === 0 ? "" : " · "}<span ${textLanguage(other)} dir="auto"
                    >${other.text}</span
                  >`,
            )}
          </p>`
    }`;
}

function summary(listing: Listing): Html | string {
  if (listing.summary === undefined) return "";
  return inAllLanguages(inLanguages(listing.summary, listing.summaryMap, listing.inLanguage));
}

/** The wide picture over the page, if the co-op has one. */
function banner({ image, name: of }: Listing): Html | string {
  const href = webHref(image?.url);
  if (image === undefined || href === undefined) return "";
  return html`<img
    class="banner"
    src="${href}"
    alt="${image.name ?? `Picture of ${of}`}"
    loading="lazy"
    referrerpolicy="no-referrer"
  />`;
}

function copyNote({ listing, origin }: Entry): Html {
  return html`<p class="notice">
    A copy, as ${outwardLink(listing.id, origin, "")} has signed it. The page there is the co-op’s
    own.
  </p>`;
}

function exampleNote(): Html {
  return html`<p class="notice">
    A worked example: this co-op is invented, to show how a listing looks. It is counted nowhere.
  </p>`;
}

function closedNote({ by, at, date }: SaidClosed): Html {
  return html`<p class="notice">
    Said to have closed${date === undefined ? "" : html` (${partialDate(date)})`} by ${by}, on
    ${day(at)}. The listing itself doesn’t say so.
  </p>`;
}

/** The general interest that it serves, as its rules state it. */
function purpose({ purpose: text, purposeMap, inLanguage }: Listing): Html | string {
  if (text === undefined) return "";
  return html`<section class="purpose" aria-labelledby="purpose-heading">
    <h2 id="purpose-heading">What it is for</h2>
    ${inAllLanguages(inLanguages(text, purposeMap, inLanguage))}
  </section>`;
}

function joining(listing: Listing): Html | string {
  if (listing.howToJoin === undefined) return "";
  return html`<section aria-labelledby="join-heading">
    <h2 id="join-heading">How to join</h2>
    ${inAllLanguages(inLanguages(listing.howToJoin, listing.howToJoinMap, listing.inLanguage))}
  </section>`;
}
