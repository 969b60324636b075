import type { Context } from "hono";
import { z } from "zod";
import {
  addAccount,
  existingAccount,
  disableAccount,
  enableAccount,
  LoginName,
  setNodeRole,
} from "../directory/account.ts";
import { renewPasswordLink } from "../directory/set-password.ts";
import { linkUrl } from "../directory/link.ts";
import type { Session } from "../directory/sign-in.ts";
import { AppError } from "../errors.ts";
import * as accounts from "../store/accounts.ts";
import * as roles from "../store/roles.ts";
import { type Form, freshForm, readForm, withFault } from "./forms.ts";
import { ownCoops } from "./own-coops.ts";
import { accountPage } from "./pages/account.ts";
import { accountsPage } from "./pages/accounts.ts";
import { madeLinkPage } from "./pages/made-link.ts";
import { goTo, respondPrivately } from "./private.ts";
import { demandNodeRole } from "./session.ts";
import { withNameTaken } from "./sign-in.ts";
import type { Site } from "./site.ts";

/** What can be chosen where an account gets its part in running the node. */
const NodeRoleChoice = z
  .enum(["none", "moderator", "administrator"])
  .transform((choice) => (choice === "none" ? null : choice));

/** `GET /admin/accounts` */
export async function showAccounts(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  return list(site, c, session, freshForm({ nodeRole: "none" }));
}

async function list(site: Site, c: Context, session: Session, form: Form): Promise<Response> {
  const page = accountsPage({ accounts: await accounts.all(site.db), form });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

const AddForm = z.object({ name: LoginName, nodeRole: NodeRoleChoice });

/** `POST /admin/accounts`: adds an account, and shows the link for its owner. */
export async function addPerson(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, AddForm);
  if (!("data" in read)) return list(site, c, session, read.form);
  try {
    const { token } = await addAccount(site.db, read.data, site.clock(), session.account);
    return await showMadeLink(site, c, session, read.data.name, token);
  } catch (error) {
    return list(site, c, session, withNameTaken(read.form, error));
  }
}

/** The one time that a link can be read: only a digest of it is kept. */
function showMadeLink(
  site: Site,
  c: Context,
  session: Session,
  name: string,
  token: string,
): Promise<Response> {
  const url = linkUrl(site.node, "password", token);
  const page = madeLinkPage({
    title: `A link for ${name}`,
    url,
    what: "Whoever opens it sets the password of this account and is signed in. It is good for once, and for seven days.",
    back: { path: "/admin/accounts", label: "To the accounts" },
  });
  return respondPrivately(site, c, page, { session });
}

/** `GET /admin/accounts/:id` */
export async function showPerson(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const account = await existingAccount(site.db, id);
  return person(site, c, session, freshForm({ nodeRole: account.nodeRole ?? "none" }), id);
}

async function person(
  site: Site,
  c: Context,
  session: Session,
  form: Form,
  id: string,
): Promise<Response> {
  const page = accountPage({
    account: await existingAccount(site.db, id),
    coops: await ownCoops(site, await roles.of(site.db, id)),
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

const ChangeForm = z.discriminatedUnion("do", [
  z.object({ do: z.literal("role"), nodeRole: NodeRoleChoice }),
  z.object({ do: z.literal("disable") }),
  z.object({ do: z.literal("enable") }),
]);

/** `POST /admin/accounts/:id`: its part in running the node, or whether it can sign in. */
export async function changePerson(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, ChangeForm);
  if (!("data" in read)) return person(site, c, session, read.form, id);
  const { data, form } = read;
  const by = session.account;
  try {
    if (data.do === "role") await setNodeRole(site.db, id, data.nodeRole, by);
    if (data.do === "disable") await disableAccount(site.db, id, site.clock(), by);
    if (data.do === "enable") await enableAccount(site.db, id, by);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
    return person(site, c, session, withFault(form, error.message), id);
  }
  // Who has just given up their own rights can't see the account any more.
  const own = id === session.account.id;
  return goTo(own ? "/admin" : `/admin/accounts/${id}`, `account-${doneWord[data.do]}`);
}

const doneWord = { role: "role", disable: "disabled", enable: "enabled" };

/** `POST /admin/accounts/:id/link`: a link for a new password. */
export async function invitePerson(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const { name } = await existingAccount(site.db, id);
  const token = await renewPasswordLink(site.db, id, site.clock(), session.account);
  return showMadeLink(site, c, session, name, token);
}
