import { AppError } from "../errors.ts";
import * as blocks from "../store/blocks.ts";
import * as changes from "../store/changes.ts";
import * as followers from "../store/followers.ts";
import * as messages from "../store/messages.ts";
import * as reactions from "../store/reactions.ts";
import * as replies from "../store/replies.ts";
import type { Db, Tx } from "../store/schema.ts";
import { domainsOf } from "./blocked.ts";
import type { Identity } from "./identity.ts";

/** How many a co-op, or the node, can block. */
export const mostBlocks = 10_000;

/** Who blocks, and why; for those who look after the co-op or the node. */
export interface Blocker {
  account: string | null;
  why: string | null;
}

/**
 * Reads whom somebody wants to block: the address of a person, the handle of one
 * who has written here, or a domain.
 *
 * @throws {AppError} `bad-request` when it is none of these, or this node itself;
 *   `not-found` for a handle from which nothing has come.
 */
export async function readSubject(
  db: Db,
  node: Identity,
  written: string,
): Promise<Pick<blocks.Scope, "subject" | "kind">> {
  const text = written.trim();
  if (/^@?[^@/\s]+@[^@/\s]+$/.test(text)) {
    const handle = `@${text.replace(/^@/, "")}`;
    const known = await replies.byHandle(db, handle);
    if (known !== undefined) return { kind: "person", subject: known.author };
    throw new AppError(
      "not-found",
      `nothing has come from ${handle}: give the address of the account, such as https://social.example/users/name, or the whole domain`,
    );
  }
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null || text === "" || url.username !== "" || url.href.length > 2000) {
    throw new AppError(
      "bad-request",
      `“${text.slice(0, 200)}” is neither an account nor a domain: write https://social.example/users/name, @name@social.example or social.example`,
    );
  }
  const whole = url.pathname === "/" && url.search === "";
  // One of its co-ops may well not want to hear another one.
  if (whole && domainsOf(node.host).includes(url.host)) {
    throw new AppError("bad-request", `${url.host} is this node itself`);
  }
  return whole ? { kind: "domain", subject: url.host } : { kind: "person", subject: url.href };
}

/**
 * Blocks a person or a domain, for a co-op or for the whole node: what they have
 * written is hidden, what they liked or passed on is forgotten, and they follow no
 * more. The server of a person is told that; nothing goes to a domain any more.
 *
 * @throws {AppError} `conflict` when there are too many.
 */
export async function block(
  db: Db,
  scope: blocks.Scope,
  { account, why }: Blocker,
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => write(tx, { ...scope, account, why, since: now }));
}

async function write(tx: Tx, row: blocks.Block): Promise<void> {
  if ((await blocks.count(tx, row.coop)) >= mostBlocks) {
    throw new AppError("conflict", `there are ${mostBlocks} blocks already: undo some first`);
  }
  await blocks.put(tx, row);
  const written = await replies.from(tx, row);
  for (const { key, hidden } of written) {
    if (hidden === null) await replies.update(tx, key, { hidden: row.since });
  }
  await reactions.removeFrom(tx, row);
  if (row.kind === "domain") await followers.removeDomain(tx, row);
  await messages.forgetRecipient(tx, row);
  // Whoever was allowed to quote is told that it is over.
  const quotes = written.filter(({ approved }) => approved !== null);
  await changes.append(tx, [
    { kind: "block", subject: blockSubject(row), origin: "" },
    ...quotes.map(({ key }) => ({ kind: "reply", subject: key, origin: "" })),
  ]);
}

/** What the log calls a block. */
function blockSubject({ coop, subject }: Pick<blocks.Block, "coop" | "subject">): string {
  return `block ${coop} ${subject}`;
}

/** The block that the log speaks of, if it still is one. */
export async function blockOf(db: Db, changed: string): Promise<blocks.Block | undefined> {
  const [, coop = "", subject = ""] = /^block (\S*) (.*)$/s.exec(changed) ?? [];
  return blocks.get(db, { coop, subject });
}

/**
 * Ends a block. What was hidden stays so until somebody shows it again, and
 * whoever followed may follow again.
 *
 * @throws {AppError} `not-found`.
 */
export async function unblock(
  db: Db,
  scope: Pick<blocks.Scope, "coop" | "subject">,
): Promise<void> {
  if ((await blocks.get(db, scope)) === undefined) {
    throw new AppError("not-found", `${scope.subject} isn't blocked`);
  }
  await db.transaction().execute((tx) => blocks.remove(tx, scope));
}

/** Somebody elsewhere blocks a co-op of this node: they follow it no more, and get nothing from it. */
export async function takeBlock(
  db: Db,
  { coop, actor, activity }: { coop: string; actor: string; activity: string },
  now: number,
): Promise<void> {
  await db.transaction().execute((tx) => leave(tx, { coop, actor, activity, since: now }));
}

async function leave(
  tx: Tx,
  row: { coop: string; actor: string; activity: string; since: number },
): Promise<void> {
  await blocks.addBlockedBy(tx, row);
  for (const identifier of await followers.followed(tx, `coops/${row.coop}`)) {
    await followers.remove(tx, identifier, row.actor);
  }
  await messages.forgetRecipient(tx, { coop: row.coop, kind: "person", subject: row.actor });
}
