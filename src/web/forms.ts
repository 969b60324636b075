import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import { AppError } from "../errors.ts";
import { number } from "./text.ts";

/** What is wrong with one field of a form; a fault of none concerns the form as a whole. */
export interface FormFault {
  /** The field’s name; of a value inside another one its path, with dots. */
  field?: string;
  message: string;
}

/** A form as it was sent, to be shown again with what is wrong with it. */
export interface Form {
  /** What was written. Passwords are in it, too, but never shown again. */
  values: Record<string, string | string[]>;
  faults: FormFault[];
}

/** A form that nobody has sent yet, with what its fields hold at first. */
export function freshForm(values: Form["values"] = {}): Form {
  return { values, faults: [] };
}

/** The form with one more fault. */
export function withFault(form: Form, message: string, field?: string): Form {
  const fault = field === undefined ? { message } : { field, message };
  return { ...form, faults: [...form.faults, fault] };
}

const usualSize = 64 * 1024;

/**
 * Reads a form that was sent, `application/x-www-form-urlencoded` or
 * `multipart/form-data`, and says for each field what is wrong with it. A field
 * that is left empty is one that isn't there; one that comes more than once is
 * an array; a file is a `File`.
 *
 * @param most The largest body in bytes; 64 KB if not given.
 * @param advice What to do about one that is larger.
 * @throws {AppError} `too-large`; `bad-request` for what isn't a form.
 */
export async function readForm<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  most: number = usualSize,
  advice = "Make its texts shorter.",
): Promise<{ form: Form; data: z.output<Schema> } | { form: Form }> {
  const sent = await sentFields(c, most, advice);
  const values = Object.fromEntries(
    Object.entries(sent)
      .map(([name, value]) => [name, Array.isArray(value) ? value.filter(isText) : value] as const)
      .filter((entry): entry is [string, string | string[]] => !isFile(entry[1])),
  );
  const read = schema.safeParse(sent, { error: missing });
  if (read.success) return { form: { values, faults: [] }, data: read.data };
  const faults = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? { message } : { field: path.join("."), message },
  );
  return { form: { values, faults } };
}

type Field = string | File;

async function sentFields(
  c: Context,
  most: number,
  advice: string,
): Promise<Record<string, Field | Field[]>> {
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded" && type !== "multipart/form-data") {
    throw new AppError("bad-request", "This is not a form. Send it from its page.");
  }
  const tooLarge = () => {
    throw new AppError(
      "too-large",
      `This form can have at most ${number(Math.round(most / 1024))} KB. ${advice}`,
    );
  };
  let data: FormData | undefined;
  await bodyLimit({ maxSize: most, onError: tooLarge })(c, async () => {
    data = await c.req.formData().catch((cause: unknown) => {
      throw new AppError("bad-request", "This form did not arrive in one piece. Send it again.", {
        cause,
      });
    });
  });
  const fields = new Map<string, Field[]>();
  for (const [name, value] of data ?? []) {
    const field = typeof value === "string" ? value.replaceAll("\r\n", "\n") : value;
    const empty = typeof field === "string" ? field.trim() === "" : field.size === 0;
    if (empty) continue;
    const values = fields.get(name);
    // Not copied: somebody may send one field some ten thousand times.
    if (values === undefined) fields.set(name, [field]);
    else values.push(field);
  }
  return Object.fromEntries(
    [...fields].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? "") : all]),
  );
}

function isFile(value: unknown): value is File {
  return value instanceof File;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** In what words zod says what a person has to do; undefined for its own. */
function missing(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return "Fill this in.";
  if (issue.code === "invalid_type" && Array.isArray(issue.input)) return "Give only one.";
  if (issue.code === "invalid_value") return "Choose one of those that are offered.";
  return undefined;
}
