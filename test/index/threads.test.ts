import { configure, type LogRecord, reset } from "@logtape/logtape";
import { expect, test } from "vitest";
import { answerHere, startThreads, type ThreadsOptions } from "../../src/index/threads.ts";
import type { Sample } from "./thread-sample.ts";

function start(options: Partial<ThreadsOptions> = {}) {
  const module = new URL("thread-sample.ts", import.meta.url);
  return startThreads<Sample>({ module, data: "mine", count: 1, ...options });
}

test("answers questions, and says what a function says against them", async () => {
  await using threads = start();
  await expect(threads.ask("add", 1, 2)).resolves.toBe(3);
  await expect(threads.ask("whose")).resolves.toBe("mine");
  await expect(threads.ask("refuse")).rejects.toMatchObject({
    name: "AppError",
    code: "bad-request",
    message: "That is no question.",
  });
});

test("lets one thread answer while another is busy", async () => {
  await using threads = start({ count: 2 });
  await Promise.all([threads.ask("add", 1, 1), threads.ask("add", 1, 1)]);
  const order: string[] = [];
  await Promise.all([
    threads.ask("later", 400).then(() => order.push("slow")),
    threads.ask("add", 1, 1).then(() => order.push("quick")),
    threads.ask("add", 1, 1).then(() => order.push("quick")),
  ]);
  expect(order).toEqual(["quick", "quick", "slow"]);
});

test("replaces a thread that dies: what killed it fails, what waited is answered", async () => {
  await using threads = start();
  const all = await Promise.allSettled([threads.ask("die"), threads.ask("add", 2, 2)]);
  expect(all).toMatchObject([
    { status: "rejected", reason: { code: "unavailable", retryAfter: 60 } },
    { status: "fulfilled", value: 4 },
  ]);
});

test("ends what takes too long, and goes on", async () => {
  await using threads = start({ limit: 300 });
  const all = await Promise.allSettled([threads.ask("hang"), threads.ask("add", 2, 2)]);
  expect(all).toMatchObject([
    { status: "rejected", reason: { code: "unavailable", message: /^That took too long/ } },
    { status: "fulfilled", value: 4 },
  ]);
});

test("lets a thread take the time that it needs for what comes first, and for what it is told", async () => {
  await using threads = start({ limit: 300, first: "begin" });
  await expect(threads.ask("begun")).resolves.toBe(1);
  threads.tell("begin");
  await expect(threads.ask("begun")).resolves.toBe(2);
});

test("fails what waits when no thread can begin", async () => {
  await using threads = start({ data: "broken" });
  await expect(threads.ask("add", 1, 2)).rejects.toMatchObject({ code: "unavailable" });
});

test("refuses what more than enough wait for already", async () => {
  await using threads = start();
  const busy = threads.ask("later", 200);
  const asked = Array.from({ length: 501 }, () => threads.ask("add", 1, 1));
  const told = await Promise.allSettled(asked);
  expect(told.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0);
  await expect(busy).resolves.toBe(200);
  await expect(threads.ask("add", 1, 1)).resolves.toBe(2);
});

test("writes the log lines of a thread here", async () => {
  const lines: string[] = [];
  const sink = ({ message, level }: LogRecord) => lines.push(`${level}: ${message.join("")}`);
  await configure({
    reset: true,
    sinks: { lines: sink },
    loggers: [
      { category: ["fragaria", "sample"], sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "warning" },
    ],
  });
  try {
    await using threads = start();
    await threads.ask("log", "so");
  } finally {
    await reset();
  }
  expect(lines).toEqual(["warning: It is so"]);
});

test("passes on news, and closes in order", async () => {
  const news: unknown[] = [];
  {
    await using threads = start({ onNews: (value) => news.push(value) });
    await threads.ask("news", "from there");
  }
  expect(news).toEqual(["from there", "closed"]);
});

test("refuses questions once it is closed, and those that waited", async () => {
  const threads = start();
  const waiting = threads.ask("hang");
  const closed = threads[Symbol.asyncDispose]();
  await expect(waiting).rejects.toMatchObject({ message: "The directory is shutting down." });
  await closed;
  await expect(threads.ask("add", 1, 2)).rejects.toMatchObject({ code: "unavailable" });
}, 10_000);

test("answers here, too", async () => {
  let closed = false;
  {
    await using here = answerHere({ double: (n: number) => n * 2 }, () => (closed = true));
    await expect(here.ask("double", 4)).resolves.toBe(8);
  }
  expect(closed).toBe(true);
});
