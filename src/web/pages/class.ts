import { html } from "hono/html";
import type { Listing, StakeholderClass } from "../../coop/listing.ts";
import type { Page } from "../layout.ts";
import { type Html, number, outwardLink, partialDate, percent } from "../text.ts";
import { capitalised, kindWords } from "../words.ts";
import { handleToCopy } from "./handle.ts";
import { serverForm } from "./server-form.ts";
import { countWords } from "./structure.ts";

interface ClassData {
  listing: Listing;
  stakeholders: StakeholderClass;
  handle: string;
  url: string;
  /** The path of the co-op’s page. */
  coop: string;
  followers: number;
  movedTo: string | undefined;
}

/** The page of a class of members that can be followed. */
export function classPage(data: ClassData): Page {
  const { listing, stakeholders, handle, url, coop, followers, movedTo } = data;
  const { name, kind, members, voteShare, boardSeats, capitalShare, asOf } = stakeholders;
  const rows: [string, Html | string][] = [
    ["Kind", capitalised(kindWords[kind])],
    ["Members", countWords(members)],
    ["Votes", voteShare === undefined ? "" : percent(voteShare)],
    ["Seats on the board", boardSeats === undefined ? "" : number(boardSeats)],
    ["Share of capital", capitalShare === undefined ? "" : percent(capitalShare)],
    ["As of", asOf === undefined ? "" : partialDate(asOf)],
    ["Followers", number(followers)],
  ];
  return {
    title: `${name} · ${listing.name}`,
    head: html`<link rel="canonical" href="${url}" />
      <link rel="alternate" type="application/activity+json" href="${url}" />`,
    body: html`<div class="narrow">
      <p class="eyebrow"><a href="${coop}" dir="auto">${listing.name}</a></p>
      <h1 dir="auto">${name}</h1>
      <p class="lead">
        A class of members of this co-op. Whoever is interested in what concerns them can follow it.
        This page shows only how many do, but your own server may show whom you follow. It does not
        make you a member.
      </p>
      <section class="box follow" aria-labelledby="follow-heading">
        <h2 id="follow-heading">Follow</h2>
        ${
          movedTo === undefined
            ? html`<p>${handleToCopy(handle)}</p>
                ${serverForm(url)}`
            : html`<p>It has moved to ${outwardLink(movedTo)}: follow it there.</p>`
        }
      </section>
      <section aria-labelledby="facts-heading">
        <h2 id="facts-heading">Facts</h2>
        <dl class="facts">
          ${rows
            .filter(([, words]) => words !== "")
            .map(
              ([term, words]) =>
                html`<div>
                  <dt>${term}</dt>
                  <dd>${words}</dd>
                </div>`,
            )}
        </dl>
      </section>
      <p><a href="${coop}#structure">Who decides in this co-op</a></p>
    </div>`,
  };
}
