import Vips from "wasm-vips";

/** A picture that is made for a test. */
interface Made {
  width: number;
  height: number;
  /** With its options, as libvips writes it: `.jpg[Q=90]`. */
  as: string;
  /** Where a camera says that it was, which nobody is to learn. */
  gps?: boolean;
  /** EXIF: how it is to be turned; 6 is a quarter to the right. */
  orientation?: number;
  /** Whether one sees through its left half. */
  clear?: boolean;
  /** Red, green and blue of an even ground; else it is like a photograph. */
  ground?: [number, number, number];
  /** How many frames it has, one below the other. */
  frames?: number;
}

let started: Promise<typeof Vips> | undefined;

/** The library itself, to look at what was drawn. */
function vips(): Promise<typeof Vips> {
  started ??= Vips({ dynamicLibraries: [], printErr: () => undefined });
  return started;
}

/** Makes a picture. */
export async function picture(made: Made): Promise<Uint8Array<ArrayBuffer>> {
  const { Image } = await vips();
  const { width, height, ground, frames = 1 } = made;
  // Another height of waves in each frame, or there would be nothing that moves.
  const waves = Image.sines(width, height * frames, { hfreq: 7, vfreq: 3.5, uchar: true });
  const photo = waves.bandjoin([waves.flipHor(), waves.flipVer()]);
  const even =
    ground && Image.black(width, height * frames, { bands: 3 }).linear([1, 1, 1], ground);
  let image = (even ?? photo).cast("uchar").copy({ interpretation: "srgb" });
  if (made.clear === true) {
    const right = Image.xyz(width, height * frames)
      .extractBand(0)
      .more(width / 2);
    image = image.bandjoin(right.cast("uchar"));
  }
  if (made.gps === true) {
    image.setString("exif-ifd0-Make", "Secret Camera");
    image.setString("exif-ifd3-GPSLatitude", "48/1 26/1 57/1");
    image.setString("exif-ifd3-GPSLongitude", "68/1 31/1 24/1");
  }
  if (made.orientation !== undefined) image.setInt("orientation", made.orientation);
  if (frames > 1) image.setInt("page-height", height);
  return new Uint8Array(image.writeToBuffer(made.as));
}

/** What a picture is when it is read again: its size, what it says besides, and a pixel of it. */
export async function lookAt(bytes: Uint8Array, x = 0, y = 0) {
  const { Image } = await vips();
  const image = Image.newFromBuffer(bytes);
  const fields = image.getFields();
  const names = Array.from({ length: fields.size() }, (_, at) => fields.get(at) ?? "");
  return {
    width: image.width,
    height: image.height,
    format: image.getString("vips-loader").replace("load_buffer", ""),
    metadata: names.filter((name) => /exif|icc|xmp|iptc|gps|orientation|comment/i.test(name)),
    pixel: image.getpoint(x, y),
  };
}
