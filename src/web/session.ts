import type { Context } from "hono";
import { generateCookie, getCookie } from "hono/cookie";
import { mayAdminister, mayEdit, mayManagePeople, mayModerate } from "../directory/permit.ts";
import { type Session, sessionLifetime, sessionOf, type SignedIn } from "../directory/sign-in.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import type { Site } from "./site.ts";

/** A year in seconds: for the mark of a browser that signed in before. */
const year = 31_536_000;

/**
 * What a cookie is called. On https its name makes browsers refuse one that
 * another host of the domain sets (RFC 6265bis, 4.1.3.2). On http, which is
 * loopback only, it has the port, for cookies don’t tell ports apart.
 */
function cookieName({ node }: Site, name: "session" | "known"): string {
  const { protocol, port } = new URL(node.origin);
  return protocol === "https:" ? `__Host-${name}` : `${name}-${port || "80"}`;
}

function cookie(site: Site, name: "session" | "known", value: string, maxAge: number): string {
  return generateCookie(cookieName(site, name), value, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: site.node.origin.startsWith("https:"),
    maxAge,
  });
}

/** The cookies that a browser gets when it signs in. */
export function signInCookies(site: Site, { token, known }: SignedIn): string[] {
  return [
    cookie(site, "session", token, sessionLifetime / 1000),
    cookie(site, "known", known, year),
  ];
}

/** The cookie that ends a session in the browser. Its mark stays: it is still the same browser. */
export function signOutCookies(site: Site): string[] {
  return [cookie(site, "session", "", 0)];
}

/** The token that the browser sends, good or not. */
export function sessionToken(site: Site, c: Context): string | undefined {
  return getCookie(c, cookieName(site, "session"));
}

/** The mark of a browser that signed in before. */
export function knownMark(site: Site, c: Context): string | undefined {
  return getCookie(c, cookieName(site, "known"));
}

/** Who is signed in, if anybody is. */
export async function readSession(site: Site, c: Context): Promise<Session | undefined> {
  const token = sessionToken(site, c);
  return token === undefined ? undefined : sessionOf(site.db, token, site.clock());
}

/**
 * Who is signed in.
 *
 * @throws {AppError} `unauthorized`, which for a page leads to signing in and back.
 */
export async function demandAccount(site: Site, c: Context): Promise<Session> {
  const session = await readSession(site, c);
  if (session !== undefined) return session;
  throw new AppError("unauthorized", "Your session has ended. Sign in again.");
}

/**
 * Who is signed in and may do what this role may in a co-op that this node
 * hosts: an `editor` writes and publishes, an `owner` manages its people, too.
 *
 * @throws {AppError} `unauthorized`; `forbidden`, also for a co-op that isn’t
 *   there, so that nobody learns of drafts; `gone` for one that was deleted.
 */
export async function demandCoopRole(
  site: Site,
  c: Context,
  coop: string,
  role: "editor" | "owner",
): Promise<{ session: Session; coop: coops.HostedCoop }> {
  const session = await demandAccount(site, c);
  const may = role === "owner" ? mayManagePeople : mayEdit;
  const found = await coops.get(site.db, coop);
  if (found === undefined || !may(session, coop)) {
    throw new AppError(
      "forbidden",
      role === "owner"
        ? "Only the owners of this co-op can do this. Ask one of them."
        : "Your account can’t change this co-op. Ask one of its owners for an invitation.",
    );
  }
  if (found.deleted !== null) {
    throw new AppError("gone", "This co-op was deleted for good.");
  }
  return { session, coop: found };
}

/**
 * Who is signed in and has this part in running the node. Administrators may
 * do all that moderators may.
 *
 * @throws {AppError} `unauthorized` or `forbidden`.
 */
export async function demandNodeRole(
  site: Site,
  c: Context,
  role: "moderator" | "administrator",
): Promise<Session> {
  const session = await demandAccount(site, c);
  const may = role === "administrator" ? mayAdminister : mayModerate;
  if (may(session)) return session;
  throw new AppError(
    "forbidden",
    `This is for ${role === "administrator" ? "administrators" : "moderators"} of this node.`,
  );
}
