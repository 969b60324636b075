import type { Context } from "@fedify/fedify";
import { readFeedName } from "../coop/feeds.ts";
import { coopOf } from "../coop/listing-record.ts";
import { boostedBy } from "../directory/news-changes.ts";
import type * as changes from "../store/changes.ts";
import * as news from "../store/news.ts";
import { feedIdentifier, feedUrl, hasFeeds } from "./feed-actors.ts";
import type { FederationData } from "./federation.ts";
import { activityDocument, fingerprint, send, undoDocument } from "./send.ts";
import { recipients } from "./tell-followers.ts";
import { PUBLIC } from "./vocabulary.ts";

/** Feeds pass a co-op's post on, or take that back as the post is gone: their followers learn of it. */
export async function deliverBoosts(
  context: Context<FederationData>,
  change: changes.Change,
): Promise<void> {
  const { db, node, clock } = context.data;
  if (!(await hasFeeds(db))) return;
  for (const boost of await news.boostsOf(db, boostedBy(change))) {
    const feed = readFeedName(boost.feed);
    if (feed === undefined) continue;
    const { announced, ended, announcedEnd } = boost;
    const actor = feedUrl(node, feed);
    const audience = { to: [PUBLIC], cc: [`${actor}/followers`, coopOf(boost.listing)] };
    const id = `${actor}#announces/${fingerprint(boost.news)}`;
    const announce = activityDocument("Announce", { id, actor, object: boost.news, ...audience });
    const identifier = feedIdentifier(feed);
    const tell = async (document: typeof announce) =>
      send(context, identifier, await recipients(context, identifier), document);
    if (announced === null && ended === null) {
      await tell({ ...announce, published: new Date(boost.boosted).toISOString() });
      await news.announceBoost(db, boost, { announced: clock() });
    } else if (announced !== null && ended !== null && announcedEnd === null) {
      await tell(undoDocument(announce));
      await news.announceBoost(db, boost, { announcedEnd: clock() });
    }
  }
}
