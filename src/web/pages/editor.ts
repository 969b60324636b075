import { html } from "hono/html";
import { Theme, themes } from "../../coop/codes.ts";
import { countries } from "../../coop/regions.ts";
import { fieldWords } from "../editor/differences.ts";
import { presets } from "../editor/presets.ts";
import type { Sheet } from "../editor/sheet.ts";
import type { Page } from "../layout.ts";
import { editorScript } from "../script.ts";
import { type Html, moment } from "../text.ts";
import { codeField } from "./code-field.ts";
import { type Live, liveSection } from "./editor-live.ts";
import { languageOptions, moreParts } from "./editor-more.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { classRows, line } from "./editor-rows.ts";
import {
  button,
  choice,
  faultSummary,
  fieldId,
  hidden,
  select,
  textArea,
  tick,
  valueOf,
} from "./form.ts";

/** What the editor shows. */
export interface EditorData {
  /** Undefined for a co-op that is about to be added. */
  place: Place | undefined;
  sheet: Sheet;
  live: Live;
  /** Names what the writer began with. */
  edition: number;
  /** Whether a handle can be chosen. */
  choosing: boolean;
  host: string;
  state: "new" | "draft" | "published" | "withdrawn";
  /** Whether the co-op has agreed to be listed, and if not, whether who writes can do so. */
  consent: "asked" | "given" | "not-ours";
  /** When the draft was saved and by whom. */
  saved: { drafted: number; by: string } | undefined;
  /** Said above everything else: that somebody else was faster. */
  notice?: Html | undefined;
}

/** The editor: what most co-ops need on one screen, everything else folded below. */
export function editorPage(data: EditorData): Page {
  const { place, sheet, live, edition, state } = data;
  const name = valueOf(sheet.shown, "name");
  const { action } = sheet;
  return {
    title: state === "new" ? "Add a co-op" : `Edit ${name === "" ? "a co-op" : name}`,
    script: editorScript.path,
    body: html`${editorTabs(place, "edit")}
      <h1>
        ${state === "new" ? "Add a co-op" : name === "" ? "A co-op without a name yet" : html`<bdi>${name}</bdi>`}
      </h1>
      ${data.notice ?? ""} ${standing(data)} ${faultSummary(sheet.shown, faultLabels(sheet))}
      <form
        id="editor"
        class="editor"
        method="post"
        action="${action}"
        novalidate
        data-check="${action}/check"
        ${sheet.focus === undefined ? "" : html`data-focus="${sheet.focus}"`}
      >
        <button class="unseen" name="do" value="check" tabindex="-1" aria-hidden="true">
          Check
        </button>
        ${hidden("_base", String(edition))}
        ${sheet.repeated.map((name) => hidden("_repeated", name))}
        <div class="sheet">${firstScreen(data)}</div>
        <aside class="beside" aria-label="What follows from this">
          <div class="stuck">
            ${liveSection(live)}
            <p>${button("Check", { name: "do", value: "check", look: "quiet" })}</p>
          </div>
        </aside>
        ${consent(data)}
        <p class="actions">
          ${button(publishing(data), { name: "do", value: "publish" })}
          ${button("Save as draft", { name: "do", value: "save", look: "quiet" })}
          ${button("Preview", { name: "do", value: "preview", look: "quiet" })}
          ${
            data.saved === undefined || state === "draft"
              ? ""
              : button("Discard the draft", { name: "do", value: "discard", look: "quiet" })
          }
        </p>
        <div class="more-parts">
          <h2>More about the co-op</h2>
          <p class="hint">
            All of it may be left out, and added later. The buttons above save it, too.
          </p>
          ${moreParts(sheet)}
        </div>
      </form>`,
  };
}

/** What the fields are called in which something is wrong. */
function faultLabels({ shown }: Sheet): Record<string, string> {
  const names = shown.faults.map(({ field = "" }) => field);
  return Object.fromEntries(names.map((name) => [name, fieldWords(name)]));
}

function publishing({ state, consent: given }: EditorData): string {
  if (state !== "published") return "Publish";
  return given === "asked" ? "Publish as our own" : "Publish the changes";
}

function standing({ state, saved }: EditorData): Html {
  if (state === "new") {
    return html`<p class="lead">
      Fill in what you know: a name is enough. Everything can be changed later.
    </p>`;
  }
  const draft =
    saved === undefined
      ? ""
      : html`Draft saved ${moment(saved.drafted)} by <bdi>${saved.by}</bdi>. `;
  const words = {
    draft: "Nobody but you and those who run this node can see this yet.",
    published:
      saved === undefined
        ? "This is what the directory says now."
        : "The directory says what was published before.",
    withdrawn: "The listing is withdrawn. Publishing puts it back into the directory.",
  }[state];
  return html`<p class="aside">${draft}${words}</p>`;
}

