import { html } from "hono/html";
import { Level, Precision, Status, VoteRule } from "../../coop/codes.ts";
import { languages } from "../editor/languages.ts";
import { isOpen, isGiven, type Sheet } from "../editor/sheet.ts";
import { type Html, languageName } from "../text.ts";
import {
  distributionWords,
  levelWords,
  precisionWords,
  statusWords,
  typeWords,
  voteRuleWords,
} from "../words.ts";
import { codeField } from "./code-field.ts";
import {
  exchangeRows,
  figure,
  figureRows,
  line,
  pick,
  registrationRows,
  relationRows,
} from "./editor-rows.ts";
import { fieldId, select, textArea } from "./form.ts";

/** A part of what few need at once. */
interface Part {
  label: string;
  /** What its fields begin with: faults and content in them unfold it. */
  names: string[];
  body: (sheet: Sheet) => Html;
}

/** Everything else that a listing may say, folded. */
export function moreParts(sheet: Sheet): Html {
  return html`${parts.map(({ label, names, body }) => {
    const given = isGiven(sheet, ...names) ? html` <span class="given">filled in</span>` : "";
    return html`<details class="part" ${isOpen(sheet, ...names) ? html`open` : ""}>
      <summary>${label}${given}</summary>
      <div class="unfolded">${body(sheet)}</div>
    </details>`;
  })}`;
}

function area(sheet: Sheet, name: string, label: string, hint?: string): Html {
  return textArea(sheet.shown, { name, label, hint, rows: 3, unmarked: true });
}

