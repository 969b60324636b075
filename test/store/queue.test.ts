import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { testMessageQueue } from "@fedify/testing";
import { expect, test, vi } from "vitest";
import type { Engine } from "../../src/store/dialect.ts";
import { unfinished } from "../../src/store/messages.ts";
import { migrate } from "../../src/store/migrate.ts";
import { open } from "../../src/store/open.ts";
import { messageQueue, type QueueOptions } from "../../src/store/queue.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore, freshUrl } from "../helpers/database.ts";

const quick: QueueOptions = { poll: 20, backoff: () => 0 };

/** Waits for something that happens soon; on a busy machine, a little later. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 15_000, interval: 10 });
}

/** Waits until nothing is being handled or ready. */
async function drained(db: Db): Promise<void> {
  await until(async () => (await unfinished(db, Date.now())) === 0);
}

/** Listens for as long as the scope lasts. */
function listening(
  queue: ReturnType<typeof messageQueue>,
  handler: Parameters<ReturnType<typeof messageQueue>["listen"]>[0],
): AsyncDisposable {
  const controller = new AbortController();
  const listener = queue.listen(handler, { signal: controller.signal });
  return {
    async [Symbol.asyncDispose]() {
      controller.abort();
      await listener;
    },
  };
}

const seconds = (n: number) => Temporal.Duration.from({ milliseconds: n * 1000 });

// Mostly waiting, and so on both engines at the same time.
test("the message queue is what Fedify takes for one", { timeout: 60_000 }, async () => {
  const conforms = async (engine: Engine) => {
    await using store = await freshStore(engine);
    await testMessageQueue(
      () => messageQueue(store.db, "inbox", { poll: 100 }),
      ({ controller }) => controller.abort(),
      { testOrderingKey: true },
    );
  };
  await Promise.all([conforms("sqlite"), conforms("postgres")]);
});

