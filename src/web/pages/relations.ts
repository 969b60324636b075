import { html } from "hono/html";
import { RelationKind } from "../../coop/codes.ts";
import type { Listing, Relation } from "../../coop/listing.ts";
import type { Confirmation } from "../../coop/relation.ts";
import { day, type Html, outwardLink, partialDate, webHref } from "../text.ts";
import { relationWords } from "../words.ts";
import { registration } from "./registrations.ts";

/**
 * Whom the co-op has to do with, by kind.
 *
 * @param pageOf The page here of the other one, if its listing is held.
 * @param confirmed What speaks for each relation, in their order.
 */
export function relationSection(
  { id, relations = [] }: Listing,
  pageOf: (relation: Relation) => string | undefined,
  confirmed: (Confirmation | undefined)[] = [],
): Html | string {
  if (relations.length === 0) return "";
  const byKind = Map.groupBy(relations, ({ kind }) => kind);
  const confirmation = (each: Relation) => confirmed[relations.indexOf(each)];
  const kinds = RelationKind.options.filter((kind) => byKind.has(kind));
  return html`<section class="relations" id="relations" aria-labelledby="relations-heading">
    <h2 id="relations-heading">Ties to others</h2>
    <dl class="facts rules">
      ${kinds.map(
        (kind) =>
          html`<div>
            <dt>${relationWords[kind]}</dt>
            ${(byKind.get(kind) ?? []).map(
              (each) =>
                html`<dd>
                  ${other(each, pageOf(each))} ${confirmationWords(confirmation(each), id)}
                </dd>`,
            )}
          </div>`,
      )}
    </dl>
    ${aloneWords(relations.map(confirmation))}
  </section>`;
}

function other(relation: Relation, page: string | undefined): Html {
  const { name, id, url, identifier } = relation;
  const outside = webHref(url) ?? webHref(id);
  const linked =
    page !== undefined
      ? html`<a href="${page}" dir="auto">${name}</a>`
      : outside !== undefined
        ? html`<span dir="auto">${outwardLink(outside, name)}</span>`
        : html`<span dir="auto">${name}</span>`;
  const own = page !== undefined && url !== undefined ? html` (${outwardLink(url)})` : "";
  return html`${linked}${own}${span(relation)}${
    identifier === undefined ? "" : html`<br />${registration(identifier)}`
  }`;
}

/** Says of those that nobody confirms whose word they are. */
function aloneWords(confirmed: (Confirmation | undefined)[]): Html | string {
  const alone = confirmed.filter((each) => each === undefined).length;
  if (alone === 0) return "";
  return html`<p class="aside">
    ${alone < confirmed.length ? "The rest is stated" : "Stated"} by this co-op only: the others may
    see it differently.
  </p>`;
}

/** What speaks for a relation beside the listing itself. */
function confirmationWords(confirmation: Confirmation | undefined, id: string): Html | string {
  if (confirmation === undefined) return "";
  const { how, by, at, record, name } = confirmation;
  const host = record === null ? html`${by}` : outwardLink(record, by);
  const words = {
    "other-side": html`by ${host}, ${day(at)}`,
    listing: html`by the listing at ${host}, which says the same`,
    attester: html`by ${host}, whom this node trusts, ${day(at)}`,
    activity: html`by ${name ?? by}, by activity, as ${new URL(id).host} says, ${day(at)}`,
  };
  return html`<br /><span class="state good">Confirmed</span>
    <span class="aside">${words[how]}</span>`;
}

function span({ since, until }: Relation): Html | string {
  if (since !== undefined && until !== undefined) {
    return html`, ${partialDate(since)} to ${partialDate(until)}`;
  }
  if (since !== undefined) return html`, since ${partialDate(since)}`;
  return until === undefined ? "" : html`, until ${partialDate(until)}`;
}
