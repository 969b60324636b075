import { html } from "hono/html";
import { Capital, RelationKind, StakeholderKind, Theme, themes } from "../../coop/codes.ts";
import { sensitiveKinds } from "../../coop/listing.ts";
import { rowsOf } from "../editor/form.ts";
import { isOpen, isGiven, type Sheet } from "../editor/sheet.ts";
import { type Html, languageName } from "../text.ts";
import {
  capitalised,
  capitalWords,
  kindWords,
  measureWords,
  relationWords,
  sexWords,
} from "../words.ts";
import {
  faultOf,
  fieldId,
  hidden,
  select,
  textField,
  tick,
  type TextField,
  valueOf,
} from "./form.ts";

/** A list of rows, each with a button to remove it, and one to add another. */
interface Rows {
  name: string;
  /** What one row is: `class`. */
  one: string;
  add: string;
  row: (sheet: Sheet, at: string) => Html;
}

function rows(sheet: Sheet, { name, one, add, row }: Rows): Html {
  const there = rowsOf(sheet.form, name);
  const next = Math.max(-1, ...there.map(Number)) + 1;
  return html`${faultLine(sheet, name)}
    ${there.map(
      (index, at) =>
        html`<fieldset class="row" id="${fieldId(`${name}.${index}`)}">
          <legend>${capitalised(one)} ${at + 1}</legend>
          ${faultLine(sheet, `${name}.${index}`)} ${row(sheet, `${name}.${index}`)}
          <button
            class="quiet small"
            name="do"
            value="remove:${name}.${index}"
            formaction="${sheet.action}#${fieldId(name)}"
          >
            Remove this ${one}
          </button>
        </fieldset>`,
    )}
    <p>
      <button
        class="quiet"
        name="do"
        value="add:${name}"
        formaction="${sheet.action}#${fieldId(`${name}.${next}`)}"
      >
        ${add}
      </button>
    </p>`;
}

/** What is wrong with a row or a list as a whole. */
function faultLine(sheet: Sheet, name: string): Html | string {
  const fault = faultOf(sheet.shown, name);
  return fault === undefined ? "" : html`<p class="fault" id="${fieldId(name)}-fault">${fault}</p>`;
}

/** A field of which nobody needs to be told that it may be left out. */
export function line(sheet: Sheet, field: TextField): Html {
  return textField(sheet.shown, { ...field, unmarked: true });
}

/** A field for a number, however it is written. */
export function figure(sheet: Sheet, name: string, label: string, hint?: string): Html {
  return line(sheet, { name, label, hint, inputmode: "decimal", size: 12, autocomplete: "off" });
}

/** One of a list of codes. */
export function pick<Code extends string>(
  sheet: Sheet,
  name: string,
  label: string,
  words: Record<Code, string>,
  more: { hint?: string; codes?: readonly Code[] } = {},
): Html {
  const codes = more.codes ?? (Object.keys(words) as Code[]);
  const options = codes.map((value) => ({ value, label: capitalised(words[value]) }));
  return select(sheet.shown, { name, label, options, hint: more.hint, unmarked: true });
}

/** The same text in the other languages of the form. */
function inOtherLanguages(sheet: Sheet, map: string, label: string): Html {
  return html`${sheet.languages.map((tag) =>
    line(sheet, { name: `${map}.${tag}`, label: `${label} (${languageName(tag)})` }),
  )}`;
}

/** The classes of members: name, kind and number in sight, the rest folded. */
export function classRows(sheet: Sheet): Html {
  return rows(sheet, {
    name: "stakeholders",
    one: "class of members",
    add: "Add a class of members",
    row: (_, at) => {
      const folded = ["voteShare", "boardSeats", "capitalShare", "asOf", "veto", "followable"];
      const kind = valueOf(sheet.shown, `${at}.kind`);
      const key = valueOf(sheet.shown, `${at}.key`);
      return html`<div class="class-fields">
          ${line(sheet, { name: `${at}.name`, label: "What they are called" })}
          ${pick(sheet, `${at}.kind`, "What they are", kindWords, { codes: StakeholderKind.options })}
          ${figure(sheet, `${at}.members`, "How many")}
        </div>
        ${key === "" ? "" : hidden(`${at}.key`, key)}
        ${
          (sensitiveKinds as ReadonlySet<string>).has(kind)
            ? html`<p class="hint">
                Counts under five of this class are published as “fewer than 5”, with whatever would
                give them away.
              </p>`
            : ""
        }
        ${folding(
          "Votes, seats and capital of this class",
          isOpen(sheet, ...folded.map((each) => `${at}.${each}`)),
          html`<div class="side-by-side">
              ${figure(sheet, `${at}.voteShare`, "Votes, percent")}
              ${figure(sheet, `${at}.boardSeats`, "Seats on the board")}
              ${figure(sheet, `${at}.capitalShare`, "Share capital, percent")}
              ${line(sheet, { name: `${at}.asOf`, label: "As of", size: 12, hint: "A year or a day" })}
            </div>
            ${tick(sheet.shown, {
              name: `${at}.veto`,
              label: "Nothing is decided against this class alone",
              unmarked: true,
            })}
            ${tick(sheet.shown, {
              name: `${at}.followable`,
              label: "The class can be followed on Mastodon by itself",
              hint: "Not for people who need protection: this node shows only how many follow, but the servers of those who do may show whom they follow. They are let go when this is taken back.",
              unmarked: true,
            })}
            ${inOtherLanguages(sheet, `${at}.nameMap`, "Name")}`,
        )}`;
    },
  });
}

