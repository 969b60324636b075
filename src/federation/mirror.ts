import { signRequest, verifyRequest } from "@fedify/fedify/sig";
import { CryptographicKey } from "@fedify/fedify/vocab";
import { z } from "zod";
import type { Identity } from "../directory/identity.ts";
import { fetchSelf, readBounded } from "../outbound.ts";
import { type Arrivals, type Fault, faultKinds, faultsOf } from "./arrivals.ts";

/** What the node answers to a request of its own: how it arrived. */
const Reflection = z.object({
  path: z.string(),
  /** Whether the proxy tells who asks. */
  client: z.boolean(),
  verified: z.boolean(),
  faults: z.array(z.object({ kind: z.enum(faultKinds), words: z.string() })),
});

const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** Milliseconds that the way there and back may take, and bytes of an answer that are read. */
const patience = 15_000;
const most = 100_000;

/** Asked for with characters that a proxy which writes paths anew would spell otherwise. */
const path = "/inbox?looks=a%20b%2Fc";

/**
 * Whoever posts to an inbox in the name of the node's own actor is told how that
 * arrived, and nothing else comes of it: the node delivers nothing to itself.
 *
 * @param seen The request as it was sent.
 * @returns Undefined for what others post.
 */
export async function mirror(
  node: Identity,
  request: Request,
  seen: Request,
  body: Uint8Array,
): Promise<Response | undefined> {
  const id = `${node.actor}#main-key`;
  if (request.headers.get("signature")?.includes(`keyId="${id}"`) !== true) return undefined;
  const key = new CryptographicKey({
    id: new URL(id),
    owner: new URL(node.actor),
    publicKey: await crypto.subtle.importKey("jwk", node.rsa.publicKey, rsa, true, ["verify"]),
  });
  const outcome = await verifyRequest(seen, {
    keyCache: { get: () => Promise.resolve(key), set: () => Promise.resolve() },
    documentLoader: () => Promise.reject(new Error("not loaded")),
    contextLoader: () => Promise.reject(new Error("not loaded")),
  });
  const { pathname, search } = new URL(request.url);
  const reflection: z.infer<typeof Reflection> = {
    path: pathname + search,
    client: request.headers.has("x-forwarded-for"),
    verified: outcome !== null,
    faults: faultsOf(node, request.headers, body),
  };
  return Response.json(reflection, { headers: { "cache-control": "no-store" } });
}

/** What was found on the way from the public address of a node to the node itself. */
interface Look {
  /** Whether something answered that can be judged. */
  reached: boolean;
  faults: Fault[];
}

/**
 * Posts to the node at its public address, as other servers do, and compares
 * what arrives with what was sent.
 *
 * @param port Where the proxy should lead to.
 */
export async function lookInMirror(
  node: Identity,
  port: number,
  stop: AbortSignal = new AbortController().signal,
): Promise<Look> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(patience)]);
  const url = `${node.origin}${path}`;
  let response: Response;
  let text: string;
  try {
    response = await fetchSelf(await signedPost(node, url), signal);
    text = new TextDecoder().decode(await readBounded(response, most));
  } catch (error) {
    const words = `${node.origin} can’t be reached from here: ${why(error)}.`;
    return { reached: false, faults: [{ kind: "astray", words }] };
  }
  const said = readJson(text);
  const reflection = Reflection.safeParse(said);
  if (reflection.success) return { reached: true, faults: judge(node, reflection.data) };
  return { reached: true, faults: [refusal(said) ?? astray(node, port, response)] };
}

/** Tells the log at the start what is wrong on the way from the public address to here. */
export async function lookAtStart(
  node: Identity,
  port: number,
  arrivals: Arrivals,
  stop: AbortSignal,
): Promise<void> {
  const { reached, faults } = await lookInMirror(node, port, stop);
  // From behind its own router a node may not see its public address, and be well.
  if (reached) for (const fault of faults) arrivals.tell(fault);
}

/** What the node itself says when it doesn't see that the request is its own. */
function refusal(said: unknown): Fault | undefined {
  const problem = z.object({ status: z.literal(401), detail: z.string() }).safeParse(said);
  return problem.success ? { kind: "unsigned", words: problem.data.detail } : undefined;
}

/** Something else than the node has answered. */
function astray({ origin }: Identity, port: number, { status, headers }: Response): Fault {
  const to = headers.get("location");
  const answered =
    to === null
      ? `What answers at ${origin}/inbox, with ${status}, is not this node, or it doesn’t run.`
      : `${origin}/inbox sends on to ${to.slice(0, 200)}, where servers don’t follow: ORIGIN has to be the address at which the node itself answers.`;
  return {
    kind: "astray",
    words: `${answered} The proxy has to lead there with all paths as they are. nginx: “proxy_pass http://127.0.0.1:${port};”, with nothing after the port. Caddy: “reverse_proxy 127.0.0.1:${port}”, without “handle_path” or “rewrite”.`,
  };
}

function judge(node: Identity, { path: arrived, client, verified, faults }: Reflected): Fault[] {
  const found: Fault[] = [...faults];
  if (arrived !== path) {
    found.push({
      kind: "path",
      words: `The path ${path} arrives as ${arrived.slice(0, 200)}. Paths and queries have to stay as they came, as signatures cover them. nginx: “proxy_pass” with nothing after the port. Caddy: take out “rewrite”, “uri” or “handle_path”.`,
    });
  }
  if (!verified && found.length === 0) {
    found.push({
      kind: "signature",
      words:
        "What this node signs arrives with a signature that isn’t right any more. Something on the way changes Date, Content-Type or Signature. nginx: take out “proxy_set_header” for these. Caddy: take out “header_up” for these.",
    });
  }
  if (!client && node.origin.startsWith("https:")) {
    found.push({
      kind: "client",
      words:
        "Requests arrive without X-Forwarded-For, so all visitors count as one where requests are limited. nginx: add “proxy_set_header X-Forwarded-For $remote_addr;”. Caddy sends it by itself.",
    });
  }
  return found;
}

type Reflected = z.infer<typeof Reflection>;

async function signedPost(node: Identity, url: string): Promise<Request> {
  const key = await crypto.subtle.importKey("jwk", node.rsa.privateKey, rsa, true, ["sign"]);
  const request = new Request(url, {
    method: "POST",
    headers: { "content-type": "application/activity+json", accept: "application/json" },
    // Whole, so that without its signature it is refused for that only.
    body: JSON.stringify({
      "@context": "https://www.w3.org/ns/activitystreams",
      id: `${node.actor}#looks`,
      type: "View",
      actor: node.actor,
      object: node.actor,
    }),
    redirect: "manual",
  });
  return signRequest(request, key, new URL(`${node.actor}#main-key`), {
    spec: "draft-cavage-http-signatures-12",
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why nobody answers, as the system says it: a name that isn't there, a certificate that nobody trusts. */
function why(error: unknown): string {
  const { message, cause } = error as Error;
  if (!(cause instanceof Error)) return message;
  // Where each of several addresses has failed, there is only a code.
  return cause.message === "" && "code" in cause ? String(cause.code) : cause.message;
}
