import {
  createFederation,
  type Federation,
  type FederationQueueOptions,
  type KvStore,
} from "@fedify/fedify";
import {
  Activity,
  Application,
  Create,
  Group,
  Note,
  Organization,
  Service,
  Tombstone,
} from "@fedify/fedify/vocab";
import { getLogger } from "@logtape/logtape";
import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import { version } from "../outbound.ts";
import * as answers from "../store/answers.ts";
import * as coops from "../store/coops.ts";
import * as followers from "../store/followers.ts";
import * as posts from "../store/posts.ts";
import type { Db } from "../store/schema.ts";
import * as tallies from "../store/tallies.ts";
import { actorDocument, identifierOf, NODE, readIdentifier } from "./actors.ts";
import { featuredTags } from "./featured.ts";
import { inbox, onInboxError } from "./inbox.ts";
import { documentLoaders } from "./load-document.ts";
import { outboxCount, outboxPage } from "./outbox.ts";
import { withTally } from "./conversation-documents.ts";
import { createDocument, noteDocument } from "./posts.ts";
import { followersOn, mayRead } from "./synchronise.ts";
import { type Endurance, enduring, onUndeliverable } from "./unreachable.ts";

/** What Fedify hands to our callbacks. */
export interface FederationData {
  db: Db;
  node: Identity;
  /** Lets http and private addresses be: for nodes on loopback. */
  insecure: boolean;
  clock: () => number;
  /** Reads a peer's feed now. Says whether the origin is a peer. */
  wake(origin: string): boolean;
}

/** What parses our documents into Fedify's classes. */
type Loaders = Parameters<typeof Note.fromJsonLd>[1];

