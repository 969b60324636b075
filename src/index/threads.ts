import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { getLogger, type LogLevel } from "@logtape/logtape";
import { AppError, type Code } from "../errors.ts";

const logger = getLogger(["fragaria", "index"]);

/** A function of any arguments. */
// oxlint-disable-next-line typescript/no-explicit-any -- each has its own
type Answering = (...args: any[]) => unknown;

/** What can be asked of a door: its functions of plain data (what `structuredClone` copies). */
type Questions<D> = { [K in keyof D]: D[K] extends Answering ? K : never }[keyof D] & string;
type Arguments<D, K extends keyof D> = Parameters<Extract<D[K], Answering>>;
type Answered<D, K extends keyof D> = Awaited<ReturnType<Extract<D[K], Answering>>>;

/** An object whose functions are asked from outside, such as from another thread. */
export interface Asked<D> extends AsyncDisposable {
  /**
   * @throws {AppError} `unavailable` when too many wait, when the answer takes
   *   longer than the limit, or when the thread has died over it twice; and
   *   whatever the function throws.
   */
  ask<K extends Questions<D>>(name: K, ...args: Arguments<D, K>): Promise<Answered<D, K>>;
  /** Asks all threads, those that are busy once they are free; the answers don't matter. */
  tell<K extends Questions<D>>(name: K, ...args: Arguments<D, K>): void;
}

/** The same to whoever answers, who takes the names on trust. */
export type Door = Record<string, Answering>;

/** What goes to a thread. */
export interface Question {
  id: number;
  name: string;
  args: unknown[];
}

/** What comes from a thread. */
export type Message =
  | { kind: "ready" }
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "fault"; id: number; fault: Fault }
  | { kind: "news"; value: unknown }
  | { kind: "log"; level: LogLevel; category: string[]; text: string };

/** An error as it travels: the classes of errors don't. */
export interface Fault {
  message: string;
  /** Of an AppError. */
  code: Code | undefined;
  retryAfter: number | undefined;
  stack: string | undefined;
}

export interface ThreadsOptions {
  /** The module that a thread runs; it calls `answerAt` of door.ts. */
  module: URL;
  /** What the module is to know: its `workerData`. */
  data: unknown;
  /** How many threads. */
  count: number;
  /** The longest that one answer may take, in milliseconds: then the thread is replaced. None if undefined. */
  limit?: number;
  /** What a thread does before it answers anything, for as long as that takes. */
  first?: string;
  /** Called with what a thread tells without being asked. */
  onNews?: (value: unknown) => void;
}

/** Questions that may wait for a free thread. */
const mostWaiting = 500;

/** Before a thread that died before it was ready is begun anew: doubled each time, in milliseconds. */
const firstPause = 100;
const longestPause = 30_000;

/** Threads that take little memory when they have little to do: V8 would let each have 48 MB of young objects. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };

interface Waiting extends Question {
  /** How often a thread has died over it. */
  deaths: number;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Nobody waits for what a thread was told to do, and nobody asks for it again. */
const unheard = { deaths: 1, resolve: () => {}, reject: () => {} };

interface Thread {
  worker: Worker;
  ready: boolean;
  working: Waiting | undefined;
  timer: NodeJS.Timeout | undefined;
  /** What it was told and hasn't done yet; once for each name. */
  told: Map<string, unknown[]>;
  /** Why it was ended, if we did it. */
  late: boolean;
}

/**
 * Threads that all answer the same questions, each one at a time: whichever is
 * free takes the next. One that dies is replaced, and its question asked once
 * more of another.
 */
export function startThreads<D>(options: ThreadsOptions): Asked<D> {
  return new Threads<D>(options);
}

class Threads<D> implements Asked<D> {
  readonly #options: ThreadsOptions;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Waiting[] = [];
  readonly #stop = new AbortController();
  #next = 1;
  #failures = 0;

  constructor(options: ThreadsOptions) {
    this.#options = options;
    for (let at = 0; at < options.count; at += 1) this.#begin();
  }

