import type { Context } from "hono";
import { z } from "zod";
import { multiStakeholder } from "../../coop/stakeholders.ts";
import { readQuestion, sayNo, sayYes } from "../../directory/answer.ts";
import { listingId } from "../../coop/listing-record.ts";
import { linkUrl } from "../../directory/link.ts";
import { coopUrl } from "../../directory/ids.ts";
import { relatedPages } from "../entries.ts";
import { readForm } from "../forms.ts";
import { respond } from "../layout.ts";
import { coopPage } from "../pages/coop.ts";
import { saidNoPage, saidYesPage, yesPage } from "../pages/yes.ts";
import { privately } from "../private.ts";
import type { Site } from "../site.ts";

/** `GET /yes/:token`: the listing as it would be published. Looking doesn’t answer. */
export async function showQuestion(site: Site, token: string): Promise<Response> {
  const { db, node } = site;
  const { coop, listing, asker } = await readQuestion(db, node, token, site.clock());
  const entry = {
    record: listingId(coopUrl(node, coop.id)),
    origin: node.host,
    listing,
    multiStakeholder: multiStakeholder(listing),
    digest: "",
    issued: site.clock(),
  };
  const shown = coopPage({
    entry,
    organisation: [entry],
    host: node.host,
    here: true,
    posts: [],
    followers: undefined,
    now: site.clock(),
    pageOf: await relatedPages(site, listing),
  });
  const page = yesPage({
    action: `/yes/${token}`,
    name: listing.name,
    page: shown.body,
    asker,
    host: node.host,
  });
  return respond(site, page, 200, privately);
}

const Answer = z.object({ answer: z.enum(["yes", "no"]) });

/** `POST /yes/:token`: the co-op answers. */
export async function sendAnswer(site: Site, c: Context, token: string): Promise<Response> {
  const read = await readForm(c, Answer);
  if (!("data" in read)) return showQuestion(site, token);
  const { db, node } = site;
  const now = site.clock();
  if (read.data.answer === "no") {
    await sayNo(db, node, token, now);
    return respond(site, saidNoPage(node.host), 200, privately);
  }
  const { coop, invitation } = await sayYes(db, node, token, now);
  const page = saidYesPage({ coop, invitation: linkUrl(node, "invitation", invitation) });
  return respond(site, page, 200, privately);
}
