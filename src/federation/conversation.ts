import type { InboxContext } from "@fedify/fedify";
import {
  Activity,
  Article,
  type Create,
  type Delete,
  isActor,
  Mention,
  Note,
  type Object as AnyObject,
  Question,
  Tombstone,
  type Update,
} from "@fedify/fedify/vocab";
import { getLogger } from "@logtape/logtape";
import { textOfHtml } from "../coop/html-text.ts";
import { blocking } from "../directory/blocked.ts";
import { forgetActor } from "../directory/forget-conversation.ts";
import { coopUrl } from "../directory/ids.ts";
import {
  type About,
  type Note as Written,
  replySize,
  reviseNote,
  takeNote,
} from "../directory/reply.ts";
import * as replies from "../store/replies.ts";
import { answerAt, coopAt, postAt } from "./addressed.ts";
import { asCame } from "./as-came.ts";
import { correspondent, pageOf } from "./correspondent.ts";
import type { FederationData } from "./federation.ts";
import { idLength } from "./size.ts";
import { PUBLIC } from "./vocabulary.ts";

type Context = InboxContext<FederationData>;

const log = getLogger(["fragaria", "federation"]);

/** How many are looked at of those whom a note names, and of what it has with it. */
const most = { named: 50, attached: 20 };

/** Somebody has written something. It is kept if it is about a post or mentions a co-op here. */
export async function onCreate(context: Context, create: Create): Promise<void> {
  const { actorId } = create;
  const { db, clock } = context.data;
  if (actorId === null || (await blocking(db, actorId.href)) !== undefined) return;
  // By its id alone it is fetched from its own host.
  const note = await create.getObject({ ...context, suppressError: true });
  if (note === null || !isBy(note, actorId)) return;
  const about = await audible(context, actorId, await aboutOf(context, note));
  if (about.length === 0) return;
  const author = await correspondent(context, create);
  const written = author && (await read(note, clock()));
  if (author === undefined || written === undefined) return;
  const kept = await takeNote(db, { ...written, ...author }, about, clock());
  if (kept.length === 0) log.info("{id} is let lie: there is no room", { id: written.id });
}

/**
 * Somebody has changed what is kept here of theirs. Says whether it was that:
 * what isn't known isn't taken in by a change.
 */
export async function onNoteUpdate(context: Context, update: Update): Promise<boolean> {
  const { db, clock } = context.data;
  const { actorId, objectId } = update;
  if (actorId === null || objectId === null || !(await replies.has(db, objectId.href))) {
    return false;
  }
  const note = await update.getObject({ ...context, suppressError: true });
  if (note === null || !isBy(note, actorId)) return true;
  const written = await read(note, clock());
  if (written === undefined) return true;
  const edited = Math.max(0, Math.min(note.updated?.epochMilliseconds ?? clock(), clock()));
  await reviseNote(db, { ...written, author: actorId.href, edited });
  return true;
}

/** Somebody has deleted what they wrote, or is gone themselves. */
export async function onDelete(context: Context, deletion: Delete): Promise<void> {
  const { db } = context.data;
  const { actorId, objectId } = deletion;
  if (actorId === null || objectId === null) return;
  if (objectId.href === actorId.href) await forgetActor(db, actorId.href);
  else await replies.remove(db, objectId.href, actorId.href);
}

/** Whether somebody may send this as their own: it is on their host, and names them. */
export function isBy(note: AnyObject, actorId: URL): boolean {
  const { id } = note;
  if (id === null || id.host !== actorId.host || id.href.length > idLength) return false;
  if (note instanceof Activity || note instanceof Tombstone || isActor(note)) return false;
  return note.attributionIds.some(({ href }) => href === actorId.href);
}

/** Without those co-ops that don't want to hear the author. */
async function audible(context: Context, actorId: URL, about: About[]): Promise<About[]> {
  const heard: About[] = [];
  for (const each of about) {
    const { coop } = each;
    // What a co-op says below its own posts is an answer of its own already.
    if (coopUrl(context.data.node, coop) === actorId.href) continue;
    if ((await blocking(context.data.db, actorId.href, { coop })) === undefined) heard.push(each);
  }
  return heard;
}

/** Which posts of this node a note answers or quotes, and which co-ops it mentions. */
async function aboutOf({ data }: Context, note: AnyObject): Promise<About[]> {
  const found: About[] = [];
  for (const { href } of note.replyTargetIds.slice(0, 5)) {
    const post = await postAt(data, href);
    if (post !== undefined) found.push({ coop: post.coop, post: post.id, kind: "reply" });
    const answer = await answerAt(data, href);
    if (answer !== undefined) found.push(below(answer));
    for (const parent of await replies.byId(data.db, href)) found.push(below(parent));
  }
  for (const url of quotedBy(note)) {
    const post = await postAt(data, url);
    if (post !== undefined) found.push({ coop: post.coop, post: post.id, kind: "quote" });
  }
  for (const url of await named(note)) {
    const coop = await coopAt(data, url);
    if (coop !== undefined) found.push({ coop, post: null, kind: "mention" });
  }
  // The first says most: one row for each co-op.
  const coops = new Set(found.map(({ coop }) => coop));
  return [...coops].flatMap((coop) => found.find((each) => each.coop === coop) ?? []);
}

/** Of what stands below something else here: it is about the same post. */
function below({ coop, post }: { coop: string; post: string | null }): About {
  return { coop, post, kind: post === null ? "mention" : "reply" };
}

/** What a note quotes: FEP-044f, and what was before it. */
function quotedBy(note: AnyObject): string[] {
  if (!(note instanceof Note || note instanceof Article || note instanceof Question)) return [];
  const { quoteId, quoteUrl } = note;
  return [quoteId, quoteUrl].flatMap((url) => (url === null ? [] : [url.href]));
}

/** Whom a note mentions, and to whom it is addressed. */
async function named(note: AnyObject): Promise<string[]> {
  const mentioned: string[] = [];
  for await (const tag of note.getTags(asCame)) {
    if (mentioned.length >= most.named) break;
    if (tag instanceof Mention && tag.href !== null) mentioned.push(tag.href.href);
  }
  const addressed = [...note.toIds, ...note.ccIds].slice(0, most.named).map(({ href }) => href);
  return [...new Set([...mentioned, ...addressed])];
}

/**
 * What is kept of a note: plain text.
 *
 * @returns Undefined if there is nothing to read in it, such as a vote in a poll.
 */
export async function read(
  note: AnyObject,
  now: number,
): Promise<Omit<Written, "author" | "host" | "handle" | "profile" | "inbox"> | undefined> {
  if (note.id === null) return undefined;
  const content = textOfHtml(String(note.content ?? ""), replySize.content);
  let attachments = 0;
  for await (const _ of note.getAttachments(asCame)) if (++attachments >= most.attached) break;
  if (content === "" && attachments === 0) return undefined;
  const warning = textOfHtml(String(note.summary ?? ""), replySize.warning);
  const told = note.contents.find((each) => typeof each !== "string");
  const everybody = [...note.toIds, ...note.ccIds].some(({ href }) => href === PUBLIC);
  return {
    id: note.id.href,
    url: pageOf(note.url, note.id),
    content,
    warning: warning === "" ? null : warning,
    language: told?.locale.baseName.slice(0, 35) ?? null,
    attachments,
    audience: everybody ? "public" : "private",
    published: Math.max(0, Math.min(note.published?.epochMilliseconds ?? now, now)),
  };
}
