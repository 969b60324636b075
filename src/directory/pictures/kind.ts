/** The formats that are read. */
type PictureKind = "JPEG" | "PNG" | "WebP" | "GIF";

/** What the first bytes of a file say that it is; its name and its type say what they like. */
export type Recognised =
  | { kind: PictureKind }
  /** What else it is, as a sentence goes on: “… a PDF document”. */
  | { not: string };

/** What people upload instead: with which characters it begins, and where. */
const others: [at: number, beginnings: string[], what: string][] = [
  [0, ["%PDF"], "a PDF document"],
  [0, ["PK\x03\x04"], "a ZIP archive or an office document"],
  [0, ["II*\0", "MM\0*"], "a TIFF"],
  [0, ["BM"], "a Windows bitmap"],
  [0, ["\0\0\x01\0"], "a Windows icon"],
  [0, ["\xff\x0a", "\0\0\0\x0cJXL "], "a JPEG XL"],
  [4, ["ftypavif", "ftypavis"], "an AVIF"],
  [4, ["ftyphei", "ftyphevc", "ftypmif1", "ftypmsf1"], "a HEIC, as iPhones take them"],
  [4, ["ftyp"], "a video"],
];

/** Recognises a file by its first bytes. */
export function recognise(bytes: Uint8Array): Recognised {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString("latin1");
  if (head.startsWith("\xff\xd8\xff")) return { kind: "JPEG" };
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return { kind: "PNG" };
  if (/^GIF8[79]a/.test(head)) return { kind: "GIF" };
  if (/^RIFF[^]{4}WEBP/.test(head)) return { kind: "WebP" };
  const text = head.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (text.startsWith("<")) {
    return { not: /<svg[\s/>]/i.test(text) ? "an SVG drawing" : "a text, such as a web page" };
  }
  const [, , not] =
    others.find(([at, beginnings]) => beginnings.some((each) => head.startsWith(each, at))) ?? [];
  return { not: not ?? "no picture" };
}

/**
 * Whether a PNG is animated: it has an `acTL` chunk before its first `IDAT`
 * (PNG, third edition, §11.3.6). Readers that don’t know it see the first frame.
 */
export function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; at += view.getUint32(at) + 12) {
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString("latin1");
    if (type === "acTL") return true;
    if (type === "IDAT") return false;
  }
  return false;
}
