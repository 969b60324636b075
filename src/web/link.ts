import type { Context } from "hono";
import { z } from "zod";
import { calledName, existingAccount, DisplayName, LoginName } from "../directory/account.ts";
import { useNewPassword } from "../directory/set-password.ts";
import { readLink } from "../directory/link.ts";
import { acceptInvitation } from "../directory/people.ts";
import type { Session } from "../directory/sign-in.ts";
import * as accounts from "../store/accounts.ts";
import type { Link } from "../store/links.ts";
import { type Form, freshForm, readForm, withFault } from "./forms.ts";
import type { Page } from "./layout.ts";
import { coopName } from "./own-coops.ts";
import { invitationPage } from "./pages/invitation.ts";
import { newPasswordPage } from "./pages/new-password.ts";
import { nameFault, NewPassword } from "./password-form.ts";
import { goTo, respondPrivately } from "./private.ts";
import { demandAccount, readSession } from "./session.ts";
import { signedIn, withNameTaken } from "./sign-in.ts";
import type { Site } from "./site.ts";

const kinds: Link["kind"][] = ["password", "invitation"];

/** `GET /admin/links/:token`: what the link is for. Looking at it doesn’t use it. */
export async function showLink(site: Site, c: Context, token: string): Promise<Response> {
  const link = await readLink(site.db, token, kinds, site.clock());
  const session = await readSession(site, c);
  const page = await linkPage(site, link, token, session, freshForm());
  return respondPrivately(site, c, page, { session });
}

async function linkPage(
  site: Site,
  link: Link,
  token: string,
  session: Session | undefined,
  form: Form,
): Promise<Page> {
  const action = `/admin/links/${token}`;
  if (link.kind === "password") {
    const { name } = await existingAccount(site.db, link.account ?? "");
    return newPasswordPage({ action, name, form });
  }
  const by = link.createdBy === null ? undefined : await accounts.get(site.db, link.createdBy);
  return invitationPage({
    action,
    host: site.node.host,
    by: by === undefined ? undefined : calledName(by),
    coop: link.coop === null ? undefined : await coopName(site, link.coop),
    role: link.role,
    as: session === undefined ? undefined : calledName(session.account),
    form,
  });
}

/** `POST /admin/links/:token`: uses the link. */
export async function followLink(site: Site, c: Context, token: string): Promise<Response> {
  const link = await readLink(site.db, token, kinds, site.clock());
  return link.kind === "password"
    ? setNewPassword(site, c, link, token)
    : acceptWithNewAccount(site, c, link, token);
}

/** `POST /admin/links/:token/accept`: accepts an invitation as who is signed in. */
export async function acceptInvited(site: Site, c: Context, token: string): Promise<Response> {
  const { account } = await demandAccount(site, c);
  await acceptInvitation(site.db, token, { id: account.id }, site.clock());
  return goTo("/admin", "joined");
}

async function setNewPassword(
  site: Site,
  c: Context,
  link: Link,
  token: string,
): Promise<Response> {
  const { name } = await existingAccount(site.db, link.account ?? "");
  const read = await readForm(c, NewPassword);
  const again = (form: Form) => {
    const page = newPasswordPage({ action: `/admin/links/${token}`, name, form });
    return respondPrivately(site, c, page, { status: 400 });
  };
  if (!("data" in read)) return again(read.form);
  const { password } = read.data;
  const fault = nameFault(name, password);
  if (fault !== undefined) return again(withFault(read.form, fault, "password"));
  const id = await useNewPassword(site.db, token, { name, password }, site.clock());
  return signedIn(site, c, id, "/admin", "new-password");
}

const AccountForm = z
  .object({ name: LoginName, displayName: DisplayName.optional() })
  .and(NewPassword);

async function acceptWithNewAccount(
  site: Site,
  c: Context,
  link: Link,
  token: string,
): Promise<Response> {
  const read = await readForm(c, AccountForm);
  const again = async (form: Form) => {
    const page = await linkPage(site, link, token, undefined, form);
    return respondPrivately(site, c, page, { status: 400 });
  };
  if (!("data" in read)) return again(read.form);
  const { data, form } = read;
  const fault = nameFault(data.name, data.password);
  if (fault !== undefined) return again(withFault(form, fault, "password"));
  try {
    const { account } = await acceptInvitation(site.db, token, data, site.clock());
    return await signedIn(site, c, account, "/admin", "joined");
  } catch (error) {
    return again(withNameTaken(form, error));
  }
}
