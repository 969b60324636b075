import { attributesOf } from "./lint-html.ts";
import { activityStreams } from "./lint-document.ts";
import { faultIf, isObject, isText, listOf, sameHost, urlOf } from "./lint-rule.ts";
import type { Fault, JsonObject, Rule, Subject } from "./lint-rule.ts";

/** An answer of /.well-known/webfinger and what was asked. */
export interface WebFingerSubject extends Subject {
  contentType: string;
  resource: string;
  /** Id of the actor that must be found, when it is known. */
  id: string | undefined;
}

const activityTypes = [
  "application/activity+json",
  `application/ld+json; profile="${activityStreams}"`,
];

function linksOf(doc: JsonObject): JsonObject[] {
  return listOf(doc["links"]).filter(isObject);
}

function selfLinks(doc: JsonObject): JsonObject[] {
  return linksOf(doc).filter((link) => link["rel"] === "self");
}

/** Rules about a WebFinger answer. */
export const webFingerRules: readonly Rule<WebFingerSubject>[] = [
  {
    name: "webfinger-content-type",
    source: "§7 mastodon#23735, §14",
    check: ({ contentType }) =>
      faultIf(
        contentType.split(";")[0]?.trim().toLowerCase() !== "application/jrd+json",
        "",
        `content type is "${contentType}", must be application/jrd+json`,
      ),
  },
  {
    name: "webfinger-subject",
    source: "§2.1, §2.2, §9 NodeBB: subject on the queried host; snac2 shows it as the handle",
    check: ({ doc, origin }) => {
      const [, host] = /^acct:[A-Za-z0-9_.-]+@([^@/]+)$/.exec(String(doc["subject"])) ?? [];
      return faultIf(
        host !== origin.host,
        "subject",
        `must be acct:name@${origin.host}, also when a URL was asked for`,
      );
    },
  },
  {
    name: "webfinger-stable",
    source: "§2.2 Too many webfinger redirects, §2.7",
    check: ({ doc, resource }) =>
      faultIf(
        resource.startsWith("acct:") &&
          String(doc["subject"]).startsWith("acct:") &&
          String(doc["subject"]).toLowerCase() !== resource.toLowerCase(),
        "subject",
        `must be the handle that was asked for, ${resource}`,
      ),
  },
  {
    name: "webfinger-self",
    source: "§2.1 webfinger.rb, §7 mastodon#23735, §14",
    check: ({ doc }) =>
      faultIf(
        selfLinks(doc).length !== 1 || selfLinks(doc)[0]?.["type"] !== activityTypes[0],
        "links",
        `needs exactly one rel=self, of type exactly ${activityTypes[0]}`,
      ),
  },
  {
    name: "webfinger-one-actor",
    source: "§9 NodeBB takes the last, snac2 webfinger.c the first link of that type",
    check: ({ doc }) =>
      faultIf(
        linksOf(doc).some(
          (link) => link["rel"] !== "self" && activityTypes.includes(String(link["type"])),
        ),
        "links",
        "no other link may have the type of an actor",
      ),
  },
  {
    name: "webfinger-href",
    source: "§2.3, §2.7, §14: href == id",
    check: ({ doc, id, origin }) =>
      selfLinks(doc).flatMap((link) =>
        faultIf(
          id === undefined ? !sameHost(link["href"], origin) : link["href"] !== id,
          "links",
          `href of self must be ${id ?? `on ${origin.host}`}`,
        ),
      ),
  },
  {
    name: "webfinger-https",
    source: "§2.1, §9 NodeBB: https and a host without port",
    httpsOnly: true,
    check: ({ doc, origin }) => [
      ...faultIf(origin.port !== "", "subject", "the host must have no port"),
      ...linksOf(doc).flatMap((link) =>
        faultIf(
          typeof link["href"] === "string" && link["href"].startsWith("http:"),
          "links",
          "must be https",
        ),
      ),
    ],
  },
];

/** The HTML page of an actor and its id. */
export interface HtmlSubject {
  html: string;
  id: string;
  origin: URL;
}

