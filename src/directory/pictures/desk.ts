import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Identity } from "../identity.ts";
import { newId } from "../ids.ts";
import type { Shape } from "./bounds.ts";
import type { Drawn } from "./drawing.ts";
import { openStudio, type Studio } from "./studio.ts";

/** A picture whose file is kept, and of which no row says yet what it is for. */
export interface Kept extends Omit<Drawn, "bytes"> {
  /** Opaque: the name of its file, and the end of its URL. */
  id: string;
  size: number;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  digest: string;
}

/** The URL of a picture of this node. */
export function pictureUrl(node: Pick<Identity, "origin">, id: string): string {
  return `${node.origin}/pictures/${id}`;
}

/** Where pictures are taken in, and their files are. */
export interface PictureDesk extends AsyncDisposable {
  /**
   * Draws a picture anew and keeps its file, on the disk when this is done.
   *
   * @throws {AppError} As {@link Studio.draw}.
   */
  take(bytes: Uint8Array, shape: Shape): Promise<Kept>;
  /** The bytes of a picture; undefined when there are none. */
  read(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Deletes files; those that aren’t there needn’t be deleted. */
  drop(ids: string[]): Promise<void>;
  /** The files that are older than a moment, by their names. */
  olderThan(moment: number): Promise<string[]>;
}

/**
 * Opens the desk over a folder, which is made when it is first needed.
 *
 * @param studio Is closed with the desk.
 */
export function openPictureDesk(folder: string, studio: Studio = openStudio()): PictureDesk {
  const at = (id: string) => join(folder, id);
  return {
    async take(bytes, shape) {
      const { bytes: drawn, ...rest } = await studio.draw(bytes, shape);
      const id = newId();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const part = `${at(id)}.part`;
      await writeFile(part, drawn, { flush: true, flag: "wx" });
      await rename(part, at(id));
      const digest = createHash("sha256").update(drawn).digest("hex");
      return { id, ...rest, size: drawn.length, digest };
    },
    read: (id) => unlessMissing(readFile(at(id))),
    async drop(ids) {
      for (const id of ids) await rm(at(id), { force: true });
    },
    async olderThan(moment) {
      const names = (await unlessMissing(readdir(folder))) ?? [];
      const found: string[] = [];
      for (const name of names) {
        const file = await unlessMissing(stat(at(name)));
        if (file !== undefined && file.mtimeMs < moment) found.push(name);
      }
      return found;
    },
    [Symbol.asyncDispose]: () => studio[Symbol.asyncDispose](),
  };
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
