import type { Context } from "hono";
import { z } from "zod";
import { describeAccount, DisplayName, Email } from "../directory/account.ts";
import { setPassword } from "../directory/set-password.ts";
import { confirmPassword, type Session, signOutElsewhere } from "../directory/sign-in.ts";
import * as sessions from "../store/sessions.ts";
import { type Form, freshForm, readForm, withFault } from "./forms.ts";
import { ownAccountPage } from "./pages/own-account.ts";
import { nameFault, NewPassword } from "./password-form.ts";
import { goTo, respondPrivately } from "./private.ts";
import { demandAccount } from "./session.ts";
import { waitWords } from "./sign-in.ts";
import type { Site } from "./site.ts";

/** `GET /admin/account` */
export async function showOwnAccount(site: Site, c: Context): Promise<Response> {
  return show(site, c, await demandAccount(site, c), {});
}

/** The page with the form that was sent, if one was, and the others as they are. */
async function show(
  site: Site,
  c: Context,
  session: Session,
  sent: { facts?: Form; password?: Form },
): Promise<Response> {
  const { account, tokenHash } = session;
  const { displayName, email } = account;
  const facts = freshForm({
    ...(displayName !== null && { displayName }),
    ...(email !== null && { email }),
  });
  const page = ownAccountPage({
    name: account.name,
    facts: sent.facts ?? facts,
    password: sent.password ?? freshForm(),
    sessions: await sessions.of(site.db, account.id, site.clock()),
    present: tokenHash,
  });
  const status = sent.facts === undefined && sent.password === undefined ? 200 : 400;
  return respondPrivately(site, c, page, { session, status });
}

const FactsForm = z.object({ displayName: DisplayName.optional(), email: Email.optional() });

/** `POST /admin/account`: what others see of the account, and its e-mail address. */
export async function changeOwnAccount(site: Site, c: Context): Promise<Response> {
  const session = await demandAccount(site, c);
  const read = await readForm(c, FactsForm);
  if (!("data" in read)) return show(site, c, session, { facts: read.form });
  const { displayName = null, email = null } = read.data;
  await describeAccount(site.db, session.account.id, { displayName, email });
  return goTo("/admin/account", "account");
}

const PasswordForm = z.object({ current: z.string().max(1000) }).and(NewPassword);

/** `POST /admin/account/password`: all other sessions end. */
export async function changeOwnPassword(site: Site, c: Context): Promise<Response> {
  const session = await demandAccount(site, c);
  const { id, name } = session.account;
  const read = await readForm(c, PasswordForm);
  const again = (form: Form) => show(site, c, session, { password: form });
  if (!("data" in read)) return again(read.form);
  const { current, password } = read.data;
  const fault = nameFault(name, password);
  if (fault !== undefined) return again(withFault(read.form, fault, "password"));
  const { db, throttle } = site;
  const right = await confirmPassword(db, throttle, { id, password: current }, site.clock());
  if (right !== true) {
    const why =
      right.refused === "wait" ? waitWords(right.wait) : "This is not your present password.";
    return again(withFault(read.form, why, "current"));
  }
  await setPassword(db, id, password, session.tokenHash);
  return goTo("/admin/account", "password");
}

/** `POST /admin/account/sessions`: signs out in all other browsers. */
export async function endOtherSessions(site: Site, c: Context): Promise<Response> {
  await signOutElsewhere(site.db, await demandAccount(site, c));
  return goTo("/admin/account#sessions", "signed-out-elsewhere");
}
