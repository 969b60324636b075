import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/**
 * The mark of a node that runs: a file in DATA_DIR with the id of the boot in
 * which it was started, taken away when the node ends in peace. It is a file,
 * and no row of the database, as it must not go back together with that.
 */
function markOf(dataDir: string): string {
  return join(dataDir, "running");
}

/** Names the present boot of this machine; undefined where the system doesn't tell. */
export function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined; // not Linux
  }
}

/**
 * Whether the machine may have lost its power while a node ran. A process that
 * was merely killed loses nothing: what it wrote is with the system, which went
 * on running.
 */
export function lostPower(dataDir: string, boot: string | undefined): boolean {
  let marked: string;
  try {
    marked = readFileSync(markOf(dataDir), "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  return boot === undefined || marked !== boot;
}

/** Marks the node as running, for good before it goes on: the mark is for when the power fails. */
export function markRunning(dataDir: string, boot: string | undefined): void {
  const file = openSync(markOf(dataDir), "w", 0o600);
  writeSync(file, `${boot ?? "unknown"}\n`);
  fsyncSync(file);
  closeSync(file);
  synchronise(dataDir);
}

/** Takes the mark away again. */
export function markStopped(dataDir: string): void {
  rmSync(markOf(dataDir), { force: true });
}

/** Makes the names in a folder survive a loss of power, not only the files' content. */
export function synchronise(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
