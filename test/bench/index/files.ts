import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";

/** A SQLite database and what belongs to it, as far as it is there; of the index what is kept beside it, too. */
export function filesOf(database: string): string[] {
  const suffixes = ["", "-wal", "-shm", "-columns", "-words"];
  return suffixes.map((suffix) => database + suffix).filter((file) => existsSync(file));
}

export function bytesOf(files: string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** Makes the system forget what it has read of files (Linux). Returns whether it could. */
export function forget(files: string[]): boolean {
  try {
    for (const file of files) {
      const options = ["oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"];
      execFileSync("dd", ["if=/dev/null", `of=${file}`, ...options]);
    }
    return true;
  } catch {
    return false; // another system
  }
}

/** How many bytes of files the system holds in memory; undefined where nothing says it. */
export function remembered(files: string[]): number | undefined {
  try {
    const lines = execFileSync("fincore", ["-b", "-n", "-o", "RES", ...files])
      .toString()
      .trim();
    return lines.split("\n").reduce((sum, line) => sum + Number(line), 0);
  } catch {
    return undefined;
  }
}

/** Memory of a process in bytes, by Linux' /proc: all that is resident, and what of it is its own. */
export function memoryOf(pid: number): { resident: number; own: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  return { resident: of("VmRSS"), own: of("RssAnon") };
}
