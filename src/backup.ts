import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  asideName,
  packPictures,
  pictureFolder,
  placePictures,
  unpackPictures,
} from "./backup-pictures.ts";
import type { Config } from "./config.ts";
import { renewEpoch } from "./directory/renew-epoch.ts";
import { AppError } from "./errors.ts";
import { removeCache } from "./index/cache.ts";
import { markStopped, synchronise } from "./running.ts";
import * as connections from "./store/connections.ts";
import { copyTo, damage, fold, ownerOf } from "./store/copy.ts";
import { migrate } from "./store/migrate.ts";
import { open } from "./store/open.ts";
import * as links from "./store/links.ts";
import type { Db } from "./store/schema.ts";
import * as sessions from "./store/sessions.ts";

/**
 * Writes a backup of the node to one file, which only its owner can read: it
 * holds the keys. The pictures are in it, too. The node may run meanwhile. The
 * file is complete and on the disk when it has its name.
 *
 * @returns How many pictures it lacks, as their files are lost.
 * @throws {AppError} `bad-request` when the file is there already, or the
 *   database is on PostgreSQL, which has its own tools.
 */
export async function backup(db: Db, config: Config, file: string): Promise<number> {
  databaseFile(config, `pg_dump makes its backups; copy ${pictureFolder(config)} after it, too`);
  const part = `${file}.part`;
  return await onDisk(file, async () => {
    if (existsSync(file)) {
      throw new AppError("bad-request", `${file} is there already: name a file that isn't`);
    }
    rmSync(part, { force: true });
    // SQLite fills an empty file, and leaves its mode as it is.
    closeSync(openSync(part, "wx", 0o600));
    await copyTo(db, part);
    const lost = await packPictures(part, config);
    flush(part);
    renameSync(part, file);
    synchronise(dirname(file));
    return lost;
  });
}

/** What was put in place, and what was there. */
interface Restored {
  /** Where the database is that was there. */
  aside: string | undefined;
  /** How many pictures neither the backup has nor the folder. */
  lost: number;
}

/**
 * Puts a backup in the place of the node's database, and renews the epoch of
 * the feed. Whatever is wrong with the backup is found out before anything is
 * touched.
 *
 * @param replace Puts a database that is there aside, instead of refusing.
 * @throws {AppError} `bad-request` when the backup is none of this node's, or
 *   damaged; `conflict` when there is a database already, or a node runs on it.
 */
export async function restore(
  config: Config,
  file: string,
  { replace, now }: { replace: boolean; now: number },
): Promise<Restored> {
  const target = databaseFile(
    config,
    "pg_restore restores it, and “npm run cli -- epoch renew” after it; put the folder of its pictures back, too",
  );
  if (!existsSync(file)) throw new AppError("bad-request", `there is no file ${file}`);
  if (resolve(file) === resolve(target)) {
    throw new AppError("bad-request", `${file} is the database of the node itself`);
  }
  if (existsSync(target) && !replace) {
    throw new AppError(
      "conflict",
      `there is a database already, ${target}: add --replace to put it aside`,
    );
  }
  const part = `${target}.part`;
  return await onDisk(target, async () => {
    mkdirSync(dirname(target), { recursive: true });
    await demandUnused(target);
    try {
      takeCopy(file, part);
      const lost = await prepare(part, file, config, now);
      const aside = putAside(target, now);
      placePictures(config, now);
      renameSync(part, target);
      synchronise(dirname(target));
      removeCache(join(config.dataDir, "index.sqlite"));
      // Whatever happened to the node that ran on the old one is over.
      markStopped(config.dataDir);
      return { aside, lost };
    } finally {
      rmSync(`${pictureFolder(config)}.part`, { recursive: true, force: true });
      for (const suffix of ["", "-wal", "-shm"]) rmSync(part + suffix, { force: true });
    }
  });
}

