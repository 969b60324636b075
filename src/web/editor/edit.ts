import type { Context } from "hono";
import { html } from "hono/html";
import { calledName } from "../../directory/account.ts";
import {
  discardDraft,
  type DraftContent,
  type Editable,
  newDraft,
  publishDraft,
  saveDraft,
} from "../../directory/draft.ts";
import { handleFault } from "../../directory/handle.ts";
import { AppError } from "../../errors.ts";
import * as accounts from "../../store/accounts.ts";
import type { FormFault } from "../forms.ts";
import { differenceTable } from "../pages/differences.ts";
import { handleState } from "../pages/editor.ts";
import { liveSection } from "../pages/editor-live.ts";
import { goTo, privately } from "../private.ts";
import type { Site } from "../site.ts";
import { consentOf, contentFor, type Desk, deskOf, formOfDesk, handleIn, newDesk } from "./desk.ts";
import { differences } from "./differences.ts";
import { faultsOf, sentence } from "./faults.ts";
import { readFields } from "./fields.ts";
import { type Form, formOf } from "./form.ts";
import { freeHandle, liveOf } from "./live.ts";
import { showForm } from "./show-form.ts";
import { freshContent, step } from "./steps.ts";

/** `GET /admin/coops/new` */
export async function showNewCoop(site: Site, c: Context): Promise<Response> {
  const desk = await newDesk(site, c);
  const form = formOf(freshContent(c.req.header("accept-language")));
  return showForm(desk, form);
}

/** `POST /admin/coops/new` */
export async function sendNewCoop(site: Site, c: Context): Promise<Response> {
  return take(await newDesk(site, c));
}

/** `GET /admin/coops/:id` */
export async function showEditor(site: Site, c: Context, id: string): Promise<Response> {
  const desk = await deskOf(site, c, id);
  return showForm(desk, formOfDesk(desk));
}

/** `POST /admin/coops/:id` */
export async function sendEditor(site: Site, c: Context, id: string): Promise<Response> {
  return take(await deskOf(site, c, id));
}

/** `POST /admin/coops/:id/check`, for the script: what follows from what is written so far. */
export async function checkCoop(site: Site, c: Context, id: string | undefined): Promise<Response> {
  const desk = id === undefined ? await newDesk(site, c) : await deskOf(site, c, id);
  const form = await readFields(c);
  const live = await liveOf(site, desk.subject, contentFor(desk, form), handleIn(form));
  const fragment = await html`${liveSection(live)}${handleState(live)}`;
  return new Response(fragment.toString(), {
    headers: { ...privately, "content-type": "text/html; charset=utf-8" },
  });
}

/** Does what the button says. */
async function take(desk: Desk): Promise<Response> {
  const form = await readFields(desk.c);
  const what = form.get("do") ?? "check";
  switch (what) {
    case "save":
    case "preview":
      return save(desk, form, what);
    case "publish":
      return publish(desk, form);
    case "discard":
      return discard(desk);
    default: {
      const { form: next, focus } = step(form, what);
      const searched = what.startsWith("find:") ? what.slice("find:".length) : undefined;
      return showForm(desk, next, { focus: searched ?? focus });
    }
  }
}

async function save(desk: Desk, form: Form, what: "save" | "preview"): Promise<Response> {
  const content = contentFor(desk, form);
  const handle = handleIn(form);
  const faults = await handleFaults(desk, handle);
  if (faults.length > 0) return showForm(desk, form, { faults });
  const id = await keep(desk, { content, handle, base: baseOf(form) });
  if (typeof id !== "string") return collision(desk, form, content, id);
  return goTo(`/admin/coops/${id}${what === "preview" ? "/preview" : ""}`, "draft-saved");
}

/** What somebody has written. */
interface Written {
  content: DraftContent;
  handle: string;
  base: number;
}

/** Saves the draft, of a co-op that may have to be added first. */
async function keep(
  { site: { db, node, clock }, session, id, subject }: Desk,
  { content, handle, base }: Written,
): Promise<string | Editable> {
  const account = session.account.id;
  if (id === undefined) {
    const draft = { content, handle: handle === "" ? null : handle, by: account, owner: account };
    return newDraft(db, draft, clock());
  }
  const chosen = subject.choosing && handle !== "" ? { handle } : {};
  const done = await saveDraft(db, node, id, { content, base, account, ...chosen }, clock());
  return "conflict" in done ? done.conflict : id;
}

