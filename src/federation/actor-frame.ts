import { createPublicKey } from "node:crypto";
import type { JsonObject } from "../coop/canonical-json.ts";
import type { Identity } from "../directory/identity.ts";
import { actorContext } from "./vocabulary.ts";

/** What every actor of this node has. */
export function actorFrame(node: Identity, id: string, handle: string): JsonObject {
  return {
    "@context": actorContext,
    id,
    preferredUsername: handle,
    webfinger: `${handle}@${node.host}`,
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    followers: `${id}/followers`,
    following: `${id}/following`,
    featured: `${id}/featured`,
    featuredTags: `${id}/tags`,
    endpoints: { sharedInbox: `${node.origin}/inbox` },
    manuallyApprovesFollowers: false,
    publicKey: {
      id: `${id}#main-key`,
      type: "CryptographicKey",
      owner: id,
      publicKeyPem: pem(node),
    },
    assertionMethod: methods(node, id),
  };
}

/** The keys by which an actor of this node is believed: the present one first, and those before it. */
function methods(node: Identity, actor: string): JsonObject[] {
  return node.history
    .filter(({ dropped }) => dropped === undefined)
    .toReversed()
    .map(({ id, publicKeyMultibase }) => ({
      id: actor + new URL(id).hash,
      type: "Multikey",
      controller: actor,
      publicKeyMultibase,
    }));
}

/** The id of the key with which an actor's activities are signed; the node's signs its records. */
export function activityKey(node: Pick<Identity, "keyName">, actor: string): string {
  return `${actor}#${node.keyName}`;
}

function pem(node: Identity): string {
  const jwk = node.rsa.publicKey as Record<string, string>;
  return createPublicKey({ key: jwk, format: "jwk" })
    .export({ type: "spki", format: "pem" })
    .toString();
}
