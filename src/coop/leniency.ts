import type { z } from "zod";

/**
 * Reads a value that a newer version of the software may have written: leaves
 * out terms, codes and items that the schema doesn't know, and keeps what
 * stands beside them. What can't do without what was left out goes with it.
 *
 * @returns Undefined when nothing is left that fits the schema.
 */
export function readLeniently<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  let result = schema.safeParse(value);
  if (result.success) return result.data;
  const rest: unknown = structuredClone(value);
  // Each round takes away at least a leaf, or what holds it; nesting is
  // bounded, so this ends soon. The limit is for schemas that it cannot please.
  for (let round = 0; round < 40; round += 1) {
    // All are found before any is taken away: several faults of one thing are
    // no reason to take away what holds it.
    const places = result.error.issues.map((issue) => placesOf(rest, issue));
    if (places.some((each) => each.length === 0)) return undefined;
    leaveOut(places.flat());
    result = schema.safeParse(rest);
    if (result.success) return result.data;
  }
  return undefined;
}

/** A member of an object, or an item of an array. */
type Place = { of: Record<string, unknown>; key: string } | { of: unknown[]; key: number };

/** What has to go because of a fault; nothing when it is the whole that would have to. */
function placesOf(root: unknown, issue: z.core.$ZodIssue): Place[] {
  const at = follow(root, issue.path);
  if (issue.code === "unrecognized_keys" && isObject(at)) {
    return issue.keys.map((key) => ({ of: at, key }));
  }
  if (issue.code === "too_big" && Array.isArray(at)) {
    return at.flatMap((_, key) => (key < Number(issue.maximum) ? [] : { of: at, key }));
  }
  // From the inside out: the first that is there is the one to leave out.
  for (let depth = issue.path.length; depth > 0; depth -= 1) {
    const [of, key] = [follow(root, issue.path.slice(0, depth - 1)), issue.path[depth - 1]];
    if (Array.isArray(of) && typeof key === "number" && key < of.length) return [{ of, key }];
    if (isObject(of) && typeof key === "string" && Object.hasOwn(of, key)) return [{ of, key }];
  }
  return [];
}

function leaveOut(places: Place[]): void {
  const holed = new Map<unknown[], Set<number>>();
  for (const { of, key } of places) {
    if (!Array.isArray(of)) delete of[key];
    else holed.set(of, (holed.get(of) ?? new Set()).add(key as number));
  }
  for (const [array, holes] of holed) {
    array.splice(0, array.length, ...array.filter((_, index) => !holes.has(index)));
  }
}

function follow(root: unknown, path: readonly PropertyKey[]): unknown {
  let at = root;
  for (const key of path) {
    if (Array.isArray(at) && typeof key === "number") at = at[key];
    else if (isObject(at) && typeof key === "string" && Object.hasOwn(at, key)) at = at[key];
    else return undefined;
  }
  return at;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
