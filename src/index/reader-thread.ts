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

/** Between two pieces of reading the words, and until they are looked at again, milliseconds. */
const soon = 20;
const later = 30_000;

let timer = setTimeout(keepWords, 1000);

/** Between questions: reads the words of the index, for typing errors and completion; makes a snapshot. */
function keepWords(): void {
  let more = false;
  try {
    more = reader.keepWords();
    if (!more) reader.keepSnapshot();
  } catch {
    // There is no index to read, which the next question says.
  }
  timer = setTimeout(keepWords, more ? soon : later);
}
