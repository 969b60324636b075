import { AppError } from "../errors.ts";
import type { DraftContent } from "./draft.ts";
import type { Identity } from "./identity.ts";
import { type LeaveFile, leaveFileSize } from "./leave-file.ts";
import type { Brought } from "./post-pictures.ts";
import type { Shape } from "./pictures/bounds.ts";
import { type Kept, type PictureDesk, pictureUrl } from "./pictures/desk.ts";

const roles = ["icon", "image"] as const;

/**
 * Puts pictures into the file that a co-op takes along, as many as there is
 * room for: those of the profile, then those of its posts, the newest first.
 *
 * @returns How many were left out.
 */
export async function addLeavePictures(
  desk: PictureDesk,
  node: Identity,
  file: LeaveFile,
): Promise<{ file: LeaveFile; left: number }> {
  const own = pictureUrl(node, "");
  const profile = [file.content, file.draft].flatMap((content) =>
    roles.map((role) => urlOf(content, role)).filter((url) => url?.startsWith(own) === true),
  );
  const wanted = [
    ...profile.map((url) => url?.slice(own.length) ?? ""),
    ...file.posts.toReversed().flatMap((post) => (post.pictures ?? []).map((each) => each.file)),
  ];
  // As it is written for people to look at, and something for what stands around the pictures.
  let room = leaveFileSize - Buffer.byteLength(JSON.stringify(file, undefined, 2)) - 100_000;
  const pictures: Record<string, string> = {};
  let left = 0;
  for (const id of new Set(wanted)) {
    const text = Buffer.from((await desk.read(id)) ?? []).toString("base64");
    const size = text.length + id.length + 20;
    if (text === "" || size > room) left += 1;
    else pictures[id] = text;
    if (id in pictures) room -= size;
  }
  return { file: { ...file, pictures }, left };
}

/**
 * Takes in the pictures that a co-op brings along: anybody may have written
 * the file, so they are drawn anew as if they were uploaded. What can’t be used is
 * left out.
 *
 * @returns The file with the new addresses of those of the profile.
 */
export async function bringPictures(
  desk: PictureDesk,
  node: Identity,
  file: LeaveFile,
): Promise<{ file: LeaveFile; brought: Brought }> {
  const former = `${new URL(file.id).origin}/pictures/`;
  const shapes = new Map<string, Shape>();
  for (const { pictures = [] } of file.posts)
    for (const each of pictures) shapes.set(each.file, "post");
  for (const content of [file.content, file.draft]) {
    for (const role of roles) {
      const url = urlOf(content, role);
      if (url?.startsWith(former) === true) shapes.set(url.slice(former.length), role);
    }
  }
  const brought: Brought = new Map();
  for (const [id, shape] of shapes) {
    const text = file.pictures?.[id];
    if (text === undefined) continue;
    const kept = await unlessBad(desk.take(Buffer.from(text, "base64"), shape));
    if (kept !== undefined) brought.set(id, kept);
  }
  const readdressed = (content: DraftContent | null): DraftContent | null => {
    if (content === null) return null;
    const next = { ...content };
    for (const role of roles) {
      const kept = brought.get(urlOf(content, role)?.slice(former.length) ?? "");
      if (kept === undefined) continue;
      const { id, mediaType } = kept;
      next[role] = { ...(content[role] as object), url: pictureUrl(node, id), mediaType };
    }
    return next;
  };
  const { content, draft } = file;
  return { file: { ...file, content: readdressed(content), draft: readdressed(draft) }, brought };
}

function urlOf(content: DraftContent | null, role: (typeof roles)[number]): string | undefined {
  const { url } = (content?.[role] ?? {}) as { url?: unknown };
  return typeof url === "string" ? url : undefined;
}

async function unlessBad(taking: Promise<Kept>): Promise<Kept | undefined> {
  return taking.catch((error: unknown) => {
    if (error instanceof AppError && ["bad-request", "too-large"].includes(error.code)) {
      return undefined;
    }
    throw error;
  });
}
