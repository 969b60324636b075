import type { MessageQueue, MessageQueueEnqueueOptions } from "@fedify/fedify";
import { getLogger } from "@logtape/logtape";
import { milliseconds } from "../temporal.ts";
import * as messages from "./messages.ts";
import type { Db } from "./schema.ts";

const logger = getLogger(["fragaria", "store"]);

type Handler = Parameters<MessageQueue["listen"]>[0];

/** All times in milliseconds. */
export interface QueueOptions {
  /** How many messages a listener works on at once; 8 unless told. */
  concurrency?: number;
  /** How often to look for messages that came from elsewhere or were delayed; 1 second. */
  poll?: number;
  /** How long a message stays with a process that no longer renews its lease; 1 minute. */
  lease?: number;
  /** How many times a message is tried before it is given up; 10. */
  attempts?: number;
  /** How long to wait after the nth failure; from 2 seconds, doubling, to an hour. */
  backoff?: (attempt: number) => number;
  /** What a message has to wait for; undefined where Fedify's ordering key says it. */
  order?: (message: unknown) => messages.Order | undefined;
  /** Epoch ms. The processes that share a queue must agree on it to within a lease. */
  clock?: () => number;
}

const defaults: Required<QueueOptions> = {
  concurrency: 8,
  poll: 1000,
  lease: 60_000,
  attempts: 10,
  backoff: (attempt) => Math.min(1000 * 2 ** attempt, 3_600_000),
  order: () => undefined,
  clock: Date.now,
};

/**
 * Fedify's message queue over the table `queue`, shared by any number of
 * processes. A message is deleted after its handler has resolved, so it is
 * handled at least once whatever crashes. Of the messages of one ordering key
 * only one is handled at a time, the earliest that is ready first; one that is
 * delayed, or waits to be tried again, doesn't hold up those behind it, unless
 * they have an order of their own (`order`).
 *
 * Each lane is a queue of its own, so that deliveries to hosts that don't
 * answer don't hold up what comes in. The payloads hold private keys: nothing
 * here logs them.
 */
export function messageQueue(
  db: Db,
  lane: messages.Lane,
  options: QueueOptions = {},
): Required<MessageQueue> {
  const settings = { ...defaults, ...options };
  const bells = new Set<Bell>();

  async function add(batch: readonly unknown[], options: MessageQueueEnqueueOptions = {}) {
    const wait = options.delay ? milliseconds(options.delay) : 0;
    const usual = { key: options.orderingKey ?? null, since: null };
    const added = batch.map((message) => ({ message, order: settings.order(message) ?? usual }));
    await messages.add(db, lane, added, settings.clock() + wait);
    for (const bell of bells) bell.ring();
  }

  return {
    // Fedify retries by its own policy; what is tried again here is what
    // failed in a way that Fedify doesn't know: the database, a bug, a crash.
    nativeRetrial: false,
    enqueue: (message, options) => add([message], options),
    enqueueMany: add,
    async listen(handler, { signal } = {}) {
      const bell = new Bell();
      bells.add(bell);
      await work(db, lane, handler, settings, bell, signal);
      bells.delete(bell);
    },
    getDepth: () => messages.depth(db, lane, settings.clock()),
  };
}

/** Hands out messages until the signal, then waits for those being handled. */
async function work(
  db: Db,
  lane: messages.Lane,
  handler: Handler,
  settings: Required<QueueOptions>,
  bell: Bell,
  signal: AbortSignal | undefined,
): Promise<void> {
  const running = new Set<Promise<void>>();
  while (!signal?.aborted) {
    if (running.size >= settings.concurrency) {
      await Promise.race(running);
      continue;
    }
    bell.still();
    const message = await claim(db, lane, settings);
    if (message === undefined) {
      await bell.wait(settings.poll, signal);
      continue;
    }
    const handled = handle(db, message, handler, settings).finally(() => {
      running.delete(handled);
      // It may have been what held up others of its key.
      bell.ring();
    });
    running.add(handled);
  }
  await Promise.all(running);
}

async function claim(
  db: Db,
  lane: messages.Lane,
  { clock, lease }: Required<QueueOptions>,
): Promise<messages.Message | undefined> {
  try {
    const now = clock();
    return await messages.claim(db, lane, now, now + lease);
  } catch (error) {
    logger.error("The {lane} queue can't be read: {error}", { lane, error });
    return undefined;
  }
}

/** Never rejects: what fails here is logged, and comes back when its lease runs out. */
async function handle(
  db: Db,
  message: messages.Message,
  handler: Handler,
  settings: Required<QueueOptions>,
): Promise<void> {
  const { id, lane, attempts: attempt } = message;
  try {
    if (attempt > settings.attempts) {
      logger.error("Gave up message {id} of {lane}: it ends the process", { lane, id });
      return await messages.remove(db, message);
    }
    const failure = await run(db, message, handler, settings);
    if (failure === undefined) return await messages.remove(db, message);
    const details = { lane, id, attempt, error: failure.error };
    if (attempt === settings.attempts) {
      logger.error("Gave up message {id} of {lane}, attempt {attempt}: {error}", details);
      return await messages.remove(db, message);
    }
    logger.warn("Message {id} of {lane} failed, attempt {attempt}: {error}", details);
    await messages.postpone(db, message, settings.clock() + settings.backoff(attempt));
  } catch (error) {
    logger.error("Message {id} of {lane} can't be put away: {error}", { lane, id, error });
  }
}

/** Runs the handler, renewing the lease for as long as it takes. */
async function run(
  db: Db,
  message: messages.Message,
  handler: Handler,
  settings: Required<QueueOptions>,
): Promise<{ error: unknown } | undefined> {
  const heartbeat = setInterval(() => void renew(db, message, settings), settings.lease / 3);
  try {
    await handler(JSON.parse(message.payload));
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    clearInterval(heartbeat);
  }
}

async function renew(
  db: Db,
  message: messages.Message,
  { clock, lease }: Required<QueueOptions>,
): Promise<void> {
  const { id, lane } = message;
  try {
    if (await messages.renew(db, message, clock() + lease)) return;
    logger.warn("Lost the lease of message {id} of {lane}", { id, lane });
  } catch (error) {
    logger.warn("Can't renew the lease of message {id} of {lane}: {error}", { id, lane, error });
  }
}

/** Wakes a listener; a ring while it was busy looking isn't lost. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  still(): void {
    this.#rung = false;
  }

  /** Resolves when it rings, after `ms`, or on the signal. */
  async wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#rung || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
      this.#wake = done;
    });
  }
}
