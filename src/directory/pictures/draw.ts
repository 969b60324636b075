/**
 * A program of its own, started by studio.ts: reads pictures that anybody may
 * have made up, and draws them anew. Decoders run as WebAssembly, so that a
 * picture that breaks one has nothing to reach; and what the process has used
 * is given back when it ends.
 */
import { writeFile } from "node:fs/promises";
import { setPriority } from "node:os";
import Vips from "wasm-vips";
import { pictureBounds, shownSize } from "./bounds.ts";
import type { Drawn, Message, Order, Refusal } from "./drawing.ts";

type Image = Vips.Image;

/** Up to so many bytes a picture that can be seen through keeps all its colours. */
const exactMost = 512 * 1024;

const vips = await Vips({
  dynamicLibraries: [],
  print: () => undefined,
  printErr: () => undefined,
});
vips.concurrency(1);
vips.Cache.max(0);
vips.operationBlock("VipsForeignLoad", true);
for (const format of ["Jpeg", "Png", "Webp", "Nsgif"]) {
  vips.operationBlock(`VipsForeignLoad${format}`, false);
}

/** The header of a picture, read before any of its pixels. */
interface Head {
  width: number;
  height: number;
  pages: number;
  /** Whether it has to be unpacked as a whole. */
  whole: boolean;
}

function headOf(bytes: Uint8Array): Head {
  using image = vips.Image.newFromBuffer(bytes, "", { access: "sequential", fail_on: "error" });
  const has = (field: string) => image.getTypeof(field) !== 0;
  const turned = has("orientation") && image.getInt("orientation") >= 5;
  const loader = image.getString("vips-loader");
  return {
    width: turned ? image.height : image.width,
    height: turned ? image.width : image.height,
    pages: has("n-pages") ? image.getInt("n-pages") : 1,
    whole: has("interlaced") || /^(webp|gif)/.test(loader),
  };
}

function draw({ bytes, shape }: Order): Drawn | Refusal {
  const head = headOf(bytes);
  const { width, height, pages, whole } = head;
  if (pages > 1) return { why: "moves" };
  const most = whole ? pictureBounds.whole : pictureBounds.pixels;
  if (width * height > most) return { why: "large", width, height, whole };
  using small = shape === "icon" ? square(bytes, head) : fit(bytes, shape, head);
  const coded = encode(small, bytes[0] === 0xff);
  return { ...coded, width: small.width, height: small.height };
}

/** No larger than it is shown; the wide picture of a profile cut to its proportions. */
function fit(bytes: Uint8Array, shape: "post" | "image", { width, height }: Head): Image {
  const box = shownSize[shape];
  if (shape === "post") return shrink(bytes, box);
  // Never larger than it was: nothing is won by that.
  const scale = Math.min(1, width / box.width, height / box.height);
  const sides = { width: Math.ceil(box.width * scale), height: Math.ceil(box.height * scale) };
  return shrink(bytes, sides, true);
}

/**
 * A square. What lies on an even ground, as most marks and names in letters
 * do, gets more of that ground; of everything else the middle is cut out.
 */
function square(bytes: Uint8Array, head: Head): Image {
  const box = shownSize.icon;
  const whole = shrink(bytes, box);
  const { width, height } = whole;
  if (width === height) return whole;
  using _uncut = whole;
  const ground = evenGround(whole);
  if (ground === undefined) {
    const side = Math.min(box.width, head.width, head.height);
    return shrink(bytes, { width: side, height: side }, true);
  }
  const side = Math.max(width, height);
  return whole.gravity("centre", side, side, { extend: "background", background: ground });
}

/** The colour of all four corners, if they have the same. */
function evenGround(image: Image): number[] | undefined {
  const [right, bottom] = [image.width - 1, image.height - 1];
  const corner = image.getpoint(0, 0);
  const others = [
    image.getpoint(right, 0),
    image.getpoint(0, bottom),
    image.getpoint(right, bottom),
  ];
  const same = others.every((other) =>
    other.every((value, band) => Math.abs(value - (corner[band] ?? 0)) <= 8),
  );
  return same ? corner : undefined;
}

/** Turned upright, in sRGB with eight bits, and no larger than this. */
function shrink(
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
  cut = false,
): Image {
  using image = vips.Image.thumbnailBuffer(bytes, width, {
    height,
    size: "down",
    ...(cut && { crop: "centre" }),
    output_profile: "srgb",
    // `fail_on` doesn't reach the decoder from here, but this does.
    option_string: "[fail_on=error]",
  });
  using eight = eightBit(image);
  // A file is read once, from its beginning to its end.
  using pixels = eight.copyMemory();
  return opaque(pixels);
}

function eightBit(image: Image): Image {
  const grey = image.bands < 3;
  if (image.format === "uchar") return image.copy();
  return image.colourspace(grey ? "b-w" : "srgb").cast("uchar");
}

/** Without its alpha channel, where nothing shines through. */
function opaque(image: Image): Image {
  if (!image.hasAlpha()) return image.copy();
  using alpha = image.extractBand(image.bands - 1);
  return alpha.min() === 255 ? image.extractBand(0, { n: image.bands - 1 }) : image.copy();
}

/** Without any metadata: as PNG what has hard edges or can be seen through, else as JPEG. */
function encode(image: Image, photo: boolean): Pick<Drawn, "bytes" | "mediaType"> {
  const png = (bytes: Uint8Array) => ({ bytes, mediaType: "image/png" as const });
  const exact = () => image.pngsaveBuffer({ compression: 9, keep: "none" });
  if (image.hasAlpha()) {
    const bytes = exact();
    if (bytes.length <= exactMost) return png(bytes);
    return png(image.pngsaveBuffer({ palette: true, keep: "none" }));
  }
  const jpeg = image.jpegsaveBuffer({ Q: 82, optimize_coding: true, keep: "none" });
  const drawing = photo ? undefined : exact();
  if (drawing !== undefined && drawing.length < 2 * jpeg.length) return png(drawing);
  return { bytes: jpeg, mediaType: "image/jpeg" };
}

function answer(order: Order): Message {
  try {
    const done = draw(order);
    return "why" in done ? { refused: done } : { drawn: done };
  } catch (error) {
    return { refused: { why: "broken", detail: (error as Error).message } };
  }
}

function say(message: Message): void {
  process.send?.(message);
}

// Requests go first; and when memory runs out, this is what the kernel ends.
setPriority(5);
await writeFile("/proc/self/oom_score_adj", "1000").catch(() => undefined);
process.on("message", (order: Order) => say(answer(order)));
process.on("disconnect", () => process.exit());
say({ ready: true });
