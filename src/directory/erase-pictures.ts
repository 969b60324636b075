import { listingId } from "../coop/listing-record.ts";
import * as pictures from "../store/pictures.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import type { PictureDesk } from "./pictures/desk.ts";
import { coopUrl } from "./ids.ts";

const portion = 500;

/** A picture is written down soon after its file; until then nobody takes it for lost. */
const patience = 3_600_000;

/** Deletes the files of pictures that were taken back with their post or co-op. */
export async function erasePictures(db: Db, desk: Pick<PictureDesk, "drop">): Promise<void> {
  for (;;) {
    const ids = await pictures.erased(db, portion);
    await desk.drop(ids);
    await pictures.remove(db, ids);
    if (ids.length < portion) return;
  }
}

/**
 * Takes back the pictures of profiles that neither what is published names any
 * more nor what is being written, and deletes files that nobody knows of: such
 * are left when a form was broken off, or a database was put back.
 */
export async function sweepPictures(
  db: Db,
  node: Identity,
  desk: PictureDesk,
  now: number,
): Promise<void> {
  const before = now - patience;
  for (let after = ""; ;) {
    const page = await pictures.ofProfiles(db, { before, after, limit: portion });
    const ids: string[] = [];
    for (const { id, coop, content, draft } of page) {
      if (`${content}${draft}`.includes(id)) continue;
      // Imported listings have no other content than their record.
      const record = await records.get(db, listingId(coopUrl(node, coop)));
      if (record === undefined || !Buffer.from(record.body).includes(id)) ids.push(id);
    }
    await db.transaction().execute((tx) => pictures.erase(tx, ids, now));
    after = page.at(-1)?.id ?? "";
    if (page.length < portion) break;
  }
  await erasePictures(db, desk);
  const files = await desk.olderThan(before);
  for (let at = 0; at < files.length; at += portion) {
    const some = files.slice(at, at + portion);
    const known = await pictures.known(db, some);
    await desk.drop(some.filter((id) => !known.has(id)));
  }
}
