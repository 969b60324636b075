import { z } from "zod";
import type { Posting, Rewriting } from "../../directory/post.ts";
import { aheadMost, type PostContent, type PostWarning } from "../../directory/post-content.ts";
import { classesOf, type Post, textsOf, warningsOf } from "../../store/posts.ts";
import type { Form } from "../forms.ts";
import { localTime, momentOf } from "../local-time.ts";

const Text = z
  .string()
  .trim()
  .min(1, "Write something.")
  .max(5000, "Use at most 5,000 characters.");
const Language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "Choose a language.");
const Warning = z
  .string()
  .trim()
  .max(500, "Use at most 500 characters.")
  .regex(/^[^\n]*$/, "Write one line.");

/** The fields of a text, in two languages, and when it is to be published. */
export const textFields = {
  text: Text,
  language: Language,
  warning: Warning.optional(),
  otherText: Text.optional(),
  otherLanguage: Language.optional(),
  otherWarning: Warning.optional(),
  due: z.string().max(30).optional(),
  zone: z.string().max(60).optional(),
};
type Fields = z.infer<z.ZodObject<typeof textFields>>;

/** Says what of the fields doesn't go together, whatever else is wrong with them. */
export function fitting(now: number) {
  const check = (fields: Fields, context: z.RefinementCtx) => {
    const add = (field: keyof Fields, message: string) =>
      context.addIssue({ code: "custom", path: [field], message, input: fields[field] });
    const { otherText, otherLanguage, otherWarning, due } = fields;
    if (otherText !== undefined && otherLanguage === undefined) {
      add("otherLanguage", "Choose the language of the second text.");
    }
    if (otherText === undefined && (otherLanguage ?? otherWarning) !== undefined) {
      add("otherText", "Write the text in the second language, or leave all of it empty.");
    }
    if (otherLanguage !== undefined && otherLanguage === fields.language) {
      add("otherLanguage", "Choose another language than that of the first text.");
    }
    if (otherWarning !== undefined && fields.warning === undefined) {
      add("warning", "Write the warning in the first language, too.");
    }
    if (due === undefined) return;
    const moment = momentOf(due, fields.zone ?? "UTC");
    if (moment === undefined) add("due", "Give a day and a time that there is in the time zone.");
    else if (moment < now) add("due", "This moment is over. Leave it empty to publish at once.");
    else if (moment > now + aheadMost) add("due", "Choose a moment within a year.");
  };
  return z.superRefine(check as (fields: unknown, context: z.RefinementCtx) => void, {
    when: ({ value }) => typeof value === "object" && value !== null,
  });
}

/** What the fields say. Languages of which they say nothing stay as they were. */
export function readText(
  fields: Fields,
  before?: Post,
): { content: PostContent } & Pick<Rewriting, "due" | "zone"> & { warning: PostWarning | null } {
  const { text, language, warning, otherText, otherLanguage, otherWarning, due, zone } = fields;
  const written = (first: string | undefined, second: string | undefined) => ({
    ...(first !== undefined && { [language]: first }),
    ...(second !== undefined && otherLanguage !== undefined && { [otherLanguage]: second }),
  });
  // The form shows the first two.
  const more = before === undefined ? [] : textsOf(before).slice(2);
  const kept = more.filter(([tag]) => tag !== language && tag !== otherLanguage);
  const warned = before === undefined ? {} : warningsOf(before);
  const keptWarnings = kept.flatMap(([tag]) => {
    const said = warned[tag];
    return said === undefined || warning === undefined ? [] : [[tag, said]];
  });
  const warnings = {
    ...written(warning, otherWarning),
    ...(Object.fromEntries(keptWarnings) as PostWarning),
  };
  const moment = due === undefined ? undefined : momentOf(due, zone ?? "UTC");
  return {
    content: { ...written(text, otherText), ...Object.fromEntries(kept) },
    warning: Object.keys(warnings).length === 0 ? null : warnings,
    ...(moment !== undefined && { due: moment, zone: zone ?? "UTC" }),
  };
}

/** A new post. */
export function readPosting(
  fields: Fields & {
    pinned?: "yes" | undefined;
    listed?: "yes" | undefined;
    classes?: string[] | undefined;
  },
): { content: PostContent; posting: Posting } {
  const { content, warning, ...time } = readText(fields);
  const { pinned, listed, classes } = fields;
  return {
    content,
    posting: {
      ...time,
      ...(warning !== null && { warning }),
      pinned: pinned === "yes",
      listed: listed === "yes",
      classes,
    },
  };
}

/** What the fields hold when a post is opened. */
export function valuesOf(post: Post, zone: string): Form["values"] {
  const [[language, text] = ["en", ""], other] = textsOf(post);
  const warnings = warningsOf(post);
  const of = (name: string, value: string | undefined) =>
    value === undefined ? {} : { [name]: value };
  const said = post.zone ?? zone;
  return {
    language,
    text,
    ...of("warning", warnings[language]),
    ...of("otherLanguage", other?.[0]),
    ...of("otherText", other?.[1]),
    ...of("otherWarning", other && warnings[other[0]]),
    classes: classesOf(post),
    ...(post.due !== null && { due: localTime(post.due, said), zone: said }),
  };
}
