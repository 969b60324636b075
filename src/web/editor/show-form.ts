import { calledName } from "../../directory/account.ts";
import * as accounts from "../../store/accounts.ts";
import type { FormFault } from "../forms.ts";
import { editorPage } from "../pages/editor.ts";
import { respondPrivately } from "../private.ts";
import type { Site } from "../site.ts";
import { suggest } from "../suggest.ts";
import type { Html } from "../text.ts";
import { consentOf, contentFor, type Desk, handleIn } from "./desk.ts";
import type { Form } from "./form.ts";
import { liveOf } from "./live.ts";
import { placeOf } from "./place.ts";
import { type CodeField, codeFields, type Sheet, sheetOf } from "./sheet.ts";

/** What is shown beside what is written. */
interface Showing {
  faults?: FormFault[];
  focus?: string | undefined;
  notice?: Html;
  status?: number;
}

/** Shows the editor with this form. */
export async function showForm(desk: Desk, form: Form, showing: Showing = {}): Promise<Response> {
  const { site, c, session, id, editable, subject } = desk;
  const { faults = [], focus, notice } = showing;
  const content = contentFor(desk, form);
  const action = `/admin/coops/${id ?? "new"}`;
  const sheet = sheetOf(form, { action, faults, focus, found: searches(form) });
  const { coop, edition } = editable;
  const page = editorPage({
    place: id === undefined ? undefined : placeOf(session, editable),
    sheet,
    live: await liveOf(site, subject, content, handleIn(form)),
    edition,
    choosing: subject.choosing,
    host: site.node.host,
    state: stateOf(desk),
    consent: consentOf(desk),
    saved: coop.drafted === null ? undefined : await savedBy(site, coop.drafted, coop.draftedBy),
    notice,
  });
  const status = showing.status ?? (faults.length > 0 ? 400 : 200);
  return respondPrivately(site, c, page, { session, status });
}

function stateOf({ id, editable }: Desk): "new" | "draft" | "published" | "withdrawn" {
  if (id === undefined) return "new";
  if (editable.published !== undefined) return "published";
  return editable.coop.content === null ? "draft" : "withdrawn";
}

async function savedBy(site: Site, drafted: number, by: string | null) {
  const account = by === null ? undefined : await accounts.get(site.db, by);
  return {
    drafted: Number(drafted),
    by: account === undefined ? "a command" : calledName(account),
  };
}

/** What the searches of a form find. */
function searches(form: Form): Sheet["found"] {
  const country = form.get("location.address.addressCountry") ?? undefined;
  const found: Sheet["found"] = {};
  for (const [name, kind] of Object.entries(codeFields) as [
    CodeField,
    (typeof codeFields)[CodeField],
  ][]) {
    const words = form.get(`_find.${name}`)?.trim() ?? "";
    if (words !== "") found[name] = suggest(kind, words, { country, limit: 12 });
  }
  return found;
}
