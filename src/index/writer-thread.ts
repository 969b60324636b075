import { workerData } from "node:worker_threads";
import { open } from "../store/open.ts";
import { answerAt, logThere, tellNews } from "./door.ts";
import type { WriterData } from "./parts.ts";
import { openWriter, type Read, type Writer } from "./writer.ts";

/** How long a transaction may last while the index is far behind: nobody else waits for this thread. */
const longest = 200;

const { databaseUrl, file } = workerData as WriterData;
const opened = new AsyncDisposableStack();
let writer: Writer | undefined;

/** Opened when it is asked for first: so whoever asks is told what is wrong. */
async function writing(): Promise<Writer> {
  if (writer !== undefined) return writer;
  await using attempt = new AsyncDisposableStack();
  const { db } = attempt.use(await open(databaseUrl));
  writer = attempt.use(await openWriter({ db, file, longest, onProgress: tellNews }));
  opened.use(attempt.move());
  keepWords();
  return writer;
}

/** Between two pieces of reading the words, and until they are looked at again, milliseconds. */
const soon = 20;
const later = 5000;

let timer: NodeJS.Timeout | undefined;

/** Between other things. */
function keepWords(): void {
  let more = false;
  try {
    more = writer?.keepWords() ?? false;
  } catch {
    // What is wrong with the file is found out, and mended, when it is next written.
  }
  timer = setTimeout(keepWords, more ? soon : later);
}

logThere();
answerAt(
  {
    begin: async (): Promise<Read> => (await writing()).read,
    catchUp: async () => (await writing()).catchUp(),
    wipe: async () => (await writing()).wipe(),
  },
  () => {
    clearTimeout(timer);
    return opened.disposeAsync();
  },
  // Reading the log to its end may take an hour; the next start goes on with it.
  () => writer?.stop(),
);
