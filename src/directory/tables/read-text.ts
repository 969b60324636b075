import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import type { TableSource } from "./table.ts";

/** The bytes of a source, piece by piece. */
export async function* chunksOf(source: TableSource): AsyncGenerator<Buffer> {
  if ("path" in source) {
    for await (const chunk of createReadStream(source.path)) yield chunk as Buffer;
    return;
  }
  const { bytes } = source;
  for (let at = 0; at < bytes.length; at += 65_536) {
    yield Buffer.from(bytes.subarray(at, at + 65_536));
  }
}

/** A piece of text; `broken` when what comes next is not UTF-8. */
export interface TextPiece {
  text: string;
  broken: boolean;
}

/**
 * Decodes UTF-8 exactly up to the first byte that isn't, so that whoever reads
 * the text knows where in it they are. A mark at the beginning (BOM) is left out.
 */
export async function* utf8Text(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TextPiece> {
  let rest: Uint8Array = Buffer.alloc(0);
  let first = true;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const cut = bytes.length - unfinished(bytes);
    const whole = bytes.subarray(0, cut);
    rest = bytes.subarray(cut);
    const broken = !isUtf8(whole);
    const text = (broken ? whole.subarray(0, firstFault(whole)) : whole).toString("utf8");
    yield { text: first ? text.replace(/^\uFEFF/, "") : text, broken };
    if (broken) return;
    if (whole.length > 0) first = false;
  }
  if (rest.length > 0) yield { text: "", broken: true };
}

/** How many bytes at the end begin a character that the next piece may finish. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue; // goes on
    const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** Where decoding and encoding again gives something else. */
function firstFault(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString("utf8"));
  const at = bytes.findIndex((byte, index) => byte !== again[index]);
  return at === -1 ? bytes.length : at;
}
