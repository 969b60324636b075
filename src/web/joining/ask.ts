import type { Context } from "hono";
import { z } from "zod";
import {
  demandRequest,
  demandUnclaimed,
  fileRequest,
  JoinForm,
  proofCode,
  RequestForm,
} from "../../directory/request.ts";
import { AppError } from "../../errors.ts";
import { hostedEntry } from "../entries.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { type Page, respond } from "../layout.ts";
import { coopName } from "../own-coops.ts";
import { askPage, type Asking } from "../pages/ask.ts";
import { joinPage } from "../pages/join.ts";
import { privacyPage } from "../pages/privacy.ts";
import { requestStatusPage } from "../pages/request-status.ts";
import { goTo, privately } from "../private.ts";
import { readSession } from "../session.ts";
import type { Site } from "../site.ts";
import { clientOf, createRate, type Rate } from "./rate.ts";

/** What is filled in only by programs: people don't see it. */
const trap = { trap: z.undefined("Leave the last field empty.").optional() };

/** Five an hour from one client are more than anybody needs. */
export function requestRate(): Rate {
  return createRate(5, 3_600_000);
}

function demandRate(site: Site, c: Context, rate: Rate): void {
  if (rate.admit(clientOf(c), site.clock())) return;
  throw new AppError(
    "rate-limited",
    "That were many requests within an hour. Try again later, or write to the contact of this node.",
  );
}

/** A form of somebody who isn't known: nobody keeps it, and no search engine shows it. */
function answer(site: Site, page: Page, form: Form): Promise<Response> {
  return respond(site, page, form.faults.length > 0 ? 400 : 200, privately);
}

/** Files what was asked; what somebody can mend is shown with the form. */
async function filed(
  site: Site,
  c: Context,
  asked: Parameters<typeof fileRequest>[2],
  again: (message: string) => Promise<Response>,
): Promise<Response> {
  const session = await readSession(site, c);
  try {
    const account = session?.account.id ?? null;
    const id = await fileRequest(site.db, site.node, asked, site.clock(), account);
    return goTo(`/requests/${id}`);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad-request") throw error;
    return again(error.message);
  }
}

/** `GET /join` */
export function showJoin(site: Site): Promise<Response> {
  const form = freshForm();
  return answer(site, joinPage(site.node.host, form), form);
}

/** `POST /join`: a co-op asks to be hosted here. */
export async function sendJoin(site: Site, c: Context, rate: Rate): Promise<Response> {
  const again = (form: Form) => answer(site, joinPage(site.node.host, form), form);
  const read = await readForm(c, JoinForm.extend(trap));
  if (!("data" in read)) return again(read.form);
  demandRate(site, c, rate);
  const { trap: _, ...form } = read.data;
  return filed(site, c, { kind: "join", form }, (message) => again(withFault(read.form, message)));
}

/** `GET /coops/:id/claim`, `/correct` and `/object` */
export async function showAsk(site: Site, id: string, kind: Asking): Promise<Response> {
  const form = freshForm();
  return answer(site, await pageOf(site, id, kind, form), form);
}

async function pageOf(site: Site, id: string, kind: Asking, form: Form): Promise<Page> {
  await demandUnclaimed(site.db, site.node, id);
  const entry = await hostedEntry(site, id);
  if (entry === undefined) throw new AppError("not-found", "This node hosts no such co-op.");
  return askPage({ kind, id, listing: entry.listing, host: site.node.host, form });
}

/** `POST /coops/:id/claim`, `/correct` and `/object` */
export async function sendAsk(
  site: Site,
  c: Context,
  rate: Rate,
  coop: string,
  kind: Asking,
): Promise<Response> {
  const again = async (form: Form) => answer(site, await pageOf(site, coop, kind, form), form);
  const read = await readForm(c, RequestForm.extend(trap));
  if (!("data" in read)) return again(read.form);
  demandRate(site, c, rate);
  const { trap: _, ...form } = read.data;
  return filed(site, c, { kind, coop, form }, (message) => again(withFault(read.form, message)));
}

const PersonForm = RequestForm.extend({ ...trap, kind: z.enum(["access", "deletion"]) });

/** `GET /privacy`: what is kept of persons, and how to ask about it. */
export function showPrivacy(site: Site): Promise<Response> {
  return respond(site, privacyPage(site, freshForm({ kind: "access" })));
}

/** `POST /privacy`: somebody asks what is kept of them, or to have it deleted. */
export async function sendPrivacy(site: Site, c: Context, rate: Rate): Promise<Response> {
  const again = (form: Form) => answer(site, privacyPage(site, form), form);
  const read = await readForm(c, PersonForm);
  if (!("data" in read)) return again(read.form);
  demandRate(site, c, rate);
  const { trap: _, kind, ...form } = read.data;
  return filed(site, c, { kind, form }, (message) => again(withFault(read.form, message)));
}

/** `GET /requests/:id`: how it goes, for whoever has the address. */
export async function showRequestStatus(site: Site, id: string): Promise<Response> {
  const request = await demandRequest(site.db, id);
  const page = requestStatusPage({
    request,
    url: `${site.node.origin}/requests/${id}`,
    coop: request.coop === null ? undefined : await coopName(site, request.coop),
    code: proofCode(request),
    contact: site.contact,
  });
  return respond(site, page, 200, privately);
}
