import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../errors.ts";
import { prefersActivity } from "./accept.ts";
import { adminRoutes } from "./admin-routes.ts";
import { health, lookupCoop, searchCoops } from "./api.ts";
import {
  attestation,
  beacon,
  contradiction,
  excludedHosts,
  feedChanges,
  heldCount,
  listing,
  livePeers,
  reconcile,
  recordByDigest,
  recordsByDigest,
  wellKnown,
} from "./dir.ts";
import { failure } from "./failure.ts";
import { scripts } from "./script.ts";
import { followFrom, followRate } from "./follow-from.ts";
import { createRate } from "./joining/rate.ts";
import { joiningRoutes } from "./joining/routes.ts";
import { showPicture } from "./pictures.ts";
import { showClass } from "./show-class.ts";
import { showAnswer } from "./show-conversation.ts";
import { showCoop, showNewsFeed, showPost, showReplica } from "./show-coop.ts";
import { feedElsewhere, showFeed, showFeedNews, showFeedPost, showFeeds } from "./show-feeds.ts";
import { showRelations, showSupply } from "./show-matching.ts";
import { showNetwork } from "./show-network.ts";
import { showAbout, showHome, showSearch } from "./show.ts";
import type { Site } from "./site.ts";
import { listRelations, matchCoop, supplyPlace } from "./matching.ts";
import { showOpenApi } from "./openapi.ts";
import { searchMap, showMap } from "./map.ts";
import { markImage, stylePath, styleSheet } from "./style.ts";
import { showStatistics } from "./show-statistics.ts";
import { tabulateCoops } from "./statistics.ts";
import { suggestFor } from "./suggest.ts";

export type { Site } from "./site.ts";

/** Addresses that are a page for people and a document for the fediverse. */
const twofold =
  /^\/(actor|coops\/[^/]+(\/(posts|classes|answers)\/[^/]+)?|feeds\/[^/]+(\/posts\/[^/]+)?)$/;

/**
 * Everything that this node answers over HTTP. Requests that no route here
 * knows, inboxes and WebFinger among them, go to `site.federation`.
 */
export function createWeb(site: Site): Hono {
  const app = new Hono();
  const federated = async (request: Request) => {
    const response = await site.federation(request);
    if (response === undefined || !twofold.test(new URL(request.url).pathname)) return response;
    const headers = new Headers(response.headers);
    if (!/\baccept\b(?!-)/i.test(headers.get("vary") ?? "")) headers.append("vary", "Accept");
    return new Response(response.body, { status: response.status, headers });
  };

  app.onError((error, c) => failure(site, c.req.raw, error));
  app.notFound(async (c) => {
    const response = await federated(c.req.raw);
    if (response !== undefined) return response;
    const error =
      (await feedElsewhere(site, new URL(c.req.url))) ??
      new AppError("not-found", "This address leads nowhere on this node.");
    return failure(site, c.req.raw, error);
  });
  app.use(async (c, next) => {
    if (c.req.method !== "GET" || !twofold.test(c.req.path)) return next();
    if (!prefersActivity(c.req.header("accept") ?? null)) return next();
    return (await federated(c.req.raw)) ?? next();
  });

  // For people.
  app.get("/", () => showHome(site));
  app.get("/search", (c) => showSearch(site, c));
  app.get("/map", (c) => showMap(site, c));
  app.get("/supply", (c) => showSupply(site, c));
  app.get("/relations", (c) => showRelations(site, c));
  app.get("/coops/:id", (c) => showCoop(site, c.req.param("id"), c.req.query("members")));
  app.get("/coops/:id/news.atom", (c) => showNewsFeed(site, c, c.req.param("id")));
  app.get("/coops/:id/posts/:post", (c) =>
    showPost(site, c.req.param("id"), c.req.param("post"), c.req.query("after")),
  );
  app.get("/coops/:id/answers/:answer", (c) =>
    showAnswer(site, c.req.param("id"), c.req.param("answer")),
  );
  app.get("/pictures/:id", (c) => showPicture(site, c.req.param("id")));
  app.get("/coops/:id/classes/:key", (c) => showClass(site, c.req.param("id"), c.req.param("key")));
  app.get("/feeds", () => showFeeds(site));
  app.get("/feeds/:name", (c) => showFeed(site, c.req.param("name"), c));
  app.get("/feeds/:name/news.atom", (c) => showFeedNews(site, c.req.param("name"), c));
  app.get("/feeds/:name/posts/:post", (c) => showFeedPost(site, c.req.param()));
  const following = createRate(followRate.most, followRate.span);
  app.get("/follow", (c) => followFrom(site, c, following));
  app.get("/directory/:host/:path{.+}", (c) =>
    showReplica(site, c.req.param("host"), c.req.param("path"), c.req.query("members")),
  );
  app.get("/stats", (c) => showStatistics(site, c));
  app.get("/network", (c) => showNetwork(site, c));
  app.get("/about", () => showAbout(site));
  app.get("/actor", () => elsewhere("/about"));
  joiningRoutes(site, app);
  app.get(stylePath, styleSheet);
  for (const script of scripts) app.get(script.path, () => script.serve());
  app.get("/assets/mark.svg", markImage);

  // For co-ops and whoever runs the node.
  app.route("/admin", adminRoutes(site));

  // For programs.
  app.get("/api/v1/coops", (c) => searchCoops(site, c));
  app.get("/api/v1/coops/lookup", (c) => lookupCoop(site, c));
  app.get("/api/v1/map", (c) => searchMap(site, c));
  app.get("/api/v1/suggest", (c) => suggestFor(site, c));
  app.get("/api/v1/matches", (c) => matchCoop(site, c));
  app.get("/api/v1/supply", (c) => supplyPlace(site, c));
  app.get("/api/v1/relations", (c) => listRelations(site, c));
  app.get("/api/v1/openapi.json", () => showOpenApi(site.node.origin));
  app.get("/api/v1/stats", (c) => tabulateCoops(site, c));
  app.get("/health", () => health(site));

  // For other nodes.
  const held = heldCount(site);
  app.get("/.well-known/coop-directory", () => wellKnown(site, held));
  app.get("/dir/v1/changes", (c) => feedChanges(site, c));
  app.get("/dir/v1/peers", (c) => livePeers(site, c));
  app.post("/dir/v1/records", bodyLimit({ maxSize: 128 * 1024, onError: tooLarge(128) }), (c) =>
    recordsByDigest(site, c),
  );
  app.post("/dir/v1/reconcile", bodyLimit({ maxSize: 256 * 1024, onError: tooLarge(256) }), (c) =>
    reconcile(site, c),
  );
  app.get("/dir/v1/excluded", () => excludedHosts(site));
  app.get("/dir/v1/records/:digest", (c) => recordByDigest(site, c.req.param("digest")));
  app.get("/dir/v1/beacon", (c) => beacon(site, c));
  app.get("/dir/v1/evidence/:host", (c) => contradiction(site, c, c.req.param("host")));
  app.get("/coops/:id/listing", (c) => listing(site, c.req.param("id")));
  app.get("/attestations/:id", (c) => attestation(site, c.req.param("id")));

  return app;
}

function tooLarge(most: number): () => never {
  return () => {
    throw new AppError("too-large", `The body has more than ${most} KB.`);
  };
}

/** Where people find what the fediverse finds at this address. */
function elsewhere(location: string): Response {
  return new Response(null, { status: 302, headers: { location, vary: "Accept" } });
}
