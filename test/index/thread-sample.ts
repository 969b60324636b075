import { workerData } from "node:worker_threads";
import { getLogger } from "@logtape/logtape";
import { AppError } from "../../src/errors.ts";
import { answerAt, logThere, tellNews } from "../../src/index/door.ts";

let begun = 0;

/** What the threads of the tests can be asked. */
const door = {
  add: (a: number, b: number) => a + b,
  whose: () => workerData as string,
  refuse: (): void => {
    throw new AppError("bad-request", "That is no question.");
  },
  die: (): void => process.exit(3),
  hang: (): void => {
    for (;;);
  },
  later: (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms)),
  /** Takes its time. */
  begin: () => new Promise<void>((resolve) => setTimeout(() => resolve(void begun++), 600)),
  begun: () => begun,
  news: (value: string) => tellNews(value),
  log: (text: string) => getLogger(["fragaria", "sample"]).warn("It is {text}", { text }),
};
export type Sample = typeof door;

if (workerData === "broken") throw new Error("can't even begin");
logThere();
answerAt(door, () => tellNews("closed"));
