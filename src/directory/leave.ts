import type { z } from "zod";
import type { Mandate } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import * as blocks from "../store/blocks.ts";
import * as followers from "../store/followers.ts";
import * as mandates from "../store/mandates.ts";
import * as posts from "../store/posts.ts";
import * as records from "../store/records.ts";
import * as revisions from "../store/revisions.ts";
import type { Db } from "../store/schema.ts";
import { type DraftContent, openDraft } from "./draft.ts";
import { mandateOf } from "./ground.ts";
import type { Identity } from "./identity.ts";
import type { LeaveFile } from "./leave-file.ts";
import type { PostContent, PostWarning } from "./post-content.ts";
import { coopUrl } from "./ids.ts";
import { alsoKnownAs } from "./sign-listing.ts";

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
    blocks: (await blocks.of(db, id)).map(({ subject, kind, since, why }) => ({
      subject,
      kind,
      since: moment(since),
      ...(why !== null && { why }),
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