/** Rules about the HTML profile page. */
export const htmlRules: readonly Rule<HtmlSubject>[] = [
  {
    name: "html-alternate",
    source: "§2.9 fetch_resource_service.rb, §14",
    check: ({ html, id }) => {
      const links = [...html.matchAll(/<link\b([^>]*)>/gi)].map((match) =>
        attributesOf(match[1] ?? ""),
      );
      const alternates = links.filter(
        (link) =>
          (link["rel"] ?? "").split(/\s+/).includes("alternate") &&
          link["type"] === "application/activity+json",
      );
      return faultIf(
        alternates.length !== 1 || alternates[0]?.["href"] !== id,
        "head",
        `needs one <link rel="alternate" type="application/activity+json" href="${id}">`,
      );
    },
  },
];

/** The NodeInfo discovery document and the documents that it links to, by address. */
export interface NodeInfoSubject extends Subject {
  documents: ReadonlyMap<string, unknown>;
}

const schemas = ["2.0", "2.1"].map((version) => ({
  version,
  rel: `http://nodeinfo.diaspora.software/ns/schema/${version}`,
}));

/** Rules about NodeInfo. */
export const nodeInfoRules: readonly Rule<NodeInfoSubject>[] = [
  {
    name: "nodeinfo-versions",
    source: "§10 FEP-f1d5, §14: 2.0 and 2.1 (Fedify links 2.1 only)",
    check: ({ doc }) =>
      schemas.flatMap(({ version, rel }) =>
        faultIf(
          !linksOf(doc).some((link) => link["rel"] === rel),
          "links",
          `has no link to version ${version}`,
        ),
      ),
  },
  {
    name: "nodeinfo-application",
    source: "§9 Mobilizon, §10 FEP-2677, §14",
    check: ({ doc, origin }) => {
      const link = linksOf(doc).find((one) => one["rel"] === `${activityStreams}#Application`);
      return faultIf(
        link === undefined || !sameHost(link["href"], origin),
        "links",
        `needs rel ${activityStreams}#Application to the node's actor`,
      );
    },
  },
  {
    name: "nodeinfo-documents",
    source: "§10 FEP-f1d5 and the NodeInfo schemas",
    check: ({ doc, documents }) =>
      schemas.flatMap(({ version, rel }) =>
        linksOf(doc)
          .filter((link) => link["rel"] === rel)
          .flatMap((link) => {
            const href = String(link["href"]);
            return documentFaults(documents.get(href), version, href);
          }),
      ),
  },
];

function documentFaults(found: unknown, version: string, path: string): Fault[] {
  if (!isObject(found)) return [{ path, message: "is not there" }];
  const software = isObject(found["software"]) ? found["software"] : {};
  const usage = isObject(found["usage"]) ? found["usage"] : {};
  const services = isObject(found["services"]) ? found["services"] : {};
  return [
    ...faultIf(found["version"] !== version, `${path} version`, `must be "${version}"`),
    ...faultIf(
      !/^[a-z0-9-]+$/.test(String(software["name"])) || !isText(software["version"]),
      `${path} software`,
      "needs a name of a-z, 0-9 and -, and a version",
    ),
    ...faultIf(
      version === "2.0" && ("repository" in software || "homepage" in software),
      `${path} software`,
      "repository and homepage came with 2.1",
    ),
    ...faultIf(
      !listOf(found["protocols"]).includes("activitypub"),
      `${path} protocols`,
      "must have activitypub",
    ),
    ...faultIf(
      !Array.isArray(services["inbound"]) || !Array.isArray(services["outbound"]),
      `${path} services`,
      "needs the arrays inbound and outbound",
    ),
    ...faultIf(
      typeof found["openRegistrations"] !== "boolean",
      `${path} openRegistrations`,
      "must say true or false",
    ),
    ...faultIf(!isObject(usage["users"]), `${path} usage.users`, "must be an object"),
    ...faultIf(!isObject(found["metadata"]), `${path} metadata`, "must be an object"),
  ];
}

/** Addresses of the NodeInfo documents that a discovery document links to: what to fetch next. */
export function nodeInfoLinks(discovery: unknown): string[] {
  return isObject(discovery)
    ? linksOf(discovery).flatMap((link) =>
        schemas.some(({ rel }) => rel === link["rel"]) && urlOf(link["href"]) !== undefined
          ? [String(link["href"])]
          : [],
      )
    : [];
}
