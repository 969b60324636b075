import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { synchronise } from "./running.ts";
import { discardPacked, fold, pack, type PackedPicture, unpack } from "./store/copy.ts";
import { open } from "./store/open.ts";
import * as pictures from "./store/pictures.ts";
import type { Db } from "./store/schema.ts";

/** Where the files of pictures are. */
export function pictureFolder({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "pictures");
}

/**
 * Puts the files of the pictures that a copy of the database names into it.
 *
 * @returns How many of them are lost. Those that were taken back meanwhile
 *   count, too.
 */
export async function packPictures(copy: string, config: Config): Promise<number> {
  await using store = await open(`sqlite:${copy}`);
  const { db } = store;
  if ((await pictures.all(db, { after: "", limit: 1 })).length === 0) {
    await fold(db);
    return 0;
  }
  let lost = 0;
  const files = async function* (): AsyncGenerator<PackedPicture> {
    for await (const { id } of named(db)) {
      const file = join(pictureFolder(config), id);
      if (existsSync(file)) yield { id, bytes: readFileSync(file) };
      else lost += 1;
    }
  };
  await pack(db, files());
  await fold(db);
  return lost;
}

async function* named(db: Db): AsyncGenerator<pictures.Picture> {
  for (let after = ""; ;) {
    const page = await pictures.all(db, { after, limit: 500 });
    yield* page;
    if (page.length < 500) return;
    after = page.at(-1)?.id ?? "";
  }
}

/**
 * Takes the files of pictures out of a backup, into a folder beside the one
 * that is to be theirs. A copy of the files of a database has none: then those
 * that it names are taken from the folder that is there.
 *
 * @returns How many of the pictures that the backup names are lost.
 * @throws {Error} When one isn't what it was.
 */
export async function unpackPictures(db: Db, config: Config): Promise<number> {
  const folder = pictureFolder(config);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  if ((await pictures.all(db, { after: "", limit: 1 })).length > 0)
    mkdirSync(part, { mode: 0o700 });
  for await (const { id, bytes } of unpack(db)) {
    const row = await pictures.get(db, id);
    if (row === undefined || !/^[0-9a-z]+$/.test(id)) continue;
    if (createHash("sha256").update(bytes).digest("hex") !== row.digest) {
      throw new Error(`the picture ${id} is damaged`);
    }
    const file = openSync(join(part, id), "wx", 0o600);
    try {
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
  let lost = 0;
  for await (const { id } of named(db)) {
    const [wanted, there] = [join(part, id), join(folder, id)];
    if (existsSync(wanted)) continue;
    if (existsSync(there)) linkSync(there, wanted);
    else lost += 1;
  }
  await discardPacked(db);
  return lost;
}

/** Puts what {@link unpackPictures} has made in its place, and aside what was there. */
export function placePictures(config: Config, now: number): void {
  const folder = pictureFolder(config);
  if (existsSync(folder)) renameSync(folder, asideName(folder, now));
  if (existsSync(`${folder}.part`)) {
    synchronise(`${folder}.part`);
    renameSync(`${folder}.part`, folder);
  }
  synchronise(config.dataDir);
}

/** What was in the place of something that was restored is called from then on. */
export function asideName(name: string, now: number): string {
  return `${name}.before-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
}
