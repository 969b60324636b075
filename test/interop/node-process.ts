import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, until } from "../helpers/nodes.ts";

const root = join(import.meta.dirname, "../..");

/** Where Node keeps what it has compiled: half of what starting a program costs. */
const compiled = join(root, "node_modules/.cache/compiled");

const clock = join(import.meta.dirname, "clock-ahead.ts");

/** How long a start may take on a machine that has much else to do; milliseconds. */
const patience = 300_000;

/** A node as an operator runs it: a process of its own, and commands beside it. */
export interface NodeProcess extends AsyncDisposable {
  readonly origin: string;
  /** Starts it, from this code unless told, and waits until it is ready or has ended. */
  start(code?: string): Promise<void>;
  /** Lets so many milliseconds pass for it while it is stopped: its clock, and that of commands, goes ahead. */
  pass(ms: number): void;
  /** Ends it as a service manager does; fails if it doesn't end well. */
  stop(): Promise<void>;
  /** `npm run cli -- …`; returns what it printed. */
  cli(...args: string[]): Promise<string>;
  /** Writes a file that a command can read. */
  file(name: string, content: unknown): string;
}

/** A node on 127.0.0.1, with data of its own, that isn't started yet. */
export async function nodeProcess(): Promise<NodeProcess> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), "fragaria-interop-"));
  const env = {
    PATH: process.env["PATH"],
    ORIGIN: origin,
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: join(folder, "data"),
    NODE_COMPILE_CACHE: compiled,
  };
  let ahead = 0;
  /** What Node is called with, for a program of ours. */
  const invocation = (program: string, args: string[]) => ({
    args: [...(ahead === 0 ? [] : ["--import", clock]), program, ...args],
    env: { ...env, CLOCK_AHEAD: String(ahead) },
  });
  let running: ChildProcess | undefined;
  const stop = async () => {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`the node ended with ${code}`);
  };
  return {
    origin,
    async start(code = root) {
      const { args, env: given } = invocation(join(code, "src/main.ts"), []);
      const child = spawn(process.execPath, args, {
        env: given,
        stdio: ["ignore", "ignore", "inherit"],
      });
      running = child;
      await until(
        async () => {
          if (child.exitCode !== null) throw new Error(`the node ended with ${child.exitCode}`);
          const health = await fetch(`${origin}/health`).catch(() => undefined);
          return health?.ok;
        },
        Boolean,
        patience,
      );
    },
    pass(ms) {
      ahead += ms;
    },
    stop,
    async cli(...args) {
      const { args: all, env: given } = invocation(join(root, "src/cli.ts"), args);
      const { stdout } = await promisify(execFile)(process.execPath, all, { env: given });
      return stdout;
    },
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(content));
      return path;
    },
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A copy of this code that goes by another version, as if it were an older release. */
export function olderRelease(version: string): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "fragaria-older-"));
  for (const part of ["src", "migrations", "package.json"]) {
    cpSync(join(root, part), join(path, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
  const file = join(path, "src/outbound.ts");
  const code = readFileSync(file, "utf8");
  const renamed = code.replace(/(export const version = )"[^"]+"/, `$1"${version}"`);
  if (renamed === code) throw new Error(`${file} no longer holds the version`);
  writeFileSync(file, renamed);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
