/**
 * Chance that can be put to any place at once: what is drawn for the thing
 * `at` depends on the seed and on nothing that was drawn before, so that
 * several programs make the same data (mulberry32; not for secrets).
 */
export class Chance {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = Math.imul(seed + 1, 0x9e3779b1);
    this.#state = this.#seed;
  }

  /** Goes to a thing of the seed. */
  goTo(at: number): void {
    let mixed = (this.#seed ^ Math.imul(at + 1, 0x85ebca6b)) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
    this.#state = mixed ^ (mixed >>> 16);
  }

  /** 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 on, less than 1. */
  part(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number below this one. */
  below(end: number): number {
    return Math.floor(this.part() * end);
  }

  /** True in this share of all cases. */
  happens(share: number): boolean {
    return this.part() < share;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

/** Numbers from 0 on, each as often as its weight says, to some parts in a million. */
export class Weighted {
  readonly #slots = new Uint16Array(2 ** 20);

  /** @param weights At most 65,536. */
  constructor(weights: readonly number[]) {
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    let [reached, slot] = [0, 0];
    for (const [value, weight] of weights.entries()) {
      reached += weight;
      const end = Math.round((reached / whole) * this.#slots.length);
      this.#slots.fill(value, slot, end);
      slot = end;
    }
  }

  draw(chance: Chance): number {
    return this.#slots[chance.next() >>> 12] ?? 0;
  }
}

/** Weights that fall slowly: the first is some times the last, and none is lonely. */
export function falling(count: number, shift: number, power: number): number[] {
  return Array.from({ length: count }, (_, at) => (at + shift) ** -power);
}
