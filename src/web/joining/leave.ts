import type { Context } from "hono";
import { z } from "zod";
import { openDraft } from "../../directory/draft.ts";
import { addLeavePictures, bringPictures } from "../../directory/leave-pictures.ts";
import { exportCoop } from "../../directory/leave.ts";
import { leaveFileSize, readLeaveFile } from "../../directory/leave-file.ts";
import { takeIn } from "../../directory/take-in.ts";
import { linkUrl } from "../../directory/link.ts";
import { invite } from "../../directory/people.ts";
import type { Session } from "../../directory/sign-in.ts";
import { AppError } from "../../errors.ts";
import { placeOf } from "../editor/place.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { coopName } from "../own-coops.ts";
import { madeLinkPage } from "../pages/made-link.ts";
import { takeAlongPage, takeInPage } from "../pages/take-along.ts";
import { privately, respondPrivately } from "../private.ts";
import { demandCoopRole, demandNodeRole } from "../session.ts";
import type { Site } from "../site.ts";

/** `GET /admin/coops/:id/export` */
export async function showExport(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "owner");
  const page = takeAlongPage(placeOf(session, await openDraft(site.db, site.node, id)));
  return respondPrivately(site, c, page, { session });
}

/** `GET /admin/coops/:id/export.json` */
export async function downloadExport(site: Site, c: Context, id: string): Promise<Response> {
  const { coop } = await demandCoopRole(site, c, id, "owner");
  const own = await exportCoop(site.db, site.node, id, site.clock());
  const { file } = await addLeavePictures(site.pictures, site.node, own);
  const name = `${coop.handle ?? id}-${file.exported.slice(0, 10)}.json`;
  return new Response(`${JSON.stringify(file, undefined, 2)}\n`, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "x-content-type-options": "nosniff",
      ...privately,
    },
  });
}

/** `GET /admin/take-in` */
export async function showTakeIn(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  return takeInForm(site, c, session, freshForm());
}

function takeInForm(site: Site, c: Context, session: Session, form: Form): Promise<Response> {
  const status = form.faults.length > 0 ? 400 : 200;
  return respondPrivately(site, c, takeInPage(form), { session, status });
}

const FileForm = z.object({ file: z.instanceof(File, { error: "Choose the file." }) });

/** `POST /admin/take-in`: a co-op that comes from another node, and its owner’s invitation. */
export async function sendTakeIn(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const sent = await readForm(c, FileForm, leaveFileSize + 64 * 1024, "Take the file as it is.");
  if (!("data" in sent)) return takeInForm(site, c, session, sent.form);
  try {
    const bytes = new Uint8Array(await sent.data.file.arrayBuffer());
    const by = session.account.id;
    const read = await bringPictures(site.pictures, site.node, readLeaveFile(bytes));
    const { id } = await takeIn(site.db, read.file, { by }, site.clock(), read.brought);
    const token = await invite(site.db, { coop: id, role: "owner", by }, site.clock());
    const page = madeLinkPage({
      title: `${await coopName(site, id)} is here`,
      url: linkUrl(site.node, "invitation", token),
      what: "It is a private draft, with its news and its history. Whoever opens the link becomes its owner and can publish it. It is good for once, and for 14 days.",
      back: { path: `/admin/coops/${id}`, label: "To its pages" },
    });
    return await respondPrivately(site, c, page, { session });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad-request") throw error;
    return takeInForm(site, c, session, withFault(sent.form, error.message, "file"));
  }
}
