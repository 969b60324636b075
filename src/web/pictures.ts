import { AppError } from "../errors.ts";
import * as pictures from "../store/pictures.ts";
import type { Site } from "./site.ts";

/**
 * `GET /pictures/:id`: a picture of a post or a profile, for pages and for
 * other servers. Another picture has another address, so each can be kept for ever.
 */
export async function showPicture(site: Site, id: string): Promise<Response> {
  const row = await pictures.get(site.db, id);
  if (row === undefined) throw new AppError("not-found", "There is no such picture.");
  if (row.erased !== null) throw new AppError("gone", "This picture was deleted.");
  const bytes = await site.pictures.read(id);
  if (bytes === undefined) {
    throw new AppError("not-found", "The file of this picture is lost.", {
      cause: `there is no file pictures/${id}`,
    });
  }
  return new Response(bytes, {
    headers: {
      "content-type": row.mediaType,
      "content-length": String(bytes.length),
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      // Whatever else somebody may take it for, nothing in it is ever run.
      "content-security-policy": "default-src 'none'; sandbox",
      // Pages of other nodes show it, too.
      "cross-origin-resource-policy": "cross-origin",
      "access-control-allow-origin": "*",
    },
  });
}
