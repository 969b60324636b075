import type { Shape } from "./bounds.ts";

/** What the program draw.ts is asked. */
export interface Order {
  bytes: Uint8Array;
  shape: Shape;
}

/** A picture that was drawn anew: pixels and nothing else. */
export interface Drawn {
  bytes: Uint8Array;
  mediaType: "image/jpeg" | "image/png";
  width: number;
  height: number;
}

/** Why it wasn’t drawn. */
export type Refusal =
  | { why: "broken"; detail: string }
  /** It took too long, or the program was ended, as for want of memory. */
  | { why: "beyond"; detail: string }
  | { why: "moves" }
  | { why: "large"; width: number; height: number; whole: boolean };

/** What draw.ts says: that it is ready, and then to each order one answer. */
export type Message = { ready: true } | { drawn: Drawn } | { refused: Refusal };
