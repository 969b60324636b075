import type { Activity } from "@fedify/fedify/vocab";
import type { Json } from "../coop/canonical-json.ts";
import { PUBLIC } from "./vocabulary.ts";

const lists = new Set(["to", "cc", "tag", "attachment", "orderedItems", "items"]);

/**
 * Writes a document as servers that read no JSON-LD expect it: lists stay
 * lists when they have one member, and the public address is spelled out.
 * Compaction, which the libraries do, undoes both.
 */
export function tidy(value: Json, key = ""): Json {
  if (Array.isArray(value)) return value.map((item) => tidy(item, ""));
  if (value === "as:Public" || value === "Public") return PUBLIC;
  if (typeof value !== "object" || value === null) return value;
  if (key === "@context") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === "@context") return [name, member];
      const inner = tidy(member, name);
      return [name, lists.has(name) && !Array.isArray(inner) ? [inner] : inner];
    }),
  );
}

/**
 * An activity that is tidy wherever Fedify writes it: before it is signed, and
 * when it is sent. Survives no re-parsing, so it must be sent with
 * `fanout: "skip"`.
 */
export function tidied<T extends Activity>(activity: T): T {
  const toJsonLd = activity.toJsonLd.bind(activity);
  const clone = activity.clone.bind(activity);
  return Object.assign(activity, {
    toJsonLd: async (...options: Parameters<typeof toJsonLd>) =>
      tidy((await toJsonLd(...options)) as Json),
    clone: (...values: Parameters<typeof clone>) => tidied(clone(...values)),
  });
}
