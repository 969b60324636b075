import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { AppError } from "../errors.ts";
import { prefersJson } from "./accept.ts";
import { addPerson, changePerson, invitePerson, showAccounts, showPerson } from "./accounts.ts";
import { showAdminHome } from "./admin-home.ts";
import { sendBlocks, settleFlag, showBlocks, showFlags } from "./blocks.ts";
import { editorRoutes } from "./editor/routes.ts";
import { failure } from "./failure.ts";
import { showHostedCoops } from "./hosted-coops.ts";
import {
  discardImport,
  showImport,
  showImportReport,
  showImports,
  startImport,
  takeImport,
} from "./imports.ts";
import { acceptInvited, followLink, showLink } from "./link.ts";
import { joiningAdminRoutes } from "./joining/routes.ts";
import {
  changeOwnAccount,
  changeOwnPassword,
  endOtherSessions,
  showOwnAccount,
} from "./own-account.ts";
import { goTo, privately } from "./private.ts";
import { setUpNode, showSetup, showSignIn, signInHere, signOutHere } from "./sign-in.ts";
import type { Site } from "./site.ts";
import { trustRoutes } from "./trust/routes.ts";

/**
 * The co-op’s own side, below `/admin`. Everything here works without script,
 * is never cached, and takes forms from its own pages only.
 */
export function adminRoutes(site: Site): Hono {
  const admin = new Hono();
  admin.onError((error, c) => privateFailure(site, c, error));
  // Behind a proxy the request itself is http, so what counts is the address of the node.
  admin.use(csrf({ origin: site.node.origin }));

  // The way in.
  admin.get("/setup", (c) => showSetup(site, c));
  admin.post("/setup", (c) => setUpNode(site, c));
  admin.get("/sign-in", (c) => showSignIn(site, c));
  admin.post("/sign-in", (c) => signInHere(site, c));
  admin.post("/sign-out", (c) => signOutHere(site, c));
  admin.get("/links/:token", (c) => showLink(site, c, c.req.param("token")));
  admin.post("/links/:token", (c) => followLink(site, c, c.req.param("token")));

  admin.post("/links/:token/accept", (c) => acceptInvited(site, c, c.req.param("token")));

  // For everybody who is signed in.
  admin.get("/", (c) => showAdminHome(site, c));
  admin.get("/account", (c) => showOwnAccount(site, c));
  admin.post("/account", (c) => changeOwnAccount(site, c));
  admin.post("/account/password", (c) => changeOwnPassword(site, c));
  admin.post("/account/sessions", (c) => endOtherSessions(site, c));

  // For those who look after a co-op.
  editorRoutes(site, admin);

  joiningAdminRoutes(site, admin);

  trustRoutes(site, admin);

  admin.get("/blocks", (c) => showBlocks(site, c, ""));
  admin.post("/blocks", (c) => sendBlocks(site, c, ""));
  admin.get("/reports", (c) => showFlags(site, c));
  admin.post("/reports", (c) => settleFlag(site, c));

  // For administrators.
  admin.get("/import", (c) => showImports(site, c));
  admin.post("/import", (c) => takeImport(site, c));
  admin.get("/import/:id", (c) => showImport(site, c, c.req.param("id")));
  admin.post("/import/:id", (c) => startImport(site, c, c.req.param("id")));
  admin.post("/import/:id/discard", (c) => discardImport(site, c, c.req.param("id")));
  admin.get("/import/:id/report.csv", (c) => showImportReport(site, c, c.req.param("id")));
  admin.get("/coops", (c) => showHostedCoops(site, c));
  admin.get("/accounts", (c) => showAccounts(site, c));
  admin.post("/accounts", (c) => addPerson(site, c));
  admin.get("/accounts/:id", (c) => showPerson(site, c, c.req.param("id")));
  admin.post("/accounts/:id", (c) => changePerson(site, c, c.req.param("id")));
  admin.post("/accounts/:id/link", (c) => invitePerson(site, c, c.req.param("id")));

  return admin;
}

/** A failure, which is as private as the page would have been. */
async function privateFailure(site: Site, c: Context, error: unknown): Promise<Response> {
  const signedOut = error instanceof AppError && error.code === "unauthorized";
  if (signedOut && c.req.method === "GET" && !prefersJson(c.req.header("accept") ?? null)) {
    const { pathname, search } = new URL(c.req.url);
    return goTo(`/admin/sign-in?next=${encodeURIComponent(pathname + search)}`);
  }
  const known = error instanceof HTTPException && error.status === 403 ? foreignForm(error) : error;
  const response = await failure(site, c.req.raw, known);
  for (const [name, value] of Object.entries(privately)) response.headers.set(name, value);
  return response;
}

function foreignForm(cause: Error): AppError {
  return new AppError(
    "forbidden",
    "This form does not seem to come from a page of this node, so nothing was changed. Go back, reload the page with the form, and send it again.",
    { cause },
  );
}