/** The file of the database. */
function databaseFile({ databaseUrl }: Config, instead: string): string {
  if (databaseUrl.startsWith("sqlite:")) return databaseUrl.slice(7).replace(/^\/\//, "");
  throw new AppError("bad-request", `the database is on PostgreSQL: ${instead}`);
}

/** What copies of a running database have beside them is part of them. */
function takeCopy(file: string, part: string): void {
  for (const suffix of ["", "-wal"]) {
    rmSync(part + suffix, { force: true });
    if (!existsSync(file + suffix)) continue;
    closeSync(openSync(part + suffix, "wx", 0o600));
    copyFileSync(file + suffix, part + suffix, constants.COPYFILE_FICLONE);
  }
}

/** Makes sure that the copy is whole and this node's, and makes it ready to be used. */
async function prepare(part: string, file: string, config: Config, now: number): Promise<number> {
  const { origin } = config;
  const refuse = (why: string, cause?: unknown) =>
    new AppError("bad-request", `${file} can't be restored: ${why}`, { cause });
  let damaged: string[];
  let owner: string | undefined;
  try {
    await using store = await open(`sqlite:${part}`);
    damaged = await damage(store.db);
    owner = damaged.length === 0 ? await ownerOf(store.db) : undefined;
  } catch (cause) {
    throw refuse("it is not a SQLite database, or a damaged one", cause);
  }
  if (damaged.length > 0) throw refuse(`it is damaged (${damaged[0]})`);
  if (owner === undefined) throw refuse("it is no backup of a node");
  if (owner !== origin) {
    throw refuse(`it belongs to ${owner}, and ORIGIN is ${origin}`);
  }
  await using store = await open(`sqlite:${part}`);
  await migrate(store.db);
  await renewEpoch(store.db, "a backup was restored", now);
  // Some of them were ended or used since: whoever was shut out must stay out.
  await sessions.clear(store.db);
  for (const kind of ["setup", "password", "invitation"] as const) {
    await links.revoke(store.db, kind, null);
  }
  const lost = await unpackPictures(store.db, config).catch((cause: unknown) => {
    throw refuse((cause as Error).message, cause);
  });
  await fold(store.db);
  return lost;
}

/**
 * Makes sure that nobody else is at work on the database of a node.
 *
 * @throws {AppError} `conflict` when somebody is.
 */
export async function demandStopped({ databaseUrl }: Config): Promise<void> {
  if (databaseUrl.startsWith("sqlite:")) {
    await demandUnused(databaseUrl.slice(7).replace(/^\/\//, ""));
    return;
  }
  await using store = await open(databaseUrl);
  // Of a program that has just ended the server may not have heard yet.
  for (let tries = 0; (await connections.others(store.db)) > 0; tries += 1) {
    if (tries === 20) throw busy("the database");
    await sleep(100);
  }
}

function busy(database: string, cause?: unknown): AppError {
  return new AppError("conflict", `a node or a command is at work on ${database}: stop it first`, {
    cause,
  });
}

async function demandUnused(target: string): Promise<void> {
  if (!existsSync(target)) return;
  try {
    await using store = await open(`sqlite:${target}`);
    await fold(store.db);
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: { code?: string } };
    if (![code, cause?.code].some((each) => each?.startsWith("SQLITE_BUSY"))) return; // damaged: what a backup is for
    throw busy(target, error);
  }
}

/** Gives the database that is there a second name, so that there is one at every moment. */
function putAside(target: string, now: number): string | undefined {
  if (!existsSync(target)) return undefined;
  const aside = asideName(target, now);
  for (const suffix of ["-wal", "-shm"]) {
    if (existsSync(target + suffix)) renameSync(target + suffix, aside + suffix);
  }
  linkSync(target, aside);
  return aside;
}

function flush(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const faults: Record<string, string> = {
  EACCES: "there is no permission to write there",
  EPERM: "there is no permission to write there",
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  SQLITE_FULL: "the disk is full",
};

/** Says in one sentence why a file can't be written. */
async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = faults[(cause as { code?: string }).code ?? ""];
    if (why === undefined) throw cause;
    throw new AppError("bad-request", `${file} can't be written: ${why}`, { cause });
  }
}
