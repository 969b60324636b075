import { activityRules } from "./lint-activity.ts";
import { actorRules, isActor } from "./lint-actor.ts";
import { collectionRules, type CollectionKind } from "./lint-collection.ts";
import { htmlRules, nodeInfoRules, webFingerRules } from "./lint-discovery.ts";
import { documentRules, sizeRule } from "./lint-document.ts";
import { requestRules, responseRules } from "./lint-http.ts";
import { noteRules } from "./lint-note.ts";
import { quoteRules } from "./lint-quote.ts";
import { apply, isObject, subjectOf, type Finding } from "./lint-rule.ts";

/** Where the document comes from, and the time for rules about the clock (left out without it). */
export interface LintOptions {
  origin: string | URL;
  now?: number;
}

const megabyte = sizeRule(1_000_000, "§2.3 Mastodon reads 1 MB");
const misskeySize = sizeRule(64_000, "§9 Misskey: 64 kB, contexts count; §14");

/** Every rule by name and who demands it, for reports and for the test that breaks each one. */
export const allRules: readonly { name: string; source: string }[] = [
  ...documentRules,
  megabyte,
  ...actorRules,
  ...noteRules,
  ...activityRules,
  ...collectionRules,
  ...quoteRules,
  ...webFingerRules,
  ...htmlRules,
  ...nodeInfoRules,
  ...requestRules,
  ...responseRules,
];

/**
 * Lints an actor as served at its id. `document` is the response text (best: only text shows
 * whether a coordinate is a float) or the parsed value.
 */
export function lintActor(document: unknown, options: LintOptions): Finding[] {
  const subject = subjectOf(document, options);
  return apply([...documentRules, megabyte, ...actorRules], subject);
}

/** Lints a Note as served at its id. */
export function lintObject(document: unknown, options: LintOptions): Finding[] {
  const subject = subjectOf(document, options);
  return apply([...documentRules, megabyte, ...noteRules], subject);
}

/** Lints an activity as delivered, the Note or actor embedded in a Create or Update included. */
export function lintActivity(document: unknown, options: LintOptions): Finding[] {
  const subject = subjectOf(document, options);
  const findings = apply([...documentRules, misskeySize, ...activityRules], subject);
  const { object, type } = subject.doc;
  if (isObject(object) && (type === "Create" || type === "Update")) {
    const rules = isActor(object)
      ? actorRules
      : type === "Create" || object["type"] === "Note"
        ? noteRules
        : [];
    findings.push(...apply(rules, { ...subject, doc: object }, "object"));
  }
  return findings;
}

/** Lints what says that a quote is allowed, as served at its id. */
export function lintAuthorization(document: unknown, options: LintOptions): Finding[] {
  return apply([...documentRules, megabyte, ...quoteRules], subjectOf(document, options));
}

/** Lints a collection; `kind` says what it is for and defaults to a paged one such as followers. */
export function lintCollection(
  document: unknown,
  options: LintOptions & { kind?: CollectionKind; mayBeEmpty?: boolean },
): Finding[] {
  const { kind = "followers", mayBeEmpty = false } = options;
  const subject = { ...subjectOf(document, options), kind, mayBeEmpty };
  return [...apply([...documentRules, megabyte], subject), ...apply(collectionRules, subject)];
}

/** Lints the answer of /.well-known/webfinger to `resource`; `id` is the actor to be found. */
export function lintWebFinger(
  jrd: unknown,
  contentType: string,
  options: LintOptions & { resource: string; id?: string },
): Finding[] {
  const { resource, id } = options;
  return apply(webFingerRules, { ...subjectOf(jrd, options), contentType, resource, id });
}

/** Lints the HTML page of the actor `id`. */
export function lintHtmlProfile(html: string, id: string): Finding[] {
  return apply(htmlRules, { html, id, origin: new URL(id) });
}

/**
 * Lints NodeInfo: the discovery document and the documents that it links to, by address
 * (`nodeInfoLinks` in lint-discovery.ts says which ones to fetch).
 */
export function lintNodeInfo(
  discovery: unknown,
  documents: ReadonlyMap<string, unknown>,
  options: LintOptions,
): Finding[] {
  return apply(nodeInfoRules, { ...subjectOf(discovery, options), documents });
}

/**
 * Lints an outgoing signed POST. With `url` and the sender's `publicKeyPem` the signature is
 * verified as well, by node:crypto and not by the library that made it.
 */
export function lintRequest(
  headers: HeadersInit,
  body: string,
  options: { url?: string | URL; publicKeyPem?: string } = {},
): Finding[] {
  const url = options.url === undefined ? undefined : new URL(options.url);
  return apply(requestRules, {
    headers: new Headers(headers),
    body,
    url,
    publicKeyPem: options.publicKeyPem,
    origin: url ?? new URL("https://localhost"),
  });
}

/** Lints the answer to an unsigned GET of an id, `Accept: application/activity+json`. */
export function lintResponse(
  headers: HeadersInit,
  status: number,
  options: { redirected?: boolean } = {},
): Finding[] {
  return apply(responseRules, {
    headers: new Headers(headers),
    status,
    redirected: options.redirected ?? false,
    origin: new URL("https://localhost"),
  });
}

/** Findings as lines for an assertion message or a report. */
export function report(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, path, message, source }) => `${rule} at ${path || "."}: ${message} [${source}]`)
    .join("\n");
}
