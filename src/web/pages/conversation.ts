import { html } from "hono/html";
import type { Answer } from "../../store/answers.ts";
import type { Reply } from "../../store/replies.ts";
import type { Tally } from "../../store/tallies.ts";
import type { Page } from "../layout.ts";
import { counted, type Html, moment, outwardLink, paragraphs, webHref } from "../text.ts";

/** What follows links that others have written: they are theirs, and not this directory's. */
const foreign = "nofollow ugc";

/** What was made of a post, in words; nothing where that is nothing. */
export function tallyWords({ likes, boosts, replies, quotes }: Tally): string {
  return [
    likes > 0 ? counted(likes, "like") : "",
    boosts > 0 ? counted(boosts, "boost") : "",
    quotes > 0 ? counted(quotes, "quote") : "",
    replies > 0 ? counted(replies, "reply", "replies") : "",
  ]
    .filter((words) => words !== "")
    .join(" · ");
}

/** An answer, with what was made of it where that is counted. */
export type Answered = Answer & { tally?: Tally };

export interface Conversation {
  replies: Reply[];
  /** The co-op's own, below this post. */
  answers: Answered[];
  /** What the co-op is called. */
  name: string;
  tally: Tally;
  /** The address of those that don't fit on the page; undefined if all do. */
  more: string | undefined;
}

/** What everybody may read of what others said of a post. */
export function conversationSection(conversation: Conversation): Html | string {
  const { replies, answers, name, tally, more } = conversation;
  const words = tallyWords(tally);
  if (words === "") return "";
  const answersTo = (reply: Reply) => answers.filter(({ parent }) => parent === reply.id);
  const parents = new Set(replies.map(({ id }) => id));
  const others = answers.filter(({ parent }) => !parents.has(parent));
  return html`<section class="conversation" aria-labelledby="conversation">
    <h2 id="conversation">What others say</h2>
    <p class="aside">${words}. Replies and quotes were written by others.</p>
    ${replies.map(
      (reply) =>
        html`${replyArticle(reply)} ${answersTo(reply).map((answer) => answerArticle(answer, name))}`,
    )}
    ${others.map((answer) => answerArticle(answer, name))}
    ${more === undefined ? "" : html`<p><a href="${more}">More replies</a></p>`}
  </section>`;
}

/**
 * What somebody has written, with who and where.
 *
 * @param about What it is about, and what there is to say of it here.
 */
export function replyArticle(reply: Reply, about: Html | string = ""): Html {
  const { key, handle, profile, url, warning, language, kind, published, edited } = reply;
  const body = html`<div ${language === null ? "" : html`lang="${language}"`} dir="auto">
      ${paragraphs(reply.content)}
    </div>
    ${attachmentNote(reply)}`;
  return html`<article class="reply" id="reply-${key}">
    <p class="aside">
      ${outwardLink(profile, handle, foreign)} ${kind === "quote" ? "quoted this" : ""} ·
      ${linkTo(url, moment(Number(published)))}${edited === null ? "" : ", changed since"} ${about}
    </p>
    ${
      warning === null
        ? body
        : html`<details class="warned">
            <summary>Content warning: <span dir="auto">${warning}</span></summary>
            ${body}
          </details>`
    }
  </article>`;
}

function linkTo(url: string, content: Html): Html {
  const href = webHref(url);
  if (href === undefined) return content;
  return html`<a href="${href}" rel="${foreign} noopener noreferrer">${content}</a>`;
}

/** That there is more of it than its text, which isn't fetched. */
function attachmentNote({ attachments, content }: Reply): Html | string {
  if (attachments > 0) {
    const what = counted(attachments, "attachment");
    return html`<p class="aside">With ${what}, to be seen on its own server.</p>`;
  }
  return content === "" ? html`<p class="aside">To be read on its own server.</p>` : "";
}

/** What the co-op has answered. */
export function answerArticle(answer: Answered, name: string, about: Html | string = ""): Html {
  const [[language, text] = ["en", ""]] = Object.entries(
    JSON.parse(answer.content) as Record<string, string>,
  );
  const path = `/coops/${answer.coop}/answers/${answer.id}`;
  const time = moment(Number(answer.published));
  const made = answer.tally === undefined ? "" : tallyWords(answer.tally);
  return html`<article class="reply answer" id="answer-${answer.id}">
    <p class="aside">
      <span dir="auto">${name}</span> answered <bdi>${answer.handle}</bdi> ·
      ${answer.audience === "public" ? html`<a href="${path}">${time}</a>` : time} ${about}
    </p>
    <div lang="${language}" dir="auto">${paragraphs(text)}</div>
    ${made === "" ? "" : html`<p class="aside">${made}</p>`}
  </article>`;
}

/** The page of one answer. */
export function answerPage(data: { name: string; url: string; answer: Answered }): Page {
  const { name, url, answer } = data;
  return {
    title: `An answer by ${name}`,
    head: html`<link
      rel="alternate"
      type="application/activity+json"
      href="${webHref(url) ?? ""}"
    />`,
    body: html`<div class="narrow">
      <p class="eyebrow"><a href="/coops/${answer.coop}" dir="auto">${name}</a></p>
      <h1>Answer</h1>
      <p class="measure">
        To ${outwardLink(answer.parent, "what somebody has written", foreign)}
        ${
          answer.post === null
            ? ""
            : html`about <a href="/coops/${answer.coop}/posts/${answer.post}">this news</a>`
        }
      </p>
      ${answerArticle(answer, name)}
    </div>`,
  };
}
