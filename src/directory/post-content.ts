import { z } from "zod";

/** How far ahead a post may be written, in milliseconds. */
export const aheadMost = 366 * 86_400_000;

/** How many languages a post may have. */
const languagesMost = 10;

const Language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);

/** What is said by language; says of each fault of a key what would be right. */
function byLanguage<Text extends z.ZodType<string>>(text: Text) {
  return z.record(Language, text, {
    error: ({ code }) =>
      code === "invalid_key"
        ? "languages are named by their codes, such as “en” or “pt-BR”"
        : undefined,
  });
}

/** Plain text in one or more languages, the main one first. */
export const PostContent = byLanguage(z.string().trim().min(1).max(5000))
  .refine((map) => Object.keys(map).length > 0, { error: "a post needs a text", when: isMap })
  .refine((map) => Object.keys(map).length <= languagesMost, {
    error: `a post has at most ${languagesMost} languages`,
    when: isMap,
  });
export type PostContent = z.infer<typeof PostContent>;

/** What to know before reading a post, in its main language and in others of it. */
export const PostWarning = byLanguage(
  z
    .string()
    .trim()
    .min(1)
    .max(500)
    .regex(/^[^\n\r]*$/, "a content warning is one line"),
);
export type PostWarning = z.infer<typeof PostWarning>;

/** Keys of stakeholder classes. */
export const PostClasses = z.array(z.string().max(30)).max(12);

const Moment = z.number().int();
const Zone = z.string().max(60);

/** All that is written of a post, besides what is only ticked. */
export interface Written {
  content: PostContent;
  warning?: PostWarning | undefined;
  /** The keys of the classes that announce it. */
  classes?: string[] | undefined;
  /** When it is to be published, epoch ms; now if it isn't said. */
  due?: number | undefined;
  /** The time zone in which that was said, to say it in the same one again. */
  zone?: string | undefined;
}

/** What may be written at a moment; says all that is wrong with it at once. */
export function writtenAt(now: number): z.ZodType<Written> {
  return z
    .strictObject({
      content: PostContent,
      warning: PostWarning.optional(),
      classes: PostClasses.optional(),
      due: Moment.min(now, "this moment is over")
        .max(now + aheadMost, "at most a year ahead")
        .optional(),
      zone: Zone.optional(),
    })
    .check(
      z.superRefine(fitWarning, {
        when: ({ value }) => isObject(value) && isObject(value["warning"]),
      }),
    );
}

/** A warning can only be read by whoever can read the text that it stands before. */
export function fitWarning(
  { content, warning }: Pick<Written, "content" | "warning">,
  context: z.RefinementCtx,
): void {
  const texts = Object.keys(isObject(content) ? content : {});
  const [main] = texts;
  const add = (language: string, message: string) =>
    context.addIssue({ code: "custom", path: ["warning", language], message, input: warning });
  for (const language of Object.keys(warning ?? {})) {
    if (!texts.includes(language)) add(language, "the post has no text in this language");
  }
  if (main !== undefined && warning !== undefined && warning[main] === undefined) {
    add(main, "the main language of the post is the first that needs the warning");
  }
}

function isMap({ value }: { value: unknown }): boolean {
  return isObject(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
