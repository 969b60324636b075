import { AppError } from "../errors.ts";
import { excessOf } from "./document-bounds.ts";

/** Bytes of an activity; Mastodon reads as many. */
const most = 1_000_000;

/**
 * Reads what was posted to an inbox, only as far as the bound, and makes sure
 * that what processes it after us doesn't run out of stack or of time.
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
  const excess = excessOf(activity);
  if (excess !== undefined) {
    throw new AppError("bad-request", `This activity has too many ${excess} to be read.`);
  }
  return { body, activity };
}

/**
 * Whether Fedify has thrown this over a document whose contexts aren't to be had
 * or make no sense, that its classes trip over, or that can't be fetched: then it
 * is a fault of whoever sent it.
 */
export function isTheirs(error: unknown): boolean {
  const { name, stack = "" } = error as Error;
  const unreadable = name.startsWith("jsonld.") || name === "UrlError" || name === "FetchError";
  // Definitions of terms that lead from one to the next are followed by recursion.
  if (error instanceof RangeError && error.message.includes("call stack")) return true;
  return unreadable || /[\\/]@fedify[\\/]vocab[\\/]/.test(stack);
}

/**
 * Reads an activity without a context as if it had the usual one, as
 * ActivityStreams 2.0 (2.1) asks for. The bytes, which are signed, stay as they
 * are; what carries a proof of its own is left alone, as that was made without.
 *
 * @param seen The request that Fedify is given: it reads the JSON of a clone.
 */
export function assumeContext(seen: Request, activity: unknown): void {
  if (typeof activity !== "object" || activity === null || Array.isArray(activity)) return;
  if (["@context", "proof", "signature"].some((name) => name in activity)) return;
  if (seen.headers.get("content-type")?.startsWith("application/ld+json") === true) return;
  const whole = { "@context": "https://www.w3.org/ns/activitystreams", ...activity };
  const clone = seen.clone.bind(seen);
  seen.clone = () => Object.assign(clone(), { json: () => Promise.resolve(whole) });
}

/**
 * Such an error as one of the request, and so what a signature is read with has
 * thrown; what it waits for, such as the database, isn't called by it in the
 * stack. Other errors come back as they are.
 */
export function blamed(error: unknown): unknown {
  const { stack = "" } = error as Error;
  if (/^\s+at verifyRequest\w+ \(/m.test(stack)) {
    return new AppError("unauthorized", "The signature can't be read.", { cause: error });
  }
  if (!isTheirs(error)) return error;
  return new AppError("bad-request", "This can't be read as JSON-LD.", { cause: error });
}
