import { generateKeyPairSync } from "node:crypto";
import { signRequest } from "@fedify/fedify/sig";
import type { JsonObject } from "../../src/coop/canonical-json.ts";

/** The two kinds of HTTP signatures that are in use. */
export type Signatures = "draft-cavage-http-signatures-12" | "rfc9421";

/** Somebody on another server, who follows co-ops. */
export interface Person {
  readonly id: string;
  /** What the other server serves at that id. */
  readonly document: JsonObject;
  /** Signs a GET as this person's server would. */
  ask(url: string): Promise<Request>;
  /** Signs a POST of an activity as this person's server would. */
  sign(inbox: string, activity: JsonObject, signatures?: Signatures): Promise<Request>;
}

// One key for everyone: who signed is told by the key's id, and its owner by the document there.
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export { privateKey };
const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
const signing = crypto.subtle.importKey(
  "jwk",
  privateKey.export({ format: "jwk" }) as JsonWebKey,
  { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  true,
  ["sign"],
);

/** Invents one. Changes go over the document; what is undefined there is left out. */
export function person(id: string, changes: Record<string, unknown> = {}): Person {
  const document = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id,
    type: "Person",
    preferredUsername: id.slice(id.lastIndexOf("/") + 1),
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem },
    ...changes,
  };
  return {
    id,
    document: JSON.parse(JSON.stringify(document)) as JsonObject,
    async ask(url) {
      const request = new Request(url, { headers: { accept: "application/activity+json" } });
      const spec = "draft-cavage-http-signatures-12";
      return signRequest(request, await signing, new URL(`${id}#main-key`), { spec });
    },
    async sign(inbox, activity, spec = "draft-cavage-http-signatures-12") {
      const request = new Request(inbox, {
        method: "POST",
        headers: { "content-type": "application/activity+json" },
        body: JSON.stringify(activity),
      });
      return signRequest(request, await signing, new URL(`${id}#main-key`), { spec });
    },
  };
}

let follows = 0;

/** A Follow as Mastodon sends it. */
export function followOf({ id }: Person, actor: string): { id: string } & JsonObject {
  follows += 1;
  return {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${id}#follows/${follows}`,
    type: "Follow",
    actor: id,
    object: actor,
  };
}

/** The Undo of an activity, which stands in it whole, or as something else. */
export function undoOf({ id }: Person, undone: JsonObject | string): JsonObject {
  follows += 1;
  return {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${id}#undos/${follows}`,
    type: "Undo",
    actor: id,
    object: undone,
  };
}
