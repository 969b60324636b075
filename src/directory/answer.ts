import { getLogger } from "@logtape/logtape";
import type { Listing } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import type * as coops from "../store/coops.ts";
import type { Link } from "../store/links.ts";
import * as members from "../store/members.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { makeLink, readLink, useLink } from "./link.ts";
import { publishWaiting, waitingListing } from "./members.ts";
import { hosted, lockHosted } from "./publish.ts";
import { eraseIn } from "./withdraw.ts";

const logger = getLogger(["fragaria", "directory"]);

/** The address of a link by which a co-op says yes or no. */
export function yesUrl(node: Pick<Identity, "origin">, token: string): string {
  return `${node.origin}/yes/${token}`;
}

/** What a co-op is asked. */
export interface Question {
  coop: coops.HostedCoop;
  /** What would be published. */
  listing: Listing;
  /** In whose name it is asked. */
  asker: string;
}

/**
 * What a link asks, and whom. Looking doesn't answer.
 *
 * @throws {AppError} `not-found`, or `gone` when it was answered, is too old,
 *   or asks for what has been published since.
 */
export async function readQuestion(
  db: Db,
  node: Identity,
  token: string,
  now: number,
): Promise<Question> {
  const link = await readLink(db, token, ["yes"], now);
  const coop = await hosted(db, coopOf(link));
  demandWaiting(coop);
  return { coop, listing: waitingListing(node, coop, "claimed", now), asker: link.note ?? "" };
}

function coopOf({ coop }: Link): string {
  if (coop === null) throw new AppError("internal", "a link that asks for a yes names no co-op");
  return coop;
}

/**
 * The co-op says yes: its listing is published as its own.
 *
 * @returns The co-op, and the token of an invitation to become its owner.
 */
export async function sayYes(
  db: Db,
  node: Identity,
  token: string,
  now: number,
): Promise<{ coop: string; invitation: string }> {
  const said = await db.transaction().execute((tx) => publishAnswered(tx, node, token, now));
  logger.info("{coop} has said yes", { coop: said.coop });
  return said;
}

async function publishAnswered(
  tx: Tx,
  node: Identity,
  token: string,
  now: number,
): Promise<{ coop: string; invitation: string }> {
  const id = coopOf(await useLink(tx, token, ["yes"], now));
  const coop = await lockHosted(tx, id);
  demandWaiting(coop);
  const invitation = await makeLink(tx, { kind: "invitation", coop: id, role: "owner" }, now);
  await members.answer(tx, id, now);
  await publishWaiting(tx, node, coop, "claimed", null, now);
  return { coop: id, invitation };
}

/** The co-op says no: its draft is deleted, and nothing else is remembered. */
export async function sayNo(db: Db, node: Identity, token: string, now: number): Promise<void> {
  await db.transaction().execute((tx) => forget(tx, node, token, now));
  logger.info("A co-op has said no");
}

async function forget(tx: Tx, node: Identity, token: string, now: number): Promise<void> {
  const id = coopOf(await useLink(tx, token, ["yes"], now));
  demandWaiting(await lockHosted(tx, id));
  await eraseIn(tx, node, id, now);
}

function demandWaiting({ content, draft }: { content: string | null; draft: string | null }): void {
  if (content === null && draft !== null) return;
  throw new AppError("gone", "This co-op is in the directory already: there is nothing to answer.");
}
