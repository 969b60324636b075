import { parseArgs } from "node:util";
import type { ContextSize } from "./listing.ts";

const parts = ["build", "search", "tables", "writes", "http"] as const;
type Part = (typeof parts)[number];

const peers = ["postgres", "sqlite"] as const;
type PeerName = (typeof peers)[number];

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
 * Reads what is asked for:
 *
 * - `--n 3000000` listings; 100,000 without it. `--seed 2` makes others.
 * - `--only search,tables` of `build`, `search`, `tables`, `writes` and `http`.
 * - `--peers none`, or `postgres` or `sqlite` alone.
 * - `--keep FOLDER` keeps data and index there, and takes them from there the next
 *   time; PostgreSQL loads them anew. What `http` pulls from another node stays, so
 *   that hits differ afterwards by that.
 * - `--context short` for records with hardly any JSON-LD context, as other software
 *   may write them; usual above a million, so that three take 14 GB of disk with both
 *   peers. `full` is what we write.
 * - `--group FOLDER` starts the node of `http` in a control group that is there, so
 *   that its memory can be limited, the system's copies of its files included:
 *   `mkdir /sys/fs/cgroup/two && echo 2G > /sys/fs/cgroup/two/memory.max`, then
 *   `--only http --peers none --group /sys/fs/cgroup/two`. Without it `http` tells the
 *   working set: own memory, and what of the files was read since the start.
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
