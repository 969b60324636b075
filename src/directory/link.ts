import { createHash, randomBytes } from "node:crypto";
import { AppError } from "../errors.ts";
import * as links from "../store/links.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";

export type LinkKind = links.Link["kind"];

/** What a link is for; what doesn't concern its kind is left out. */
export interface LinkPurpose {
  kind: LinkKind;
  account?: string;
  coop?: string;
  role?: "owner" | "editor";
  note?: string;
  /** The account that makes it. */
  createdBy?: string;
}

const day = 86_400_000;

/** For how long links are good, in milliseconds. */
const lifetimes: Record<LinkKind, number> = {
  setup: day,
  password: 7 * day,
  invitation: 14 * day,
  yes: 60 * day,
};

/** Ended links are kept so long, to be able to say that they were used. */
export const linkMemory = 90 * day;

/**
 * Makes a one-time link. Only the SHA-256 of its token is kept, so the token
 * that this returns can't be had a second time.
 *
 * @param purpose.note For whoever will use it; not shown by itself.
 */
export async function makeLink(db: Db, purpose: LinkPurpose, now: number): Promise<string> {
  const token = newToken();
  const { kind, account, coop, role, note, createdBy } = purpose;
  await links.add(db, {
    tokenHash: hashToken(token),
    kind,
    account: account ?? null,
    coop: coop ?? null,
    role: role ?? null,
    note: note ?? null,
    createdBy: createdBy ?? null,
    created: now,
    expires: now + lifetimes[kind],
    used: null,
  });
  return token;
}

/**
 * Makes the one link by which an account gets a password: those made before are void.
 *
 * @param by The account that makes it; null for a command.
 */
export async function makePasswordLink(
  tx: Tx,
  account: string,
  now: number,
  by: string | null,
): Promise<string> {
  await links.revoke(tx, "password", account);
  return makeLink(tx, { kind: "password", account, ...(by !== null && { createdBy: by }) }, now);
}

/**
 * What a link is for, without using it: pages may be fetched ahead by whoever
 * passes a link on.
 *
 * @throws {AppError} `not-found` or `gone`, with what to do about it.
 */
export async function readLink(
  db: Db,
  token: string,
  kinds: LinkKind[],
  now: number,
): Promise<links.Link> {
  const link = await links.get(db, hashToken(token));
  if (link === undefined || !kinds.includes(link.kind)) {
    throw new AppError(
      "not-found",
      "There is no such link, or a newer one took its place. Check that you have copied all of it.",
    );
  }
  if (link.used !== null) {
    throw new AppError("gone", "This link has been used already: it was good for once only.");
  }
  if (link.expires <= now) {
    throw new AppError("gone", "This link is too old. Ask whoever gave it to you for a new one.");
  }
  return link;
}

/**
 * Uses a link, once: in the transaction that does what it is for, so that
 * neither happens without the other.
 *
 * @throws {AppError} as readLink() does.
 */
export async function useLink(
  tx: Tx,
  token: string,
  kinds: LinkKind[],
  now: number,
): Promise<links.Link> {
  const link = await readLink(tx, token, kinds, now);
  const taken = await links.take(tx, link.tokenHash, now);
  if (taken === undefined) {
    throw new AppError("gone", "This link has been used already: it was good for once only.");
  }
  return taken;
}

/** The address that goes with a token. */
export function linkUrl(
  node: Pick<Identity, "origin">,
  kind: Exclude<LinkKind, "yes">,
  token: string,
): string {
  return kind === "setup"
    ? `${node.origin}/admin/setup?token=${token}`
    : `${node.origin}/admin/links/${token}`;
}

/** 256 random bits for a link or a cookie. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of a token. It needs no salt: nobody can guess 256 bits. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
