import { readFileSync } from "node:fs";
import { cosine, distance, type Point } from "../../coop/earth.ts";

/** A town by whose name one finds one's way on a map. */
export interface Town extends Point {
  name: string;
}

let known: Town[] | undefined;

/** Large towns of all countries (data/README.md), the best known first; read when first asked for. */
export function towns(): Town[] {
  if (known !== undefined) return known;
  const file = readFileSync(new URL("../data/towns.json", import.meta.url), "utf8");
  const rows = JSON.parse(file) as [name: string, latitude: number, longitude: number][];
  known = rows.map(([name, latitude, longitude]) => ({ name, latitude, longitude }));
  return known;
}

/** Farther away than this, km, a town says little about where something is. */
const tooFar = 250;

/** The town to which a place is nearest, if there is one at all near. */
export function nearestTown(from: Point): Town | undefined {
  const squeeze = cosine(from.latitude);
  let best: Town | undefined;
  let least = Infinity;
  for (const town of towns()) {
    const across = (town.longitude - from.longitude) * squeeze;
    const far = across * across + (town.latitude - from.latitude) ** 2;
    if (far < least) [best, least] = [town, far];
  }
  return best !== undefined && distance(from, best) <= tooFar ? best : undefined;
}
