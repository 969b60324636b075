import type { KeyObject } from "node:crypto";
import { acceptRecord } from "../coop/record.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import { dropVersions } from "./expire.ts";

/** Records looked at at once. */
const portion = 100;

/**
 * Deletes the records of a host that no key of it verifies any more, without a
 * floor: what its node signs again comes in, even if it is no newer.
 *
 * @param keyOf As in {@link acceptRecord}.
 * @returns How many were deleted.
 */
export async function dropUnverified(
  db: Db,
  host: string,
  keyOf: (method: string, issued: number) => KeyObject | undefined,
  insecure: boolean,
): Promise<number> {
  let dropped = 0;
  for (let after = ""; ;) {
    const page = await records.ofOrigin(db, host, portion, { after });
    const unverified = page.filter(({ body, issued }) => {
      // By the clock of its time: whether it has expired is not the question here.
      const accepted = acceptRecord(body, { now: Number(issued), insecure, keyOf });
      return "refused" in accepted;
    });
    await dropVersions(
      db,
      unverified.map(({ digest }) => digest),
    );
    dropped += unverified.length;
    if (page.length < portion) return dropped;
    after = page.at(-1)?.id ?? "";
  }
}
