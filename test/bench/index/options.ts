import { parseArgs } from "node:util";
import type { ContextSize } from "./listing.ts";

const parts = ["build", "search", "tables", "writes", "http"] as const;
export type Part = (typeof parts)[number];

const peers = ["postgres", "sqlite"] as const;
export type PeerName = (typeof peers)[number];

export interface Options {
  /** Listings. */
  n: number;
  seed: number;
  only: ReadonlySet<Part>;
  peers: ReadonlySet<PeerName>;
  /** Where the data and the index are kept, and taken from when they are there. */
  keep: string | undefined;
  context: ContextSize;
  /** A control group's folder, of which the node that is started becomes a part. */
  group: string | undefined;
}

/**
 * Reads `--n 100000 --seed 1 --only search,tables --peers none --keep FOLDER
 * --context full --group FOLDER`.
 */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      n: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      only: { type: "string", default: parts.join(",") },
      peers: { type: "string", default: peers.join(",") },
      keep: { type: "string" },
      context: { type: "string" },
      group: { type: "string" },
    },
  });
  const n = Number(values.n);
  if (!Number.isInteger(n) || n < 1000) throw new Error("--n must be a whole number from 1000 on");
  // Three million with our whole context would take 16 GB; with as little as any may write, 8.
  const context = values.context ?? (n > 1_000_000 ? "short" : "full");
  if (context !== "full" && context !== "short") throw new Error("--context is full or short");
  return {
    n,
    seed: Number(values.seed),
    only: chosen("--only", values.only, parts),
    peers: chosen("--peers", values.peers === "none" ? "" : values.peers, peers),
    keep: values.keep,
    context,
    group: values.group,
  };
}

function chosen<T extends string>(name: string, text: string, known: readonly T[]): Set<T> {
  const asked = text.split(",").filter((each) => each !== "");
  const unknown = asked.filter((each) => !known.includes(each as T));
  if (unknown.length > 0) {
    throw new Error(`${name}: there is no ${unknown.join(", ")}, but ${known.join(", ")}`);
  }
  return new Set(asked as T[]);
}
