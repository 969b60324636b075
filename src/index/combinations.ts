/** What keys stand for: numbers of values, and the combinations in which they occur. */
export interface Combinations {
  /** By number, in the order in which they were met. */
  values: string[];
  /** By key. */
  ofKey: Uint32Array;
  /** By combination: the numbers of its values; none where a key stands for nothing. */
  members: (readonly number[])[];
}

/**
 * Combinations of the values of keys, found out once for each key: dictionaries
 * only grow. Keys that stand for the same values are one combination, of which
 * there are few.
 */
export class GrowingCombinations {
  readonly #values: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #members: (readonly number[])[] = [];
  readonly #known = new Map<string, number>();
  #ofKey = new Uint32Array(0);
  #size = 0;

  /**
   * @param size How many keys there are now.
   * @param valuesOf What a key stands for.
   */
  upTo(size: number, valuesOf: (key: number) => readonly string[]): Combinations {
    if (size > this.#ofKey.length) {
      const larger = new Uint32Array(Math.ceil(size * 1.25));
      larger.set(this.#ofKey);
      this.#ofKey = larger;
    }
    for (; this.#size < size; this.#size++) {
      this.#ofKey[this.#size] = this.#comboOf(valuesOf(this.#size));
    }
    return { values: this.#values, ofKey: this.#ofKey, members: this.#members };
  }

  #comboOf(values: readonly string[]): number {
    const members = values.map((value) => {
      const known = this.#numbers.get(value);
      if (known !== undefined) return known;
      this.#numbers.set(value, this.#values.length);
      return this.#values.push(value) - 1;
    });
    const text = members.join();
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, this.#members.length);
    return this.#members.push(members) - 1;
  }
}
