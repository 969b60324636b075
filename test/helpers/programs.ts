import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const src = join(import.meta.dirname, "../../src");

/** Where Node keeps what it has compiled: half of what starting a program costs. */
const compiled = join(import.meta.dirname, "../../node_modules/.cache/compiled");

/** What a program of ours said and how it ended. */
interface Ended {
  code: number | null;
  output: string;
  errors: string;
}

/** A program that was started as its users start it. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  output: () => string;
}

/** Starts `main.ts` or `cli.ts` with this environment and no other. */
export function run(program: string, args: string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, [join(src, program), ...args], {
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: compiled, ...env },
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code, output, errors: errors.trim() }));
  });
  return { child, ended, output: () => output };
}

/** A folder that is removed at the end. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "fragaria-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
