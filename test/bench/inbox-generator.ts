/**
 * Nodes that wake us: each on a loopback address of its own, with an actor, a
 * key, and deliveries signed beforehand. Lives in its own process, so that what
 * signing and sending cost isn't taken for the receiver's.
 */
import { createHash, createPrivateKey, generateKeyPair, sign } from "node:crypto";
import { Agent, createServer, request } from "node:http";
import { promisify } from "node:util";

/** How many there are: 127.0.1.1, 127.0.1.2 and so on. */
const actors = 32;

/** What the generator is started with. */
export interface Start {
  /** The inbox, whose host and path are signed. */
  inbox: string;
  /** Deliveries of each actor. */
  each: number;
}

/** The public keys by the id under which deliveries name them. */
export interface Ready {
  keys: [keyId: string, pem: string][];
}

/** A slice: `count` deliveries from number `from` on, sent to `port`. */
export interface Order {
  port: number;
  from: number;
  count: number;
  concurrency: number;
}

/** How often each status came back. */
export type Answer = Record<number, number>;

interface Delivery {
  headers: Record<string, string>;
  body: string;
}

const agent = new Agent({ keepAlive: true });
let deliveries: Delivery[] = [];

process.once("message", (start: Start) => void prepare(start));

async function prepare({ inbox, each }: Start): Promise<void> {
  const documents = new Map<string, string>();
  const server = createServer(({ headers, url }, response) => {
    const document = url === "/actor" ? documents.get(headers.host ?? "") : undefined;
    response.writeHead(document === undefined ? 404 : 200, {
      "content-type": "application/activity+json",
    });
    response.end(document);
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as { port: number };

  const pairs = await Promise.all(
    Array.from({ length: actors }, () =>
      promisify(generateKeyPair)("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      }),
    ),
  );
  const senders = pairs.map(({ publicKey, privateKey }, index) => {
    const host = `127.0.1.${index + 1}:${port}`;
    const actor = `http://${host}/actor`;
    documents.set(host, JSON.stringify(actorDocument(actor, publicKey)));
    return { actor, keyId: `${actor}#main-key`, publicKey, key: createPrivateKey(privateKey) };
  });
  for (let at = 0; at < each; at += 1) {
    for (const { actor, keyId, key } of senders) {
      deliveries.push(signed(new URL(inbox), wakeUp(actor, at), keyId, key));
    }
  }
  const ready: Ready = { keys: senders.map(({ keyId, publicKey }) => [keyId, publicKey]) };
  process.send?.(ready);
  process.on("message", (order: Order) => {
    void deliver(order).then((answer) => process.send?.(answer));
  });
}

function actorDocument(id: string, publicKeyPem: string) {
  return {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id,
    type: "Application",
    preferredUsername: "directory",
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem },
  };
}

/** As src/replication/wake.ts writes them. */
function wakeUp(actor: string, seq: number): string {
  return JSON.stringify({
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${new URL(actor).origin}/wake/${seq}`,
    type: "Update",
    actor,
    object: `${new URL(actor).origin}/dir/v1/changes`,
  });
}

/** Signs as most of the fediverse does (draft-cavage-http-signatures-12). */
function signed(
  inbox: URL,
  body: string,
  keyId: string,
  key: ReturnType<typeof createPrivateKey>,
): Delivery {
  const date = new Date().toUTCString();
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const text = [
    `(request-target): post ${inbox.pathname}`,
    `host: ${inbox.host}`,
    `date: ${date}`,
    `digest: ${digest}`,
  ].join("\n");
  const signature = sign("sha256", Buffer.from(text), key).toString("base64");
  const parameters = {
    keyId,
    algorithm: "rsa-sha256",
    headers: "(request-target) host date digest",
    signature,
  };
  return {
    body,
    headers: {
      host: inbox.host,
      date,
      digest,
      "content-type": "application/activity+json",
      "content-length": String(Buffer.byteLength(body)),
      signature: Object.entries(parameters)
        .map(([name, value]) => `${name}="${value}"`)
        .join(","),
    },
  };
}

async function deliver({ port, from, count, concurrency }: Order): Promise<Answer> {
  const answer: Answer = {};
  let at = from;
  const sender = async () => {
    while (at < from + count) {
      const delivery = deliveries[at % deliveries.length] as Delivery;
      at += 1;
      const status = await send(port, delivery);
      answer[status] = (answer[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  return answer;
}

function send(port: number, { headers, body }: Delivery): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      host: "localhost",
      port,
      path: "/actor/inbox",
      method: "POST",
      headers,
    };
    const sent = request(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
