import type { Json } from "../coop/canonical-json.ts";

/**
 * Bytes of an object in an activity. Misskey takes activities of less than 64 KB
 * (`ActivityPubServerService.ts`); the rest is for addresses and signatures.
 */
export const objectSize = 56_000;

/** Bytes of a text as HTML: Mastodon cuts profiles after 20 kB. */
export const summarySize = 20_000;

/** Characters of an id that is kept and sent back. */
export const idLength = 2000;

/** The first of several forms that isn't too large, or else the last, which should be small. */
export function smallEnough<T extends Json>(
  most: number,
  form: () => T,
  ...smaller: (() => T)[]
): T {
  const made = form();
  const [next, ...rest] = smaller;
  const fits = Buffer.byteLength(JSON.stringify(made)) <= most;
  return fits || next === undefined ? made : smallEnough(most, next, ...rest);
}
