import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { type Listing, Mandate } from "../coop/listing.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as mandates from "../store/mandates.ts";
import type { Db, Tx } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { newId } from "./ids.ts";
import { hosted } from "./publish.ts";
import { faultsOf } from "./sign-listing.ts";
import { retire } from "./withdraw.ts";

const logger = getLogger(["fragaria", "directory"]);

/** What a federation says when it publishes for others: what goes into the listing, and who answers for it. */
export const MandateForm = Mandate.extend({
  /** Kept on this node only. */
  person: z.string().trim().min(1).max(200),
});
export type MandateForm = z.infer<typeof MandateForm>;

/** After this time an ended mandate is forgotten, and with it who answered for it: three years. */
export const mandateMemory = 3 * 365 * 86_400_000;

/**
 * Records under which mandate a co-op's listing is published from now on; it
 * takes the place of an older one. Only the administrator of a node may do so.
 *
 * @param by The account that records it; null for a command.
 */
export async function recordMandate(
  db: Db,
  coop: string,
  form: MandateForm,
  by: string | null,
  now: number,
): Promise<void> {
  await hosted(db, coop);
  const mandate = newMandate(coop, form, by, now);
  await db.transaction().execute((tx) => putMandate(tx, mandate));
  logger.info("A mandate of {federation} was recorded for {coop}", {
    federation: form.by,
    coop,
    by,
  });
}

/** A mandate as it will be recorded, checked. */
export function newMandate(
  coop: string,
  form: MandateForm,
  recordedBy: string | null,
  now: number,
): mandates.RecordedMandate {
  const checked = MandateForm.safeParse(form);
  if (!checked.success) {
    throw new AppError("bad-request", `The mandate can’t be recorded: ${faultsOf(checked.error)}.`);
  }
  const { url, ...facts } = checked.data;
  return { ...facts, id: newId(), coop, url: url ?? null, recorded: now, recordedBy, ended: null };
}

/** Records a mandate, in place of the one that stands. */
export async function putMandate(tx: Tx, mandate: mandates.RecordedMandate): Promise<void> {
  await mandates.end(tx, mandate.coop, mandate.recorded);
  await mandates.add(tx, mandate);
}

/**
 * Ends the mandate that stands for a co-op. What was published under it leaves
 * the directory in the same step; the account, its followers and the content
 * stay, so that the co-op can take over.
 *
 * @returns Whether there was one.
 */
export async function endMandate(
  db: Db,
  node: Identity,
  coop: string,
  now: number,
): Promise<boolean> {
  const ended = await db.transaction().execute((tx) => endIn(tx, node, coop, now));
  if (ended) logger.info("The mandate for {coop} has ended", { coop });
  return ended;
}

/** What {@link endMandate} does, within a transaction of which it is the end. */
export async function endIn(tx: Tx, node: Identity, id: string, now: number): Promise<boolean> {
  if (!(await mandates.end(tx, id, now))) return false;
  const coop = await coops.get(tx, id);
  const content = JSON.parse(coop?.content ?? "{}") as Partial<Listing>;
  if (content.provenance?.kind === "mandated") await retire(tx, node, id, now);
  return true;
}