eachEngine("the message queue", (engine) => {
  test("hands each message to one of two listeners, in two connections", async () => {
    await using database = await freshUrl(engine);
    await using first = await open(database.url);
    await migrate(first.db);
    await using second = await open(database.url);
    const seen: unknown[] = [];
    const by: Record<string, number> = { first: 0, second: 0 };
    const count = (name: string) => async (message: unknown) => {
      seen.push(message);
      by[name] = (by[name] ?? 0) + 1;
      await delay(2);
    };
    const queue = messageQueue(first.db, "outbox", { ...quick, concurrency: 2 });
    await queue.enqueueMany(Array.from({ length: 200 }, (_, i) => i));
    {
      await using _first = listening(queue, count("first"));
      await using _second = listening(
        messageQueue(second.db, "outbox", { ...quick, concurrency: 2 }),
        count("second"),
      );
      await drained(first.db);
    }
    expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual([...Array(200).keys()]);
    expect(by.first).toBeGreaterThan(0);
    expect(by.second).toBeGreaterThan(0);
  });

  test("keeps the lanes apart", async () => {
    await using store = await freshStore(engine);
    const inbox = messageQueue(store.db, "inbox", quick);
    const outbox = messageQueue(store.db, "outbox", quick);
    await inbox.enqueue("in", { orderingKey: "k" });
    await outbox.enqueue("out", { orderingKey: "k" });
    const seen: unknown[] = [];
    {
      await using _ = listening(outbox, (message) => void seen.push(message));
      await until(() => seen.length > 0);
    }
    expect(seen).toEqual(["out"]);
    expect((await inbox.getDepth()).queued).toBe(1);
    expect((await outbox.getDepth()).queued).toBe(0);
  });

  test("waits for a delay, and wakes at once for what has none", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", { poll: 60_000 });
    const seen: unknown[] = [];
    await using _ = listening(queue, (message) => void seen.push(message));
    await delay(50);
    await queue.enqueue("later", { delay: seconds(1) });
    await queue.enqueue("now");
    await until(() => seen.length === 1);
    expect(await queue.getDepth()).toEqual({ queued: 1, ready: 0, delayed: 1 });
    await delay(1050);
    // Nothing polls for a minute, but another message makes it look.
    await queue.enqueue("nudge");
    await until(() => seen.length === 3);
    expect(new Set(seen)).toEqual(new Set(["now", "later", "nudge"]));
  });

  test("tells how many wait, without those being handled", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", { ...quick, concurrency: 1 });
    await queue.enqueueMany(["a", "b"]);
    await queue.enqueueMany(["c"], { delay: seconds(60) });
    expect(await queue.getDepth()).toEqual({ queued: 3, ready: 2, delayed: 1 });
    const gate = Promise.withResolvers<void>();
    const handler = vi.fn(() => gate.promise);
    await using _ = listening(queue, handler);
    await until(() => handler.mock.calls.length === 1);
    expect(await queue.getDepth()).toEqual({ queued: 2, ready: 1, delayed: 1 });
    expect(await unfinished(store.db, Date.now())).toBe(2);
    gate.resolve();
    await drained(store.db);
    expect(await queue.getDepth()).toEqual({ queued: 1, ready: 0, delayed: 1 });
  });

  test("stops on the signal, after the handlers that are running", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", quick);
    const controller = new AbortController();
    const gate = Promise.withResolvers<void>();
    const handler = vi.fn(() => gate.promise);
    const ended = vi.fn();
    const listener = queue.listen(handler, { signal: controller.signal }).then(ended);
    await queue.enqueue("a");
    await until(() => handler.mock.calls.length === 1);
    controller.abort();
    await queue.enqueue("b");
    await delay(50);
    expect(ended).not.toHaveBeenCalled();
    gate.resolve();
    await listener;
    expect(handler).toHaveBeenCalledTimes(1);
    expect((await queue.getDepth()).queued).toBe(1);
  });

  test("tries again after a throw, with a longer wait each time, and gives up", async () => {
    await using store = await freshStore(engine);
    const waits: number[] = [];
    const queue = messageQueue(store.db, "inbox", {
      poll: 20,
      attempts: 3,
      backoff: (attempt) => {
        waits.push(attempt);
        return 1;
      },
    });
    const tried: unknown[] = [];
    await using _ = listening(queue, (message) => {
      tried.push(message);
      if (message === "bad" || tried.length === 1) throw new Error("not today");
    });
    await queue.enqueue("good");
    await until(() => tried.length === 2);
    await queue.enqueue("bad");
    await until(async () => (await queue.getDepth()).queued === 0 && tried.length === 5);
    await drained(store.db);
    await delay(100);
    expect(tried).toEqual(["good", "good", "bad", "bad", "bad"]);
    expect(waits).toEqual([1, 1, 2]);
  });

  test("doesn't let a message that is tried again hold up those behind it", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", { poll: 20, backoff: () => 60_000 });
    const seen: unknown[] = [];
    await queue.enqueue("fails", { orderingKey: "k" });
    await queue.enqueue("next", { orderingKey: "k" });
    await using _ = listening(queue, (message) => {
      seen.push(message);
      if (message === "fails") throw new Error("not today");
    });
    await until(() => seen.length === 2);
    expect(seen).toEqual(["fails", "next"]);
  });

  test("holds up what comes after a message of its order, also when that is put back as another", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "outbox", {
      poll: 20,
      order: (message) => {
        const [key, since] = String(message).split(" ");
        return { key: key ?? "", since: Number(since) };
      },
    });
    await queue.enqueueMany(["post 1", "post 2", "other 3"]);
    const seen: unknown[] = [];
    let failures = 2;
    await using _ = listening(queue, async (message) => {
      seen.push(message);
      // As Fedify does.
      if (message === "post 1" && failures-- > 0) {
        await queue.enqueue(message, { delay: seconds(0.3) });
      }
    });
    await until(() => seen.includes("post 2"));
    expect(seen.filter((each) => each !== "other 3")).toEqual([
      "post 1",
      "post 1",
      "post 1",
      "post 2",
    ]);
    expect(seen.indexOf("other 3")).toBeLessThan(3);
  });

  test("gives up a message on which the process dies every time", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", { ...quick, attempts: 3 });
    const dead = { lane: "inbox" as const, orderingKey: null, runAt: 0, lockedUntil: 1 };
    await store.db
      .insertInto("queue")
      .values([
        { ...dead, payload: '"poison"', attempts: 3 },
        { ...dead, payload: '"unlucky"', attempts: 2 },
      ])
      .execute();
    const seen: unknown[] = [];
    await using _ = listening(queue, (message) => void seen.push(message));
    await drained(store.db);
    expect(seen).toEqual(["unlucky"]);
  });

  test("keeps a message whose handler takes longer than the lease", async () => {
    await using database = await freshUrl(engine);
    await using first = await open(database.url);
    await migrate(first.db);
    await using second = await open(database.url);
    const handler = vi.fn(() => delay(1500));
    const options = { ...quick, lease: 500 };
    const queue = messageQueue(first.db, "inbox", options);
    await queue.enqueue("slow");
    await using _first = listening(queue, handler);
    await using _second = listening(messageQueue(second.db, "inbox", options), handler);
    await drained(first.db);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("hands out again what a killed process was working on, in order", async () => {
    await using database = await freshUrl(engine);
    await using store = await open(database.url);
    await migrate(store.db);
    const queue = messageQueue(store.db, "inbox", quick);
    await queue.enqueue("first", { orderingKey: "k" });
    await queue.enqueue("second", { orderingKey: "k" });
    const victim = spawn(
      process.execPath,
      [
        "--input-type=module-typescript",
        "--eval",
        `import { open } from ${JSON.stringify(import.meta.resolve("../../src/store/open.ts"))};
         import { messageQueue } from ${JSON.stringify(import.meta.resolve("../../src/store/queue.ts"))};
         const store = await open(${JSON.stringify(database.url)});
         await messageQueue(store.db, "inbox", { lease: 1000 }).listen((message) => {
           console.log(message);
           return new Promise(() => {});
         });`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [output] = await once(victim.stdout, "data");
    expect(String(output)).toBe("first\n");
    victim.kill("SIGKILL");
    await once(victim, "exit");

    const seen: unknown[] = [];
    await using _ = listening(queue, (message) => void seen.push(message));
    await delay(100);
    expect(seen).toEqual([]);
    await drained(store.db);
    expect(seen).toEqual(["first", "second"]);
  });

  test("leaves alone what another process has taken over", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", quick);
    await queue.enqueue("a");
    const gate = Promise.withResolvers<void>();
    const handler = vi.fn(() => gate.promise);
    {
      await using _ = listening(queue, handler);
      await until(() => handler.mock.calls.length === 1);
      // As the claim of another process would, after this one had slept.
      await store.db
        .updateTable("queue")
        .set({ attempts: 2, lockedUntil: Date.now() + 60_000 })
        .execute();
      gate.resolve();
    }
    expect(await unfinished(store.db, Date.now())).toBe(1);
  });

  test("keeps the order of each key, whoever listens", async () => {
    await using database = await freshUrl(engine);
    await using first = await open(database.url);
    await migrate(first.db);
    await using second = await open(database.url);
    const queues = [first, second].map((store) => messageQueue(store.db, "outbox", { poll: 5 }));
    const orders = Array.from({ length: 5 }, (): number[] => []);
    for (let n = 0; n < 150; n++) {
      await queues[0]?.enqueue(n, { orderingKey: `k${n % 5}` });
    }
    {
      await using listeners = new AsyncDisposableStack();
      for (const queue of [...queues, ...queues]) {
        listeners.use(listening(queue, (n: number) => void orders[n % 5]?.push(n)));
      }
      await drained(first.db);
    }
    for (const [key, order] of orders.entries()) {
      expect(order).toEqual(Array.from({ length: 30 }, (_, i) => 5 * i + key));
    }
  });

  test("doesn't let a busy key hold up others", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", quick);
    await queue.enqueue("earlier", { orderingKey: "k", delay: seconds(0.1) });
    await queue.enqueue("busy", { orderingKey: "k" });
    const gate = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    {
      await using _ = listening(queue, async (message) => {
        seen.push(message);
        if (message === "busy") await gate.promise;
      });
      await until(async () => (await queue.getDepth()).ready === 1);
      await queue.enqueue("other");
      await until(() => seen.length === 2);
      gate.resolve();
      await drained(store.db);
    }
    expect(seen).toEqual(["busy", "other", "earlier"]);
  });

  test("never handles two messages of a key at once, nor loses one", async () => {
    await using database = await freshUrl(engine);
    await using first = await open(database.url);
    await migrate(first.db);
    await using second = await open(database.url);
    const busy = new Set<string>();
    const overlapping: string[] = [];
    const seen = new Set<number>();
    const handler = async ({ key, n }: { key: string; n: number }) => {
      if (busy.has(key)) overlapping.push(`${key} ${n}`);
      busy.add(key);
      await delay(n % 4);
      busy.delete(key);
      seen.add(n);
    };
    const queues = [first, second].map((store) => messageQueue(store.db, "outbox", { poll: 5 }));
    // Delays of a few milliseconds make earlier messages ready just as later ones are claimed.
    for (let n = 0; n < 300; n++) {
      const key = `k${n % 5}`;
      await queues[n % 2]?.enqueue(
        { key, n },
        { orderingKey: key, delay: seconds(((n * 7919) % 600) / 1000) },
      );
    }
    {
      await using listeners = new AsyncDisposableStack();
      for (const queue of [...queues, ...queues]) listeners.use(listening(queue, handler));
      await until(() => seen.size === 300);
      await drained(first.db);
    }
    expect(overlapping).toEqual([]);
  });

  test("goes on after the database has failed", async () => {
    await using store = await freshStore(engine);
    const queue = messageQueue(store.db, "inbox", quick);
    const seen: unknown[] = [];
    await using _ = listening(queue, (message) => void seen.push(message));
    await store.db.schema.alterTable("queue").renameTo("away").execute();
    await delay(100);
    await store.db.schema.alterTable("away").renameTo("queue").execute();
    await queue.enqueue("after");
    await until(() => seen.length === 1);
  });
});
