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
    const holed = new Set<unknown[]>();
    for (const issue of result.error.issues) {
      if (!leaveOut(rest, issue, holed)) return undefined;
    }
    for (const array of holed) {
      array.splice(0, array.length, ...array.filter((item) => item !== undefined));
    }
    result = schema.safeParse(rest);
    if (result.success) return result.data;
  }
  return undefined;
}

/** False when it is the whole that would have to go. */
function leaveOut(root: unknown, issue: z.core.$ZodIssue, holed: Set<unknown[]>): boolean {
  const at = follow(root, issue.path);
  if (issue.code === "unrecognized_keys" && isObject(at)) {
    for (const key of issue.keys) delete at[key];
    return true;
  }
  if (issue.code === "too_big" && Array.isArray(at)) {
    at.length = Math.min(at.length, Number(issue.maximum));
    return true;
  }
  // From the inside out: the first that is there is the one to leave out.
  for (let depth = issue.path.length; depth > 0; depth -= 1) {
    const [parent, key] = [follow(root, issue.path.slice(0, depth - 1)), issue.path[depth - 1]];
    if (Array.isArray(parent) && typeof key === "number") {
      // A hole for now, so that the places in other issues stay right.
      if (key < parent.length) parent[key] = undefined;
      holed.add(parent);
      return true;
    }
    if (isObject(parent) && typeof key === "string" && Object.hasOwn(parent, key)) {
      delete parent[key];
      return true;
    }
  }
  return false;
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
