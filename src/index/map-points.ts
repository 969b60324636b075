import { Precision } from "../coop/codes.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import type { MapPoint } from "./directory-index.ts";
import type { Single } from "./map.ts";

/**
 * What a map says of single co-ops. Their listings were checked when they were
 * indexed; to read all of two hundred of them would take a tenth of a second.
 * What is gone since is left out.
 */
export async function pointsOf(db: Db, singles: Single[]): Promise<MapPoint[]> {
  const held = await records.byIds(
    db,
    singles.map(({ record }) => record),
  );
  return singles.flatMap(({ record: id, latitude, longitude }) => {
    const record = held.get(id);
    if (record?.kind !== "listing") return [];
    const { about } = JSON.parse(Buffer.from(record.body).toString("utf8")) as {
      about: { id: string; name: string; location?: { precision?: unknown } };
    };
    const precision = Precision.safeParse(about.location?.precision).data;
    return {
      id: about.id,
      name: about.name,
      latitude,
      longitude,
      precision,
    };
  });
}
