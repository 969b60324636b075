import { html } from "hono/html";
import type { Listing, StakeholderClass } from "../../coop/listing.ts";
import type { Answer } from "../../coop/stakeholders.ts";
import { type Html, listed, number, partialDate, percent, webHref } from "../text.ts";
import { capitalised, distributionWords, kindWords, voteRuleWords } from "../words.ts";
import { effectiveVotes, testInWords } from "./ilo-test.ts";
import { key, patternDefinitions, picture } from "./picture.ts";
import { barsOf, countWords, letterOf } from "./structure.ts";

/** Who the members are and who decides: the picture, the same in numbers, and what follows. */
export function stakeholderSection(listing: Listing, answer: Answer): Html {
  const classes = listing.stakeholders ?? [];
  const bars = barsOf(listing);
  const test = testInWords(listing);
  const kinds = [...classes.map(({ kind }) => kind), "nobody" as const];
  return html`<section class="structure" id="structure" aria-labelledby="structure-heading">
    <h2 id="structure-heading">Who decides</h2>
    ${
      classes.length === 0
        ? html`<p class="unknown">
            Not known: this listing doesn’t say who the members are, or how votes and seats are
            shared.
          </p>`
        : html`${patternDefinitions(kinds)}
            <figure>
              ${bars.length === 0 ? "" : picture(listing.name, bars)}
              ${
                bars.some(({ decides }) => decides)
                  ? html`<figcaption>The dashed line marks half.</figcaption>`
                  : ""
              }
            </figure>
            ${table(listing, classes)}`
    }
    <div class="test ${answer}">
      <p><strong>${test.verdict}.</strong> ${test.why}</p>
      ${test.difference === undefined ? "" : html`<p>${test.difference}</p>`}
    </div>
    ${rules(listing)}
  </section>`;
}

interface Column {
  label: string;
  of: (each: StakeholderClass) => string;
}

function table(listing: Listing, classes: StakeholderClass[]): Html {
  const votes = effectiveVotes(listing);
  const share = (value: number | undefined) => (value === undefined ? "" : percent(value));
  const columns: Column[] = [
    { label: "Members", of: ({ members }) => countWords(members) },
    { label: "Votes", of: (each) => share(votes.get(each.key)) },
    {
      label: "Seats",
      of: ({ boardSeats }) => (boardSeats === undefined ? "" : number(boardSeats)),
    },
    { label: "Capital", of: ({ capitalShare }) => share(capitalShare) },
  ];
  const dates = new Set(classes.map(({ asOf }) => asOf));
  // The date of all of them is said once.
  const date = dates.size === 1 ? [...dates][0] : undefined;
  // A column that nobody filled says nothing.
  const known = columns.filter(({ of }) => classes.some((each) => of(each) !== ""));
  return html`<table class="classes" role="table">
      <caption class="unseen">
        Classes of members
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Class of members</th>
          ${known.map(
            ({ label }) => html`<th role="columnheader" scope="col" class="figure">${label}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${classes.map(
          (each, index) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">
                <span class="class">
                  ${key(each.kind, letterOf(index))}
                  <span
                    ><span lang="${listing.inLanguage ?? ""}" dir="auto">${each.name}</span>
                    <span class="kind">${aside(each, date === undefined)}</span>
                    ${classHandle(listing, each)}</span
                  >
                </span>
              </th>
              ${known.map(({ label, of }) => {
                const value = of(each);
                return html`<td role="cell" class="figure" data-label="${label}">
                  ${value === "" ? html`<span class="aside">not stated</span>` : value}
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      known.length === 0
        ? html`<p class="unknown">
            How many they are, and how votes, seats and capital are shared, isn’t stated.
          </p>`
        : ""
    }
    ${date === undefined ? "" : html`<p class="aside">As of ${partialDate(date)}.</p>`}`;
}

/** How a class can be followed; its own page has more. */
function classHandle(
  { id, preferredUsername, provenance }: Listing,
  { key: name, followable }: StakeholderClass,
): Html | string {
  const speaks = preferredUsername !== undefined && provenance.kind !== "imported";
  if (followable !== true || !speaks) return "";
  const { host } = new URL(id);
  return html`<span class="kind"
    ><a href="${webHref(`${id}/classes/${name}`) ?? ""}"
      >@${preferredUsername}.${name}<wbr />@${host}</a
    ></span
  >`;
}

/** The name in English where it is another, the kind where the name doesn't say it, a veto, and the date. */
function aside({ kind, name, nameMap, veto, asOf }: StakeholderClass, dated: boolean): Html {
  const english = nameMap?.["en"];
  const shown = english === undefined || english === name ? [] : [english];
  const known = [name, ...shown].some((each) => each.toLowerCase() === kindWords[kind]);
  const words = [...shown, ...(known ? [] : [capitalised(kindWords[kind])])];
  if (veto === true) words.push("nothing is decided against it");
  return html`${words.join(" · ")}${
    asOf === undefined || !dated
      ? ""
      : html`${words.length === 0 ? "" : " · "}as of ${partialDate(asOf)}`
  }`;
}

function rules(listing: Listing): Html | string {
  const { voteRule, boardSize, distributionConstraint, indivisibleReserve } = listing;
  const rows: [string, string][] = [];
  if (voteRule !== undefined) rows.push(["Votes are given", voteRuleWords[voteRule]]);
  if (boardSize !== undefined) {
    const words = boardSize === 0 ? "None: the general assembly governs itself" : number(boardSize);
    rows.push(["Seats on the board", words]);
  }
  const surplus = [
    distributionConstraint === undefined ? undefined : distributionWords[distributionConstraint],
    indivisibleReserve === undefined
      ? undefined
      : indivisibleReserve
        ? "part of the reserves belongs to nobody in particular and can’t be divided"
        : "reserves can be divided",
  ].filter((each) => each !== undefined);
  if (surplus.length > 0) rows.push(["Surplus and reserves", capitalised(listed(surplus))]);
  if (rows.length === 0) return "";
  return html`<dl class="facts rules">
    ${rows.map(
      ([term, words]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${words}</dd>
        </div>`,
    )}
  </dl>`;
}
