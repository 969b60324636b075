import { z } from "zod";
import { Mandate } from "../coop/listing.ts";
import { bounds } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import { mostBlocks } from "./block.ts";
import { DraftContent } from "./draft.ts";
import { pictureBounds } from "./pictures/bounds.ts";
import { fitWarning, PostClasses, PostContent, PostWarning } from "./post-content.ts";
import { PictureName } from "./post-pictures.ts";
import { faultsOf, formerMost } from "./sign-listing.ts";

const PictureId = z.string().regex(/^[0-9a-z]{1,20}$/, "not the name of a picture");

/** The most bytes of such a file that are read. */
export const leaveFileSize = 40_000_000;

const Moment = z.iso.datetime({ offset: false });
const Actor = z.url({ protocol: /^https?$/ }).max(2000);

function namesSubject({ subject, kind }: { subject: string; kind: string }): boolean {
  if (kind === "person") return Actor.safeParse(subject).success;
  return URL.parse(`https://${subject}`)?.host === subject;
}

/**
 * What a co-op takes along when it leaves a node: all that is the co-op's own.
 * The node's keys are not, nor are its accounts and whatever is kept about
 * persons; followers are named, but only their servers can make them follow
 * another account. What others have written about its posts stays behind: they
 * change it and take it back where they have said it.
 */
export const LeaveFile = z.strictObject({
  format: z.literal("fragaria-coop/1"),
  exported: Moment,
  /** The co-op as it was known: its URL and, once it had one, its handle with the host. */
  id: z.url().max(2000),
  handle: z.string().max(400).nullable(),
  /** What it was before that, the oldest first. */
  alsoKnownAs: z.array(Actor).max(formerMost).optional(),
  /** The listing as it was entered; small counts in it may not have been published. */
  content: DraftContent.nullable(),
  /** What was being written and not published. */
  draft: DraftContent.nullable(),
  /** The newest signed record: exactly the bytes that were published. */
  record: z.string().max(bounds.size).nullable(),
  /** What was published before, the oldest first. */
  history: z
    .array(
      z.strictObject({
        kind: z.enum(["published", "withdrawn", "set-aside"]),
        content: DraftContent.nullable(),
        made: Moment,
      }),
    )
    .max(200),
  /** The oldest first. */
  posts: z
    .array(
      z
        .strictObject({
          content: PostContent,
          warning: PostWarning.optional(),
          /** Of one that was still to be published: when. */
          published: Moment,
          due: z.literal(true).optional(),
          /** The time zone in which that was said. */
          zone: z.string().max(60).optional(),
          edited: Moment.optional(),
          pinned: Moment.optional(),
          /** Since when the feeds of the directory may pass it on. */
          listed: Moment.optional(),
          /** The keys of the classes that announced it, or are to. */
          classes: PostClasses.optional(),
          /** Whom its text names: how, and who that is. */
          mentions: z
            .array(
              z.strictObject({ name: z.string().max(300), actor: Actor, url: Actor.optional() }),
            )
            .max(100)
            .optional(),
          /** What can be seen in each, and which of the file’s pictures it is. */
          pictures: z
            .array(z.strictObject({ file: PictureId, name: PictureName }))
            .max(pictureBounds.perPost)
            .optional(),
        })
        .superRefine(fitWarning),
    )
    .max(10_000),
  /** Under which mandates it was published. Who answered for them stays on the node. */
  mandates: z
    .array(z.strictObject({ ...Mandate.shape, recorded: Moment, ended: Moment.optional() }))
    .max(100),
  /** Whom the co-op doesn’t want to hear. */
  blocks: z
    .array(
      z
        .strictObject({
          /** The URL of an actor, or a domain, which stands for its subdomains, too. */
          subject: z.string().max(2000),
          kind: z.enum(["person", "domain"]),
          since: Moment,
          why: z.string().max(2000).optional(),
        })
        .refine(namesSubject, {
          error: "neither the address of an account nor a domain",
          path: ["subject"],
        }),
    )
    .max(mostBlocks)
    .optional(),
  /** Who follows the co-op, or one of its classes. */
  followers: z
    .array(
      z.strictObject({
        actor: Actor,
        /** The key of the class; the co-op itself where it is left out. */
        class: z.string().max(30).optional(),
        since: Moment,
      }),
    )
    .max(500_000),
  /** The pictures of its profile and its posts, as far as there was room: Base64. */
  pictures: z
    .record(PictureId, z.string().max(Math.ceil(pictureBounds.file / 3) * 4))
    .refine((all) => Object.keys(all).length <= pictureBounds.perCoop, "too many pictures")
    .optional(),
});
export type LeaveFile = z.infer<typeof LeaveFile>;

/**
 * Reads such a file, which may come from anywhere.
 *
 * @throws {AppError} `too-large`, or `bad-request` with every fault and its place.
 */
export function readLeaveFile(bytes: Uint8Array): LeaveFile {
  if (bytes.length > leaveFileSize) {
    throw new AppError(
      "too-large",
      `The file has more than ${leaveFileSize / 1_000_000} MB: it can’t be what a co-op took along.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError(
      "bad-request",
      "The file is not JSON: take the one that “coop export” or the page of the other node has made, as it is.",
      { cause },
    );
  }
  // A listing nests to half of that; more would be too much for whoever checks it.
  if (isDeeper(json, 24)) throw new AppError("bad-request", "The file is nested too deeply.");
  const file = LeaveFile.safeParse(json);
  if (file.success) return file.data;
  throw new AppError(
    "bad-request",
    `The file can’t be used: ${faultsOf(file.error).slice(0, 2000)}`,
  );
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}
