import { hash } from "node:crypto";
import type { SignedRecord } from "../../../src/coop/record.ts";
import { readCursor, writeCursor } from "../../../src/replication/feed.ts";
import type { VirtualClock } from "../../helpers/virtual-clock.ts";
import { type Mask, ndjson } from "./node.ts";
import type { Answer, Asked } from "./world.ts";

/** Takes everything and passes nothing on, and says in repairs that it has nothing more, either. */
export const silent: Mask = { shows: () => false };

/** Passes on what comes from half of the hosts. */
export const withholding: Mask = {
  shows: ({ origin }) => hash("sha256", origin, "buffer").readUInt8(0) % 2 === 0,
};

/** Passes nothing on but older versions, again and again. */
export function replaying(clock: VirtualClock, old: SignedRecord[]): Mask {
  return {
    shows: () => false,
    answers: (_node, asked) =>
      isFeed(asked) ? endlessly(clock, asked, old.map(lineOf)) : undefined,
  };
}

/** Passes nothing on but what is no record, as fast as it is asked. */
export function flooding(clock: VirtualClock): Mask {
  const garbage = Array.from({ length: 100 }, (_, at) => {
    const body = Buffer.from(JSON.stringify({ id: `https://flood.example/${at}`, at }));
    return lineOf({ digest: hash("sha256", body), body });
  });
  return {
    shows: () => false,
    answers: (_node, asked) => (isFeed(asked) ? endlessly(clock, asked, garbage) : undefined),
  };
}

function isFeed({ url }: Asked): boolean {
  return url.pathname === "/dir/v1/changes";
}

function lineOf({ digest, body }: Pick<SignedRecord, "digest" | "body">) {
  const rest = `,"digest":"${digest}","record":${Buffer.from(body).toString()}}`;
  return (seq: number) => Buffer.from(`{"seq":${seq}${rest}`);
}

/** A page of these lines, whatever was asked, and a cursor that never ends. */
async function endlessly(
  clock: VirtualClock,
  { url }: Asked,
  lines: ((seq: number) => Uint8Array)[],
): Promise<Answer> {
  const { epoch, seq } = readCursor(url.searchParams.get("after") ?? "") ?? { epoch: "", seq: 0 };
  const next = { epoch: epoch || url.host.replace(".example", ""), seq: seq + lines.length };
  const page = lines.map((line, at) => line(seq + at + 1));
  await clock.sleep(0);
  return ndjson(page, { "dir-next": writeCursor(next) });
}
