import { faultIf, type Rule, sameHost, type Subject, urlOf } from "./lint-rule.ts";

/** Rules about what is served to say that a quote is allowed. */
export const quoteRules: readonly Rule<Subject>[] = [
  {
    name: "quote-authorization",
    source: "FEP-044f, Mastodon verify_quote_service.rb",
    check: ({ doc }) => [
      ...faultIf(doc["type"] !== "QuoteAuthorization", "type", "must be QuoteAuthorization"),
      ...faultIf(
        !sameHost(doc["attributedTo"], doc["id"]),
        "attributedTo",
        "must be the author of what is quoted, on this host",
      ),
      ...faultIf(
        !String(doc["interactionTarget"]).startsWith(`${String(doc["attributedTo"])}/`),
        "interactionTarget",
        "must be the post that is quoted",
      ),
      ...faultIf(
        urlOf(doc["interactingObject"]) === undefined,
        "interactingObject",
        "must be the id of the quote",
      ),
    ],
  },
];
