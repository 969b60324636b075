import * as changes from "../store/changes.ts";
import * as posts from "../store/posts.ts";
import type { Db, Tx } from "../store/schema.ts";

/**
 * Publishes the posts whose time has come. One whose time was over before, while
 * the node wasn't running, is published as of now: servers push nothing to
 * their people that is older than some hours (Mastodon, REAL_TIME_WINDOW).
 *
 * @returns How many.
 */
export async function publishDue(db: Db, now: number): Promise<number> {
  let published = 0;
  for (const id of await posts.overdue(db, now, 100)) {
    if (await publishBefore(db, id, now, now)) published += 1;
  }
  return published;
}

/** Publishes a post before its time. One that is published stays as it is. */
export async function publishNow(db: Db, id: string, now: number): Promise<void> {
  await publishBefore(db, id, Infinity, now);
}

/** Another process may have done it meanwhile, or somebody may have put it off. */
async function publishBefore(db: Db, id: string, due: number, now: number): Promise<boolean> {
  return db.transaction().execute((tx) => publishIn(tx, id, due, now));
}

async function publishIn(tx: Tx, id: string, due: number, now: number): Promise<boolean> {
  const row = await posts.lock(tx, id);
  if (row?.due == null || row.due > due) return false;
  const { pinned, listed } = row;
  await posts.put(tx, {
    ...row,
    published: now,
    due: null,
    pinned: pinned && now,
    listed: listed && now,
  });
  await changes.append(tx, [{ kind: "post", subject: id, origin: "" }]);
  return true;
}