/** The edition that the writer began with. */
function baseOf(form: Form): number {
  return Number(form.get("_base") ?? "-1");
}

async function publish(desk: Desk, form: Form): Promise<Response> {
  const { site, session, id, subject } = desk;
  const { db, node } = site;
  const content = contentFor(desk, form);
  const written = handleIn(form);
  const handle = written === "" && subject.choosing ? await freeHandle(db, content, id) : written;
  const faults = [
    ...faultsOf(content),
    ...(await handleFaults(desk, handle, true)),
    ...(consentOf(desk) === "asked" && form.get("_consent") !== "yes"
      ? [{ field: "_consent", message: "Tick this to agree, or save the draft instead." }]
      : []),
  ];
  if (faults.length > 0) return showForm(desk, normal(desk, form, content), { faults });
  const account = session.account.id;
  const now = site.clock();
  const coop = id ?? (await newDraft(db, { content, handle, by: account, owner: account }, now));
  const base = id === undefined ? 0 : baseOf(form);
  const chosen = subject.choosing ? { handle } : {};
  try {
    const done = await publishDraft(db, node, coop, { content, base, account, ...chosen }, now);
    if ("conflict" in done) return await collision(desk, form, content, done.conflict);
    return goTo(`/admin/coops/${coop}`, done.changed ? "published" : "unchanged");
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "too-large") throw error;
    // One that was new is a draft by now.
    const there = id === undefined ? await deskOf(site, desk.c, coop) : desk;
    return showForm(there, normal(there, form, content), {
      faults: [{ message: sentence(error.message) }],
    });
  }
}

async function handleFaults(
  { site, subject }: Desk,
  handle: string,
  needed = false,
): Promise<FormFault[]> {
  if (!subject.choosing) return [];
  if (handle === "") {
    const message = "Choose a name in the fediverse: it can’t be made from the co-op’s name.";
    return needed ? [{ field: "_handle", message }] : [];
  }
  const fault = await handleFault(site.db, handle, subject.id);
  return fault === undefined ? [] : [{ field: "_handle", message: `@${handle}: ${fault}.` }];
}

/** The form as its content says it again: rows without gaps, so that faults find their fields. */
function normal(desk: Desk, form: Form, content: DraftContent): Form {
  const next = formOfDesk({ ...desk, editable: { ...desk.editable, content } });
  for (const [name, value] of form) if (name.startsWith("_")) next.set(name, value);
  return next;
}

async function discard({ site, session, id }: Desk): Promise<Response> {
  if (id === undefined) return goTo("/admin");
  await discardDraft(site.db, id, session.account.id, site.clock());
  return goTo(`/admin/coops/${id}`, "draft-discarded");
}

/** Somebody else was faster: what is written stays in the form, and theirs stands beside it. */
async function collision(
  desk: Desk,
  form: Form,
  content: DraftContent,
  theirs: Editable,
): Promise<Response> {
  const { site, id } = desk;
  const { draftedBy } = theirs.coop;
  const who = draftedBy === null ? undefined : await accounts.get(site.db, draftedBy);
  const found = differences(theirs.content, content);
  const notice = html`<div class="notice fault" role="alert">
    <h2>Somebody else was faster</h2>
    <p>
      ${who === undefined ? "The listing was changed" : html`<bdi>${calledName(who)}</bdi> saved a draft`}
      while you were writing. Nothing of yours is saved yet, and nothing is lost: your text is in
      the form below. Save or publish it to replace theirs, which the history keeps, or
      <a href="/admin/coops/${id ?? "new"}">take theirs</a> and give yours up.
    </p>
    ${
      found.length === 0
        ? html`<p>Both say the same.</p>`
        : differenceTable(found, {
            before: "Theirs",
            after: "Yours",
            caption: "Where their text and yours differ",
          })
    }
  </div>`;
  return showForm({ ...desk, editable: theirs }, form, { notice, status: 409 });
}
