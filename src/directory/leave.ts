import { z } from "zod";
import { Mandate, WebUrl } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { bounds } from "../coop/record.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import * as mandates from "../store/mandates.ts";
import * as posts from "../store/posts.ts";
import * as records from "../store/records.ts";
import * as revisions from "../store/revisions.ts";
import type { Db, Tx } from "../store/schema.ts";
import { DraftContent, newDraftIn, openDraft } from "./draft.ts";
import { Handle, handleFault } from "./handle.ts";
import type { Identity } from "./identity.ts";
import { pictureBounds } from "./pictures/bounds.ts";
import { addPictures, attachBrought, type Brought, PictureName } from "./post-pictures.ts";
import { mandateOf } from "./ground.ts";
import { fitWarning, PostClasses, PostContent, PostWarning } from "./post-content.ts";
import { coopUrl, newId } from "./ids.ts";
import { alsoKnownAs, faultsOf, formerMost } from "./sign-listing.ts";

const PictureId = z.string().regex(/^[0-9a-z]{1,20}$/, "not the name of a picture");

/** The most bytes of such a file that are read. */
export const leaveFileSize = 40_000_000;

const Moment = z.iso.datetime({ offset: false });
const Actor = z.url({ protocol: /^https?$/ }).max(2000);

/**
 * What a co-op takes along when it leaves a node: all that is the co-op's own.
 * The node's keys are not, nor are its accounts and whatever is kept about
 * persons; followers are named, but only their servers can make them follow
 * another account.
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
 * All that a co-op can take along, to be written to a file as JSON; the
 * pictures come into it by `addLeavePictures()`.
 *
 * @throws {AppError} `not-found`, or `gone` when it was deleted.
 */
export async function exportCoop(
  db: Db,
  node: Identity,
  id: string,
  now: number,
): Promise<LeaveFile> {
  const { coop, published } = await openDraft(db, node, id);
  const latest = await revisions.last(db, id, "published");
  const record = await records.get(db, listingId(coopUrl(node, id)));
  const entered = latest?.content ?? coop.content;
  return {
    format: "fragaria-coop/1",
    exported: moment(now),
    id: coopUrl(node, id),
    handle: coop.handle === null ? null : `@${coop.handle}@${node.host}`,
    ...alsoKnownAs(node, coop),
    content: entered === null ? (published ?? null) : asContent(entered),
    draft: coop.draft === null ? null : asContent(coop.draft),
    record: record === undefined ? null : new TextDecoder().decode(record.body),
    history: (await revisions.of(db, id)).toReversed().map(({ kind, content, made }) => ({
      kind,
      content: content === null ? null : asContent(content),
      made: moment(made),
    })),
    posts: (await posts.all(db, id)).map(toldPost),
    mandates: (await mandates.of(db, id)).toReversed().map((mandate) => ({
      ...told(mandate),
      recorded: moment(mandate.recorded),
      ...(mandate.ended !== null && { ended: moment(mandate.ended) }),
    })),
    followers: await followersOf(db, id),
  };
}

function toldPost(post: posts.Post): LeaveFile["posts"][number] {
  const { content, warning, published, due, zone, edited, pinned, listed, classes } = post;
  const mentions = posts.mentionsOf(post).flatMap(({ name, actor, url }) => {
    return actor === null ? [] : [{ name, actor, ...(url !== undefined && { url }) }];
  });
  return {
    content: JSON.parse(content) as PostContent,
    ...(warning !== null && { warning: JSON.parse(warning) as PostWarning }),
    published: moment(published),
    ...(due !== null && { due: true as const }),
    ...(zone !== null && { zone }),
    ...(edited !== null && { edited: moment(edited) }),
    ...(pinned !== null && { pinned: moment(pinned) }),
    ...(listed !== null && { listed: moment(listed) }),
    ...(classes !== null && { classes: posts.classesOf(post) }),
    ...(mentions.length > 0 && { mentions }),
    ...(post.pictures !== null && {
      pictures: posts.picturesOf(post).map(({ id, name }) => ({ file: id, name })),
    }),
  };
}