/** A part of the form that is folded until somebody wants it. */
function folding(summary: string, open: boolean, body: Html): Html {
  return html`<details class="more" ${open ? html`open` : ""}>
    <summary>${summary}</summary>
    <div class="unfolded">${body}</div>
  </details>`;
}

export function registrationRows(sheet: Sheet): Html {
  return rows(sheet, {
    name: "identifier",
    one: "registration",
    add: "Add a registration",
    row: (_, at) => html`<div class="side-by-side">${registration(sheet, at)}</div>`,
  });
}

function registration(sheet: Sheet, at: string): Html {
  return html`${line(sheet, {
    name: `${at}.propertyID`,
    label: "Register",
    hint: "As org-id.guide calls it, such as GB-COH or FR-RCS",
    size: 12,
  })}
  ${line(sheet, { name: `${at}.value`, label: "Number there" })}`;
}

export function figureRows(sheet: Sheet): Html {
  const counts = ["members", "membersNatural", "membersLegal"] as const;
  const work = ["workers", "workerMembers", "volunteers"] as const;
  const amounts = ["turnover", "assets", "surplus"] as const;
  const measured = (at: string, names: readonly (keyof typeof measureWords)[]) =>
    names.map((each) => figure(sheet, `${at}.${each}`, capitalised(measureWords[each])));
  return rows(sheet, {
    name: "figures",
    one: "year",
    add: "Add a year",
    row: (_, at) =>
      html`<div class="side-by-side">
          ${figure(sheet, `${at}.year`, "Year")} ${measured(at, counts)}
          ${(["female", "male", "notStated"] as const).map((sex) =>
            figure(sheet, `${at}.membersBySex.${sex}`, `Members: ${sexWords[sex].toLowerCase()}`),
          )}
          ${classesOf(sheet, at).map(({ key, name }) =>
            figure(sheet, `${at}.membersByClass.${key}`, `Members: ${name}`),
          )}
          ${measured(at, work)} ${measured(at, amounts)}
          ${line(sheet, { name: `${at}.currency`, label: "Currency", hint: "Such as EUR", size: 5 })}
        </div>
        <div class="side-by-side">
          ${line(sheet, { name: `${at}.asOf`, label: "Members counted on", size: 12 })}
          ${line(sheet, { name: `${at}.source`, label: "Source" })}
          ${line(sheet, { name: `${at}.isBasedOn`, label: "Address of the source", type: "url" })}
        </div>
        ${tick(sheet.shown, { name: `${at}.estimate`, label: "This is an estimate", unmarked: true })}`,
  });
}

/** The classes that have a key, and those that a year still counts. */
function classesOf(sheet: Sheet, at: string): { key: string; name: string }[] {
  const known = rowsOf(sheet.form, "stakeholders").map((index) => ({
    key: sheet.form.get(`stakeholders.${index}.key`) ?? "",
    name: sheet.form.get(`stakeholders.${index}.name`) ?? "",
  }));
  const start = `${at}.membersByClass.`;
  const counted = [...sheet.form.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => ({ key: name.slice(start.length), name: name.slice(start.length) }));
  const all = [...known, ...counted].filter(({ key }) => key !== "");
  return [...new Map(all.toReversed().map((each) => [each.key, each])).values()].toReversed();
}

export function exchangeRows(sheet: Sheet, name: "offers" | "needs"): Html {
  const one = name === "offers" ? "offer" : "need";
  const themeWords = Object.fromEntries(
    Theme.options.map((theme) => [theme, themes[theme].label]),
  ) as Record<Theme, string>;
  return rows(sheet, {
    name,
    one,
    add: name === "offers" ? "Add an offer" : "Add a need",
    row: (_, at) =>
      html`<div class="side-by-side">
        ${line(sheet, { name: `${at}.name`, label: name === "offers" ? "What you can give" : "What you look for" })}
        ${pick(sheet, `${at}.capital`, "What it is made of", capitalWords, { codes: Capital.options })}
        ${pick(sheet, `${at}.theme`, "Theme", themeWords)}
        ${line(sheet, { name: `${at}.validThrough`, label: "Good until", hint: "A day", size: 12 })}
        ${inOtherLanguages(sheet, `${at}.nameMap`, "The same")}
      </div>`,
  });
}

export function relationRows(sheet: Sheet): Html {
  return rows(sheet, {
    name: "relations",
    one: "relation",
    add: "Add a relation",
    row: (_, at) =>
      html`<div class="side-by-side">
          ${pick(sheet, `${at}.kind`, "What you are to each other", relationWords, { codes: RelationKind.options })}
          ${line(sheet, { name: `${at}.name`, label: "Name of the other" })}
        </div>
        ${folding(
          "More about the other, and since when",
          isOpen(sheet, at) || isGiven(sheet, `${at}.id`, `${at}.url`, `${at}.identifier`),
          html`<div class="side-by-side">
            ${line(sheet, {
              name: `${at}.id`,
              label: "Its address in the directory",
              type: "url",
              hint: "If it is listed: the address of its page",
            })}
            ${line(sheet, { name: `${at}.url`, label: "Its website", type: "url" })}
            ${registration(sheet, `${at}.identifier`)}
            ${line(sheet, { name: `${at}.since`, label: "Since", size: 12 })}
            ${line(sheet, { name: `${at}.until`, label: "Until", size: 12 })}
          </div>`,
        )}`,
  });
}
