import { createHash, randomBytes } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import type { JsonObject } from "../coop/canonical-json.ts";
import { listingId, readListing } from "../coop/listing-record.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as records from "../store/records.ts";
import * as requests from "../store/requests.ts";
import type { Db } from "../store/schema.ts";
import { Handle } from "./handle.ts";
import type { Identity } from "./identity.ts";
import { coopUrl } from "./ids.ts";
import { faultsOf } from "./sign-listing.ts";

const logger = getLogger(["fragaria", "directory"]);

const line = (max: number) => z.string().trim().max(max, `Use at most ${max} characters.`);

/** How to reach a person: an e-mail address or a number, as they wish. */
const Reach = line(200);

const told = {
  name: line(100).min(1, "Say who you are."),
  /** An e-mail address, or how else to reach them. */
  reach: Reach.optional(),
};

/** What a co-op says that wants to be hosted here. */
export const JoinForm = z.strictObject({
  ...told,
  reach: Reach.min(1, "Say how we can reach you: an e-mail address or a telephone number."),
  coop: line(200).min(1, "Say what the co-op is called."),
  handle: z.preprocess((value) => (value === "" ? undefined : value), Handle.optional()),
  url: line(500)
    .refine(isWebAddress, "Write a web address that begins with https:// or http://.")
    .optional(),
  message: line(2000).min(1, "Say what the co-op does, and where."),
});
export type JoinForm = z.infer<typeof JoinForm>;

/** What somebody says about a listing, or about what is kept of them. */
export const RequestForm = z.strictObject({
  ...told,
  message: line(4000).min(1, "Say what it is about."),
});
export type RequestForm = z.infer<typeof RequestForm>;

/** What is kept of a co-op that wants to join, beside the person's words. */
export type JoinContent = Pick<JoinForm, "coop" | "handle" | "url">;

function isWebAddress(value: string): boolean {
  return value === "" || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol));
}

const day = 86_400_000;

/** For how long requests are kept after they were decided, and at most without that. */
export const requestMemory = { decided: 365 * day, open: 730 * day } as const;

/** How many requests a node takes: of one day, about one co-op, and unanswered altogether. */
export const requestBounds = { day: 200, coop: 20, open: 1000 } as const;

/**
 * Files a request. It is kept on this node only.
 *
 * @param coop Which co-op of this node it is about; none to join, and for what
 *   is about a person.
 * @param account Who makes it, when signed in.
 * @returns The id, which is the secret part of the address that shows how it goes.
 * @throws {AppError} `bad-request` with every fault, `rate-limited` when the
 *   node has more than anybody could answer, `conflict` for what can't be asked.
 */
export async function fileRequest(
  db: Db,
  node: Identity,
  asked:
    | { kind: "join"; form: JoinForm }
    | { kind: "claim" | "correct" | "object"; coop: string; form: RequestForm }
    | { kind: "access" | "deletion"; form: RequestForm },
  now: number,
  account: string | null = null,
): Promise<string> {
  const { kind } = asked;
  const form = checked(kind === "join" ? JoinForm : RequestForm, asked.form);
  const coop = "coop" in asked ? asked.coop : null;
  if (coop !== null) await demandUnclaimed(db, node, coop);
  await demandRoom(db, coop, now);
  const { name, reach, message, ...rest } = form;
  const id = newRequestId();
  await requests.add(db, {
    id,
    kind,
    coop,
    name,
    email: reach === undefined || reach === "" ? null : reach,
    message,
    content: kind === "join" ? JSON.stringify(rest) : null,
    account,
    created: now,
    decided: null,
    decision: null,
    decidedBy: null,
    note: null,
  });
  logger.info("A request came: {kind}", { kind, coop });
  return id;
}

function checked(
  schema: typeof JoinForm | typeof RequestForm,
  form: JoinForm | RequestForm,
): JoinForm | RequestForm {
  const read = schema.safeParse(form);
  if (read.success) return read.data;
  throw new AppError("bad-request", `The request can’t be taken: ${faultsOf(read.error)}`);
}

/**
 * Only what others have published can be claimed, corrected or objected to
 * here: a co-op that speaks for itself is asked itself.
 *
 * @throws {AppError} `conflict` for a claimed co-op, `not-found` or `gone`.
 */
export async function demandUnclaimed(db: Db, node: Identity, id: string): Promise<void> {
  const coop = await coops.get(db, id);
  const record = await records.get(db, listingId(coopUrl(node, id)));
  // In the same words for a private draft, of which nobody may know.
  if (coop === undefined || record === undefined) {
    throw new AppError("not-found", "This node hosts no such co-op.");
  }
  if (coop.deleted !== null) throw new AppError("gone", "This co-op was deleted for good.");
  if (record.tombstone === 1) {
    throw new AppError("gone", "This listing was withdrawn from the directory.");
  }
  const listing = readListing(JSON.parse(new TextDecoder().decode(record.body)) as JsonObject);
  if (listing?.provenance.kind !== "claimed") return;
  throw new AppError("conflict", "This co-op speaks for itself here: write to the co-op.");
}

async function demandRoom(db: Db, coop: string | null, now: number): Promise<void> {
  const { open, lately, about } = await requests.count(db, { since: now - day, coop });
  if (open < requestBounds.open && lately < requestBounds.day && about < requestBounds.coop) return;
  throw new AppError(
    "rate-limited",
    "More requests are waiting than anybody here can answer. Try again in some days, or write to the contact of this node.",
  );
}

/** 100 random bits. */
function newRequestId(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return Array.from(randomBytes(20), (byte) => alphabet[byte % 32]).join("");
}

/**
 * A code by which somebody can show that they have a hand in a co-op's website
 * or mail: whoever files a claim is told it, and so is who decides.
 */
export function proofCode({ id }: Pick<requests.PersonsRequest, "id">): string {
  const digest = createHash("sha256").update(`claim ${id}`).digest("hex");
  return `fragaria-${digest.slice(0, 12)}`;
}

/**
 * A request by its id.
 *
 * @throws {AppError} `not-found`: there is none, or it was forgotten in time.
 */
export async function demandRequest(db: Db, id: string): Promise<requests.PersonsRequest> {
  const request = await requests.get(db, id);
  if (request !== undefined) return request;
  throw new AppError(
    "not-found",
    "There is no such request. Those that were decided more than a year ago have been deleted.",
  );
}

/** Forgets requests in time. */
export async function pruneRequests(db: Db, now: number): Promise<void> {
  await requests.prune(db, {
    decided: now - requestMemory.decided,
    created: now - requestMemory.open,
  });
}
