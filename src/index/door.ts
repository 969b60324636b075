import { parentPort } from "node:worker_threads";
import { configureSync, type LogRecord } from "@logtape/logtape";
import { AppError } from "../errors.ts";
import type { Door, Fault, Message, Question } from "./threads.ts";

/**
 * Answers what a thread is asked, one question after another, until the one
 * that started it says that it is over. To be called in the thread's module.
 *
 * @param close Closes what the door has open, after the last answer.
 * @param hurry Cuts that answer short, if it can be.
 */
export function answerAt(
  door: object,
  close: () => unknown,
  hurry: () => unknown = () => {},
): void {
  let before: Promise<void> = Promise.resolve();
  parentPort?.on("message", (question: Question | null) => {
    if (question === null) hurry();
    before = before.then(() => (question === null ? end(close) : reply(door as Door, question)));
  });
  post({ kind: "ready" });
}

/** Tells the one that started this thread something unasked. */
export function tellNews(value: unknown): void {
  post({ kind: "news", value });
}

/** Log lines of a thread are written by the one that started it, by its settings. */
export function logThere(): void {
  configureSync({
    reset: true,
    sinks: { there: sendLog },
    loggers: [
      { category: "fragaria", sinks: ["there"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "warning" },
    ],
  });
}

function sendLog({ level, category, message }: LogRecord): void {
  const text = message.map((part, at) => (at % 2 === 0 ? String(part) : textOf(part))).join("");
  post({ kind: "log", level, category: [...category], text });
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function end(close: () => unknown): Promise<void> {
  await close();
  parentPort?.close();
}

async function reply(door: Door, question: Question): Promise<void> {
  post(await answerTo(door, question));
}

async function answerTo(door: Door, { id, name, args }: Question): Promise<Message> {
  try {
    return { kind: "answer", id, value: await door[name]?.(...args) };
  } catch (error) {
    return { kind: "fault", id, fault: faultOf(error) };
  }
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return faultOf(new Error(String(error)));
  const known = error instanceof AppError ? error : undefined;
  const cause = error.cause instanceof Error ? `\n  caused by ${error.cause.stack}` : "";
  return {
    message: error.message,
    code: known?.code,
    retryAfter: known?.retryAfter,
    stack: `${error.stack}${cause}`,
  };
}

function post(message: Message): void {
  parentPort?.postMessage(message);
}
