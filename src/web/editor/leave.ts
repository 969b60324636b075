import type { Context } from "hono";
import { z } from "zod";
import { openDraft } from "../../directory/draft.ts";
import { deleteCoop, withdraw } from "../../directory/withdraw.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { leavePage } from "../pages/editor-leave.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";
import { placeOf } from "./place.ts";

/** `GET /admin/coops/:id/leave` */
export function showLeave(site: Site, c: Context, id: string): Promise<Response> {
  return leave(site, c, id, freshForm());
}

async function leave(site: Site, c: Context, id: string, form: Form): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const editable = await openDraft(site.db, site.node, id);
  const place = placeOf(session, editable);
  const page = leavePage({ place, confirm: editable.coop.handle ?? place.id, form });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

const LeaveForm = z.discriminatedUnion("do", [
  z.object({ do: z.literal("withdraw") }),
  z.object({ do: z.literal("delete"), confirm: z.string().trim() }),
]);

/** `POST /admin/coops/:id/leave`: withdraws the listing, or deletes everything. */
export async function sendLeave(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const read = await readForm(c, LeaveForm);
  if (!("data" in read)) return leave(site, c, id, read.form);
  const { db, node } = site;
  if (read.data.do === "withdraw") {
    await withdraw(db, node, id, site.clock(), session.account.id);
    return goTo(`/admin/coops/${id}`, "withdrawn");
  }
  const { coop } = await demandCoopRole(site, c, id, "owner");
  if (read.data.confirm.replace(/^@/, "") !== (coop.handle ?? id)) {
    const fault = withFault(
      read.form,
      "This is something else, so nothing was deleted.",
      "confirm",
    );
    return leave(site, c, id, fault);
  }
  await deleteCoop(db, node, id, site.clock());
  return goTo("/admin", "deleted");
}
