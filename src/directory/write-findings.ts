import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { AppError } from "../errors.ts";
import type { Finding } from "./plan-import.ts";
import { writeCsv } from "./write-csv.ts";

/** What findings are called, for people. */
const findingWords: Record<Finding["kind"], string> = {
  refused: "refused",
  doubtful: "doubtful",
  alike: "perhaps twice",
  gone: "gone",
};

/** A report that is being written. */
export interface FindingsFile extends AsyncDisposable {
  note: (finding: Finding) => void;
}

/**
 * Writes every finding of an import to a CSV file, in the order in which they
 * are found. Disposing of it ends the file.
 *
 * @throws {AppError} `bad-request` at the end, when it could not be written.
 */
export function writeFindings(path: string): FindingsFile {
  const stream = createWriteStream(path, { mode: 0o600 });
  // Waited for at the end; without this an early failure would end the process.
  const ended = finished(stream).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  stream.write(writeCsv([["row", "what", "name", "why"]]));
  return {
    note({ row, kind, name, why }) {
      const line = writeCsv([[row === 0 ? "" : String(row), findingWords[kind], name, why]]);
      stream.write(line.slice(1)); // the mark of UTF-8 stands once, at the beginning
    },
    async [Symbol.asyncDispose]() {
      stream.end();
      const error = await ended;
      if (error === undefined) return;
      throw new AppError("bad-request", `the report can’t be written: ${error.message}`);
    },
  };
}
