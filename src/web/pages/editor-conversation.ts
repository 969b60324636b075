import { html } from "hono/html";
import { allowed, costs } from "../../directory/allowance.ts";
import { domainsOf } from "../../directory/blocked.ts";
import type { Post } from "../../store/posts.ts";
import { textsOf } from "../../store/posts.ts";
import type { Reply } from "../../store/replies.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import { day, type Html, number } from "../text.ts";
import { answerArticle, type Answered, replyArticle } from "./conversation.ts";
import { languageOptions } from "./editor-more.ts";
import { type Place, editorTabs } from "./editor-tabs.ts";
import { button, buttonForm, faultSummary, hidden, select, textArea } from "./form.ts";

const labels = { text: "Answer", language: "Language", words: "What is wrong with it" };

/** What somebody has written, with the post that it is about and what the co-op answered. */
export interface Item {
  reply: Reply;
  post: Post | undefined;
  answers: Answered[];
}

function pathOf(place: Place): string {
  return `/admin/coops/${place.id}/conversation`;
}

/** What others have written to a co-op, and of its posts. */
export function conversationPage(
  place: Place,
  { items, next }: { items: Item[]; next: string | undefined },
): Page {
  const path = pathOf(place);
  return {
    title: `What others say to ${place.name}`,
    body: html`${editorTabs(place, "conversation")}
      <h1>Conversation</h1>
      <p class="lead">
        What others answer to your news, and where they mention you. What is for everybody stands on
        the page of the news, until you hide it.
      </p>
      <p><a href="/admin/coops/${place.id}/blocks">Whom you have blocked</a></p>
      ${
        items.length === 0
          ? html`<p>Nobody has written yet.</p>`
          : html`<section class="conversation" aria-label="The latest first">
              ${items.map((item) => listedItem(place, path, item))}
            </section>`
      }
      ${next === undefined ? "" : html`<p><a href="${`${path}?before=${next}`}">Older</a></p>`}
      <p class="aside">
        Nobody can flood you: of one person some ${number(allowed.author / costs.text)} texts a day
        are taken in, of one domain some ${number(allowed.domain / costs.text)}. Pictures and names
        are not fetched.
      </p>`,
  };
}

function listedItem(place: Place, path: string, { reply, post, answers }: Item): Html {
  const { key, hidden: since } = reply;
  return html`${replyArticle(reply, html`${aboutWords(reply, post)} ${marks(reply)}`)}
    ${answers.map((answer) => answerArticle(answer, place.name))}
    <div class="actions">
      <a href="${path}/${key}">Answer, report or block</a>
      ${buttonForm(`${path}/${key}`, since === null ? "Hide" : "Show again", {
        do: since === null ? "hide" : "show",
      })}
    </div>`;
}

/** What it is about. */
function aboutWords({ kind }: Reply, post: Post | undefined): Html {
  if (post === undefined) return html`mentioned you`;
  const [[, text] = ["", ""]] = textsOf(post);
  const words = text.replace(/\s+/g, " ");
  const short = words.length > 60 ? `${words.slice(0, 59).toWellFormed()}…` : words;
  const said = kind === "quote" ? "" : "to";
  return html`${said} <a href="/coops/${post.coop}/posts/${post.id}" dir="auto">${short}</a>`;
}

/** Who may read it, and what was done about it. */
function marks({ audience, hidden: since, reported }: Reply): Html {
  return html`${audience === "private" ? html`<span class="badge">Only for you</span> ` : ""}
  ${since === null ? "" : html`<span class="badge">Hidden</span> `}
  ${reported === null ? "" : html`<span class="badge">Reported</span>`}`;
}

/** One that somebody has written, and all that can be done about it. */
export function replyPage(
  place: Place,
  { reply, post, answers }: Item,
  host: string,
  form: Form,
): Page {
  const path = `${pathOf(place)}/${reply.key}`;
  const since = reply.hidden;
  return {
    title: `Written by ${reply.handle}`,
    body: html`${editorTabs(place, "conversation")}
      <p class="eyebrow"><a href="${pathOf(place)}">Conversation</a></p>
      <h1>What was written</h1>
      ${faultSummary(form, labels)}
      <section class="conversation" aria-label="What was written">
        ${replyArticle(reply, html`${aboutWords(reply, post)} ${marks(reply)}`)}
        ${answers.map(
          (answer) =>
            html`${answerArticle(answer, place.name)}
              <div class="actions">
                ${buttonForm(path, "Delete this answer", { do: "delete", answer: answer.id }, "danger")}
              </div>`,
        )}
      </section>
      ${answerForm(path, reply, form)}
      <section class="block" aria-labelledby="hide">
        <h2 id="hide">${since === null ? "Hide it" : "It is hidden"}</h2>
        <p>
          ${
            since === null
              ? html`Nobody else sees it on the pages of this directory any more. On other servers
                it
                stays.${
                  reply.approved === null
                    ? ""
                    : " Its author is told that your news may not be quoted there any more."
                }`
              : html`Since ${day(Number(since))} nobody else sees it on the pages of this directory.`
          }
        </p>
        ${buttonForm(path, since === null ? "Hide" : "Show again", {
          do: since === null ? "hide" : "show",
        })}
      </section>
      ${reportSection(path, reply, host, form)} ${blockSection(path, reply)}`,
  };
}

function answerForm(path: string, { audience, handle }: Reply, form: Form): Html {
  return html`<form class="form" method="post" action="${path}" novalidate>
    ${hidden("do", "answer")}
    ${textArea(form, {
      name: "text",
      label: "Your answer",
      hint:
        audience === "public"
          ? "Everybody can read it: it goes to the author and to those who follow you."
          : "This was written to you alone, so your answer goes to its author alone. It is not encrypted.",
      rows: 4,
      maxlength: 5000,
      required: true,
    })}
    ${select(form, { name: "language", label: "Language", options: languageOptions(), required: true })}
    <p class="actions">${button(`Answer ${handle}`)}</p>
  </form>`;
}

function reportSection(path: string, reply: Reply, host: string, form: Form): Html {
  const { reported, host: there } = reply;
  return html`<section class="block" aria-labelledby="report">
    <h2 id="report">Report it</h2>
    ${
      reported === null
        ? html`<p>
              What breaks rules is best judged where it was written. Those who run
              <bdi>${there}</bdi> are sent the address of its author, the address of what was
              written, and what you write here. It comes from @directory@${host} and not from your
              co-op. Whether they do something about it is up to them.
            </p>
            <form class="form" method="post" action="${path}" novalidate>
              ${hidden("do", "report")}
              ${textArea(form, {
                name: "words",
                label: labels.words,
                rows: 3,
                maxlength: 1000,
                required: true,
              })}
              <p class="actions">${button(`Send the report to ${there}`, { look: "quiet" })}</p>
            </form>`
        : html`<p>It was reported to <bdi>${there}</bdi> on ${day(Number(reported))}.</p>`
    }
  </section>`;
}

function blockSection(path: string, { handle, host }: Reply): Html {
  const domain = domainsOf(host)[0] ?? host;
  return html`<section class="block" aria-labelledby="block">
    <h2 id="block">Block</h2>
    <p>
      Whom you block can’t follow you any more and gets nothing from you; what they write is let
      lie, and what they have written is hidden. The server of a person is told that they don’t
      follow you any more. A whole domain is told nothing.
    </p>
    <div class="actions">
      ${buttonForm(path, `Block ${handle}`, { do: "block-person" }, "danger")}
      ${buttonForm(path, `Block all of ${domain}`, { do: "block-domain" }, "danger")}
    </div>
  </section>`;
}
