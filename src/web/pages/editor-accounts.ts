import { html } from "hono/html";
import type { Backlink } from "../../store/backlinks.ts";
import type { Departure } from "../../store/departures.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { counted, day, type Html, outwardLink } from "../text.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { button, buttonForm, faultSummary, hidden, textField } from "./form.ts";
import { handleToCopy } from "./handle.ts";

/** What the page about a co-op’s other accounts shows. */
export interface AccountsData {
  place: Place;
  /** The co-op’s URL here. */
  url: string;
  /** `@bakery@coops.example`; undefined while it has none. */
  handle: string | undefined;
  links: Backlink[];
  /** The accounts that it says it was. */
  former: string[];
  /** Where it has moved, if it has. */
  departure: Departure | undefined;
  followers: number;
  form: Form;
}

/** The accounts that a co-op has elsewhere: those that belong to it, and those it moves from or to. */
export function accountsPage(data: AccountsData): Page {
  const { place, form } = data;
  return {
    title: `Other accounts of ${place.name}`,
    body: html`${editorTabs(place, "accounts")}
      <h1>Other accounts</h1>
      ${faultSummary(form)} ${linksSection(data)} ${arrivalSection(data)} ${departureSection(data)}`,
  };
}

function actionOf({ place }: AccountsData): string {
  return `/admin/coops/${place.id}/accounts`;
}

function linksSection(data: AccountsData): Html {
  const { links } = data;
  return html`<section class="block measure" aria-labelledby="links">
    <h2 id="links">Links that lead both ways</h2>
    ${
      links.length === 0
        ? html`<p>
            The profile names no website and no account elsewhere. Where it does, this page says
            whether they link back: then everybody can see that they are yours.
          </p>`
        : html`${links.map((link) => linkState(link, data))}
          ${buttonForm(actionOf(data), "Look again now", { do: "check" })}`
    }
  </section>`;
}

function linkState(link: Backlink, { url }: AccountsData): Html {
  const { kind, url: to, verified, checked, fault } = link;
  const what = kind === "website" ? "Website" : "Account";
  return html`<h3>${what}: ${outwardLink(to)}</h3>
    ${
      verified !== null
        ? html`<p><strong>Verified:</strong> it linked back on ${day(Number(verified))}.</p>`
        : checked === null
          ? html`<p>It is looked at in a moment.</p>`
          : html`<p><strong>Not verified</strong>, on ${day(Number(checked))}. ${fault}</p>`
    }
    ${verified !== null && fault !== null ? html`<p>On ${day(Number(checked ?? 0))}: ${fault}</p>` : ""}
    ${
      verified !== null
        ? ""
        : kind === "website"
          ? html`<p>
              Put this link into that page. Mastodon then shows the website as verified, too:
              <code class="copy">&lt;a rel="me" href="${url}"&gt;Our profile&lt;/a&gt;</code>
            </p>`
          : html`<p>
              Put this address into one of the rows of that account’s profile. Whoever wants to
              follow the co-op is then led there: <code class="copy">${url}</code>
            </p>`
    }`;
}

function arrivalSection(data: AccountsData): Html {
  const { handle, former, form } = data;
  const action = actionOf(data);
  return html`<section class="block measure" aria-labelledby="arrival">
    <h2 id="arrival">Come from another account</h2>
    <p>Those who follow an account that the co-op has elsewhere can come along to here.</p>
    <ol>
      <li>
        Name that account here. The profile then says that it was the same, once it is published.
      </li>
      <li>
        There, let it move to
        ${handle === undefined ? "the name that you choose here" : handleToCopy(handle)}. On
        Mastodon it is at <em>Preferences, Account, Move to a different account</em>; on a node like
        this on this same page.
      </li>
    </ol>
    <p>
      Only followers come along: posts stay, and so does whom the account follows. Mastodon lets an
      account move once in 30 days. Followers whose server is away for long, or knows no moves, have
      to follow again by themselves.
    </p>
    ${
      former.length === 0
        ? ""
        : html`<h3>It says that it was</h3>
            <ul class="plain">
              ${former.map(
                (each) =>
                  html`<li>
                    ${outwardLink(each)}
                    ${buttonForm(action, "Remove", { do: "forget", url: each })}
                  </li>`,
              )}
            </ul>`
    }
    <form class="form" method="post" action="${action}" novalidate>
      ${hidden("do", "came")}
      ${textField(form, {
        name: "from",
        label: "The account before",
        hint: "Its handle, such as @bakery@mastodon.social, or the address of its profile",
        required: true,
        autocomplete: "off",
        maxlength: 500,
      })}
      <p class="actions">${button("Say that it was this one", { look: "quiet" })}</p>
    </form>
  </section>`;
}

function departureSection(data: AccountsData): Html {
  const { place, handle, departure } = data;
  return html`<section class="block measure" aria-labelledby="departure">
    <h2 id="departure">Go to another account</h2>
    ${
      departure !== undefined
        ? departed(data, departure)
        : handle === undefined || !place.posts
          ? html`<p>It has no account here yet.</p>`
          : place.owner
            ? departureForm(data, handle)
            : html`<p>Only an owner of the co-op can do this.</p>`
    }
  </section>`;
}

function departed(data: AccountsData, { target, moved, announced }: Departure): Html {
  const { followers, place } = data;
  return html`<p>
      It has moved to ${outwardLink(target)} on ${day(Number(moved))}.
      ${announced === null ? "Its followers are being told." : "Its followers have been told."}
      ${
        followers === 0
          ? "Nobody follows it here."
          : `${counted(followers, "follower")} ${followers === 1 ? "is" : "are"} still noted here: their servers have yet to take them over, or never will.`
      }
    </p>
    <p>
      Leave it as it is for some weeks: servers ask here whether it is true. Then you can
      <a href="/admin/coops/${place.id}/leave">withdraw or delete</a> what is here.
    </p>
    ${
      place.owner
        ? html`<p>
              If it is called off, the account here can be followed again. Who follows the other one
              by now doesn’t come back. A listing that has made way has to be published again.
            </p>
            ${buttonForm(actionOf(data), "Call the move off", { do: "stay" })}`
        : ""
    }`;
}

function departureForm(data: AccountsData, handle: string): Html {
  const { form } = data;
  return html`<p>
      Those who follow the co-op or its classes here are told to follow another account instead,
      here or on any other server.
    </p>
    <ol>
      <li>
        The other account has to say first that it was ${handleToCopy(handle)}. A node like this
        does so by itself where the co-op was
        <a href="/admin/coops/${data.place.id}/export">taken along</a> and is published; Mastodon at
        <em>Preferences, Account, Moving from a different account</em>.
      </li>
      <li>Name it here. This node looks whether it says so, and then tells the followers.</li>
    </ol>
    <p>
      It can’t be taken back for those who have followed the other account by then. For seven days
      other servers take no notice of another move. The account here stays, with its posts, and says
      where it has gone; it can’t be followed any more. If the other account is on a node like this,
      the listing there takes the place of the one here; if not, the listing stays until you
      withdraw it.
    </p>
    <form class="form" method="post" action="${actionOf(data)}" novalidate>
      ${hidden("do", "go")}
      ${textField(form, {
        name: "to",
        label: "The other account",
        hint: "Its handle, such as @bakery@coops.example, or the address of its profile",
        required: true,
        autocomplete: "off",
        maxlength: 500,
      })}
      <p class="actions">${button("Move there", { look: "danger" })}</p>
    </form>`;
}
