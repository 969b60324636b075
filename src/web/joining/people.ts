import type { Context } from "hono";
import { z } from "zod";
import { openDraft } from "../../directory/draft.ts";
import { linkUrl } from "../../directory/link.ts";
import { giveRole, invite, takeRole } from "../../directory/people.ts";
import type { Session } from "../../directory/sign-in.ts";
import { AppError } from "../../errors.ts";
import * as roles from "../../store/roles.ts";
import { placeOf } from "../editor/place.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { coopName } from "../own-coops.ts";
import { madeLinkPage } from "../pages/made-link.ts";
import { peoplePage } from "../pages/people.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";

/** `GET /admin/coops/:id/people` */
export async function showPeople(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  return people(site, c, session, id, freshForm({ role: "editor" }));
}

async function people(
  site: Site,
  c: Context,
  session: Session,
  id: string,
  form: Form,
): Promise<Response> {
  const page = peoplePage({
    place: placeOf(session, await openDraft(site.db, site.node, id)),
    people: await roles.inCoop(site.db, id),
    session,
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

const InviteForm = z.object({ role: z.enum(["owner", "editor"]) });

/** `POST /admin/coops/:id/people`: a link that invites somebody. */
export async function invitePeople(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "owner");
  const read = await readForm(c, InviteForm);
  if (!("data" in read)) return people(site, c, session, id, read.form);
  const { role } = read.data;
  const asked = { coop: id, role, by: session.account.id };
  const token = await invite(site.db, asked, site.clock());
  const page = madeLinkPage({
    title: role === "owner" ? "A link for an owner" : "A link for an editor",
    url: linkUrl(site.node, "invitation", token),
    what: `Whoever opens it ${
      role === "owner" ? "becomes an owner of" : "can write and publish for"
    } ${await coopName(site, id)}. It is good for once, and for 14 days.`,
    back: { path: `/admin/coops/${id}/people`, label: "To the people" },
  });
  return respondPrivately(site, c, page, { session });
}

const RoleForm = z.object({ role: z.enum(["owner", "editor", "none"]) });

/** `POST /admin/coops/:id/people/:account`: another role, or none. */
export async function changePeople(
  site: Site,
  c: Context,
  id: string,
  account: string,
): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "owner");
  const read = await readForm(c, RoleForm);
  if (!("data" in read)) return people(site, c, session, id, read.form);
  const known = (await roles.inCoop(site.db, id)).some((each) => each.account === account);
  if (!known) throw new AppError("not-found", "This account has no part in this co-op.");
  const { role } = read.data;
  return changing(site, c, session, id, read.form, async () => {
    if (role === "none") await takeRole(site.db, account, id);
    else await giveRole(site.db, { account, coop: id, role }, site.clock());
    return account === session.account.id ? "/admin" : `/admin/coops/${id}/people`;
  });
}

/** `POST /admin/coops/:id/people/leave`: gives up one’s own role. */
export async function leavePeople(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  return changing(site, c, session, id, freshForm(), async () => {
    await takeRole(site.db, session.account.id, id);
    return "/admin";
  });
}

/** A change that would leave nobody in charge is shown with the page. */
async function changing(
  site: Site,
  c: Context,
  session: Session,
  id: string,
  form: Form,
  change: () => Promise<string>,
): Promise<Response> {
  try {
    return goTo(await change(), "people");
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
    return people(
      site,
      c,
      session,
      id,
      withFault({ ...form, values: { role: "editor" } }, error.message),
    );
  }
}
