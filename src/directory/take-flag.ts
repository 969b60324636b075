import * as flags from "../store/flags.ts";
import type { Db, Tx } from "../store/schema.ts";

/** How many are kept at once. */
const mostFlags = 2000;

/** Characters that are kept of what a report says, and URLs that it can be about. */
export const flagSize = { content: 2000, objects: 50 } as const;

/** Keeps what another server reports, for whoever runs this one. One too many is let lie. */
export async function takeFlag(db: Db, flag: Omit<flags.Flag, "settled">): Promise<void> {
  await db.transaction().execute((tx) => write(tx, flag));
}

async function write(tx: Tx, flag: Omit<flags.Flag, "settled">): Promise<void> {
  if ((await flags.count(tx)) >= mostFlags) return;
  await flags.add(tx, { ...flag, settled: null });
}
