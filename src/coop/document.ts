import { canonicalJson, type Json, type JsonObject, NotCanonical } from "./canonical-json.ts";
import { context } from "./listing-record.ts";

/**
 * How nearly all records of listings begin: with a context that takes more than
 * half of most of them. It is read once for all.
 */
const usualContext = canonicalJson(context);
const usualBeginning = `{"@context":${usualContext},"`;

/**
 * Reads the text of a record, as JSON.parse does. A context that many have is
 * the same array in all of them: it is not to be changed.
 *
 * @throws {SyntaxError} when it isn't JSON.
 */
export function readDocument(text: string): Json {
  if (!text.startsWith(usualBeginning)) return JSON.parse(text) as Json;
  const rest = JSON.parse(`{"${text.slice(usualBeginning.length)}`) as JsonObject;
  return { "@context": context, ...rest };
}

/** The same of a record that is held: it has been found to be an object. */
export function documentOf(body: Uint8Array): JsonObject {
  return readDocument(decoder.decode(body)) as JsonObject;
}

const decoder = new TextDecoder();

/** The members of an object, each as canonical JSON, by their names. */
export type Members = ReadonlyMap<string, string>;

/**
 * The members of a document, each written once, whatever is then made of them.
 *
 * @throws {NotCanonical} as canonicalJson does.
 */
export function membersOf(document: JsonObject, depth = 64): Members {
  if (depth <= 0) throw new NotCanonical("nested too deeply");
  return new Map(
    Object.entries(document).map(([name, value]) => [
      name,
      value === context ? usualContext : canonicalJson(value, depth - 1),
    ]),
  );
}

/** What canonicalJson writes of an object with these members. */
export function joinMembers(members: Members): string {
  const sorted = [...members].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${canonicalJson(name)}:${value}`).join(",")}}`;
}

/** The same without some. */
export function without(members: Members, ...names: string[]): Members {
  return new Map([...members].filter(([name]) => !names.includes(name)));
}
