import type { Context } from "hono";
import { z } from "zod";
import { calledName } from "../../directory/account.ts";
import { acceptRequest, refuseRequest } from "../../directory/decide.ts";
import { linkUrl } from "../../directory/link.ts";
import { mayEdit } from "../../directory/permit.ts";
import { demandRequest, proofCode } from "../../directory/request.ts";
import type { Session } from "../../directory/sign-in.ts";
import { AppError } from "../../errors.ts";
import * as accounts from "../../store/accounts.ts";
import * as requests from "../../store/requests.ts";
import { hostedEntry } from "../entries.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { coopName } from "../own-coops.ts";
import { acceptedPage } from "../pages/accepted.ts";
import { requestPage } from "../pages/request.ts";
import { requestsPage } from "../pages/requests.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandNodeRole } from "../session.ts";
import type { Site } from "../site.ts";

/** `GET /admin/requests` */
export async function showRequests(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "moderator");
  const listed = async (rows: requests.PersonsRequest[]) => {
    const shown = [];
    for (const request of rows) {
      const coop = request.coop === null ? undefined : await coopName(site, request.coop);
      shown.push({ request, coop });
    }
    return shown;
  };
  const page = requestsPage({
    open: await listed(await requests.open(site.db, 200)),
    decided: await listed(await requests.decided(site.db, 50)),
  });
  return respondPrivately(site, c, page, { session });
}

/** `GET /admin/requests/:id` */
export async function showRequest(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "moderator");
  return one(site, c, session, id, freshForm());
}

async function one(
  site: Site,
  c: Context,
  session: Session,
  id: string,
  form: Form,
): Promise<Response> {
  const request = await demandRequest(site.db, id);
  const by =
    request.decidedBy === null ? undefined : await accounts.get(site.db, request.decidedBy);
  const page = requestPage({
    request,
    coop: request.coop === null ? undefined : await coopName(site, request.coop),
    website:
      request.coop === null ? undefined : (await hostedEntry(site, request.coop))?.listing.url,
    code: proofCode(request),
    mends: request.coop !== null && mayEdit(session, request.coop),
    decidedBy: by === undefined ? undefined : calledName(by),
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

const DecisionForm = z.object({
  do: z.enum(["accept", "refuse"]),
  note: z.string().trim().max(2000, "Use at most 2,000 characters.").optional(),
});

/** `POST /admin/requests/:id`: somebody decides. */
export async function decideRequest(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "moderator");
  const read = await readForm(c, DecisionForm);
  if (!("data" in read)) return one(site, c, session, id, read.form);
  const decision = { by: session.account.id, note: read.data.note };
  try {
    if (read.data.do === "refuse") {
      await refuseRequest(site.db, id, decision, site.clock());
      return goTo("/admin/requests", "request-refused");
    }
    const accepted = await acceptRequest(site.db, site.node, id, decision, site.clock());
    const { token, request } = accepted;
    if (token === undefined) return goTo("/admin/requests", "request-accepted");
    const coop = accepted.coop ?? "";
    const page = acceptedPage({
      request,
      id: coop,
      coop: await coopName(site, coop),
      url: linkUrl(site.node, "invitation", token),
      host: site.node.host,
    });
    return await respondPrivately(site, c, page, { session });
  } catch (error) {
    if (!(error instanceof AppError) || !["conflict", "gone"].includes(error.code)) throw error;
    return one(site, c, session, id, withFault(read.form, error.message));
  }
}
