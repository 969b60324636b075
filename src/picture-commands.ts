import { readFile } from "node:fs/promises";
import { pictureFolder } from "./backup-pictures.ts";
import { type Command, hosted, required } from "./command.ts";
import type { Config } from "./config.ts";
import type { Shape } from "./directory/pictures/bounds.ts";
import { type Kept, openPictureDesk, type PictureDesk } from "./directory/pictures/desk.ts";
import type { Attached } from "./directory/post-pictures.ts";
import { type Role, setPicture } from "./directory/set-picture.ts";
import { AppError } from "./errors.ts";

/** The pictures of profiles; those of posts come with these. */
export const pictureCommands: Record<string, Command> = {
  "coop logo": {
    usage: "HANDLE [FILE --alt TEXT] [--none]",
    help: "give a co-op's profile a logo, or none",
    options: { alt: { type: "string" }, none: { type: "boolean" } },
    run: (context, args, options) => set("icon", context, args, options),
  },
  "coop banner": {
    usage: "HANDLE [FILE --alt TEXT] [--none]",
    help: "give a co-op's profile a wide picture, or none",
    options: { alt: { type: "string" }, none: { type: "boolean" } },
    run: (context, args, options) => set("image", context, args, options),
  },
};

async function set(
  role: Role,
  { db, node, config }: Parameters<Command["run"]>[0],
  [handle, file]: string[],
  { alt, none }: Record<string, unknown>,
): Promise<void> {
  const { id } = await hosted(db, handle);
  await using desk = openPictureDesk(pictureFolder(config));
  const change =
    none === true
      ? ("none" as const)
      : {
          name: required(typeof alt === "string" ? alt : undefined, "--alt TEXT"),
          picture: await takeFile(desk, required(file, "FILE"), role),
        };
  const published = await setPicture(db, node, id, { role, change, account: null }, Date.now());
  console.log(
    published
      ? "done; followers are told when the node runs"
      : "done, in the draft: publish the draft to show it",
  );
}

/**
 * Takes in the images of a command, each with what can be seen in it.
 *
 * @throws {AppError} `bad-request` for what isn't an image, or when there
 *   aren't as many texts as images.
 */
export async function takeImages(
  config: Config,
  images: unknown,
  texts: unknown,
): Promise<Attached[]> {
  const files = Array.isArray(images) ? (images as string[]) : [];
  const names = Array.isArray(texts) ? (texts as string[]) : [];
  if (files.length !== names.length) {
    throw new AppError(
      "bad-request",
      `there are ${files.length} --image and ${names.length} --alt: every image needs a text that says what can be seen`,
    );
  }
  await using desk = openPictureDesk(pictureFolder(config));
  const taken: Attached[] = [];
  for (const [at, file] of files.entries()) {
    taken.push({ ...(await takeFile(desk, file, "post")), name: names[at] ?? "" });
  }
  return taken;
}

async function takeFile(desk: PictureDesk, file: string, shape: Shape): Promise<Kept> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AppError("bad-request", `${file} can't be read`, { cause });
  });
  try {
    return await desk.take(bytes, shape);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${file}: ${error.message}`, { cause: error.cause });
  }
}
