import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Listing, type ListingContent, Relation } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import type { Db } from "../store/schema.ts";
import { Handle } from "./handle.ts";
import type { Identity } from "./identity.ts";
import { post } from "./post.ts";
import { PostContent } from "./post-content.ts";
import { coopUrl } from "./ids.ts";
import { addCoop, publish } from "./publish.ts";

/** A worked example (fixtures/examples): what an invented co-op would write of itself. */
export const ExampleFile = z.strictObject({
  handle: Handle,
  content: Listing.omit({
    id: true,
    type: true,
    updated: true,
    preferredUsername: true,
    alsoKnownAs: true,
    listed: true,
  }).extend({ example: z.literal(true) }),
  /** Relations to other worked examples, by handle: their addresses differ from node to node. */
  ties: z
    .array(Relation.pick({ kind: true, since: true, until: true }).extend({ handle: Handle }))
    .optional(),
  /** The oldest first. */
  posts: z.array(z.strictObject({ content: PostContent, pinned: z.boolean().optional() })),
});
export type ExampleFile = z.infer<typeof ExampleFile>;

/**
 * Reads every `*.json` of a folder, in the order of their names.
 *
 * @throws {AppError} `bad-request` that names the file and each place in it
 *   where something is wrong.
 */
export async function readExamples(folder: string): Promise<ExampleFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
  const examples = await Promise.all(names.map((name) => readExample(join(folder, name))));
  const handles = new Set(examples.map(({ handle }) => handle));
  for (const { handle, ties = [] } of examples) {
    const stranger = ties.find((tie) => !handles.has(tie.handle));
    if (stranger === undefined) continue;
    throw new AppError(
      "bad-request",
      `${folder} has no worked example “${stranger.handle}”, with which “${handle}” has ties`,
    );
  }
  return examples;
}

async function readExample(path: string): Promise<ExampleFile> {
  const text = await readFile(path, "utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad-request", `${path} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  const example = ExampleFile.safeParse(json);
  if (example.success) return example.data;
  const faults = example.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new AppError("bad-request", `${path} is not a worked example: ${faults.join("; ")}`);
}

/**
 * Publishes the worked examples of a folder, with their posts. Safe to repeat:
 * who is there already is left alone, as somebody may have edited it.
 *
 * @returns How many examples there are.
 */
export async function addExamples(
  db: Db,
  node: Identity,
  folder: string,
  now: number,
): Promise<number> {
  const examples = await readExamples(folder);
  const added = new Map<string, ExampleFile>();
  for (const example of examples) {
    const { handle, content, posts } = example;
    if ((await coops.byHandle(db, handle)) !== undefined) continue;
    const { id } = await addCoop(db, node, handle, content, now);
    // A moment apart, so that they keep their order.
    for (const [index, { content: text, pinned = false }] of posts.entries()) {
      await post(db, id, text, now - (posts.length - index) * 60_000, { pinned });
    }
    added.set(id, example);
  }
  // Once all of them have an address, they can name one another.
  const others = new Map<string, { id: string; name: string }>();
  for (const { handle, content } of examples) {
    const coop = await coops.byHandle(db, handle);
    if (coop !== undefined) others.set(handle, { id: coopUrl(node, coop.id), name: content.name });
  }
  for (const [id, example] of added) await publish(db, node, id, tied(example, others), now);
  return examples.length;
}

/** What an example says, with its ties as relations. */
function tied(
  { content, ties = [] }: ExampleFile,
  others: Map<string, { id: string; name: string }>,
): ListingContent {
  const relations = ties.flatMap(({ handle, ...tie }) => {
    const other = others.get(handle);
    return other === undefined ? [] : [{ ...tie, ...other }];
  });
  if (relations.length === 0) return content;
  return { ...content, relations: [...relations, ...(content.relations ?? [])] };
}
