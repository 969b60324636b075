import { createPublicKey, type JsonWebKey } from "node:crypto";
import { signRequest, verifyRequest } from "@fedify/fedify/sig";
import { CryptographicKey } from "@fedify/fedify/vocab";
import { z } from "zod";
import type { Identity } from "../directory/identity.ts";
import { AppError } from "../errors.ts";
import { demandCovered } from "./covered.ts";
import { ask, askDescription, askResponse, parseJson } from "./describe.ts";
import type { Clock, Send } from "./replica.ts";

const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** Signs a POST of this node by the RSA key of its actor, and sends it. */
export async function sendSigned(
  node: Identity,
  send: Send,
  { url, type, body, most }: { url: string; type: string; body: BodyInit; most: number },
  signal: AbortSignal,
): ReturnType<typeof askResponse> {
  // Fedify wants to look at the key, so it has to be extractable.
  const key = await crypto.subtle.importKey("jwk", node.rsa.privateKey, rsa, true, ["sign"]);
  const request = new Request(url, { method: "POST", headers: { "content-type": type }, body });
  // RFC 9421 covers the whole URL; Fedify's older signatures leave out the query.
  const by = new URL(`${node.actor}#main-key`);
  const signed = await signRequest(request, key, by, { spec: "rfc9421" });
  const { method, headers } = signed;
  const init = { method, headers, body: await signed.arrayBuffer(), signal };
  return askResponse(send, url, init, most);
}

/** What we need of a node actor: the key by which it signs requests. */
const Signer = z.object({
  id: z.string().max(512),
  publicKey: z.object({
    id: z.string().max(512),
    owner: z.string().max(512),
    publicKeyPem: z.string().max(4096),
  }),
});

/** How long what a node says of itself is believed, ms; and a failure to ask it. */
const believed = 600_000;
const pardoned = 60_000;
/** Of so many nodes it is remembered. */
const nodesMost = 1000;

/**
 * Finds out which nodes sign requests. A signature leads to the actor that it
 * names, which is asked at most once in ten minutes, whoever claims to be it.
 */
export class Requesters {
  readonly #send: Send;
  readonly #clock: Clock;
  readonly #keys = new Map<string, { until: number; key: Promise<CryptographicKey> }>();

  constructor(send: Send, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /**
   * The origin of the node whose actor has signed a request.
   *
   * @throws {AppError} `unauthorized` when none has.
   */
  async of(request: Request): Promise<string> {
    const id = keyIdOf(request.headers);
    if (id === undefined) {
      throw unauthorized("it has no HTTP signature by the key of a node actor");
    }
    demandCovered(request.headers);
    const { origin } = new URL(id);
    let key: CryptographicKey;
    try {
      key = await this.#keyOf(origin, id);
    } catch (cause) {
      throw unauthorized(`the key of ${origin} can’t be had`, cause);
    }
    const outcome = await verifyRequest(request, {
      // The key is there already: nothing is ever loaded because a request names it.
      keyCache: { get: () => Promise.resolve(key), set: () => Promise.resolve() },
      documentLoader: () => Promise.reject(new Error("not loaded")),
      contextLoader: () => Promise.reject(new Error("not loaded")),
    });
    if (outcome === null) throw unauthorized(`the signature isn’t that of ${id}`);
    return origin;
  }

  #keyOf(origin: string, id: string): Promise<CryptographicKey> {
    const now = this.#clock.now();
    const known = this.#keys.get(id);
    if (known !== undefined && now < known.until) return known.key;
    const entry = { until: now + believed, key: this.#fetch(origin, id) };
    entry.key.catch(() => (entry.until = now + pardoned));
    this.#keys.delete(id);
    this.#keys.set(id, entry);
    if (this.#keys.size > nodesMost) this.#keys.delete(this.#keys.keys().next().value ?? "");
    return entry.key;
  }

  async #fetch(origin: string, id: string): Promise<CryptographicKey> {
    const signal = this.#clock.timeout(10_000);
    // Whoever isn't a node describes no part in the directory.
    const { actor } = await askDescription(this.#send, origin, signal);
    const headers = { accept: "application/activity+json" };
    const body = await ask(this.#send, actor, { headers, signal }, 128 * 1024);
    const { id: named, publicKey } = Signer.parse(parseJson(body));
    if (named !== actor || publicKey.id !== id || publicKey.owner !== actor) {
      throw new Error(`${actor} has no key ${id}`);
    }
    const jwk: JsonWebKey = createPublicKey(publicKey.publicKeyPem).export({ format: "jwk" });
    return new CryptographicKey({
      id: new URL(id),
      owner: new URL(actor),
      publicKey: await crypto.subtle.importKey("jwk", jwk, rsa, true, ["verify"]),
    });
  }
}

/** The key that a signature names, if it is one of a node actor: `https://HOST/actor#…`. */
function keyIdOf(headers: Headers): string | undefined {
  const text = headers.get("signature-input") ?? headers.get("signature") ?? "";
  const [, id = ""] = /keyid="([^"]{1,512})"/i.exec(text) ?? [];
  if (!URL.canParse(id)) return undefined;
  const { origin } = new URL(id);
  return id.startsWith(`${origin}/actor#`) ? id : undefined;
}

function unauthorized(why: string, cause?: unknown): AppError {
  return new AppError("unauthorized", `This request isn’t answered: ${why}.`, { cause });
}
