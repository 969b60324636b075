import type { Context } from "hono";
import { z } from "zod";
import { readListing } from "../../coop/listing-record.ts";
import type { JsonObject } from "../../coop/canonical-json.ts";
import { allowHost, denyHost, undoDecision, Why } from "../../directory/decide-host.ts";
import { mayAdminister } from "../../directory/permit.ts";
import { originOf } from "../../directory/name-host.ts";
import { confirmKey, heldKeys } from "../../directory/pin-keys.ts";
import type { Session } from "../../directory/sign-in.ts";
import { addAttester, removeAttester } from "../../directory/trust-attester.ts";
import { takeBack, vouchFor } from "../../directory/vouch.ts";
import { acknowledge } from "../../directory/watch-size.ts";
import { AppError } from "../../errors.ts";
import * as accounts from "../../store/accounts.ts";
import * as attesters from "../../store/attesters.ts";
import * as census from "../../store/census.ts";
import * as hosts from "../../store/hosts.ts";
import * as records from "../../store/records.ts";
import * as vouches from "../../store/vouches.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { hostPath, trustPage } from "../pages/trust.ts";
import { trustedHostPage } from "../pages/trusted-host.ts";
import { demandParameters } from "../parameters.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandNodeRole } from "../session.ts";
import type { Site } from "../site.ts";

const pageSize = 50;

/** How many of its records are looked through for co-ops to show. */
const sampled = 20;

const Name = z.string().trim().min(1).max(260);

const Query = z.object({
  q: Name.optional().catch(undefined),
  state: z.enum(["listed", "held", "excluded"]).optional().catch(undefined),
  after: z.string().max(260).default(""),
  done: z.string().optional(),
});

/** `GET /admin/network`: moderators may look, administrators decide. */
export async function showTrust(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "moderator");
  return overview(site, c, session, freshForm());
}

async function overview(site: Site, c: Context, session: Session, form: Form): Promise<Response> {
  const { db, node } = site;
  const { done: _, ...query } = demandParameters(Query, new URL(c.req.url).searchParams);
  const found = await hosts.find(db, query, pageSize);
  const { q, state } = query;
  const page = trustPage({
    self: node.host,
    counts: await hosts.countStandings(db),
    alarms: await census.alarms(db),
    hosts: found,
    query: { q, state },
    next: found.length < pageSize ? undefined : found.at(-1)?.host,
    stranger: q === undefined || state !== undefined ? undefined : await strangerOf(site, q),
    attesters: await Promise.all(
      (await attesters.all(db)).map(async (attester) => ({
        ...attester,
        vouches: (await vouches.by(db, attester.host)).length,
      })),
    ),
    decides: mayAdminister(session),
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** What was looked for, if it is the whole name of a host of which nothing is known. */
async function strangerOf({ db, node }: Site, q: string): Promise<string | undefined> {
  try {
    const { host } = new URL(await originOf(db, node, q));
    return /[.:]/.test(host) && (await hosts.get(db, host)) === undefined ? host : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined; // part of a name
    throw error;
  }
}

const AttesterForm = z.object({ do: z.enum(["add", "remove"]), host: Name });

/** `POST /admin/network/attesters`: lets the word of a node count here, or no more. */
export async function changeAttesters(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, AttesterForm);
  if (!("data" in read)) return overview(site, c, session, read.form);
  const { data, form } = read;
  const change = data.do === "add" ? addAttester : removeAttester;
  try {
    await change(site.db, site.node, data.host, session.account, site.clock());
  } catch (error) {
    if (!isFaultOfForm(error)) throw error;
    return overview(site, c, session, withFault(form, sentence(error), "host"));
  }
  return goTo("/admin/network#attesters", `attester-${data.do}`);
}

const AlarmForm = z.object({ host: z.string().max(260).default("") });

/** `POST /admin/network/alarms`: somebody has seen to it. */
export async function endAlarm(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, AlarmForm);
  if (!("data" in read)) return overview(site, c, session, read.form);
  await acknowledge(site.db, read.data.host);
  return goTo("/admin/network", "alarm");
}

/** `GET /admin/network/hosts/:host` */
export async function showHost(site: Site, c: Context, name: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "moderator");
  return one(site, c, session, name, freshForm());
}

async function one(
  site: Site,
  c: Context,
  session: Session,
  name: string,
  form: Form,
): Promise<Response> {
  const { db, node } = site;
  const { host: asked } = new URL(await originOf(db, node, name));
  const host = await hosts.get(db, asked);
  const counting = new Set([node.host, ...(await attesters.all(db)).map((each) => each.host)]);
  const said = await vouches.of(db, asked);
  const by = host?.decidedBy == null ? undefined : await accounts.get(db, host.decidedBy);
  const page = trustedHostPage({
    self: node.host,
    name: asked,
    host,
    records: host === undefined ? 0 : ((await records.countByOrigin(db, [host])).get(asked) ?? 0),
    sample: (await records.ofOrigin(db, asked, sampled)).flatMap((record) => sampleOf(record)),
    vouches: said.map((vouch) => ({ ...vouch, counts: counting.has(vouch.attester) })),
    own: said.some(({ attester }) => attester === node.host),
    key: (await heldKeys(db)).find((each) => each.host === asked),
    decidedBy: by?.name,
    decides: mayAdminister(session),
    form,
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** What a listing says at first; none for other records, and for those that can't be read. */
function sampleOf({ kind, body }: records.Record) {
  if (kind !== "listing") return [];
  const listing = readListing(JSON.parse(Buffer.from(body).toString("utf8")) as JsonObject);
  if (listing === undefined) return [];
  const { id, name, summary } = listing;
  return [{ name, url: id, summary: summary?.slice(0, 200) }];
}

const HostForm = z.discriminatedUnion("do", [
  z.object({ do: z.enum(["allow", "undo", "vouch", "unvouch", "confirm-key"]) }),
  z.object({ do: z.literal("deny"), why: Why }),
]);

/** `POST /admin/network/hosts/:host`: decides about a node, or vouches for it. */
export async function changeHost(site: Site, c: Context, name: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, HostForm);
  if (!("data" in read)) return one(site, c, session, name, read.form);
  const { data, form } = read;
  const { db, node } = site;
  const by = session.account;
  const now = site.clock();
  try {
    if (data.do === "allow") await allowHost(db, node, name, by, now);
    if (data.do === "deny") await denyHost(db, node, name, data.why, by, now);
    if (data.do === "undo") await undoDecision(db, node, name, by, now);
    if (data.do === "vouch") await vouchFor(db, node, name, now);
    if (data.do === "unvouch") await takeBack(db, node, name, now);
    if (data.do === "confirm-key") await confirmKey(db, name, now);
  } catch (error) {
    if (!isFaultOfForm(error)) throw error;
    return one(site, c, session, name, withFault(form, sentence(error)));
  }
  return goTo(hostPath(name), `host-${data.do}`);
}

/** Of what was asked for, somebody else has done it already. */
function isFaultOfForm(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    (error.code === "conflict" || error.code === "not-found" || error.code === "bad-request")
  );
}

/** Messages of commands begin with a small letter. */
function sentence({ message }: AppError): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
