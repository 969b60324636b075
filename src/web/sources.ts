import type { JsonObject } from "../coop/canonical-json.ts";
import { Listing } from "../coop/listing.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";

/** A register or data set that listings here come from, and what its licence asks for. */
export type Source = Partial<
  Record<Extract<keyof Listing["provenance"], "isBasedOn" | "creditText" | "license">, string>
>;

/** What was found out about one database: how far its log has been read, and what stood there. */
interface Reading {
  seq: number;
  sources: Map<string, Source>;
}

const readings = new WeakMap<Db, Reading>();

/** So many records are looked at for one request; the next one goes on from there. */
const most = 5000;

/**
 * The sources that listings name. A reader of the change log like any other,
 * which moves on when somebody asks.
 */
export async function knownSources(db: Db): Promise<Source[]> {
  const reading = readings.get(db) ?? { seq: 0, sources: new Map<string, Source>() };
  readings.set(db, reading);
  for (let read = 0; read < most;) {
    const rows = await records.after(db, reading.seq, 500);
    for (const row of rows) {
      if (row.kind === "listing") note(reading, row.body);
      reading.seq = Math.max(reading.seq, Number(row.seq));
    }
    read += rows.length;
    if (rows.length < 500) break;
  }
  return [...reading.sources.values()];
}

function note({ sources }: Reading, body: Uint8Array): void {
  // Most of the work is in reading JSON; most records can be passed over without.
  if (!Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes('"kind":"imported"'))
    return;
  const { about } = JSON.parse(new TextDecoder().decode(body)) as JsonObject;
  const read = Listing.shape.provenance.safeParse(
    (about as JsonObject | undefined)?.["provenance"],
  );
  if (!read.success || read.data.kind !== "imported") return;
  const { isBasedOn, creditText, license } = read.data;
  const source = {
    ...(isBasedOn && { isBasedOn }),
    ...(creditText && { creditText }),
    ...(license && { license }),
  };
  if (Object.keys(source).length > 0) sources.set(JSON.stringify(source), source);
}