  ask<K extends Questions<D>>(name: K, ...args: Arguments<D, K>): Promise<Answered<D, K>> {
    return new Promise((resolve, reject) => {
      if (this.#stop.signal.aborted) return reject(closing());
      if (this.#waiting.length >= mostWaiting) {
        const message = "Too much is asked of this directory at the moment: try again soon.";
        return reject(new AppError("unavailable", message, { retryAfter: 5 }));
      }
      const id = this.#next++;
      const done = (value: unknown) => resolve(value as Answered<D, K>);
      this.#waiting.push({ id, name, args, deaths: 0, resolve: done, reject });
      this.#hand();
    });
  }

  tell<K extends Questions<D>>(name: K, ...args: Arguments<D, K>): void {
    for (const thread of this.#threads) thread.told.set(name, args);
    this.#hand();
  }

  #begin(): void {
    const { module, data, first } = this.#options;
    const worker = new Worker(module, { workerData: data, resourceLimits });
    const thread: Thread = {
      worker,
      ready: false,
      working: undefined,
      timer: undefined,
      told: new Map(first === undefined ? [] : [[first, []]]),
      late: false,
    };
    this.#threads.add(thread);
    worker.on("message", (message: Message) => this.#hear(thread, message));
    // What it dies of; `exit` follows.
    worker.on("error", (error) => logger.error("A thread of the index died: {error}", { error }));
    worker.on("exit", () => void this.#bury(thread));
  }

  /** Gives free threads something to do. */
  #hand(): void {
    for (const thread of this.#threads) {
      if (!thread.ready || thread.working !== undefined) continue;
      const told = thread.told.entries().next();
      if (told.done !== true) {
        const [name, args] = told.value;
        thread.told.delete(name);
        // As long as it takes: who is told to take over three million rows would never have done so else.
        this.#put(thread, { ...unheard, id: this.#next++, name, args }, undefined);
        continue;
      }
      const question = this.#waiting.shift();
      if (question === undefined) continue;
      this.#put(thread, question, this.#options.limit);
    }
  }

  #put(thread: Thread, question: Waiting, limit: number | undefined): void {
    thread.working = question;
    const { id, name, args } = question;
    if (limit !== undefined) {
      thread.timer = setTimeout(() => {
        logger.warn("A question to the index took longer than {limit} ms: {name}", { limit, name });
        thread.late = true;
        void thread.worker.terminate();
      }, limit);
    }
    thread.worker.postMessage({ id, name, args } satisfies Question);
  }

  #hear(thread: Thread, message: Message): void {
    switch (message.kind) {
      case "ready":
        this.#failures = 0;
        thread.ready = true;
        break;
      case "news":
        this.#options.onNews?.(message.value);
        return;
      case "log":
        getLogger(message.category).emit(recordOf(message));
        return;
      default: {
        const question = thread.working;
        if (question?.id !== message.id) return;
        clearTimeout(thread.timer);
        thread.working = undefined;
        if (message.kind === "answer") question.resolve(message.value);
        else question.reject(errorOf(message.fault));
      }
    }
    this.#hand();
  }

  async #bury(thread: Thread): Promise<void> {
    this.#threads.delete(thread);
    clearTimeout(thread.timer);
    const question = thread.working;
    if (question !== undefined) {
      if (this.#stop.signal.aborted) question.reject(closing());
      else if (thread.late) question.reject(tooLong());
      else if (question.deaths > 0) question.reject(lost());
      else this.#waiting.unshift({ ...question, deaths: 1 });
    }
    if (this.#stop.signal.aborted) return;
    if (!thread.ready) {
      // It can't even begin: nothing that waits should wait for ever.
      this.#failures += 1;
      for (const each of this.#waiting.splice(0)) each.reject(lost());
      const pause = Math.min(firstPause * 2 ** (this.#failures - 1), longestPause);
      await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
    }
    this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const each of this.#waiting.splice(0)) each.reject(closing());
    await Promise.all(
      [...this.#threads].map(async ({ worker }) => {
        const gone = new Promise((resolve) => worker.once("exit", resolve));
        worker.postMessage(null); // closes what it has open, and ends
        await Promise.race([gone, sleep(5000, undefined, { ref: false })]);
        await worker.terminate();
      }),
    );
  }
}

/** The same questions answered in this thread, for a node that is small. */
export function answerHere<D>(door: D, close: () => unknown): Asked<D> {
  return {
    ask(name, ...args) {
      const answer = async (): Promise<unknown> => (door as Door)[name]?.(...args);
      return answer() as Promise<never>;
    },
    tell() {},
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

function recordOf({ level, text }: Message & { kind: "log" }) {
  return { level, message: [text], rawMessage: text, timestamp: Date.now(), properties: {} };
}

/** An error as its thread threw it. */
function errorOf({ message, code, retryAfter, stack }: Fault): Error {
  const error =
    code === undefined
      ? new Error(message)
      : new AppError(code, message, retryAfter === undefined ? {} : { retryAfter });
  if (stack !== undefined) error.stack = stack;
  return error;
}

function closing(): AppError {
  return new AppError("unavailable", "The directory is shutting down.");
}

function lost(): AppError {
  const message = "The search broke down and is being restarted: try again in a minute.";
  return new AppError("unavailable", message, { retryAfter: 60 });
}

function tooLong(): AppError {
  const message = "That took too long: ask for less, for example with more filters.";
  return new AppError("unavailable", message);
}
