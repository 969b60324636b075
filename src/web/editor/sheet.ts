import type { Form as ShownForm, FormFault } from "../forms.ts";
import type { Kind, Suggestion } from "../suggest.ts";
import type { Form } from "./form.ts";

/** The fields in which one chooses codes by searching, and what for. */
export const codeFields = {
  activity: "sector",
  "location.region": "region",
  areaServed: "region",
  knowsLanguage: "language",
  legalFormCode: "legal-form",
} as const satisfies Record<string, Kind>;
export type CodeField = keyof typeof codeFields;

/** A form as the editor shows it. */
export interface Sheet {
  form: Form;
  /** The same for the functions that draw fields. */
  shown: ShownForm;
  /** What was found for the fields in which somebody searched. */
  found: Partial<Record<CodeField, Suggestion[]>>;
  /** Where the form is sent. */
  action: string;
  /** The field with which one goes on: what holds it is unfolded. */
  focus: string | undefined;
  /** Translations into the main language itself: those that only repeat the text. */
  repeated: string[];
  /** The languages beside the main one in which something is written. */
  languages: string[];
}

/** A form with what is wrong with it, and with what was found for its searches. */
export function sheetOf(
  form: Form,
  more: Pick<Sheet, "action" | "focus" | "found"> & { faults: FormFault[] },
): Sheet {
  const { faults, ...rest } = more;
  const values = Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const all = form.getAll(name);
      return [name, all.length === 1 ? (all[0] ?? "") : all];
    }),
  );
  const repeated = repetitions(form);
  const tags = [...form.keys()]
    .filter((name) => !repeated.includes(name))
    .map((name) => translation.exec(name)?.[2]);
  const languages = [...new Set(tags.filter((tag) => tag !== undefined))];
  return { ...rest, form, shown: { values, faults }, repeated, languages };
}

/** The name of a translation: what it translates, and the language. */
const translation = /^((?:.*\.)?\w+)Map\.([^.]+)$/;

/** Nobody has to write a text twice: those translations that are the text itself. */
function repetitions(form: Form): string[] {
  const own = form.get("inLanguage");
  return [...form.keys()].filter((name) => {
    const [, text = "", language] = translation.exec(name) ?? [];
    return language === own && form.get(name) === form.get(text);
  });
}

/**
 * The form with the translations that repeat the text, which the page leaves
 * out: whoever changes the text changes them, too. In another language than
 * before they are no translation any more.
 */
export function withRepetitions(form: Form): Form {
  const whole = new URLSearchParams(form);
  whole.delete("_repeated");
  for (const name of form.getAll("_repeated")) {
    const [, text = "", language] = translation.exec(name) ?? [];
    const value = form.get(text) ?? "";
    if (language === form.get("inLanguage") && value !== "") whole.set(name, value);
  }
  return whole;
}

/** Whether something is wrong with a field that begins like this, or one goes on there. */
export function isOpen({ shown, focus = "" }: Sheet, ...starts: string[]): boolean {
  return [focus, ...shown.faults.map(({ field = "" }) => field)].some((field) =>
    starts.some((start) => field === start || field.startsWith(`${start}.`)),
  );
}

/** Whether a field that begins like this has something in it. */
export function isGiven({ form }: Sheet, ...starts: string[]): boolean {
  return [...form].some(
    ([name, value]) =>
      value.trim() !== "" && starts.some((start) => name === start || name.startsWith(`${start}.`)),
  );
}
