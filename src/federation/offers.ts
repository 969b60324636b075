import { setTimeout as sleep } from "node:timers/promises";
import type { Context, Federation } from "@fedify/fedify";
import { isActor, type Recipient } from "@fedify/fedify/vocab";
import { getLogger } from "@logtape/logtape";
import { listingId } from "../coop/listing-record.ts";
import { lapseCoop, lapseSubjects } from "../directory/lapse.ts";
import { forgetOffer, planOffers } from "../directory/offer.ts";
import { coopIdOf, coopUrl } from "../directory/ids.ts";
import type { Watch } from "../events.ts";
import type { DirectoryIndex } from "../index/directory-index.ts";
import { type Job, repeat } from "../jobs.ts";
import * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as namings from "../store/namings.ts";
import * as offers from "../store/offers.ts";
import * as records from "../store/records.ts";
import { coopIdentifier } from "./actors.ts";
import { deliverable } from "./deliverable.ts";
import type { FederationData } from "./federation.ts";
import {
  acceptDocument,
  handleOf,
  type Offered,
  offerDocument,
  rejectDocument,
  undoAcceptDocument,
  undoOfferDocument,
} from "./relations.ts";
import { fingerprint, send } from "./send.ts";

/** This reader's cursor on the change log. */
const reader = "offers";

/** How often an actor is asked for that can't be fetched, and how long before the second time. */
const mostTries = 6;
const firstPause = 600_000;

/** How long an actor may take to answer, in milliseconds. */
const patience = 20_000;

const log = getLogger(["fragaria", "federation"]);

/**
 * Keeps what is said between co-ops and others as their listings say it: offers
 * what is claimed and takes offers back, tells those who offered something what
 * was answered, and takes back what was confirmed when nobody claims it any
 * more. A reader of the change log; whatever it does it may do twice.
 */
export function tendRelations(
  federation: Federation<FederationData>,
  data: FederationData,
  index: DirectoryIndex,
  watch: Watch,
  stop: AbortSignal,
): Job {
  const { db, node } = data;
  const context = federation.createContext(new URL(node.origin), data);
  const pace = { every: 0, retry: 1000, retryMost: 60_000 };
  return repeat("offering relations", stop, pace, async (signal) => {
    const seq = await changes.cursor(db, reader);
    const rows = await changes.after(db, seq, 500);
    const last = rows.at(-1)?.seq;
    if (last !== undefined) {
      // What names a co-op is asked of the index.
      if (index.seq < last) await index.catchUp();
      await tend(context, index, rows);
      await changes.advance(db, reader, last);
    }
    await sendDue(context, signal);
    if (last === undefined) await watch.past(seq, 60_000, signal);
    return true;
  });
}

