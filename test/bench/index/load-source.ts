/** Makes a node with listings of its own, signed: what another one can pull from it. */
import "../../../src/temporal.ts";
import { join } from "node:path";
import { openNode } from "../../../src/open-node.ts";
import { readConfig } from "../../../src/config.ts";
import { listingRecord } from "../../../src/coop/listing-record.ts";
import { signRecord } from "../../../src/coop/record.ts";
import { openIndex } from "../../../src/index/sqlite-index.ts";
import * as records from "../../../src/store/records.ts";
import { population } from "./coops.ts";
import { listingOf } from "./listing.ts";

export interface SourceLoad {
  seed: number;
  /** Its listings are those that the data would have behind so many. */
  after: number;
  count: number;
  env: Record<string, string>;
}

export interface SourceLoaded {
  bodyBytes: number;
}

const batch = 1000;

process.once("message", (load: SourceLoad) => void fill(load));

async function fill({ seed, after, count, env }: SourceLoad): Promise<void> {
  const data = population(seed, after + count);
  let bodyBytes = 0;
  {
    const config = readConfig(env);
    const { store, node } = await openNode(config, Date.now);
    await using _closing = store;
    const actor = `${node.origin}/actor`;
    const issued = Date.now() - count;
    for (let from = 0; from < count; from += batch) {
      const signed = Array.from({ length: Math.min(batch, count - from) }, (_, at) => {
        const listing = listingOf(data, data.coop(after + from + at), node.origin);
        return signRecord(listingRecord(actor, listing, issued + from + at), node.signing);
      });
      bodyBytes += signed.reduce((sum, { body }) => sum + body.length, 0);
      await store.db.transaction().execute((tx) => records.put(tx, signed, Date.now()));
    }
    // So that it has nothing else to do when somebody pulls from it.
    await using index = await openIndex(store.db, join(config.dataDir, "index.sqlite"));
    await index.catchUp();
  }
  process.send?.({ bodyBytes } satisfies SourceLoaded, () => process.disconnect());
}
