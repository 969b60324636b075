import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { nameOf, tableFault, type TableSource } from "./table.ts";

/** What may come out of one file of an archive. */
const bounds = {
  /** Files in the archive. */
  entries: 1000,
  /** Bytes that may always come out, however well they were packed. */
  always: 10_000_000,
  /** Beyond that: how many times the packed bytes. Spreadsheets reach 30. */
  ratio: 100,
} as const;

interface Entry {
  method: number;
  packed: number;
  crc: number;
  /** Where its local header begins. */
  at: number;
}

/** An open ZIP archive; the files in it are read one at a time. */
export interface Zip extends AsyncDisposable {
  has(entry: string): boolean;
  /**
   * The bytes of a file in the archive, checked against its checksum.
   *
   * @param most Bytes that may come out, counted as they do: what the archive
   *   says of its sizes is not believed.
   */
  read(entry: string, most: number): AsyncGenerator<Buffer>;
}

/**
 * Opens a ZIP archive by its directory at the end (APPNOTE 4.3.16). Archives
 * of several parts, with passwords or of more than 4 GB are refused.
 *
 * @throws {AppError} `bad-request` for what isn't whole, or unpacks to more
 *   than it may.
 */
export async function openZip(source: TableSource): Promise<Zip> {
  const name = nameOf(source);
  const damaged = (why: string, cause?: unknown) =>
    tableFault(name, {}, `the file is damaged or breaks off (${why}): save it again`, { cause });
  const file = await openBytes(source);
  try {
    const entries = await readDirectory(file, damaged);
    return {
      has: (entry) => entries.has(entry),
      read: (entry, most) => {
        const found = entries.get(entry);
        if (found === undefined) throw damaged(`${entry} is missing`);
        return unpack(file, name, entry, found, most, damaged);
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Bytes {
  size: number;
  read(from: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

async function openBytes(source: TableSource): Promise<Bytes> {
  if ("bytes" in source) {
    const all = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
    return {
      size: all.length,
      read: (from, length) => Promise.resolve(all.subarray(from, from + length)),
      close: () => Promise.resolve(),
    };
  }
  const file = await open(source.path);
  const { size } = await file.stat();
  return {
    size,
    async read(from, length) {
      const wanted = Math.max(0, Math.min(length, size - from));
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, from);
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

type Damaged = (why: string, cause?: unknown) => Error;

async function readDirectory(file: Bytes, damaged: Damaged): Promise<Map<string, Entry>> {
  // The end record has 22 bytes and a comment of at most 65,535.
  const tail = await file.read(Math.max(0, file.size - 65_557), 65_557);
  const end = tail.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end === -1 || tail.length < end + 22) throw damaged("its directory is missing");
  const count = tail.readUInt16LE(end + 10);
  const [length, from] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count > bounds.entries) throw damaged(`it has ${count} parts`);
  if (from + length > file.size) throw damaged("its directory is not where it should be");
  const directory = await file.read(from, length);
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) {
      throw damaged("its directory can’t be read");
    }
    const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const entry = directory.toString("utf8", at + 46, nameEnd);
    if ((flags & 1) === 1) throw damaged(`${entry} has a password`);
    if (entries.has(entry)) throw damaged(`${entry} is in it twice`);
    entries.set(entry, {
      method,
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      at: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function* unpack(
  file: Bytes,
  name: string,
  entry: string,
  { method, packed, crc, at }: Entry,
  most: number,
  damaged: Damaged,
): AsyncGenerator<Buffer> {
  const header = await file.read(at, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) {
    throw damaged(`${entry} is not where it should be`);
  }
  const from = at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (from + packed > file.size) throw damaged(`${entry} is not whole`);
  const limit = Math.min(most, Math.max(bounds.always, packed * bounds.ratio));
  let [unpacked, checksum] = [0, 0];
  try {
    for await (const chunk of inflated(method, piecesOf(file, from, packed))) {
      unpacked += chunk.length;
      if (unpacked > limit) {
        throw tableFault(
          name,
          {},
          `the file unpacks to more than ${Math.floor(limit / 1_000_000)} MB (${entry}), which no spreadsheet of its size does`,
        );
      }
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code?.startsWith("Z_") !== true) throw cause;
    throw damaged(`${entry} can’t be unpacked`, cause);
  }
  if (checksum !== crc) throw damaged(`${entry} has another checksum`);
}

function inflated(method: number, pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const stored = Readable.from(pieces);
  if (method === 0) return stored as AsyncIterable<Buffer>;
  const inflate = createInflateRaw();
  stored.once("error", (error) => inflate.destroy(error));
  return stored.pipe(inflate) as AsyncIterable<Buffer>;
}

async function* piecesOf(file: Bytes, from: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += 65_536) {
    yield await file.read(from + at, Math.min(65_536, length - at));
  }
}
