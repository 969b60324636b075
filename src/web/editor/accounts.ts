import type { Context } from "hono";
import { z } from "zod";
import { sayFormer } from "../../directory/arrive.ts";
import { depart, stay } from "../../directory/depart.ts";
import { openDraft } from "../../directory/draft.ts";
import { coopUrl } from "../../directory/ids.ts";
import { formerAccounts } from "../../directory/sign-listing.ts";
import { AppError } from "../../errors.ts";
import { findAccount } from "../../federation/account.ts";
import { askedMost, checkBacklink, noteLinks } from "../../federation/backlinks.ts";
import { findDestination } from "../../federation/moves.ts";
import * as backlinks from "../../store/backlinks.ts";
import * as departures from "../../store/departures.ts";
import * as followers from "../../store/followers.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import type { Rate } from "../joining/rate.ts";
import { accountsPage } from "../pages/editor-accounts.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";
import { placeOf } from "./place.ts";

/** How often somebody may have other servers asked: this many times in so many milliseconds. */
export const accountRate = { most: 30, span: 600_000 };

/** `GET /admin/coops/:id/accounts` */
export function showAccounts(site: Site, c: Context, id: string): Promise<Response> {
  return accounts(site, c, id, freshForm());
}

async function accounts(site: Site, c: Context, id: string, form: Form): Promise<Response> {
  const { session, coop } = await demandCoopRole(site, c, id, "editor");
  const { db, node } = site;
  const page = accountsPage({
    place: placeOf(session, await openDraft(db, node, id)),
    url: coopUrl(node, id),
    handle: coop.handle === null ? undefined : `@${coop.handle}@${node.host}`,
    links: await backlinks.of(db, id),
    former: formerAccounts(coop),
    departure: await departures.get(db, `coops/${id}`),
    followers: await followers.count(db, `coops/${id}`),
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

const AccountsForm = z.discriminatedUnion("do", [
  z.object({ do: z.literal("check") }),
  z.object({ do: z.literal("came"), from: z.string().trim().max(500) }),
  z.object({ do: z.literal("forget"), url: z.string() }),
  z.object({ do: z.literal("go"), to: z.string().trim().max(500) }),
  z.object({ do: z.literal("stay") }),
]);

/** `POST /admin/coops/:id/accounts`: looks at links, and lets the co-op come and go. */
export async function sendAccounts(
  site: Site,
  c: Context,
  id: string,
  rate: Rate,
): Promise<Response> {
  const { session, coop } = await demandCoopRole(site, c, id, "editor");
  const read = await readForm(c, AccountsForm);
  if (!("data" in read)) return accounts(site, c, id, read.form);
  const { db, node } = site;
  const { data, form } = read;
  const asker = { node, insecure: node.origin.startsWith("http:") };
  const by = session.account.id;
  const done = (what: string) => goTo(`/admin/coops/${id}/accounts`, what);
  const refuse = (fault: string, field: string) =>
    accounts(site, c, id, withFault(form, fault, field));
  const admit = () => {
    if (rate.admit(by, site.clock())) return;
    throw new AppError("rate-limited", "That was asked too often. Try again in ten minutes.");
  };
  switch (data.do) {
    case "check":
      await lookAgain(site, id, admit);
      return done("links-checked");
    case "came": {
      admit();
      const found = await findAccount(asker, data.from);
      if ("fault" in found) return refuse(found.fault, "from");
      const former = formerAccounts(coop).filter((each) => each !== found.account.id);
      try {
        await sayFormer(db, node, id, [...former, found.account.id], site.clock(), by);
      } catch (error) {
        return refuse(words(error, "bad-request"), "from");
      }
      return done("account-named");
    }
    case "forget": {
      const former = formerAccounts(coop).filter((each) => each !== data.url);
      await sayFormer(db, node, id, former, site.clock(), by);
      return done("account-forgotten");
    }
    case "go": {
      await demandCoopRole(site, c, id, "owner");
      admit();
      const found = await findDestination(asker, coop, data.to);
      if ("fault" in found) return refuse(found.fault, "to");
      try {
        await depart(db, node, id, found.destination, site.clock(), by);
      } catch (error) {
        return refuse(words(error, "conflict"), "to");
      }
      return done("moved");
    }
    default:
      await demandCoopRole(site, c, id, "owner");
      await stay(db, node, id, site.clock());
      return done("stayed");
  }
}

/** What an error of this kind says; throws any other. */
function words(error: unknown, code: AppError["code"]): string {
  if (error instanceof AppError && error.code === code) return error.message;
  throw error;
}

/** Looks at the links of a co-op now, but for those that were looked at a moment ago. */
async function lookAgain(site: Site, id: string, admit: () => void): Promise<void> {
  const { db, node } = site;
  const now = site.clock();
  await noteLinks(db, id, now);
  const stale = (await backlinks.of(db, id)).filter(
    ({ checked }) => checked === null || Number(checked) < now - askedMost,
  );
  if (stale.length === 0) return;
  admit();
  const asker = { node, insecure: node.origin.startsWith("http:") };
  await Promise.all(stale.map((link) => checkBacklink(asker, site, link)));
}