/** Sets up ActivityPub: actors, collections, inboxes and the queue behind them. */
export function buildFederation(
  {
    origin,
    insecure,
    sourceUrl,
  }: {
    origin: string;
    insecure: boolean;
    /** Where the source of the software that runs here is. */
    sourceUrl: string | null;
  },
  kv: KvStore,
  queue: FederationQueueOptions,
  endurance: Endurance,
): Federation<FederationData> {
  let keys: Promise<CryptoKeyPair[]> | undefined;
  const federation = createFederation<FederationData>({
    kv,
    queue,
    origin,
    manuallyStartQueue: true,
    ...documentLoaders({ origin, insecure }),
    // What we send is complete, and a transformer would write it anew (send.ts).
    activityTransformers: [],
    // snac2 and Friendica answer 202 to RFC 9421 and then drop what came.
    firstKnock: "draft-cavage-http-signatures-12",
    ...enduring(endurance),
    onOutboxError(error, activity) {
      const id = activity?.id?.href;
      getLogger(["fragaria", "federation"]).warn("{id} was not delivered: {error}", { id, error });
    },
  });

  federation
    .setActorDispatcher("/{+identifier}", async (context, identifier) => {
      const document = await actorDocument(context.data.db, context.data.node, identifier);
      if (document === "unknown") return null;
      if (document === "gone") return new Tombstone({ id: context.getActorUri(identifier) });
      return toActor(document, context);
    })
    .mapHandle((context, handle) => identifierOf(context.data.db, handle).then((id) => id ?? null))
    .setKeyPairsDispatcher(({ data: { node } }) => (keys ??= importKeys(node)));

  federation.setOutboxPermanentFailureHandler(onUndeliverable);

  const inboxes = federation
    .setInboxListeners("/{+identifier}/inbox", "/inbox")
    .onError(onInboxError)
    .setSharedKeyDispatcher(() => ({ identifier: NODE }));
  for (const [type, handler] of inbox)
    inboxes.on(type, handler as Parameters<typeof inboxes.on>[1]);

  federation
    .setFollowersDispatcher(
      "/{+identifier}/followers",
      async ({ data: { db } }, identifier, at, server) => {
        if (at === null) return null;
        if (server !== undefined) return { items: await followersOn(db, identifier, server) };
        // Who follows a co-op is its own business: others see how many.
        if (identifier !== NODE) return { items: [] };
        const page = await followers.page(db, identifier, { after: at, limit: 100 });
        const items = page.map(({ actor, inbox: url }) => ({
          id: new URL(actor),
          inboxId: new URL(url),
        }));
        return { items, nextCursor: page.length === 100 ? (page.at(-1)?.actor ?? null) : null };
      },
    )
    .authorize(mayRead)
    .setFirstCursor(() => "")
    .setCounter(({ data: { db } }, identifier) => followers.count(db, identifier));

  federation
    .setFollowingDispatcher(
      "/{+identifier}/following",
      async ({ data: { db } }, identifier, at) => {
        if (at === null) return null;
        const followed = await followers.following(db, identifier);
        const accepted = followed.filter((each) => each.accepted !== null);
        return { items: accepted.map(({ actor }) => new URL(actor)) };
      },
    )
    .setFirstCursor(() => "")
    .setCounter(async ({ data: { db } }, identifier) => {
      const followed = await followers.following(db, identifier);
      return followed.filter((each) => each.accepted !== null).length;
    });

  const pinned = async (db: Db, identifier: string) => {
    const coop = plainCoop(identifier);
    return coop === undefined ? [] : posts.pinned(db, coop);
  };
  federation
    .setFeaturedDispatcher("/{+identifier}/featured", async (context, identifier) => {
      const { db, node } = context.data;
      const rows = await pinned(db, identifier);
      const made = await tallies.of(
        db,
        rows.map(({ id }) => id),
      );
      const notes = rows.map((row) => {
        const note = withTally(node, row, noteDocument(node, row), made.get(row.id));
        return Note.fromJsonLd(note, context);
      });
      return { items: await Promise.all(notes) };
    })
    .setCounter(async ({ data: { db } }, identifier) => (await pinned(db, identifier)).length);

  federation
    .setFeaturedTagsDispatcher(
      "/{+identifier}/tags",
      async ({ data: { db, node } }, identifier) => ({
        items: await featuredTags(db, node, identifier),
      }),
    )
    .setCounter(async ({ data: { db, node } }, identifier) => {
      return (await featuredTags(db, node, identifier)).length;
    });

  federation
    .setOrderedCollectionDispatcher(
      "outbox",
      Activity,
      "/{+identifier}/outbox",
      (context, { identifier }, at) => outboxPage(context, identifier, at),
    )
    .setFirstCursor(() => "")
    .setCounter(({ data: { db } }, { identifier }) => outboxCount(db, identifier));

  federation.setObjectDispatcher(Note, "/coops/{coop}/posts/{post}", async (context, values) => {
    const { db, node } = context.data;
    const row = await publicPost(db, values);
    if (row === null) return null;
    const tally = await tallies.ofPost(db, row.id);
    return Note.fromJsonLd(withTally(node, row, noteDocument(node, row), tally), context);
  });
  federation.setObjectDispatcher(
    Create,
    "/coops/{coop}/posts/{post}/activity",
    async (context, values) => {
      const row = await publicPost(context.data.db, values);
      return row && Create.fromJsonLd(createDocument(context.data.node, row), context);
    },
  );

  federation.setNodeInfoDispatcher("/nodeinfo/2.1", async ({ data: { db } }) => {
    const { followable } = await coops.count(db);
    return {
      software: {
        name: "fragaria",
        version,
        ...(sourceUrl !== null && { repository: new URL(sourceUrl) }),
      },
      protocols: ["activitypub"],
      usage: {
        users: { total: followable },
        localPosts: await posts.count(db),
        localComments: await answers.count(db),
      },
    };
  });
  return federation;
}

/** An actor's document as one of Fedify's classes, which keep the JSON as it is. */
async function toActor(
  document: JsonObject,
  loaders: Loaders,
): Promise<Application | Group | Organization | Service> {
  switch (document["type"]) {
    case "Application":
      return Application.fromJsonLd(document, loaders);
    case "Group":
      return Group.fromJsonLd(document, loaders);
    case "Service":
      return Service.fromJsonLd(document, loaders);
    default:
      return Organization.fromJsonLd(document, loaders);
  }
}

/** The key that signs requests. Activities are signed in send.ts. */
async function importKeys(node: Identity): Promise<CryptoKeyPair[]> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const { privateKey, publicKey } = node.rsa;
  return [
    {
      privateKey: await crypto.subtle.importKey("jwk", privateKey, algorithm, true, ["sign"]),
      publicKey: await crypto.subtle.importKey("jwk", publicKey, algorithm, true, ["verify"]),
    },
  ];
}

/** The co-op's id, unless it's a class or the node: those have no posts of their own yet. */
function plainCoop(identifier: string): string | undefined {
  const parts = readIdentifier(identifier);
  return parts?.key === undefined ? parts?.coop : undefined;
}

async function publicPost(
  db: Db,
  { coop, post }: { coop: string; post: string },
): Promise<posts.Post | null> {
  const row = await posts.get(db, post);
  if (row === undefined || row.coop !== coop || row.deleted !== null || row.due !== null) {
    return null;
  }
  // News that came along from another node are as private as the draft.
  return (await coops.get(db, coop))?.content == null ? null : row;
}
