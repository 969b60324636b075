import { affords, costs, nextDay, type Share, sharesOf, spend } from "../directory/allowance.ts";
import { blocking } from "../directory/blocked.ts";
import { AppError } from "../errors.ts";
import { changesUrl } from "../replication/describe.ts";
import * as blocks from "../store/blocks.ts";
import * as followers from "../store/followers.ts";
import * as reactions from "../store/reactions.ts";
import * as replies from "../store/replies.ts";
import * as unreachable from "../store/unreachable.ts";
import { answerAt, coopAt, postAt, saidAt } from "./addressed.ts";
import type { FederationData } from "./federation.ts";
import { idLength } from "./size.ts";

type Data = Pick<FederationData, "db" | "node" | "clock">;

/**
 * What stands before the inboxes: it looks at an activity before its signature is
 * verified, for which a key may have to be fetched, and before it is queued. It
 * writes nothing, and believes nothing but what speaks against the sender.
 */
export interface Screen {
  /**
   * @returns Undefined for what is about nothing that is kept here: it can be
   *   accepted and let lie. Else what to call once it is known whether the
   *   activity was what it says.
   * @throws {AppError} `forbidden` for whoever is blocked by the whole node;
   *   `rate-limited` for whoever has used up what they may send today.
   */
  admit(
    request: Pick<Request, "headers">,
    activity: unknown,
  ): Promise<((verified: boolean) => Promise<void>) | undefined>;
}

/** What the activities cost that somebody may send one after the other. */
const prices: Record<string, number> = {
  Create: costs.text,
  Update: costs.text,
  Flag: costs.text,
  Block: costs.text,
  QuoteRequest: costs.text,
  Like: costs.reaction,
  EmojiReact: costs.reaction,
  Announce: costs.reaction,
};

/** What somebody who is blocked may still send: that they follow no more, and are told so. */
const stillHeard = new Set(["Follow", "Undo", "Delete", "Block"]);

/** A screen in the memory of this process. */
export function createScreen(data: Data): Screen {
  // What is being verified now: else a hundred at once would all be let through.
  const pending = new Map<string, number>();
  const reserve = (shares: Share[], cost: number) => {
    for (const { subject } of shares) {
      const sum = (pending.get(subject) ?? 0) + cost;
      if (sum > 0) pending.set(subject, sum);
      else pending.delete(subject);
    }
  };
  // One after the other: what is pending and what is written are to be of one moment.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    async admit({ headers }, activity) {
      const { db, clock } = data;
      const said = readSaid(activity);
      const { type, actor } = said;
      const blocked = await blocking(db, actor, { others: signers(headers, activity) });
      if (blocked === "domain" || (blocked === "person" && !stillHeard.has(type ?? ""))) {
        throw new AppError("forbidden", "This node takes nothing from you.");
      }
      if (actor === undefined || type === undefined) return () => Promise.resolve();
      // From a server that was left alone, anything that is signed shows that it is there again.
      const isAwaited = await unreachable.has(db, new URL(actor).host);
      if (!isAwaited && !(await concerns(data, type, actor, said))) return undefined;
      // A node says of each change that there is one, and nothing is kept of that.
      const cost = isWakeUp(actor, said) ? undefined : prices[type];
      if (cost === undefined) return () => Promise.resolve();
      const shares = sharesOf(actor);
      const now = clock();
      await inTurn(async () => {
        if (!(await affords(db, shares, cost, now, (subject) => pending.get(subject) ?? 0))) {
          throw new AppError("rate-limited", "That is enough for today.", {
            retryAfter: Math.ceil((nextDay(now) - now) / 1000),
          });
        }
        reserve(shares, cost);
      });
      return (verified) =>
        inTurn(async () => {
          try {
            if (verified) await spend(db, shares, cost, now);
          } finally {
            reserve(shares, -cost);
          }
        });
    },
  };
}

/** What an activity says of itself, as far as it can be read without processing JSON-LD. */
interface Said {
  type: string | undefined;
  actor: string | undefined;
  object: unknown;
  objects: string[];
  audience: string[];
}

