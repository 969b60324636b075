import type { Reference } from "../store/records.ts";
import type { Cursor } from "./feed.ts";
import type { Clock, Replica } from "./replica.ts";
import { candidates, Gathering, merged, type Sealed } from "./sealed.ts";

/** Changes that are read at once, and items that are gathered before they are merged. */
const page = 1000;
const portion = 100_000;

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * Records are left out when they were issued so long before the present day
 * (UTC) began: a day before they expire. So all nodes leave out the same,
 * whenever they last looked for what has expired, and however their clocks
 * differ.
 */
export const reconciledFor = 399 * day;

/** A copy, and up to where in the log it has everything. */
export interface Copy extends Cursor {
  sealed: Sealed;
  /** The day, counted from 1970, by which records were left out. */
  day: number;
  /** When its making began, epoch ms. */
  read: number;
}

/**
 * A node's records as a sealed set, in memory. It is brought up to date from
 * the log of changes, and made anew every day, when the next records expire.
 */
export class SealedCopy {
  readonly #replica: Replica;
  readonly #clock: Clock;
  #copy: Copy | undefined;
  #making: Promise<Copy> | undefined;

  constructor(replica: Replica, clock: Clock) {
    this.#replica = replica;
    this.#clock = clock;
  }

  /** With everything that is in the log now. */
  async fresh(): Promise<Sealed> {
    // What is being made may have been begun before the last change.
    await this.#making?.catch(() => undefined);
    return (await this.#make()).sealed;
  }

  /** At most ten minutes old. One that is there is given at once, and renewed meanwhile. */
  async recent(): Promise<Copy> {
    const copy = this.#copy;
    const age = this.#clock.now() - (copy?.read ?? 0);
    if (copy === undefined || age > 10 * minute) return this.#make();
    if (age > minute) void this.#make().catch(() => undefined);
    return copy;
  }

  #make(): Promise<Copy> {
    this.#making ??= this.#read().then(
      (copy) => {
        this.#copy = copy;
        this.#making = undefined;
        return copy;
      },
      (error: unknown) => {
        this.#making = undefined;
        throw error;
      },
    );
    return this.#making;
  }

  async #read(): Promise<Copy> {
    const read = this.#clock.now();
    const today = Math.floor(read / day);
    const epoch = await this.#replica.epoch();
    const head = await this.#replica.head();
    const last = this.#copy;
    const goesOn =
      last !== undefined && last.epoch === epoch && last.day === today && last.seq <= head;
    let sealed = goesOn ? last.sealed : new Gathering().seal();
    let seq = goesOn ? last.seq : 0;
    // Nothing that is read for the first time can have taken the place of anything.
    const known = goesOn ? 0 : head;
    for (let more = true; more;) {
      const changed = new Map<string, Reference>();
      while (more && changed.size < portion) {
        const changes = await this.#replica.references(seq, page);
        for (const change of changes) changed.set(change.id, change);
        seq = changes.at(-1)?.seq ?? seq;
        more = changes.length === page;
        await this.#clock.sleep(0);
      }
      const added = new Gathering(sealed.hosts);
      const places = new Set<number>();
      for (const { id, seq, held } of changed.values()) {
        if (seq > known) {
          for (const place of candidates(sealed, held?.origin ?? new URL(id).host, id)) {
            places.add(place);
          }
        }
        if (held !== undefined && held.issued > today * day - reconciledFor) {
          added.add(held.origin, id, held.digest);
        }
      }
      const gone = await this.#gone(sealed, places);
      sealed = merged(sealed, gone, added.seal());
    }
    return { sealed, epoch, seq, day: today, read };
  }

  /** Those of these items that aren't held any more, as only the database knows. */
  async #gone(sealed: Sealed, places: Set<number>): Promise<number[]> {
    const digests = new Map(
      [...places].map((place) => [place, hexOf(sealed.ids(place, place + 1))]),
    );
    const held = await this.#replica.heldOf([...digests.values()]);
    return [...digests]
      .flatMap(([place, digest]) => (held.has(digest) ? [] : [place]))
      .toSorted((a, b) => a - b);
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
