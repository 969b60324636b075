import { z } from "zod";
import { pictureBounds, type Shape } from "../../directory/pictures/bounds.ts";
import type { Kept, PictureDesk } from "../../directory/pictures/desk.ts";
import type { Attached, Attaching } from "../../directory/post-pictures.ts";
import { AppError } from "../../errors.ts";
import { picturesOf, type Post } from "../../store/posts.ts";
import { type Form, withFault } from "../forms.ts";

/** The pictures of a form, by their numbers. */
const slots = [1, 2, 3, 4] as const satisfies { length: typeof pictureBounds.perPost };
type Slot = (typeof slots)[number];

/** The largest form with pictures, in bytes, and what to do about a larger one. */
export const pictureForm = {
  size: pictureBounds.form + 128 * 1024,
  advice: "Choose smaller pictures, or fewer of them.",
};

/** A picture that is chosen. */
export const PictureFile = z
  .file()
  .max(
    pictureBounds.file,
    `The picture has more than ${pictureBounds.file / 1_000_000} MB. Make it smaller, or save it as a JPEG.`,
  );

/** What can be seen. */
export const Seen = z
  .string()
  .trim()
  .max(pictureBounds.name, `Use at most ${pictureBounds.name.toLocaleString("en")} characters.`);

type PictureFields = {
  [S in Slot as `picture${S}`]: z.ZodOptional<z.ZodFile>;
} & {
  [
    S in Slot as `pictureName${S}` | `pictureId${S}` | `pictureGone${S}`
  ]: z.ZodOptional<z.ZodString>;
};

/** The fields of up to four pictures: a file or one that is there, what can be seen, or that it goes. */
export const pictureFields = Object.fromEntries(
  slots.flatMap((slot) => [
    [`picture${slot}`, PictureFile.optional()],
    [`pictureName${slot}`, Seen.optional()],
    [`pictureId${slot}`, z.string().max(20).optional()],
    [`pictureGone${slot}`, z.string().max(3).optional()],
  ]),
) as unknown as PictureFields;

type Fields = z.infer<z.ZodObject<typeof pictureFields>>;

/** What of them doesn’t go together, whatever else is wrong with the form. */
export function described() {
  const check = (fields: Fields, context: z.RefinementCtx) => {
    for (const slot of slots) {
      const { file, name, id, gone } = inSlot(fields, slot);
      const add = (field: string, message: string) =>
        context.addIssue({ code: "custom", path: [`${field}${slot}`], message, input: fields });
      const there = file !== undefined || (id !== undefined && !gone);
      if (there && name === undefined) {
        add("pictureName", "Say what can be seen, for those who can’t see it.");
      }
      if (file === undefined && id === undefined && name !== undefined) {
        add("picture", "Choose the file, or leave out what can be seen.");
      }
    }
  };
  return z.superRefine(check as (fields: unknown, context: z.RefinementCtx) => void, {
    when: ({ value }) => typeof value === "object" && value !== null,
  });
}

function inSlot(fields: Fields, slot: Slot) {
  return {
    file: fields[`picture${slot}`],
    name: fields[`pictureName${slot}`],
    id: fields[`pictureId${slot}`],
    gone: fields[`pictureGone${slot}`] === "yes",
  };
}

/**
 * Takes the pictures of a form in, one after the other.
 *
 * @returns Those that the post is to have, in their order; or the form with
 *   what is wrong with each, and then none of them is kept.
 */
export async function takePictures(
  desk: PictureDesk,
  fields: Fields,
  form: Form,
): Promise<{ pictures: Attaching } | { form: Form }> {
  const pictures: Attaching = [];
  let faulty = form;
  for (const slot of slots) {
    const { file, name = "", id, gone } = inSlot(fields, slot);
    if (file !== undefined) {
      const taken = await takePicture(desk, file, "post");
      if ("fault" in taken) faulty = withFault(faulty, taken.fault, `picture${slot}`);
      else pictures.push({ ...taken, name });
    } else if (id !== undefined && !gone) {
      pictures.push({ id, name });
    }
  }
  if (faulty.faults.length === 0) return { pictures };
  await desk.drop(pictures.filter(isNew).map(({ id }) => id));
  return { form: faulty };
}

/** Those that were taken in with this form. */
export function isNew(each: Attaching[number]): each is Attached {
  return "digest" in each;
}

/** Takes one picture in; or says why it can’t be used. */
export async function takePicture(
  desk: PictureDesk,
  file: File,
  shape: Shape,
): Promise<Kept | { fault: string }> {
  try {
    return await desk.take(await file.bytes(), shape);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { fault: error.message };
  }
}

/** Browsers keep no files: where one was chosen and isn’t the fault, it has to be chosen again. */
export function chosenAgain(form: Form): Form {
  let next = form;
  for (const slot of slots) {
    const named = form.values[`pictureName${slot}`] !== undefined;
    const there = form.values[`pictureId${slot}`] !== undefined;
    const known = form.faults.some(({ field }) => field === `picture${slot}`);
    if (named && !there && !known) {
      next = withFault(next, "Choose the file again: browsers don’t keep it.", `picture${slot}`);
    }
  }
  return next;
}

/** What the fields hold when a post is opened. */
export function pictureValues(post: Post): Form["values"] {
  return Object.fromEntries(
    picturesOf(post).flatMap(({ id, name }, at) => [
      [`pictureId${at + 1}`, id],
      [`pictureName${at + 1}`, name],
    ]),
  );
}
