import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A program under test, in a process of its own. */
export interface Running extends AsyncDisposable {
  pid: number;
}

/** A peer of this folder, which says where it listens. */
export interface Peer<Ready> extends Running {
  ready: Ready;
  /** Asks it for something; it answers with one message. */
  ask<Answer>(question: unknown): Promise<Answer>;
}

/**
 * Runs a node, as `npm start` does, until its /health says that all is well.
 *
 * @param group The folder of a control group, of which it becomes a part before it does anything.
 */
export async function startNode(env: Record<string, string>, group?: string): Promise<Running> {
  const main = join(import.meta.dirname, "../../src/main.ts");
  const command = [process.execPath, "--max-semi-space-size=8", main];
  const joining = ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', group ?? ""];
  const [program = "", ...args] = group === undefined ? command : [...joining, ...command];
  const node = spawn(program, args, {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = ending(node);
  const healthy = async () => {
    try {
      return (await fetch(`${env["ORIGIN"]}/health`)).ok;
    } catch {
      return false; // not listening yet
    }
  };
  const deadline = Date.now() + 300_000;
  while (!(await healthy())) {
    if (node.exitCode !== null || Date.now() > deadline) {
      node.kill();
      throw new Error("the node didn't start");
    }
    await sleep(100);
  }
  return running(node, ended);
}

/** Runs a peer, its program given, and waits for the message that it is ready. */
export async function startPeer<Ready>(file: URL, start: unknown): Promise<Peer<Ready>> {
  const child = fork(file, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const ended = ending(child);
  const ask = async <Answer>(question: unknown): Promise<Answer> => {
    child.send(question as object);
    const answer = await Promise.race([
      once(child, "message").then(([message]) => message as Answer),
      ended.then(() => {
        throw new Error(`${file.pathname} ended`);
      }),
    ]);
    return answer;
  };
  const ready = await ask<Ready>(start);
  return { ...running(child, ended), ready, ask };
}

function running(child: ChildProcess, ended: Promise<void>): Running {
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

async function ending(child: ChildProcess): Promise<void> {
  await once(child, "exit");
}
