import { type ChildProcess, fork } from "node:child_process";
import { getLogger } from "@logtape/logtape";
import { AppError } from "../../errors.ts";
import { pictureBounds, type Shape } from "./bounds.ts";
import type { Drawn, Message, Order, Refusal } from "./drawing.ts";
import { isAnimatedPng, recognise } from "./kind.ts";

const logger = getLogger(["fragaria", "pictures"]);

/** Where pictures that come from outside are drawn anew. */
export interface Studio extends AsyncDisposable {
  /**
   * Draws a picture anew: upright, no larger than it is shown, with nothing in
   * it but its pixels.
   *
   * @throws {AppError} `bad-request` or `too-large` with why it can’t be used;
   *   `unavailable` when too many are waiting.
   */
  draw(bytes: Uint8Array, shape: Shape): Promise<Drawn>;
}

/** How a studio is run; milliseconds. */
interface Running {
  /** After how long without work its process ends, and gives back some 200 MB. */
  idle: number;
  /** The longest that one picture may take. */
  patience: number;
}

/** How many pictures may wait. */
const waitingMost = 16;

/** Opens a studio. Its process starts with the first picture, and takes one after the other. */
export function openStudio(
  { idle, patience }: Running = { idle: 10_000, patience: 120_000 },
): Studio {
  let process: Promise<ChildProcess> | undefined;
  let ending: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const end = async () => {
    const ended = process;
    process = undefined;
    await kill(await ended?.catch(() => undefined));
  };

  const work = async (order: Order): Promise<Drawn | Refusal> => {
    clearTimeout(ending);
    const late = AbortSignal.timeout(patience);
    try {
      process ??= start(late);
      const message = await exchange(await process, order, late);
      if ("drawn" in message) return message.drawn;
      if ("refused" in message) return message.refused;
      throw new Error("the program that draws pictures gave no answer");
    } catch (error) {
      await end();
      return { why: "beyond", detail: (error as Error).message };
    } finally {
      ending = setTimeout(() => void end(), idle).unref();
    }
  };

  return {
    async draw(bytes, shape) {
      demandPicture(bytes);
      if (waiting >= waitingMost) {
        throw new AppError(
          "unavailable",
          "Many pictures are being taken in here just now. Try again in a minute.",
        );
      }
      waiting += 1;
      try {
        const turn = last.then(() => work({ bytes, shape }));
        last = turn;
        const done = await turn;
        if ("why" in done) throw refusal(done);
        return done;
      } finally {
        waiting -= 1;
      }
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(ending);
      await end();
    },
  };
}

async function start(late: AbortSignal): Promise<ChildProcess> {
  const program = fork(new URL("draw.ts", import.meta.url), {
    serialization: "advanced",
    // It needs nothing of what the node was given: no passwords, no options.
    env: {},
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await next(program, late);
  return program;
}

async function exchange(program: ChildProcess, order: Order, late: AbortSignal): Promise<Message> {
  const answered = next(program, late);
  program.send(order);
  return await answered;
}

/** The next thing that it says, unless it ends or takes too long. */
function next(program: ChildProcess, late: AbortSignal): Promise<Message> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      program.off("message", heard).off("exit", ended).off("error", failed);
      late.removeEventListener("abort", tooLate);
      settle();
    };
    const heard = (message: unknown) => done(() => resolve(message as Message));
    const ended = (code: number | null, signal: string | null) =>
      done(() => reject(new Error(`the program that draws pictures ended (${signal ?? code})`)));
    const failed = (error: Error) => done(() => reject(error));
    const tooLate = () => done(() => reject(new Error("it took too long")));
    program.on("message", heard).on("exit", ended).on("error", failed);
    late.addEventListener("abort", tooLate);
  });
}

async function kill(program: ChildProcess | undefined): Promise<void> {
  if (program === undefined || program.exitCode !== null || program.signalCode !== null) return;
  const gone = new Promise((resolve) => program.once("exit", resolve));
  program.kill("SIGKILL");
  await gone;
}

/** Refuses at once what needn’t be tried. */
function demandPicture(bytes: Uint8Array): void {
  if (bytes.length > pictureBounds.file) {
    const size = (bytes.length / 1_000_000).toFixed(1);
    throw new AppError(
      "too-large",
      `The picture has ${size} MB. ${pictureBounds.file / 1_000_000} MB are the most: make it smaller, or save it as a JPEG.`,
    );
  }
  const recognised = recognise(bytes);
  if ("not" in recognised) {
    throw new AppError(
      "bad-request",
      `The file is ${recognised.not}. Choose a JPEG, PNG, WebP or GIF.`,
    );
  }
  if (recognised.kind === "PNG" && isAnimatedPng(bytes)) throw refusal({ why: "moves" });
}

function refusal(refused: Refusal): AppError {
  if (refused.why === "moves") {
    return new AppError(
      "bad-request",
      "The picture moves. Choose one that stands still, such as one of its frames.",
    );
  }
  if (refused.why === "large") {
    const { width, height, whole } = refused;
    const most = (whole ? pictureBounds.whole : pictureBounds.pixels) / 1_000_000;
    const why = whole ? " of one that is saved as this one is" : "";
    return new AppError(
      "too-large",
      `The picture has ${width} × ${height} pixels. ${most} million${why} are the most: make it smaller${whole ? ", or save it as a plain JPEG" : ""}.`,
    );
  }
  logger.info("a picture can’t be read: {detail}", { detail: refused.detail });
  if (refused.why === "beyond") {
    return new AppError(
      "too-large",
      "The picture asks more of this machine than it has. Make it smaller, or save it as a plain JPEG.",
      { cause: refused.detail },
    );
  }
  return new AppError(
    "bad-request",
    "The picture can’t be read: it is damaged or not complete. Save it again, and choose that file.",
    { cause: refused.detail },
  );
}
