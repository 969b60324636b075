/** Slows down whoever guesses passwords, by the account that is tried. */
export interface Throttle {
  /**
   * Counts a try before it is made, so that many at once gain nothing.
   *
   * @returns 0, or for how many seconds there may be none.
   */
  enter(key: string, now: number): number;
  /** Forgets the tries: the password was right. */
  pass(key: string): void;
}

/** A typing error or two is nothing unusual. */
const free = 5;
/** The longest wait, in milliseconds: 4,320 guesses a day, and nobody is kept out for long. */
const most = 20_000;
/** After this time without a try the count begins anew. */
const forgotten = 3_600_000;
/** Of so many names the tries are counted; the name that was tried longest ago gives way. */
const names = 10_000;

/** A throttle in the memory of this process. */
export function createThrottle(): Throttle {
  const tries = new Map<string, { count: number; last: number; until: number }>();
  return {
    enter(key, now) {
      const known = tries.get(key);
      if (known !== undefined && now < known.until) return Math.ceil((known.until - now) / 1000);
      const count = known === undefined || now - known.last > forgotten ? 1 : known.count + 1;
      const wait = count < free ? 0 : Math.min(most, 1000 * 2 ** (count - free));
      // Set anew, so that the map is in the order of the last try.
      tries.delete(key);
      tries.set(key, { count, last: now, until: now + wait });
      if (tries.size > names) tries.delete(tries.keys().next().value ?? "");
      return 0;
    },
    pass: (key) => void tries.delete(key),
  };
}
