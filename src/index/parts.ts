import type { Db } from "../store/schema.ts";
import { Reader } from "./reader.ts";
import { answerHere, type Asked, startThreads } from "./threads.ts";
import { openWriter, type Read, type Writer } from "./writer.ts";

/** Who answers from the file of an index, and who writes it. */
export interface Parts extends AsyncDisposable {
  readonly readers: Asked<Reader>;
  readonly writer: Asked<Pick<Writer, "catchUp" | "wipe">>;
  /** How far the log was read when the file was opened. */
  readonly read: Read;
}

/** What a thread that writes is told at its start. */
export interface WriterData {
  databaseUrl: string;
  file: string;
}

/** What one that reads is told. */
export interface ReaderData {
  file: string;
}

/** The longest that a question to the index may take, in milliseconds. */
const longest = 15_000;

type OnProgress = (read: Read) => void;

/**
 * Reads and writes in this thread: for an index that is small, or in memory.
 *
 * @throws {AppError} `bad-config` or `unavailable` when the file can't be written.
 */
export async function partsHere(db: Db, file: string, onProgress: OnProgress): Promise<Parts> {
  const writer = await openWriter({ db, file, onProgress });
  const reader = new Reader(file === ":memory:" ? writer : file);
  return joined(
    answerHere(reader, () => reader[Symbol.dispose]()),
    answerHere(writer, () => writer[Symbol.asyncDispose]()),
    writer.read,
  );
}

/**
 * Reads and writes in threads of their own, so that neither a search nor many
 * new records hold up whatever else a node does.
 *
 * @param readers How many searches can be answered at once.
 * @throws {AppError} As above.
 */
export async function partsInThreads(
  { databaseUrl, file }: WriterData,
  readers: number,
  onProgress: OnProgress,
): Promise<Parts> {
  const reading = startThreads<Reader>({
    module: new URL("reader-thread.ts", import.meta.url),
    data: { file } satisfies ReaderData,
    count: readers,
    limit: longest,
    first: "refresh",
  });
  const writing = startThreads<Pick<Writer, "catchUp" | "wipe"> & { begin(): Promise<Read> }>({
    module: new URL("writer-thread.ts", import.meta.url),
    data: { databaseUrl, file } satisfies WriterData,
    count: 1,
    onNews(read) {
      onProgress(read as Read);
      // So that the next question needn't.
      reading.tell("refresh");
    },
  });
  const parts = joined(reading, writing, { seq: 0, epoch: "" });
  try {
    return { ...parts, read: await writing.ask("begin") };
  } catch (error) {
    await parts[Symbol.asyncDispose]();
    throw error;
  }
}

function joined(readers: Parts["readers"], writer: Parts["writer"], read: Read): Parts {
  return {
    readers,
    writer,
    read,
    async [Symbol.asyncDispose]() {
      await readers[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
    },
  };
}
