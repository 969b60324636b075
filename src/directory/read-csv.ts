import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { AppError } from "../errors.ts";

/**
 * Reads a CSV file row by row, in constant memory. The first row names the
 * columns.
 *
 * @throws {AppError} `bad-request` when the file can't be read, isn't UTF-8
 *   or isn't CSV, with the line at which that was seen.
 */
export async function* readCsv(file: string): AsyncGenerator<Record<string, string>> {
  const parser = parse({
    columns: true,
    bom: true,
    relax_column_count: false,
    skip_empty_lines: true,
  });
  const feed = async () => {
    try {
      for await (const text of utf8(file)) {
        if (!parser.write(text)) await new Promise((resolve) => parser.once("drain", resolve));
      }
      parser.end();
    } catch (error) {
      parser.destroy(error as Error);
    }
  };
  void feed();
  try {
    for await (const row of parser) yield row as Record<string, string>;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const { message } = cause as Error;
    throw new AppError("bad-request", `${file} can't be read as CSV: ${message}`, { cause });
  }
}

/** The text of a file, or one clear sentence about where it stops being UTF-8. */
async function* utf8(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let lines = 1;
  try {
    for await (const chunk of createReadStream(file)) {
      let text: string;
      try {
        text = decoder.decode(chunk as Buffer, { stream: true });
      } catch {
        const line = lines + lineOfFault(chunk as Buffer);
        throw new AppError(
          "bad-request",
          `${file} is not UTF-8 text (near line ${line}): save it as “CSV UTF-8” and try again`,
        );
      }
      for (const character of text) if (character === "\n") lines += 1;
      yield text;
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
    throw new AppError("bad-request", `${file} can't be read: ${why}`, { cause });
  }
}

function lineOfFault(chunk: Buffer): number {
  // Decoding leniently marks the first bad byte.
  const text = new TextDecoder("utf-8").decode(chunk);
  return text.slice(0, text.indexOf("\uFFFD")).split("\n").length - 1;
}
