/** Chance that comes out the same every time from the same seed. */
export interface Chance {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from 0 up to, but not including, this one. */
  below(most: number): number;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): T[];
}

/** The chance of this run: by SEED of the environment, or any. The seed is printed. */
export function chance(name: string): Chance {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`${name}: SEED=${seed}`);
  return chanceOf(seed);
}

/** The chance of a seed. */
export function chanceOf(seed: number): Chance {
  const next = mulberry32(seed);
  const below = (most: number) => Math.floor(next() * most);
  return {
    next,
    below,
    pick<T>(from: readonly T[]): T {
      return from[below(from.length)] as T;
    },
    shuffled(from) {
      const keyed = from.map((each) => ({ each, key: next() }));
      return keyed.toSorted((a, b) => a.key - b.key).map(({ each }) => each);
    },
  };
}

/** Numbers from 0 up to, but not including, 1: the same from the same seed. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