function firstScreen({ sheet, state, choosing, host, live }: EditorData): Html {
  const { shown } = sheet;
  return html`${line(sheet, { name: "name", label: "Name", maxlength: 300, autocomplete: "off" })}
    ${textArea(shown, {
      name: "summary",
      label: "What it does, in a sentence or two",
      rows: 3,
      maxlength: 2000,
      unmarked: true,
    })}
    ${
      state === "new" || state === "draft"
        ? presetButtons(sheet)
        : html`<details class="more">
            <summary>Fill in what is usual for a kind of co-op</summary>
            ${presetButtons(sheet)}
          </details>`
    }
    <fieldset class="group" id="${fieldId("stakeholders")}">
      <legend>Members</legend>
      ${classRows(sheet)}
    </fieldset>
    <fieldset class="group">
      <legend>Place</legend>
      <div class="side-by-side">
        ${select(shown, {
          name: "location.address.addressCountry",
          label: "Country",
          options: countryOptions(valueOf(shown, "location.address.addressCountry")),
          unmarked: true,
        })}
        ${line(sheet, { name: "location.address.addressLocality", label: "Town or village" })}
      </div>
      ${codeField(sheet, {
        name: "location.region",
        label: "Region",
        hint: "A province, a county, a state: then people find you there",
        find: "Find a region",
      })}
    </fieldset>
    ${themeChoice(sheet)}
    <div class="side-by-side">
      ${line(sheet, { name: "url", label: "Website", type: "url", autocomplete: "url" })}
      ${select(shown, {
        name: "inLanguage",
        label: "Language of these texts",
        options: languageOptions([], [valueOf(shown, "inLanguage")]),
        unmarked: true,
      })}
    </div>
    ${choosing ? handleField(sheet, host, live) : ""}
    ${choice(shown, {
      name: "license",
      label: "Licence of the listing",
      required: true,
      options: licences(valueOf(shown, "license")),
    })}`;
}

/** One click fills in what is usual. */
function presetButtons({ action }: Sheet): Html {
  return html`<fieldset class="question presets">
    <legend>What kind of co-op is it?</legend>
    <p class="hint">A click fills in what is usual; all of it can be changed.</p>
    <div class="preset-list">
      ${presets.map(
        ({ key, label, hint }) =>
          html`<button
            class="quiet preset"
            name="do"
            value="preset:${key}"
            formaction="${action}#${fieldId("stakeholders")}"
          >
            ${label}<span class="hint">${hint}</span>
          </button>`,
      )}
    </div>
  </fieldset>`;
}

function themeChoice(sheet: Sheet): Html {
  // What is chosen keeps its order, and what isn't follows.
  const chosen = sheet.form.getAll("theme").filter((theme) => theme !== "");
  const all = [...new Set([...chosen, ...Theme.options])];
  return html`<div class="theme-choice">
    ${choice(sheet.shown, {
      name: "theme",
      label: "Themes",
      many: true,
      unmarked: true,
      options: all.map((value) => ({ value, label: themes[value as Theme]?.label ?? value })),
    })}
  </div>`;
}

function countryOptions(chosen: string) {
  const all = countries().map(({ code, label }) => ({ value: code.split(":")[1] ?? "", label }));
  const known = chosen === "" || all.some(({ value }) => value === chosen);
  return known ? all : [{ value: chosen, label: chosen }, ...all];
}

/** The two that data can best be combined under, and whatever stood there. */
function licences(chosen: string) {
  const usual = [
    { value: "CC0-1.0", label: "CC0", hint: "Anybody may use these facts for anything" },
    {
      value: "CC-BY-4.0",
      label: "CC BY",
      hint: "Anybody may use them who names you as the source",
    },
  ];
  const known = chosen === "" || usual.some(({ value }) => value === chosen);
  return known ? usual : [...usual, { value: chosen, label: chosen, hint: "As it was before" }];
}

function handleField(sheet: Sheet, host: string, live: Live): Html {
  return html`${line(sheet, {
    name: "_handle",
    label: "Name in the fediverse",
    hint: `What stands before @${host}: small letters, digits, underscores. Left empty, it is made from the name. It can’t be changed after publishing.`,
    size: 30,
    autocomplete: "off",
  })}
  ${handleState(live)}`;
}

/** Whether the handle can be had; the script replaces it as one types. */
export function handleState({ handle }: Live): Html {
  return html`<p
    id="handle-state"
    class="${handle?.faulty === true ? "fault" : "hint"}"
    aria-live="polite"
  >
    ${handle?.words ?? ""}
  </p>`;
}

function consent({ sheet, consent: state }: EditorData): Html {
  const words = {
    given: "This co-op has agreed to be listed. To take it out, withdraw the listing.",
    "not-ours":
      "This co-op hasn’t published its listing itself. What you publish here corrects it, and doesn’t make it the co-op’s own.",
  };
  return html`<fieldset class="group consent">
    <legend>Consent</legend>
    ${
      state === "asked"
        ? tick(sheet.shown, {
            name: "_consent",
            label: "We want to be listed in the public directory",
            hint: "Other nodes keep copies of the listing. You can withdraw it at any time, everywhere.",
            required: true,
          })
        : html`<p class="hint">${words[state]}</p>`
    }
    ${tick(sheet.shown, { name: "discoverable", label: "Mastodon and others may suggest our profile to people", unmarked: true })}
    ${tick(sheet.shown, { name: "indexable", label: "People may search in our posts there", unmarked: true })}
  </fieldset>`;
}
