import type { Context } from "hono";
import { html } from "hono/html";
import { z } from "zod";
import { block, readSubject, unblock } from "../directory/block.ts";
import { openDraft } from "../directory/draft.ts";
import type { Session } from "../directory/sign-in.ts";
import { AppError } from "../errors.ts";
import * as blocks from "../store/blocks.ts";
import * as flags from "../store/flags.ts";
import { placeOf } from "./editor/place.ts";
import { type Form, freshForm, readForm, withFault } from "./forms.ts";
import { blocksPage } from "./pages/blocks.ts";
import { editorTabs } from "./pages/editor-tabs.ts";
import { flagsPage } from "./pages/flags.ts";
import { goTo, respondPrivately } from "./private.ts";
import { demandCoopRole, demandNodeRole } from "./session.ts";
import type { Site } from "./site.ts";

/** Reports on a page. */
const pageSize = 100;

const BlockForm = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("block"),
    subject: z.string().trim().min(1).max(2000),
    why: z.string().trim().max(500, "Use at most 500 characters.").optional(),
  }),
  z.object({ do: z.literal("unblock"), subject: z.string().max(2000) }),
]);

/** Who may see and change these blocks: a co-op's editors, or those who run the node. */
async function demandBlocker(site: Site, c: Context, coop: string): Promise<Session> {
  if (coop === "") return demandNodeRole(site, c, "moderator");
  return (await demandCoopRole(site, c, coop, "editor")).session;
}

/**
 * `GET /admin/coops/:id/blocks`, and `GET /admin/blocks` for the whole node.
 *
 * @param coop Empty for the whole node.
 */
export async function showBlocks(site: Site, c: Context, coop: string): Promise<Response> {
  return page(site, c, await demandBlocker(site, c, coop), coop, freshForm());
}

async function page(
  site: Site,
  c: Context,
  session: Session,
  coop: string,
  form: Form,
): Promise<Response> {
  const { db, node } = site;
  const place = coop === "" ? undefined : placeOf(session, await openDraft(db, node, coop));
  const data = {
    path: pathOf(coop),
    blocks: await blocks.of(db, coop),
    ...(place === undefined
      ? {
          title: "Whom this node has blocked",
          above: html`<p class="eyebrow"><a href="/admin">This node</a></p>`,
          lead: "Who is blocked here reaches no co-op of this node and gets nothing from any. Of a blocked domain nothing is taken in at all, not even to be looked at.",
        }
      : {
          title: "Whom you have blocked",
          above: html`${editorTabs(place, "conversation")}
            <p class="eyebrow"><a href="/admin/coops/${coop}/conversation">Conversation</a></p>`,
          lead: `Who is blocked here can’t follow ${place.name}, and isn’t heard. Others who have their accounts on this node are not concerned.`,
        }),
  };
  const status = form.faults.length > 0 ? 400 : 200;
  return respondPrivately(site, c, blocksPage(data, form), { session, status });
}

function pathOf(coop: string): string {
  return coop === "" ? "/admin/blocks" : `/admin/coops/${coop}/blocks`;
}

/** `POST /admin/coops/:id/blocks`, and `POST /admin/blocks` for the whole node. */
export async function sendBlocks(site: Site, c: Context, coop: string): Promise<Response> {
  const session = await demandBlocker(site, c, coop);
  const read = await readForm(c, BlockForm);
  if (!("data" in read)) return page(site, c, session, coop, read.form);
  const { data, form } = read;
  const { db, node } = site;
  if (data.do === "unblock") {
    await unblock(db, { coop, subject: data.subject });
    return goTo(pathOf(coop), "unblocked");
  }
  try {
    const scope = { coop, ...(await readSubject(db, node, data.subject)) };
    const blocker = { account: session.account.id, why: data.why ?? null };
    await block(db, scope, blocker, site.clock());
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    const { message } = error;
    const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
    return page(site, c, session, coop, withFault(form, sentence, "subject"));
  }
  return goTo(pathOf(coop), "blocked");
}

/** `GET /admin/reports` */
export async function showFlags(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "moderator");
  const found = await flags.latest(site.db, pageSize);
  return respondPrivately(site, c, flagsPage(found), { session });
}

/** `POST /admin/reports`: somebody has seen to one. */
export async function settleFlag(site: Site, c: Context): Promise<Response> {
  await demandNodeRole(site, c, "moderator");
  const read = await readForm(c, z.object({ id: z.string().max(2000) }));
  if (!("data" in read)) throw new AppError("bad-request", "The form doesn’t say which report.");
  if (!(await flags.settle(site.db, read.data.id, site.clock()))) {
    throw new AppError("not-found", "There is no such report.");
  }
  return goTo("/admin/reports", "flag-settled");
}
