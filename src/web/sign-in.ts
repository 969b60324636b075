import type { Context } from "hono";
import { z } from "zod";
import { DisplayName, LoginName } from "../directory/account.ts";
import { hasAdministrator, refuseSecondSetup, setUp } from "../directory/set-up.ts";
import { readLink } from "../directory/link.ts";
import { openSession, signIn, signOut } from "../directory/sign-in.ts";
import { AppError } from "../errors.ts";
import * as accounts from "../store/accounts.ts";
import { type Form, freshForm, readForm, withFault } from "./forms.ts";
import { setupPage } from "./pages/setup.ts";
import { signInPage } from "./pages/sign-in.ts";
import { nameFault, NewPassword } from "./password-form.ts";
import { goTo, localPath, respondPrivately } from "./private.ts";
import { knownMark, readSession, sessionToken, signInCookies, signOutCookies } from "./session.ts";
import type { Site } from "./site.ts";

const SetupForm = z
  .object({
    token: z.string().max(100),
    name: LoginName,
    displayName: DisplayName.optional(),
  })
  .and(NewPassword);

/** `GET /admin/setup?token=` */
export async function showSetup(site: Site, c: Context): Promise<Response> {
  const token = c.req.query("token") ?? "";
  await readLink(site.db, token, ["setup"], site.clock());
  await refuseSecondSetup(site.db);
  return respondPrivately(site, c, setupPage({ host: site.node.host, token, form: freshForm() }));
}

/** `POST /admin/setup`: makes the first administrator, and signs them in. */
export async function setUpNode(site: Site, c: Context): Promise<Response> {
  const read = await readForm(c, SetupForm);
  const token = String(read.form.values["token"] ?? "");
  await readLink(site.db, token, ["setup"], site.clock());
  await refuseSecondSetup(site.db);
  const again = (form: Form) => {
    const page = setupPage({ host: site.node.host, token, form });
    return respondPrivately(site, c, page, { status: 400 });
  };
  if (!("data" in read)) return again(read.form);
  const { data, form } = read;
  const fault = nameFault(data.name, data.password);
  if (fault !== undefined) return again(withFault(form, fault, "password"));
  try {
    const id = await setUp(site.db, token, data, site.clock());
    return await signedIn(site, c, id, "/admin", "set-up");
  } catch (error) {
    return again(withNameTaken(form, error));
  }
}

/**
 * The form with what is wrong with its name, if that is what failed.
 *
 * @throws whatever else failed.
 */
export function withNameTaken(form: Form, error: unknown): Form {
  if (error instanceof AppError && error.code === "conflict") {
    return withFault(form, error.message, "name");
  }
  throw error;
}

/** Leads on as somebody who has just shown by a link that this account is theirs. */
export async function signedIn(
  site: Site,
  c: Context,
  id: string,
  path: string,
  done: string,
): Promise<Response> {
  const { db } = site;
  const account = await accounts.get(db, id);
  if (account === undefined) throw new AppError("not-found", "There is no such account.");
  const previous = sessionToken(site, c);
  if (previous !== undefined) await signOut(db, previous);
  const session = await openSession(db, account, c.req.header("user-agent"), site.clock());
  return goTo(path, done, signInCookies(site, session));
}

/** `GET /admin/sign-in?next=` */
export async function showSignIn(site: Site, c: Context): Promise<Response> {
  const next = localPath(c.req.query("next"));
  if ((await readSession(site, c)) !== undefined) return goTo(next);
  const unset = !(await hasAdministrator(site.db));
  return respondPrivately(site, c, signInPage({ next, form: freshForm(), unset }));
}

const SignInForm = z.object({
  name: z.string().max(200),
  password: z.string().max(1000),
  next: z.string().max(2000).optional(),
});

/** `POST /admin/sign-in` */
export async function signInHere(site: Site, c: Context): Promise<Response> {
  const read = await readForm(c, SignInForm);
  const next = localPath(String(read.form.values["next"] ?? ""));
  const again = (form: Form, status: number) =>
    respondPrivately(site, c, signInPage({ next, form, unset: false }), { status });
  if (!("data" in read)) return again(read.form, 400);
  const { name, password } = read.data;
  const outcome = await signIn(
    site.db,
    site.throttle,
    {
      name,
      password,
      known: knownMark(site, c),
      agent: c.req.header("user-agent"),
      previous: sessionToken(site, c),
    },
    site.clock(),
  );
  if ("token" in outcome) return goTo(next, undefined, signInCookies(site, outcome));
  const message =
    outcome.refused === "wait"
      ? waitWords(outcome.wait)
      : outcome.refused === "disabled"
        ? "This account is disabled. Ask whoever runs this node."
        : "Name and password don’t belong together. Check both.";
  return again(withFault(read.form, message), outcome.refused === "wait" ? 429 : 403);
}

/** What to say to who tries too often. */
export function waitWords(seconds: number): string {
  const span = seconds === 1 ? "a second" : `${seconds} seconds`;
  return `Too many tries. Wait ${span}, then try again.`;
}

/** `POST /admin/sign-out` */
export async function signOutHere(site: Site, c: Context): Promise<Response> {
  const token = sessionToken(site, c);
  if (token !== undefined) await signOut(site.db, token);
  return goTo("/admin/sign-in", "signed-out", signOutCookies(site));
}
