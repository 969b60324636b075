/** What may be uploaded, and what becomes of it. */
export const pictureBounds = {
  /** Bytes of a file that is uploaded. */
  file: 10_000_000,
  /** Pixels of a picture that can be read line by line: some 320 MB of memory at most. */
  pixels: 40_000_000,
  /**
   * Pixels of one that has to be unpacked as a whole, as progressive and
   * interlaced ones, WebP and GIF have: some 480 MB at most. Cameras of phones
   * take 12.2 million.
   */
  whole: 12_500_000,
  /** Pictures of a post, as Mastodon shows no more (MEDIA_ATTACHMENTS_LIMIT). */
  perPost: 4,
  /** All files of a form together. */
  form: 24_000_000,
  /** Characters of an alternative text, as on Mastodon. */
  name: 1500,
  /** Pictures of a co-op. */
  perCoop: 10_000,
} as const;

/** What a picture is for. */
export type Shape = "post" | "icon" | "image";

/**
 * The pixels that are kept: of a post the longer side, of a profile what
 * Mastodon shows (400×400 and 1500×500).
 */
export const shownSize = {
  post: { width: 1920, height: 1920 },
  icon: { width: 400, height: 400 },
  image: { width: 1500, height: 500 },
} as const satisfies Record<Shape, { width: number; height: number }>;
