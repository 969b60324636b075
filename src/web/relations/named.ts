import type { Context } from "hono";
import { z } from "zod";
import { confirm, refuse } from "../../directory/confirm.ts";
import { openDraft } from "../../directory/draft.ts";
import { type NamedBy, whoNames } from "../../directory/who-names.ts";
import { placeOf } from "../editor/place.ts";
import { pagePath } from "../entries.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { type NamedRow, namedPage } from "../pages/named.ts";
import { demandParameters } from "../parameters.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";

const pageSize = 100;

const states = ["open", "confirmed", "refused"] as const;

/** Which of them are looked at. */
const Filter = z.object({
  q: z.string().trim().max(200).optional(),
  state: z.enum(states).optional(),
  after: z.string().max(40).optional(),
  done: z.string().max(40).optional(),
});
type Filter = z.infer<typeof Filter>;

/** `GET /admin/coops/:id/named`: who claims a relation to this co-op. */
export async function showNamed(site: Site, c: Context, id: string): Promise<Response> {
  return named(site, c, id, freshForm());
}

async function named(site: Site, c: Context, id: string, form: Form): Promise<Response> {
  const { session, coop } = await demandCoopRole(site, c, id, "editor");
  const filter = filterOf(c);
  const all = await whoNames(site.db, site.node, site.index, id);
  const found = all.filter((each) => fits(each, filter));
  const start = found.findIndex((each) => keyOf(each) === filter.after) + 1;
  const shown = found.slice(start, start + pageSize);
  const last = found.length > start + pageSize ? shown.at(-1) : undefined;
  const place = placeOf(session, await openDraft(site.db, site.node, coop.id));
  const page = namedPage({
    place,
    form,
    rows: await Promise.all(shown.map((each) => rowOf(site, each))),
    filter,
    counts: {
      found: found.length,
      open: found.filter(({ state }) => state === "open").length,
      all: all.length,
    },
    next: last && addressOf(id, { ...filter, after: keyOf(last) }),
    action: addressOf(id, filter),
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** What is chosen; whatever else is in the address is no fault of whoever follows a link. */
function filterOf(c: Context): Filter {
  const asked = [...new URL(c.req.url).searchParams];
  const known = asked.filter(([name]) => Object.hasOwn(Filter.shape, name));
  return demandParameters(Filter, new URLSearchParams(known));
}

/** The page of these, or the one that begins where this one does. */
function addressOf(id: string, { q, state, after }: Filter): string {
  const query = new URLSearchParams({
    ...(q !== undefined && { q }),
    ...(state !== undefined && { state }),
    ...(after !== undefined && { after }),
  });
  return `/admin/coops/${id}/named${query.size === 0 ? "" : `?${query.toString()}`}`;
}

function fits({ name, subject, state }: NamedBy, { q = "", state: wanted }: Filter): boolean {
  const text = `${name} ${subject}`.toLowerCase();
  const words = q.toLowerCase().split(/\s+/u);
  return words.every((word) => text.includes(word)) && (wanted ?? state) === state;
}

/** Names one on the page. */
function keyOf({ attestation }: NamedBy): string {
  return attestation.slice(attestation.lastIndexOf("/") + 1);
}

async function rowOf({ index, node }: Site, each: NamedBy): Promise<NamedRow> {
  const entries = each.listed ? await index.lookup(each.subject) : [];
  const entry = entries.find(({ listing }) => listing.id === each.subject);
  return { ...each, key: keyOf(each), page: entry && pagePath(node.host, entry) };
}

const Key = z.string().max(40);
const Answer = z.object({
  do: z.enum(["confirm", "refuse", "confirm-all"]),
  named: z.union([Key.transform((key) => [key]), z.array(Key)]).optional(),
});

/** `POST /admin/coops/:id/named`: confirms, refuses, or takes back what was confirmed. */
export async function sendNamed(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const read = await readForm(c, Answer);
  if (!("data" in read)) return named(site, c, id, read.form);
  const { do: what, named: ticked = [] } = read.data;
  const filter = filterOf(c);
  const chosen = new Set(ticked);
  const all = await whoNames(site.db, site.node, site.index, id);
  const claimed = all.filter((each) =>
    what === "confirm-all" ? each.state === "open" && fits(each, filter) : chosen.has(keyOf(each)),
  );
  if (claimed.length === 0) {
    return named(site, c, id, withFault(read.form, "Choose at least one that is listed below."));
  }
  const answer = what === "refuse" ? refuse : confirm;
  const answering = { coop: id, account: session.account.id, now: site.clock() };
  await answer(site.db, site.node, claimed, answering);
  return goTo(
    addressOf(id, filter),
    what === "refuse" ? "relations-refused" : "relations-confirmed",
  );
}
