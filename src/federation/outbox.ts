import type { Context, PageItems } from "@fedify/fedify";
import { type Activity, Announce, Create } from "@fedify/fedify/vocab";
import * as posts from "../store/posts.ts";
import type { Db } from "../store/schema.ts";
import { readIdentifier } from "./actors.ts";
import type { FederationData } from "./federation.ts";
import { announceDocument, createDocument } from "./posts.ts";

/** Activities on a page. */
const pageSize = 20;

/**
 * What an actor has said: a co-op its posts, a class those of its co-op that it
 * passes on.
 *
 * @param at Where the page begins: before that time, epoch ms; the first one if it is empty.
 */
export async function outboxPage(
  context: Context<FederationData>,
  identifier: string,
  at: string | null,
): Promise<PageItems<Activity> | null> {
  if (at === null) return null;
  const { db, node } = context.data;
  const actor = context.getActorUri(identifier).href;
  const { key } = readIdentifier(identifier) ?? {};
  const before = at === "" ? {} : { before: Number(at) };
  const rows = await said(db, identifier, { ...before, limit: pageSize });
  const items = rows.map((row) =>
    key === undefined
      ? Create.fromJsonLd(createDocument(node, row), context)
      : Announce.fromJsonLd(
          announceDocument(node, row, actor, posts.announcedBy(row)[key] ?? row.published),
          context,
        ),
  );
  const last = rows.length === pageSize ? rows.at(-1) : undefined;
  return {
    items: await Promise.all(items),
    nextCursor: last === undefined ? null : String(last.published),
  };
}

async function said(
  db: Db,
  identifier: string,
  page: { before?: number; limit: number },
): Promise<posts.Post[]> {
  const { coop, key } = readIdentifier(identifier) ?? {};
  if (coop === undefined) return [];
  return posts.of(db, coop, { ...page, ...(key !== undefined && { by: key }) });
}

/** How much an actor has said. */
export async function outboxCount(db: Db, identifier: string): Promise<number> {
  const { coop, key } = readIdentifier(identifier) ?? {};
  return coop === undefined ? 0 : posts.count(db, coop, key);
}