function readSaid(activity: unknown): Said {
  const of = (name: string) => (isObject(activity) ? activity[name] : undefined);
  const [type] = listOf(of("type"));
  const [actor] = listOf(of("actor")).map(idOf);
  const [object] = listOf(of("object"));
  return {
    // Some write the type whole, and some the prefix.
    type: typeof type === "string" ? type.replace(/^.*[#:/]/, "") : undefined,
    actor: actor !== undefined && /^https?:/.test(actor) && URL.canParse(actor) ? actor : undefined,
    object,
    objects: listOf(of("object")).flatMap((each) => idOf(each) ?? []),
    audience: [...listOf(of("to")), ...listOf(of("cc"))].flatMap((each) => idOf(each) ?? []),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]).slice(0, 200) : [value];
}

function idOf(value: unknown): string | undefined {
  const id = isObject(value) ? value["id"] : value;
  // PostgreSQL takes no text with a NUL in it, and neither engine half a pair of surrogates.
  const sound = typeof id === "string" && id.isWellFormed() && !id.includes("\0");
  return sound && id.length <= idLength ? id : undefined;
}

/** The hosts of the keys by which a request and an activity are signed. */
function signers(headers: Headers, activity: unknown): string[] {
  const named = `${headers.get("signature") ?? ""} ${headers.get("signature-input") ?? ""}`;
  const keys: unknown[] = [...named.matchAll(/keyid="([^"]*)"/gi)].map(([, key]) => key);
  if (isObject(activity)) {
    for (const [list, name] of [
      [activity["signature"], "creator"],
      [activity["proof"], "verificationMethod"],
    ] as const) {
      for (const each of listOf(list)) if (isObject(each)) keys.push(each[name]);
    }
  }
  const urls = keys.flatMap((key) => (typeof key === "string" ? (URL.parse(key) ?? []) : []));
  return [...new Set(urls.map(({ host }) => host).filter((host) => host !== ""))].slice(0, 20);
}

/**
 * Whether an activity may be about something here. Other types than these are
 * left to who handles them.
 */
async function concerns(data: Data, type: string, actor: string, said: Said): Promise<boolean> {
  const { db, node } = data;
  const [first] = said.objects;
  switch (type) {
    case "Like":
    case "EmojiReact":
    case "Announce":
      return first !== undefined && (await saidAt(data, first)) !== undefined;
    case "QuoteRequest":
      return first !== undefined && (await postAt(data, first)) !== undefined;
    case "Block":
      return first !== undefined && (await coopAt(data, first)) !== undefined;
    case "Flag":
      return said.objects.some((url) => url.startsWith(`${node.origin}/`));
    case "Create":
      return names(data, said);
    case "Update":
      if (first === undefined) return false;
      return isWakeUp(actor, said) || replies.has(db, first);
    case "Delete":
      if (first === undefined) return false;
      if (first !== actor) return replies.has(db, first);
      return isKnown(data, actor);
    default:
      return true;
  }
}

/** Whether a node says that there are new records of it, as `replication/wake.ts` does. */
function isWakeUp(actor: string, { type, objects }: Said): boolean {
  return type === "Update" && objects[0] === changesUrl(new URL(actor).origin);
}

/** Whether a note names a post, an answer or an actor of this node, or answers what is kept here. */
async function names(data: Data, { object, audience }: Said): Promise<boolean> {
  const own = (url: string) => url.startsWith(`${data.node.origin}/coops/`);
  if (!isObject(object)) return audience.some(own);
  const { inReplyTo, tag, to, cc } = object;
  const parents = listOf(inReplyTo).flatMap((each) => idOf(each) ?? []);
  const hrefs = listOf(tag).flatMap((each) => {
    return isObject(each) ? (idOf(each["href"]) ?? []) : [];
  });
  const quotes = ["quote", "quoteUrl", "quoteUri", "_misskey_quote"].flatMap(
    (name) => idOf(object[name]) ?? [],
  );
  const addressed = [...listOf(to), ...listOf(cc), ...audience].flatMap((each) => idOf(each) ?? []);
  for (const url of new Set([...parents, ...quotes, ...hrefs, ...addressed].filter(own))) {
    if ((await coopAt(data, url)) !== undefined) return true;
    if ((await postAt(data, url)) !== undefined) return true;
    if ((await answerAt(data, url)) !== undefined) return true;
  }
  for (const parent of parents.slice(0, 5)) if (await replies.has(data.db, parent)) return true;
  return false;
}

/** Whether anything is kept of an actor elsewhere. */
async function isKnown({ db }: Data, actor: string): Promise<boolean> {
  return (
    (await followers.anyBy(db, actor)) ||
    (await replies.anyBy(db, actor)) ||
    (await reactions.anyBy(db, actor)) ||
    (await blocks.anyBy(db, actor))
  );
}