const parts: Part[] = [
  {
    label: "Type, votes and surplus",
    names: [
      "coopType",
      "level",
      "voteRule",
      "boardSize",
      "distributionConstraint",
      "indivisibleReserve",
    ],
    body: (sheet) =>
      html`${pick(sheet, "coopType", "Type of co-op", typeWords, { hint: "In the ILO’s four types: what describes it best" })}
      ${pick(sheet, "voteRule", "How votes are given", voteRuleWords, { codes: VoteRule.options })}
      ${figure(sheet, "boardSize", "Seats on the board", "0 where the general assembly governs without a board")}
      ${pick(sheet, "distributionConstraint", "Surplus", distributionWords)}
      ${pick(sheet, "indivisibleReserve", "Are there reserves that can never be divided?", { true: "Yes", false: "No" })}
      ${pick(sheet, "level", "Level", levelWords, { codes: Level.options, hint: "Left empty: primary" })}`,
  },
  {
    label: "What it does, by activity",
    names: ["activity"],
    body: (sheet) =>
      codeField(sheet, {
        name: "activity",
        label: "Activities",
        hint: "From the international list ISIC; the first is the main one",
        find: "Find an activity",
      }),
  },
  {
    label: "Name, legal form and registrations",
    names: [
      "legalName",
      "legalForm",
      "legalFormCode",
      "identifier",
      "foundingDate",
      "dissolutionDate",
      "status",
    ],
    body: (sheet) =>
      html`${line(sheet, { name: "legalName", label: "Legal name", hint: "If it is another" })}
      ${line(sheet, { name: "legalForm", label: "Legal form, in your own words" })}
      ${codeField(sheet, {
        name: "legalFormCode",
        label: "Legal form, from the list",
        hint: "Then the law’s own rules are looked at",
        find: "Find a legal form",
        single: true,
      })}
      ${registrationRows(sheet)}
      ${line(sheet, { name: "foundingDate", label: "Founded", hint: "A year, a month or a day: 1997, 1997-05, 2.5.1997", size: 12 })}
      ${pick(sheet, "status", "Status", statusWords, { codes: Status.options, hint: "Left empty: active" })}
      ${line(sheet, { name: "dissolutionDate", label: "Dissolved", size: 12 })}`,
  },
  {
    label: "Other languages",
    names: ["nameMap", "summaryMap", "purposeMap", "howToJoinMap"],
    body: (sheet) =>
      html`${sheet.languages.map(
          (tag) =>
            html`<fieldset class="row">
              <legend>${languageName(tag)}</legend>
              ${line(sheet, { name: `nameMap.${tag}`, label: "Name" })}
              ${area(sheet, `summaryMap.${tag}`, "What it does")}
              ${area(sheet, `purposeMap.${tag}`, "What it is for")}
              ${area(sheet, `howToJoinMap.${tag}`, "How to join")}
            </fieldset>`,
        )}
        ${select(sheet.shown, {
          name: "_language",
          label: "Another language",
          options: languageOptions(sheet.languages),
          unmarked: true,
        })}
        <p>
          <button
            class="quiet"
            name="do"
            value="language"
            formaction="${sheet.action}#${fieldId("_language")}"
          >
            Add this language
          </button>
        </p>`,
  },
  {
    label: "Address, map and area served",
    names: [
      "location.address.streetAddress",
      "location.address.postalCode",
      "location.latitude",
      "location.longitude",
      "location.precision",
      "areaServed",
    ],
    body: (sheet) =>
      html`${line(sheet, { name: "location.address.streetAddress", label: "Street and number", hint: "Of an office or shop that may be known, not of a home" })}
        ${line(sheet, { name: "location.address.postalCode", label: "Postcode", size: 12 })}
        <div class="side-by-side">
          ${figure(sheet, "location.latitude", "Latitude", "Degrees, south is negative")}
          ${figure(sheet, "location.longitude", "Longitude", "Degrees, west is negative")}
          ${pick(sheet, "location.precision", "This is the point of", precisionWords, { codes: Precision.options })}
        </div>
        ${codeField(sheet, { name: "areaServed", label: "Regions served", hint: "Where people can use what it offers", find: "Find a region served" })}`,
  },
  {
    label: "Contact, how to join, languages spoken",
    names: ["contactPoint", "howToJoin", "knowsLanguage", "account"],
    body: (sheet) =>
      html`<p class="hint">Addresses of the co-op, never of a person: everything here is public.</p>
        ${line(sheet, { name: "contactPoint.email", label: "E-mail of the co-op", type: "email" })}
        ${line(sheet, { name: "contactPoint.telephone", label: "Telephone of the co-op", type: "tel" })}
        ${line(sheet, { name: "contactPoint.url", label: "Contact page", type: "url" })}
        ${area(sheet, "howToJoin", "How to join")}
        ${codeField(sheet, { name: "knowsLanguage", label: "Languages spoken", hint: "In which one can talk to you", find: "Find a language" })}
        ${line(sheet, { name: "account", label: "Fediverse account that you already have", type: "url", hint: "The address of its profile; people are led there" })}`,
  },
  {
    label: "Statement of purpose",
    names: ["purpose"],
    body: (sheet) =>
      area(sheet, "purpose", "The general interest that it serves", "As your rules state it"),
  },
  {
    label: "Figures by year",
    names: ["figures"],
    body: (sheet) =>
      html`<p class="hint">Whatever you leave empty counts as not known, never as zero.</p>
        ${figureRows(sheet)}`,
  },
  {
    label: "Offers and needs",
    names: ["offers", "needs"],
    body: (sheet) =>
      html`<h3>What it can give to others</h3>
        ${exchangeRows(sheet, "offers")}
        <h3>What it looks for</h3>
        ${exchangeRows(sheet, "needs")}`,
  },
  {
    label: "Relations to others",
    names: ["relations"],
    body: (sheet) =>
      html`<p class="hint">
          Co-ops, federations, councils, hospitals, firms. The other side is not asked: your page
          says that you said it.
        </p>
        ${relationRows(sheet)}`,
  },
  {
    label: "Pictures",
    names: ["icon", "image"],
    body: (sheet) =>
      html`<p class="hint">
          ${
            sheet.action.endsWith("/new")
              ? "Save the draft first: then you can upload them on a page of their own."
              : html`<a href="${sheet.action}/pictures">Upload them</a> on a page of their own, once
                  your changes here are saved; or say where they are on your website.`
          }
        </p>
        <h3>Logo</h3>
        ${pictureFields(sheet, "icon")}
        <h3>Wide picture</h3>
        ${pictureFields(sheet, "image")}`,
  },
];

/** The languages that can be chosen, by name. */
export function languageOptions(but: string[] = [], also: string[] = []) {
  return [...new Set([...also, ...languages])]
    .filter((tag) => tag !== "" && !but.includes(tag))
    .map((value) => ({ value, label: languageName(value) }))
    .toSorted((a, b) => a.label.localeCompare(b.label, "en"));
}

const mediaTypes = {
  "image/png": "PNG",
  "image/jpeg": "JPEG",
  "image/webp": "WebP",
  "image/gif": "GIF",
};

function pictureFields(sheet: Sheet, name: "icon" | "image"): Html {
  return html`${line(sheet, {
    name: `${name}.url`,
    label: "Address of the picture",
    type: "url",
    hint: "On your website. Readers’ browsers fetch it there",
  })}
  ${pick(sheet, `${name}.mediaType`, "Format", mediaTypes)}
  ${line(sheet, { name: `${name}.name`, label: "What can be seen, for those who can’t" })}`;
}
