import { getLogger } from "@logtape/logtape";
import { AppError } from "../errors.ts";
import * as requests from "../store/requests.ts";
import type { Db, Tx } from "../store/schema.ts";
import { newDraftIn } from "./draft.ts";
import { handleFault } from "./handle.ts";
import type { Identity } from "./identity.ts";
import { makeLink } from "./link.ts";
import { endIn } from "./mandate.ts";
import { lockHosted } from "./publish.ts";
import { demandUnclaimed, type JoinContent } from "./request.ts";
import { retire } from "./withdraw.ts";

const logger = getLogger(["fragaria", "directory"]);

/** Who decides, and what the person is told beside. */
export interface Decision {
  /** The account; null for a command. */
  by: string | null;
  note?: string | undefined;
}

/** What came of a request that was accepted. */
export interface Accepted {
  request: requests.PersonsRequest;
  /** The co-op that it was about, or that was made for it. */
  coop: string | null;
  /** Of the invitation to become the owner of that co-op; it can't be had a second time. */
  token: string | undefined;
}

/**
 * Accepts a request, with what follows from it: to join makes a draft and an
 * invitation to its owner, to claim an invitation to own the imported listing,
 * and to object takes the listing out of the directory for good. What is to be
 * corrected, told or deleted somebody has to do by hand; this notes that they
 * did.
 *
 * @throws {AppError} `not-found`, `gone` when the co-op was deleted, or
 *   `conflict` when it was decided before or the co-op speaks for itself by now.
 */
export async function acceptRequest(
  db: Db,
  node: Identity,
  id: string,
  decision: Decision,
  now: number,
): Promise<Accepted> {
  const accepted = await db.transaction().execute((tx) => accept(tx, node, id, decision, now));
  const { kind } = accepted.request;
  logger.info("A request was accepted: {kind}", { kind, coop: accepted.coop, by: decision.by });
  return accepted;
}

async function accept(
  tx: Tx,
  node: Identity,
  id: string,
  decision: Decision,
  now: number,
): Promise<Accepted> {
  const request = await decide(tx, id, "accepted", decision, now);
  const { kind } = request;
  if (kind === "join") {
    const coop = await insertJoining(tx, request, now);
    return { request, coop, token: await inviteOwner(tx, coop, decision, now) };
  }
  const { coop } = request;
  if (kind === "claim" && coop !== null) {
    await demandUnclaimed(tx, node, coop);
    return { request, coop, token: await inviteOwner(tx, coop, decision, now) };
  }
  if (kind === "object" && coop !== null) {
    await lockHosted(tx, coop);
    await demandUnclaimed(tx, node, coop);
    if (!(await endIn(tx, node, coop, now))) await retire(tx, node, coop, now);
  }
  return { request, coop, token: undefined };
}

async function inviteOwner(tx: Tx, coop: string, { by }: Decision, now: number): Promise<string> {
  const made = by === null ? {} : { createdBy: by };
  return makeLink(tx, { kind: "invitation", coop, role: "owner", ...made }, now);
}

/** A private draft that begins with what the co-op has said of itself. */
async function insertJoining(
  tx: Tx,
  { content, message }: requests.PersonsRequest,
  now: number,
): Promise<string> {
  const { coop, handle, url } = JSON.parse(content ?? "{}") as JoinContent;
  const draft = {
    name: coop,
    summary: message,
    ...(url === undefined || url === "" ? {} : { url }),
  };
  // Somebody may have taken the handle since: then the co-op chooses again.
  const free = handle !== undefined && (await handleFault(tx, handle)) === undefined;
  return newDraftIn(tx, { content: draft, handle: free ? handle : null, by: null }, now);
}

/** Refuses a request: nothing follows from it. */
export async function refuseRequest(
  db: Db,
  id: string,
  decision: Decision,
  now: number,
): Promise<requests.PersonsRequest> {
  const request = await db.transaction().execute((tx) => decide(tx, id, "refused", decision, now));
  logger.info("A request was refused: {kind}", { kind: request.kind, by: decision.by });
  return request;
}

async function decide(
  tx: Tx,
  id: string,
  decision: "accepted" | "refused",
  { by, note }: Decision,
  now: number,
): Promise<requests.PersonsRequest> {
  const told = note === undefined || note.trim() === "" ? null : note.trim().slice(0, 2000);
  const facts = { decided: now, decision, decidedBy: by, note: told };
  const request = await requests.decide(tx, id, facts);
  if (request !== undefined) return request;
  if ((await requests.get(tx, id)) === undefined) {
    throw new AppError("not-found", "There is no such request.");
  }
  throw new AppError("conflict", "This request was decided already.");
}
