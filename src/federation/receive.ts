import { AppError } from "../errors.ts";

/** Bytes of an activity; Mastodon reads as many. */
const most = 1_000_000;

/** Levels of an activity; one with an actor in it that has a key and a place has six. */
const deepest = 32;

/**
 * Reads what was posted to an inbox, only as far as the bound, and makes sure
 * that it isn't nested so deeply that what reads it after us runs out of stack.
 *
 * @returns Its bytes, and what they say.
 * @throws {AppError} `too-large` or `bad-request`.
 */
export async function readActivity(
  request: Request,
): Promise<{ body: Buffer<ArrayBuffer>; activity: unknown }> {
  const check = (size: number) => {
    if (size > most) throw new AppError("too-large", "An activity has at most 1 MB.");
  };
  check(Number(request.headers.get("content-length")));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    check((size += chunk.length));
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  let activity: unknown;
  try {
    activity = JSON.parse(body.toString());
  } catch (cause) {
    throw new AppError("bad-request", "This is not JSON.", { cause });
  }
  if (!isShallow(activity, deepest)) {
    throw new AppError("bad-request", `An activity has at most ${deepest} levels.`);
  }
  return { body, activity };
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}

/**
 * What Fedify throws over an activity whose contexts aren't to be had or make
 * no sense, or that its classes trip over, as a fault of its sender. Other
 * errors come back as they are.
 */
export function blamed(error: unknown): unknown {
  const { name, stack = "" } = error as Error;
  const unreadable = name.startsWith("jsonld.") || name === "UrlError" || name === "FetchError";
  if (!unreadable && !/[\\/]@fedify[\\/]vocab[\\/]/.test(stack)) return error;
  return new AppError("bad-request", "This can't be read as JSON-LD.", { cause: error });
}