function told(mandate: mandates.RecordedMandate): z.infer<typeof Mandate> {
  return mandateOf(mandate) as z.infer<typeof Mandate>;
}

function moment(time: number): string {
  return new Date(Number(time)).toISOString();
}

function asContent(text: string): DraftContent {
  return JSON.parse(text) as DraftContent;
}

async function followersOf(db: Db, id: string): Promise<LeaveFile["followers"]> {
  const all: LeaveFile["followers"] = [];
  for (const followed of (await followers.followed(db, `coops/${id}`)).toSorted()) {
    const [, key] = followed.split("/classes/");
    let after = "";
    for (;;) {
      const page = await followers.page(db, followed, { after, limit: 1000 });
      for (const { actor, since } of page) {
        all.push({ actor, ...(key !== undefined && { class: key }), since: moment(since) });
      }
      after = page.at(-1)?.actor ?? "";
      if (page.length < 1000) break;
    }
  }
  return all;
}

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

/** What a co-op has become on its new node. */
export interface TakenIn {
  id: string;
  /** Its handle; null when the old one is taken here, and another is to be chosen. */
  handle: string | null;
}

/**
 * Takes a co-op in that comes from another node: a private draft, with its
 * news and its history, until it is published here.
 *
 * @param who The account that does it, null for a command; and the first owner.
 * @param brought Its pictures, as `bringPictures()` has taken them in.
 */
export async function takeIn(
  db: Db,
  file: LeaveFile,
  who: { by: string | null; owner?: string },
  now: number,
  brought: Brought = new Map(),
): Promise<TakenIn> {
  return db.transaction().execute((tx) => insert(tx, file, who, now, new Map(brought)));
}

async function insert(
  tx: Tx,
  file: LeaveFile,
  who: { by: string | null; owner?: string },
  now: number,
  brought: Brought,
): Promise<TakenIn> {
  const wanted = Handle.safeParse(file.handle?.replace(/^@/, "").split("@")[0]);
  const free = wanted.success && (await handleFault(tx, wanted.data)) === undefined;
  const handle = free ? wanted.data : null;
  const content = file.draft ?? file.content ?? {};
  const id = await newDraftIn(tx, { content, handle, ...who }, now);
  // The other node looks for it before it lets anybody follow the co-op to here.
  const former = [...(file.alsoKnownAs ?? []), file.id].filter(
    (each) => WebUrl.safeParse(each).success,
  );
  await coops.sayFormer(tx, id, JSON.stringify(former.slice(-formerMost)));
  for (const { kind, content: entered, made } of file.history) {
    await revisions.append(tx, {
      coop: id,
      kind,
      content: entered === null ? null : JSON.stringify(entered),
      account: null,
      made: Date.parse(made),
    });
  }
  for (const each of file.posts) {
    const row = takenPost(id, each);
    await posts.put(tx, await attachBrought(tx, row, each.pictures ?? [], brought, now));
  }
  // What no post has is the profile's.
  await addPictures(tx, id, null, [...brought.values()], now);
  return { id, handle };
}

function takenPost(coop: string, told: LeaveFile["posts"][number]): posts.Post {
  const { content, warning, due, zone = null, edited, pinned, listed, classes, mentions } = told;
  const published = Date.parse(told.published);
  const since = (time: string | undefined) => (time === undefined ? null : Date.parse(time));
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  const row = {
    id: newId(),
    coop,
    ...posts.plain,
    content: JSON.stringify(content),
    warning: json(warning),
    published,
    zone,
    edited: since(edited),
    pinned: since(pinned),
    listed: since(listed),
    classes: json(classes),
    mentions: json(mentions),
  };
  if (due === true) return { ...row, due: published };
  // By the node that it comes from: it is no news any more.
  return {
    ...row,
    announced: published,
    announcedEdit: row.edited,
    announcedPin: row.pinned,
  };
}