async function tend(
  context: Context<FederationData>,
  index: DirectoryIndex,
  rows: changes.Change[],
): Promise<void> {
  const { db, node, clock } = context.data;
  const listings = rows
    .filter(({ kind, subject }) => kind === "record" && subject.endsWith(listingId("")))
    .map(({ subject }) => subject);
  await lapseSubjects(db, node, index, listings, clock());
  for (const { kind, subject } of rows) {
    if (kind === "naming") await tell(context, subject.replace(/#answer$/, ""));
    else if (kind === "coop") await tendCoop(context, subject);
    else if (kind === "record") {
      const id = coopIdOf(node, subject);
      if (id !== undefined) await tendCoop(context, id);
    }
  }
}

/** What a co-op here offers, and, if it is no longer in the directory, what it has confirmed. */
async function tendCoop(context: Context<FederationData>, id: string): Promise<void> {
  const { db, node, clock } = context.data;
  for (const offer of await planOffers(db, node, id, clock())) {
    if (offer.sent !== null)
      await sendTo(context, offer, undoOfferDocument(offeredBy(context, offer)));
    await forgetOffer(db, node, offer, clock());
  }
  const record = await records.get(db, listingId(coopUrl(node, id)));
  if (record?.tombstone !== 1) return;
  for (const attestation of await lapseCoop(db, node, id, clock()))
    await tell(context, attestation);
  const coop = await coops.get(db, id);
  if (coop === undefined || coop.deleted !== null) await namings.removeAll(db, id);
}

/** Tells whoever offered a relation to a co-op here what was answered. */
async function tell(context: Context<FederationData>, attestation: string): Promise<void> {
  const { db, node } = context.data;
  const [naming] = await namings.byAttestations(db, [attestation]);
  if (naming?.offer == null || naming.inbox === null) return;
  const object = coopUrl(node, naming.coop);
  const { relationship, subject, answer, refused, offer } = naming;
  const offered: Offered = { id: offer, relationship, subject, object };
  const record = await records.get(db, attestation);
  const said = async (document: ReturnType<typeof offerDocument>, id: string | null) => {
    const recipient = { id: new URL(subject), inboxId: new URL(naming.inbox ?? "") };
    await send(context, coopIdentifier(naming.coop), [recipient], document);
    await namings.answered(db, attestation, id);
  };
  if (record?.tombstone === 0) {
    const id = `${object}#accepts/${fingerprint(offer)}-${record.issued}`;
    if (answer !== id) await said(acceptDocument(offered, id, attestation), id);
    return;
  }
  if (answer?.includes("#accepts/") === true) {
    // An answer that is there, and none any more that is to be confirmed or refused.
    const undone = refused === null ? null : undoneId(answer);
    await said(undoAcceptDocument(offered, answer), undone);
  } else if (refused !== null && answer === null) {
    const id = `${object}#rejects/${fingerprint(offer)}-${refused}`;
    await said(rejectDocument(offered, id), id);
  }
}

function undoneId(accept: string): string {
  return accept.replace("#accepts/", "#undos/");
}

/** Sends the offers whose time has come. */
async function sendDue(context: Context<FederationData>, signal: AbortSignal): Promise<void> {
  const { db, clock } = context.data;
  for (;;) {
    const some = await offers.due(db, clock(), 20);
    for (const offer of some) {
      if (signal.aborted) return;
      await sendOffer(context, offer);
    }
    if (some.length < 20) return;
  }
}

async function sendOffer(context: Context<FederationData>, offer: offers.Offer): Promise<void> {
  const { db, clock } = context.data;
  const found = await actorAt(context, offer);
  if (found === undefined) {
    const tries = offer.tries + 1;
    const due = tries < mostTries ? clock() + firstPause * 4 ** offer.tries : null;
    await offers.update(db, offer.activity, { tries, due });
    return;
  }
  const known = { ...offer, ...found };
  await sendTo(context, known, offerDocument(offeredBy(context, known)));
  await offers.update(db, offer.activity, { ...found, sent: clock(), due: null });
}

/** The actor that is to confirm, if there is one: a page or a listing needn't be an actor. */
async function actorAt(
  context: Context<FederationData>,
  offer: offers.Offer,
): Promise<{ name: string; inbox: string } | undefined> {
  const identifier = coopIdentifier(offer.coop);
  const documentLoader = await context.getDocumentLoader({ identifier });
  const asked = context.lookupObject(new URL(offer.object), { documentLoader });
  // Whoever answers slowly is asked another time.
  const actor = await Promise.race([asked, sleep(patience, null, { ref: false })]).catch(
    (error: unknown) => {
      log.info("{actor} can't be fetched: {error}", { actor: offer.object, error });
      return null;
    },
  );
  if (!isActor(actor) || actor.id?.href !== offer.object || actor.inboxId === null) {
    return undefined;
  }
  if (!deliverable(actor.inboxId, context.data.insecure)) return undefined;
  return { name: handleOf(actor), inbox: actor.inboxId.href };
}

function offeredBy({ data: { node } }: Context<FederationData>, offer: offers.Offer): Offered {
  const { activity: id, relationship, object, coop } = offer;
  return { id, relationship, subject: coopUrl(node, coop), object };
}

async function sendTo(
  context: Context<FederationData>,
  { object, inbox, coop }: offers.Offer,
  document: ReturnType<typeof offerDocument>,
): Promise<void> {
  if (inbox === null) return;
  const recipient: Recipient = { id: new URL(object), inboxId: new URL(inbox) };
  await send(context, coopIdentifier(coop), [recipient], document);
}
