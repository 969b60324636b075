import { workerData } from "node:worker_threads";
import { answerAt, logThere } from "./door.ts";
import type { ReaderData } from "./parts.ts";
import { Reader } from "./reader.ts";

const reader = new Reader((workerData as ReaderData).file);
logThere();
answerAt(reader, () => {
  clearTimeout(timer);
  reader[Symbol.dispose]();
});

/** Between two looks at what is kept beside the index, milliseconds. */
const pause = 5000;

let timer = setTimeout(keepUp);

/** Between questions: takes the words that the writer has read, makes a snapshot. */
function keepUp(): void {
  try {
    reader.takeWords();
    reader.keepSnapshot();
  } catch {
    // There is no index to read, which the next question says.
  }
  timer = setTimeout(keepUp, pause);
}
