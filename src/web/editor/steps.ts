import type { DraftContent } from "../../directory/draft.ts";
import { contentOf, type Form, formOf, rowsOf } from "./form.ts";
import { applyPreset, presets } from "./presets.ts";

/** The first field of a new row, by the name of its list. */
const firstFields: Record<string, string> = {
  stakeholders: "name",
  identifier: "propertyID",
  figures: "year",
  offers: "name",
  needs: "name",
  relations: "kind",
};

/**
 * The form after a button that changes nothing but the form: a row more or less,
 * a language, what is usual for a kind of co-op.
 *
 * @param what The value of the button: `add:figures`, `remove:stakeholders.2`,
 *   `language`, `preset:worker`.
 * @returns The form, and the field where one goes on writing.
 */
export function step(form: Form, what: string): { form: Form; focus?: string } {
  const [verb = "", name = ""] = what.split(":");
  const next = new URLSearchParams(form);
  if (verb === "add" && Object.hasOwn(firstFields, name)) {
    const number = Math.max(-1, ...rowsOf(form, name).map(Number)) + 1;
    const field = `${name}.${number}.${firstFields[name]}`;
    next.append(field, "");
    return { form: next, focus: field };
  }
  if (verb === "remove") {
    for (const field of form.keys()) if (field.startsWith(`${name}.`)) next.delete(field);
    return { form: next };
  }
  if (verb === "language") {
    const language = form.get("_language") ?? "";
    next.delete("_language");
    if (language === "") return { form: next };
    const field = `nameMap.${language}`;
    if (!form.has(field)) next.append(field, "");
    return { form: next, focus: field };
  }
  const preset = presets.find(({ key }) => verb === "preset" && key === name);
  if (preset === undefined) return { form: next };
  const { content } = contentOf(ownFields(form));
  const filled = formOf(applyPreset(content, preset));
  for (const [field, value] of controls(form)) filled.append(field, value);
  return { form: filled, focus: "stakeholders.0.members" };
}

/** Fields that belong to the form, not to the content: where one searches, the handle, the consent. */
function isControl(name: string): boolean {
  return name.startsWith("_") || name === "do";
}

function controls(form: Form): [string, string][] {
  return [...form].filter(([name]) => isControl(name));
}

/** The fields of the content alone. */
export function ownFields(form: Form): Form {
  return new URLSearchParams([...form].filter(([name]) => !isControl(name)));
}

/** What a new listing says at first. */
export function freshContent(acceptLanguage: string | undefined): DraftContent {
  const [, language, country] =
    /^([a-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Z]{2}))?/.exec(acceptLanguage ?? "") ?? [];
  return {
    inLanguage: language ?? "en",
    license: "CC0-1.0",
    discoverable: true,
    indexable: true,
    ...(country !== undefined && {
      location: { type: "Place", address: { type: "PostalAddress", addressCountry: country } },
    }),
  };
}
