import type { AskPost, Found } from "../directory/take-news.ts";
import { readBounded } from "../outbound.ts";
import { parseJson } from "./describe.ts";
import type { Send } from "./replica.ts";

const everybody = new Set(["https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"]);

/** The most bytes that a post may have, and how long its host may take; milliseconds. */
const mostBytes = 256 * 1024;
const patience = 10_000;

/** Asks for posts as other servers do, and looks whether they are what is said of them. */
export function postAsker(send: Send): AskPost {
  return async ({ id, author, published }): Promise<Found> => {
    const answer = await read(send, id);
    if (typeof answer === "string") return answer;
    const note = parseJson(answer);
    if (typeof note !== "object" || note === null) return "else";
    const { attributedTo, to, ...said } = note as Record<string, unknown>;
    const isIt =
      said["id"] === id &&
      said["type"] === "Note" &&
      attributedTo === author &&
      [to].flat().some((each) => everybody.has(String(each))) &&
      Math.abs(Date.parse(String(said["published"])) - published) < 1000;
    return isIt ? "there" : "else";
  };
}

async function read(send: Send, id: string): Promise<Uint8Array | Found> {
  try {
    const response = await send(id, {
      headers: { accept: "application/activity+json" },
      signal: AbortSignal.timeout(patience),
      redirect: "manual",
    });
    if (response.ok) return await readBounded(response, mostBytes);
    await response.body?.cancel();
    return response.status === 404 || response.status === 410 ? "gone" : "silent";
  } catch {
    // Whatever it was that failed, it may be better the next time.
    return "silent";
  }
}
