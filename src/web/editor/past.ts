import type { Context } from "hono";
import { z } from "zod";
import { calledName } from "../../directory/account.ts";
import { type DraftContent, openDraft } from "../../directory/draft.ts";
import { history, restore } from "../../directory/history.ts";
import { AppError } from "../../errors.ts";
import * as accounts from "../../store/accounts.ts";
import { readForm } from "../forms.ts";
import { historyPage, type ShownStep } from "../pages/editor-history.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";
import { differences } from "./differences.ts";
import { placeOf } from "./place.ts";

/** `GET /admin/coops/:id/history` */
export async function showHistory(site: Site, c: Context, id: string): Promise<Response> {
  const { session, coop } = await demandCoopRole(site, c, id, "editor");
  const place = placeOf(session, await openDraft(site.db, site.node, id));
  const page = historyPage(place, await shownSteps(site, id), coop.draft !== null);
  return respondPrivately(site, c, page, { session });
}

async function shownSteps(site: Site, id: string): Promise<ShownStep[]> {
  const names = new Map<string | null, string>([[null, "a command"]]);
  const shown: ShownStep[] = [];
  let before: DraftContent | undefined;
  for (const { number, kind, account, made, content } of (
    await history(site.db, id)
  ).toReversed()) {
    if (!names.has(account)) names.set(account, await nameOf(site, account ?? ""));
    const changes = content === null || before === undefined ? [] : differences(before, content);
    shown.push({
      number,
      kind,
      made,
      by: names.get(account) ?? "",
      changes,
      restorable: content !== null,
    });
    // A draft that was never published is no step towards the next version.
    if (kind === "published" && content !== null) before = content;
  }
  return shown.toReversed();
}

async function nameOf({ db }: Site, id: string): Promise<string> {
  const account = await accounts.get(db, id);
  return account === undefined ? "an account that is gone" : calledName(account);
}

const RestoreForm = z.object({ number: z.coerce.number().int().min(1) });

/** `POST /admin/coops/:id/history`: makes an older text the draft. */
export async function bringBack(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const read = await readForm(c, RestoreForm);
  if (!("data" in read)) throw new AppError("bad-request", "This names no version. Go back.");
  await restore(site.db, site.node, id, read.data.number, session.account.id, site.clock());
  return goTo(`/admin/coops/${id}`, "restored");
}
