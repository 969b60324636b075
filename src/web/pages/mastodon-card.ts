import { html, raw } from "hono/html";
import type { JsonObject } from "../../coop/canonical-json.ts";
import { type Html, webHref } from "../text.ts";

/** What Mastodon cuts off or others do, where the profile is longer. */
const bounds = { listName: 40, misskeyName: 128, misskeySummary: 2048 };

/**
 * A profile as Mastodon shows one, from the very document that is sent to it.
 * Its texts are HTML that this node made itself (federation/text.ts).
 */
export function mastodonCard(actor: JsonObject, posts: Html | string): Html {
  const { name, webfinger, summary, attachment, icon, image } = actor as unknown as {
    name: string;
    webfinger: string;
    summary: string;
    attachment: { name: string; value: string }[];
    icon?: { url: string; name?: string };
    image?: { url: string; name?: string };
  };
  return html`<div class="card">
    <div class="card-image">${picture(image, "")}</div>
    <div class="card-head">
      <div class="card-icon">${picture(icon, "")}</div>
      <p class="card-name" dir="auto">${name}</p>
      <p class="card-handle">@${webfinger}</p>
    </div>
    <div class="card-bio" dir="auto">${raw(summary)}</div>
    <dl class="card-fields">
      ${attachment.map(
        ({ name: label, value }) =>
          html`<div>
            <dt>${label}</dt>
            <dd dir="auto">${raw(value)}</dd>
          </div>`,
      )}
    </dl>
    ${posts}
  </div>`;
}

function picture(image: { url: string; name?: string } | undefined, alt: string): Html | string {
  const href = webHref(image?.url);
  if (href === undefined) return "";
  return html`<img src="${href}" alt="${image?.name ?? alt}" referrerpolicy="no-referrer" />`;
}

/** What other servers will not show whole. */
export function cutOff({
  name,
  summary,
}: {
  name: string;
  summary?: string | undefined;
}): string[] {
  const letters = Array.from(name).length;
  return [
    ...(letters > bounds.listName
      ? [
          `Lists in Mastodon show about ${bounds.listName} characters of a name; this one has ${letters}.`,
        ]
      : []),
    ...(letters > bounds.misskeyName
      ? [`Misskey cuts a name after ${bounds.misskeyName} characters.`]
      : []),
    ...((summary?.length ?? 0) > bounds.misskeySummary
      ? [`Misskey cuts the text after ${bounds.misskeySummary} characters.`]
      : []),
  ];
}
