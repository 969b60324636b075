import { html } from "hono/html";
import type { Feed } from "../../coop/feeds.ts";
import { themes, type Theme } from "../../coop/codes.ts";
import { sections } from "../../coop/sectors.ts";
import type { SearchResult } from "../../index/directory-index.ts";
import { feedOn, type FollowableFeed } from "../feeds-at.ts";
import type { Page } from "../layout.ts";
import type { Html } from "../text.ts";
import { feedBox } from "./feed-offer.ts";
import { tally } from "./tally.ts";

/** What the list of feeds shows. */
export interface FeedsData {
  host: string;
  /** Where they are followed, and the one that has everything. */
  at: { host: string; url: string } | undefined;
  all: FollowableFeed | undefined;
  /** Whether that is this node. */
  here: boolean;
  facets: SearchResult["facets"];
}

/** What can be followed beside single co-ops. */
export function feedsPage(data: FeedsData): Page {
  const { host, at, all, here } = data;
  return {
    title: "Feeds",
    description: "Follow new co-ops of a theme, a sector or a region from Mastodon.",
    body: html`<h1>Feeds</h1>
      <p class="lead">
        Follow a theme, a sector or a region from Mastodon, or from anywhere else in the fediverse,
        and you are told which co-ops are new there.
      </p>
      ${
        here
          ? ""
          : html`<p class="notice">
              ${host} lists only the co-ops that it hosts itself, so it has no feeds of its own.
              ${
                at === undefined
                  ? "It doesn’t know yet of any node that has the whole directory."
                  : html`These are on ${at.host}, which has the whole directory.`
              }
            </p>`
      }
      ${at === undefined || all === undefined ? "" : lists(data.facets, at, all)}`,
  };
}

function lists(
  facets: SearchResult["facets"],
  at: { host: string; url: string },
  all: FollowableFeed,
): Html {
  const rows = (values: { feed: Feed; count: number }[]) =>
    tally(
      values.map(({ feed, count }) => {
        const { url, title } = feedOn(at, feed);
        return { href: url, label: title, count };
      }),
    );
  const counts = (name: "theme" | "sector" | "region") =>
    new Map(facets[name].map(({ value, count }) => [value, count]));
  const byTheme = counts("theme");
  const bySector = counts("sector");
  const panel = (id: string, heading: string, about: string, content: Html) =>
    html`<section class="panel" aria-labelledby="by-${id}">
      <h2 id="by-${id}">${heading}</h2>
      <p class="aside">${about}</p>
      ${content}
    </section>`;
  return html`${feedBox(all, 0)}
    <div class="ways">
      ${panel(
        "theme",
        "By theme",
        "With the number of co-ops that are there already.",
        rows(
          (Object.keys(themes) as Theme[]).map((theme) => ({
            feed: { theme },
            count: byTheme.get(theme) ?? 0,
          })),
        ),
      )}
      ${panel(
        "region",
        "By country",
        "Those with the most co-ops. Each country has one, and each of its regions, whether they have co-ops yet or not.",
        rows(
          [...counts("region")]
            .filter(([value]) => value.startsWith("iso3166-"))
            .slice(0, 25)
            .map(([region, count]) => ({ feed: { region }, count })),
        ),
      )}
      ${panel(
        "sector",
        "By sector",
        "The sections of ISIC; each division, group and class has one, too.",
        rows(
          sections()
            .map(({ code }) => ({ feed: { sector: code }, count: bySector.get(code) ?? 0 }))
            .filter(({ count }) => count > 0),
        ),
      )}
    </div>
    <p>
      A region, or a theme in a region: <a href="/search">search</a> for it, and follow what stands
      above the results, such as <code translate="no">@housing.gb-sct@${at.host}</code> for housing
      in Scotland.
    </p>`;
}
