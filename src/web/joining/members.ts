import { getLogger } from "@logtape/logtape";
import type { Context } from "hono";
import { z } from "zod";
import { yesUrl } from "../../directory/answer.ts";
import { MandateForm } from "../../directory/mandate.ts";
import { addMembers, makeYesLinks, publishUnderMandate } from "../../directory/members.ts";
import {
  faultyAsCsv,
  memberTemplate,
  type ReadMembers,
  readMembers,
  rowsAsCsv,
} from "../../directory/read-members.ts";
import type { Session } from "../../directory/sign-in.ts";
import { writeCsv } from "../../directory/write-csv.ts";
import { AppError } from "../../errors.ts";
import * as members from "../../store/members.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { memberMandatePage } from "../pages/member-mandate.ts";
import { memberPreviewPage } from "../pages/member-preview.ts";
import { membersPage } from "../pages/members.ts";
import { goTo, privately, respondPrivately } from "../private.ts";
import { demandNodeRole } from "../session.ts";
import type { Site } from "../site.ts";

const logger = getLogger(["fragaria", "web"]);

/** The most bytes of a spreadsheet: nginx, as the README sets it up, lets 2 MB through. */
const mostBytes = 1_500_000;
/** What a form with such a table in it may have: lines and marks count more when they are sent. */
const mostSent = 8_000_000;

/** What goes on after the answer: publishing many. */
export interface Running {
  /** How many there are, and how far it has got. */
  of: number;
  done: number;
  refused: { handle: string; why: string }[];
  ended: boolean;
  /** Why it broke off, if it did. */
  fault?: string;
}

/** What the pages about members remember between requests: what is being published now. */
export interface MemberDesk {
  running?: Running;
}

/** `GET /admin/members` */
export async function showMembers(site: Site, c: Context, desk: MemberDesk): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  return overview(site, c, session, desk, freshForm());
}

async function overview(
  site: Site,
  c: Context,
  session: Session,
  desk: MemberDesk,
  form: Form,
): Promise<Response> {
  const page = membersPage({
    counts: await members.count(site.db),
    waiting: await members.waiting(site.db, "", 100),
    running: desk.running,
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** `GET /admin/members/template.csv` */
export async function downloadTemplate(site: Site, c: Context): Promise<Response> {
  await demandNodeRole(site, c, "administrator");
  return csvFile("members.csv", memberTemplate());
}

function csvFile(name: string, text: string): Response {
  return new Response(text, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "x-content-type-options": "nosniff",
      ...privately,
    },
  });
}

const UploadForm = z.object({ file: z.instanceof(File, { error: "Choose the spreadsheet." }) });

/** `POST /admin/members`: shows what the rows of a spreadsheet would become. Writes nothing. */
export async function previewMembers(site: Site, c: Context, desk: MemberDesk): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, UploadForm, mostBytes + 64 * 1024);
  if (!("data" in read)) return overview(site, c, session, desk, read.form);
  const { file } = read.data;
  const name = file.name.slice(0, 100);
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return await preview(site, c, session, await readMembers(site.db, site.node, { bytes, name }));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad-request") throw error;
    return overview(site, c, session, desk, withFault(read.form, error.message, "file"));
  }
}

function preview(site: Site, c: Context, session: Session, read: ReadMembers): Promise<Response> {
  const page = memberPreviewPage({
    ...read,
    rows: rowsAsCsv(read.good),
    rest: faultyAsCsv(read.faulty),
  });
  return respondPrivately(site, c, page, { session });
}

/** The rows come back from the preview, so that nothing has to be kept meanwhile. */
const RowsForm = z.object({ rows: z.string().max(mostSent) });

async function rowsOf(site: Site, c: Context): Promise<ReadMembers> {
  const read = await readForm(c, RowsForm, mostSent);
  if (!("data" in read)) {
    throw new AppError("bad-request", "The rows are lacking. Upload the spreadsheet once more.");
  }
  const bytes = new TextEncoder().encode(read.data.rows);
  return readMembers(site.db, site.node, { bytes, name: "The preview" });
}

/** `POST /admin/members/drafts`: makes drafts of the rows that can be used. */
export async function draftMembers(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await rowsOf(site, c);
  // Something has changed since the preview: it is shown again.
  if (read.faulty.length > 0) return preview(site, c, session, read);
  const { added, changed } = await addMembers(site.db, read.good, session.account.id, site.clock());
  return goTo("/admin/members", added + changed === 0 ? "members-same" : "members-added");
}

/** `POST /admin/members/faulty.csv`: only the rows with faults, and what they are. */
export async function downloadFaulty(site: Site, c: Context): Promise<Response> {
  await demandNodeRole(site, c, "administrator");
  const { faulty } = await rowsOf(site, c);
  return csvFile("to-mend.csv", faultyAsCsv(faulty));
}

const LinksForm = z.object({
  asker: z.string().trim().min(1, "Fill this in.").max(200, "Use at most 200 characters."),
});

/** `POST /admin/members/links.csv`: a link for each co-op, to be sent to them. */
export async function downloadLinks(site: Site, c: Context, desk: MemberDesk): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, LinksForm);
  if (!("data" in read)) return overview(site, c, session, desk, read.form);
  const asker = { name: read.data.asker, by: session.account.id };
  const links = await makeYesLinks(site.db, asker, site.clock());
  return csvFile(
    "links.csv",
    writeCsv([
      ["name", "handle", "e-mail", "link"],
      ...links.map(({ name, handle, email, token }) => [
        name,
        handle,
        email ?? "",
        yesUrl(site.node, token),
      ]),
    ]),
  );
}

/** `GET /admin/members/mandate` */
export async function showMemberMandate(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  return mandate(site, c, session, freshForm());
}

async function mandate(site: Site, c: Context, session: Session, form: Form): Promise<Response> {
  const { waiting } = await members.count(site.db);
  const status = form.faults.length > 0 ? 400 : 200;
  return respondPrivately(site, c, memberMandatePage({ waiting, form }), { session, status });
}

const ConfirmedMandate = MandateForm.extend({
  sure: z.literal("yes", { error: "Tick this if all of them are to be published now." }),
});

/** `POST /admin/members/mandate`: publishes all that wait. It goes on after the answer. */
export async function publishMembers(site: Site, c: Context, desk: MemberDesk): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, ConfirmedMandate);
  if (!("data" in read)) return mandate(site, c, session, read.form);
  if (desk.running?.ended === false) {
    throw new AppError("conflict", "They are being published already: wait until that has ended.");
  }
  const { sure: _, ...form } = read.data;
  desk.running = { of: (await members.count(site.db)).waiting, done: 0, refused: [], ended: false };
  void publishAll(site, desk.running, form, session.account.id);
  return goTo("/admin/members");
}

async function publishAll(
  site: Site,
  running: Running,
  form: MandateForm,
  by: string,
): Promise<void> {
  try {
    await publishUnderMandate(site.db, site.node, form, by, site.clock, (progress) => {
      running.of = progress.of;
      running.done = progress.published + progress.refused.length;
      running.refused = progress.refused;
    });
  } catch (error) {
    running.fault = error instanceof AppError ? error.message : "Something went wrong here.";
    logger.error("Publishing members broke off: {error}", { error });
  } finally {
    running.ended = true;
  }
}
