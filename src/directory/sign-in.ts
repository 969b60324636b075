import { createHmac, timingSafeEqual } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import * as accounts from "../store/accounts.ts";
import * as roles from "../store/roles.ts";
import type { Db } from "../store/schema.ts";
import * as sessions from "../store/sessions.ts";
import { hashToken, newToken } from "./link.ts";
import { verifyPassword } from "./password.ts";
import type { Holder } from "./permit.ts";
import type { Throttle } from "./throttle.ts";

const logger = getLogger(["fragaria", "accounts"]);

const day = 86_400_000;
/** A session ends when it wasn't used for so long, */
const idle = 30 * day;
/** and in any case so long after sign-in. */
export const sessionLifetime = 90 * day;
/** A session that is in use is written down once in so long, not at every page. */
const grain = 3_600_000;

/** What a browser sends to sign in. */
export interface Credentials {
  name: string;
  password: string;
  /** The mark that it got when it signed in before. */
  known?: string | undefined;
  /** What it calls itself. */
  agent?: string | undefined;
  /** The token of the session that it had. */
  previous?: string | undefined;
}

/** A session that has begun: what the browser gets. */
export interface SignedIn {
  token: string;
  /** By which the browser is known the next time. */
  known: string;
}

/** Why there is none; `wait` is in seconds. */
export type Refused =
  | { refused: "wrong" }
  | { refused: "disabled" }
  | { refused: "wait"; wait: number };

/**
 * Signs in with name and password. An unknown name and a wrong password look
 * the same, and take the same time.
 *
 * A browser that signed in before has a count of failures of its own, so that
 * who guesses at a name can't keep its owner out (OWASP, "device cookies").
 *
 * @throws {AppError} `rate-limited` when too many sign in at once.
 */
export async function signIn(
  db: Db,
  throttle: Throttle,
  credentials: Credentials,
  now: number,
): Promise<SignedIn | Refused> {
  const { password, known, agent, previous } = credentials;
  const name = credentials.name.trim().toLowerCase().slice(0, 100);
  const account = await accounts.byName(db, name);
  const familiar = account !== undefined && isKnown(account, known);
  const key = familiar ? `${name} ${known}` : name;
  const wait = throttle.enter(key, now);
  if (wait > 0) return { refused: "wait", wait };
  const right = await verifyPassword(password, account?.passwordHash ?? null);
  if (account === undefined || !right) {
    // Not the name as it was written: people type passwords into the wrong field.
    const who = account === undefined ? "an unknown name" : name;
    logger.warn("Sign-in failed for {who}", { who });
    return { refused: "wrong" };
  }
  throttle.pass(key);
  if (account.disabled !== null) {
    logger.warn("Sign-in refused for {name}, which is disabled", { name });
    return { refused: "disabled" };
  }
  if (previous !== undefined) await sessions.end(db, hashToken(previous));
  logger.info("{name} signed in", { name });
  return openSession(db, account, agent, now);
}

/**
 * Whether this is the account's password; guesses are counted as at sign-in.
 *
 * @returns True, or why it can't be said to be.
 */
export async function confirmPassword(
  db: Db,
  throttle: Throttle,
  { id, password }: { id: string; password: string },
  now: number,
): Promise<true | Refused> {
  const account = await accounts.get(db, id);
  const key = `confirm ${id}`;
  const wait = throttle.enter(key, now);
  if (wait > 0) return { refused: "wait", wait };
  if (!(await verifyPassword(password, account?.passwordHash ?? null))) return { refused: "wrong" };
  throttle.pass(key);
  return true;
}

/** Begins a session for an account, by a token that was never used before. */
export async function openSession(
  db: Db,
  account: accounts.Account,
  agent: string | undefined,
  now: number,
): Promise<SignedIn> {
  const token = newToken();
  await sessions.add(db, {
    tokenHash: hashToken(token),
    account: account.id,
    created: now,
    seen: now,
    expires: now + idle,
    agent: agent?.slice(0, 300) ?? null,
  });
  return { token, known: mark(account) };
}

/** Somebody who is signed in. */
export interface Session extends Holder {
  tokenHash: string;
}

/** Who it is that sends this token: nobody, once the session has ended in any way. */
export async function sessionOf(db: Db, token: string, now: number): Promise<Session | undefined> {
  const tokenHash = hashToken(token);
  const session = await sessions.valid(db, tokenHash, now);
  if (session === undefined) return undefined;
  const account = await accounts.get(db, session.account);
  if (account === undefined) return undefined;
  if (now - session.seen >= grain) {
    const expires = Math.min(now + idle, session.created + sessionLifetime);
    await sessions.renew(db, tokenHash, { seen: now, expires });
  }
  return { account, tokenHash, roles: await roles.of(db, account.id) };
}

/** Ends a session. */
export async function signOut(db: Db, token: string): Promise<void> {
  await sessions.end(db, hashToken(token));
}

/** Ends the sessions of an account in all other browsers. Returns how many there were. */
export async function signOutElsewhere(db: Db, session: Session): Promise<number> {
  const { account, tokenHash } = session;
  const ended = await sessions.endAll(db, account.id, tokenHash);
  logger.info("{name} signed out of {ended} other browsers", { name: account.name, ended });
  return ended;
}

/** Says which account a browser knows. It is void once the password is another one. */
function mark(account: accounts.Account): string {
  return createHmac("sha256", account.passwordHash ?? "")
    .update(`known browser of ${account.id}`)
    .digest("base64url");
}

function isKnown(account: accounts.Account, known: string | undefined): boolean {
  if (known === undefined || account.passwordHash === null) return false;
  const [given, expected] = [Buffer.from(known), Buffer.from(mark(account))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
