import type { Json } from "../coop/canonical-json.ts";
import { PUBLIC } from "./vocabulary.ts";

const lists = new Set(["to", "cc", "tag", "attachment", "orderedItems", "items"]);

/**
 * Writes a document as servers that read no JSON-LD expect it: lists stay
 * lists when they have one member or none, and the public address is spelled
 * out. Compaction, which the libraries do, undoes both.
 */
export function tidy(value: Json, key = ""): Json {
  if (Array.isArray(value)) return value.map((item) => tidy(item, key));
  if (key === "to" || key === "cc")
    return value === "as:Public" || value === "Public" ? PUBLIC : value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, member]): [string, Json] => {
    // In a map of languages, “to” is Tongan.
    if (name === "@context" || name.endsWith("Map")) return [name, member];
    const inner = tidy(member, name);
    return [name, lists.has(name) && !Array.isArray(inner) ? [inner] : inner];
  });
  const { type, first, orderedItems } = value;
  const listing =
    type === "OrderedCollectionPage" || (type === "OrderedCollection" && first === undefined);
  if (listing && orderedItems === undefined) entries.push(["orderedItems", []]);
  return Object.fromEntries(entries);
}
