import { readFileSync } from "node:fs";
import type { Box } from "../../coop/earth.ts";

/** Corners of an outline, degrees east and north, one after the other. */
export type Ring = [longitude: number, latitude: number][];

export interface Land {
  country: string;
  ring: Ring;
  box: Box;
}

let known: Land[] | undefined;

/** The outlines of countries (data/README.md); read when first asked for. */
export function lands(): Land[] {
  if (known !== undefined) return known;
  const file = readFileSync(new URL("../data/land.json", import.meta.url), "utf8");
  const countries = JSON.parse(file) as Record<string, string[]>;
  known = Object.entries(countries).flatMap(([country, rings]) =>
    rings.map((text) => {
      const ring = readRing(text);
      return { country, ring, box: boxOf(ring) };
    }),
  );
  return known;
}

/** The first corner and the steps to the next ones, in fiftieths of a degree. */
function readRing(text: string): Ring {
  const steps = text.split(" ").map(Number);
  const ring: Ring = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < steps.length; at += 2) {
    x += steps[at] ?? 0;
    y += steps[at + 1] ?? 0;
    ring.push([x / 50, y / 50]);
  }
  return ring;
}

function boxOf(ring: Ring): Box {
  const longitudes = ring.map(([longitude]) => longitude);
  const latitudes = ring.map(([, latitude]) => latitude);
  return {
    west: Math.min(...longitudes),
    east: Math.max(...longitudes),
    south: Math.min(...latitudes),
    north: Math.max(...latitudes),
  };
}
