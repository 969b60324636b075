import { afterAll, describe, expect, it, vi } from "vitest";
import { isAnimatedPng, recognise } from "../../src/directory/pictures/kind.ts";
import { openStudio } from "../../src/directory/pictures/studio.ts";
import { lookAt, picture } from "../helpers/pictures.ts";

vi.setConfig({ testTimeout: 300_000 });

const studio = openStudio({ idle: 10_000, patience: 600_000 });
afterAll(() => studio[Symbol.asyncDispose]());

describe("a picture that is taken in", () => {
  it("is turned upright, made smaller, and says nothing of where it was taken", async () => {
    const camera = { width: 2400, height: 1600, as: ".jpg[Q=90]", gps: true, orientation: 6 };
    const photo = await picture(camera);
    expect((await lookAt(photo)).metadata).not.toEqual([]);
    expect(Buffer.from(photo).includes("Secret Camera")).toBe(true);
    const drawn = await studio.draw(photo, "post");
    expect(drawn).toMatchObject({ mediaType: "image/jpeg", width: 1280, height: 1920 });
    expect(await lookAt(drawn.bytes)).toMatchObject({
      format: "jpeg",
      width: 1280,
      height: 1920,
      metadata: [],
    });
    expect(Buffer.from(drawn.bytes).includes("Secret Camera")).toBe(false);
    expect(Buffer.from(drawn.bytes).includes("Exif")).toBe(false);
  });

  it("keeps its size where that is small, and its kind where it can be seen through", async () => {
    const clear = await picture({ width: 60, height: 40, as: ".webp[lossless]", clear: true });
    const drawn = await studio.draw(clear, "post");
    expect(drawn).toMatchObject({ mediaType: "image/png", width: 60, height: 40 });
    expect((await lookAt(drawn.bytes, 1, 1)).pixel[3]).toBe(0);
    expect((await lookAt(drawn.bytes, 59, 39)).pixel[3]).toBe(255);
    const gif = await picture({ width: 60, height: 40, as: ".gif", ground: [200, 30, 30] });
    expect(await studio.draw(gif, "post")).toMatchObject({ mediaType: "image/png", width: 60 });
  });

  it("becomes a square as a logo: cut, or on more of its even ground", async () => {
    const photo = await picture({ width: 900, height: 500, as: ".jpg" });
    expect(await studio.draw(photo, "icon")).toMatchObject({ width: 400, height: 400 });
    const words = await picture({ width: 900, height: 300, as: ".png", ground: [20, 120, 60] });
    const drawn = await studio.draw(words, "icon");
    expect(drawn).toMatchObject({ width: 400, height: 400, mediaType: "image/png" });
    expect((await lookAt(drawn.bytes, 5, 5)).pixel).toEqual([20, 120, 60]);
    const small = await picture({ width: 90, height: 50, as: ".jpg" });
    expect(await studio.draw(small, "icon")).toMatchObject({ width: 50, height: 50 });
  });

  it("is three times as wide as high over a profile", async () => {
    const photo = await picture({ width: 2000, height: 1500, as: ".jpg" });
    expect(await studio.draw(photo, "image")).toMatchObject({ width: 1500, height: 500 });
    const small = await picture({ width: 300, height: 300, as: ".jpg" });
    expect(await studio.draw(small, "image")).toMatchObject({ width: 300, height: 100 });
  });

  it("loses whatever hides behind it", async () => {
    const photo = await picture({ width: 80, height: 80, as: ".jpg" });
    const script = Buffer.from("<script>alert(1)</script>PK\x03\x04");
    const { bytes } = await studio.draw(Buffer.concat([photo, script]), "post");
    expect(Buffer.from(bytes).includes("script")).toBe(false);
    expect(Buffer.from(bytes).includes("PK")).toBe(false);
  });
});

