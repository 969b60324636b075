import type { Context } from "hono";
import { endMandate, MandateForm, recordMandate } from "../../directory/mandate.ts";
import { hosted } from "../../directory/publish.ts";
import type { Session } from "../../directory/sign-in.ts";
import * as accounts from "../../store/accounts.ts";
import * as mandates from "../../store/mandates.ts";
import { type Form, freshForm, readForm } from "../forms.ts";
import { coopName } from "../own-coops.ts";
import { mandatePage } from "../pages/mandate.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandNodeRole } from "../session.ts";
import type { Site } from "../site.ts";

/** `GET /admin/coops/:id/mandate` */
export async function showMandate(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  await hosted(site.db, id);
  return mandate(site, c, session, id, freshForm());
}

async function mandate(
  site: Site,
  c: Context,
  session: Session,
  id: string,
  form: Form,
): Promise<Response> {
  const all = await mandates.of(site.db, id);
  const names = new Map(
    (await accounts.all(site.db)).map(({ id: account, name }) => [account, name]),
  );
  const page = mandatePage({
    id,
    name: await coopName(site, id),
    mandates: all,
    recorder: ({ recordedBy }) => names.get(recordedBy ?? ""),
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** `POST /admin/coops/:id/mandate`: records one, in place of the one that stands. */
export async function sendMandate(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  await hosted(site.db, id);
  const read = await readForm(c, MandateForm);
  if (!("data" in read)) return mandate(site, c, session, id, read.form);
  await recordMandate(site.db, id, read.data, session.account.id, site.clock());
  return goTo(`/admin/coops/${id}/mandate`, "mandate-recorded");
}

/** `POST /admin/coops/:id/mandate/end` */
export async function sendMandateEnd(site: Site, c: Context, id: string): Promise<Response> {
  await demandNodeRole(site, c, "administrator");
  await hosted(site.db, id);
  await endMandate(site.db, site.node, id, site.clock());
  return goTo(`/admin/coops/${id}/mandate`, "mandate-ended");
}