describe("what can’t be used is refused in words:", () => {
  const refused = async (bytes: Uint8Array, code: string, words: RegExp) =>
    expect(studio.draw(bytes, "post")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });

  it.each([
    ["<svg xmlns='http://www.w3.org/2000/svg'/>", /an SVG drawing/],
    ["<?xml version='1.0'?><!-- x --><svg />", /an SVG drawing/],
    ["<!doctype html><img src=x onerror=alert(1)>", /a web page/],
    ["\0\0\0\x20ftypheic\0\0\0\0", /a HEIC, as iPhones take them/],
    ["\0\0\0\x20ftypavif\0\0\0\0", /an AVIF/],
    ["\0\0\0\x20ftypisom\0\0\0\0", /a video/],
    ["%PDF-1.7", /a PDF document/],
    ["II*\0", /a TIFF/],
    ["", /no picture/],
    ["GIF", /no picture/],
  ])("%j", async (text, words) => {
    await refused(Buffer.from(text, "latin1"), "bad-request", words);
  });

  it("one that moves", async () => {
    const moving = { width: 20, height: 20, frames: 3 };
    await refused(await picture({ ...moving, as: ".gif" }), "bad-request", /moves/);
    await refused(await picture({ ...moving, as: ".webp" }), "bad-request", /moves/);
    const still = await picture({ width: 20, height: 20, as: ".png" });
    const head = Buffer.from(still.subarray(0, 33));
    const control = Buffer.alloc(20);
    control.writeUInt32BE(8);
    control.write("acTL", 4);
    await refused(Buffer.concat([head, control, still.subarray(33)]), "bad-request", /moves/);
    expect(isAnimatedPng(still)).toBe(false);
    expect(isAnimatedPng(still.subarray(0, 12))).toBe(false);
  });

  it("one that is cut off, or damaged", async () => {
    for (const as of [".jpg", ".png", ".webp[lossless]", ".gif"]) {
      const whole = await picture({ width: 300, height: 200, as });
      const words = /damaged or not complete/;
      await refused(whole.subarray(0, whole.length / 2), "bad-request", words);
      await refused(whole.subarray(0, 24), "bad-request", words);
    }
  });

  it("one of more bytes or pixels than are read", async () => {
    await refused(new Uint8Array(10_000_001), "too-large", /has 10\.0 MB\. 10 MB are the most/);
    // 900 million pixels in a file of some bytes: only what its header says.
    const bomb = Buffer.from(await picture({ width: 8, height: 8, as: ".png" }));
    bomb.writeUInt32BE(30_000, 16);
    bomb.writeUInt32BE(30_000, 20);
    bomb.writeUInt32BE(crc(bomb.subarray(12, 29)), 29);
    await refused(bomb, "too-large", /has 30000 × 30000 pixels\. 40 million are the most/);
    const whole = await picture({
      width: 4100,
      height: 4000,
      as: ".png[interlace]",
      ground: [0, 0, 0],
    });
    await refused(whole, "too-large", /12\.5 million .* or save it as a plain JPEG/);
  });

  it("one after the other, and the next one is drawn all the same", async () => {
    await using own = openStudio({ idle: 1, patience: 600_000 });
    const good = await picture({ width: 30, height: 30, as: ".jpg" });
    const broken = good.subarray(0, 100);
    const done = await Promise.allSettled(
      [good, broken, good].map((bytes) => own.draw(bytes, "post")),
    );
    expect(done.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("one that takes too long", async () => {
    await using own = openStudio({ idle: 60_000, patience: 1 });
    const good = await picture({ width: 30, height: 30, as: ".jpg" });
    await expect(own.draw(good, "post")).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringContaining("asks more of this machine than it has"),
    });
  });
});

it("recognises a picture by what is in it", () => {
  expect(recognise(Buffer.from("RIFF....WEBPVP8 "))).toEqual({ kind: "WebP" });
  expect(recognise(Buffer.from("RIFF....WAVE"))).toEqual({ not: "no picture" });
});

/** The checksum of PNG’s chunks. */
function crc(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}
