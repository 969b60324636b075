import { createHash, createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { until } from "../helpers/nodes.ts";
import { type Person, person, type Signatures } from "./person.ts";

/** An activity that was delivered, as it came over the wire. */
export interface Delivery {
  url: string;
  headers: Headers;
  body: string;
  activity: JsonObject;
}

/** Another server of the fediverse, which keeps every activity that it is sent. */
export interface Elsewhere extends AsyncDisposable {
  readonly origin: string;
  readonly received: Delivery[];
  /** The paths that were asked for, each time. */
  readonly asked: string[];
  /** What it answers to deliveries, the next one first; 202 when there is nothing left. */
  readonly answers: (number | Promise<number>)[];
  /** What it answers to all requests at a path. */
  readonly statuses: Map<string, number>;
  /** Documents that it serves, by path. */
  readonly documents: Map<string, JsonObject>;
  /** Pages that it serves, by path. */
  readonly pages: Map<string, string>;
  /** Whether it answers to nothing that isn't signed: Mastodon's AUTHORIZED_FETCH. */
  secure: boolean;
  /** Gives somebody an account on this server. */
  join(name: string, changes?: Record<string, unknown>): Person;
  /** Delivers an activity, really signed. */
  send(
    from: Person,
    inbox: string,
    activity: JsonObject,
    signatures?: Signatures,
    /** What goes along, unsigned. */
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Waits for the delivery that has this number, counted from 0, and is of this type. */
  receives(index: number, type: string): Promise<Delivery>;
}

/** Starts one on a port of its own. */
export async function elsewhere(): Promise<Elsewhere> {
  const received: Delivery[] = [];
  const asked: string[] = [];
  const answers: Elsewhere["answers"] = [];
  const statuses = new Map<string, number>();
  const documents = new Map<string, JsonObject>();
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const reply = (response: ServerResponse, status: number, body?: string) => {
    response.writeHead(status, { "content-type": "application/activity+json" });
    response.end(body);
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (request.method === "POST") {
      const body = await text(request);
      const headers = new Headers(Object.entries(request.headersDistinct).flatMap(pairs));
      const activity = JSON.parse(body) as JsonObject;
      received.push({ url: `${origin}${path}`, headers, body, activity });
      return reply(response, statuses.get(path) ?? (await answers.shift()) ?? 202);
    }
    asked.push(path);
    const status = statuses.get(path);
    if (status !== undefined) return reply(response, status);
    const page = pages.get(path);
    if (page !== undefined) return void response.setHeader("content-type", "text/html").end(page);
    if (there.secure && !(await isSigned(request))) return reply(response, 401);
    const document = documents.get(path);
    if (document === undefined) return reply(response, 404);
    reply(response, 200, JSON.stringify(document));
  }
  server.listen(0, "localhost");
  await once(server, "listening");
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const there: Elsewhere = {
    origin,
    received,
    asked,
    answers,
    statuses,
    documents,
    pages,
    secure: false,
    join(name, changes) {
      const path = `/users/${name}`;
      const member = person(`${origin}${path}`, changes);
      documents.set(path, member.document);
      return member;
    },
    async send(from, inbox, activity, signatures, headers = {}) {
      const request = await from.sign(inbox, activity, signatures);
      for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
      return fetch(request);
    },
    async receives(index, type) {
      const seen = await until(
        () => received.map(({ activity }) => activity["type"]),
        ({ length }) => length > index,
      );
      const delivery = received[index];
      if (delivery === undefined || seen[index] !== type) {
        throw new Error(`expected ${type} at ${index}, got ${JSON.stringify(seen)}`);
      }
      return delivery;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return there;
}

/** Whether a GET has the cavage signature of an actor that can be read by anybody. */
async function isSigned({ url = "", headers }: IncomingMessage): Promise<boolean> {
  const given = String(headers.signature ?? "");
  const [keyId, names, signature] = ["keyId", "headers", "signature"].map(
    (name) => new RegExp(`${name}="([^"]+)"`).exec(given)?.[1] ?? "",
  ) as [string, string, string];
  if (!/\(request-target\)/.test(names) || !/\bhost\b/.test(names)) return false;
  const owner = await fetch(keyId.replace(/#.*/, ""), {
    headers: { accept: "application/activity+json" },
  });
  const { publicKey } = (await owner.json()) as { publicKey: { id: string; publicKeyPem: string } };
  const text = names
    .split(" ")
    .map((name) => `${name}: ${name === "(request-target)" ? `get ${url}` : String(headers[name])}`)
    .join("\n");
  const bytes = Buffer.from(signature, "base64");
  return (
    publicKey.id === keyId &&
    verify("sha256", Buffer.from(text), createPublicKey(publicKey.publicKeyPem), bytes)
  );
}

function pairs([name, values]: [string, string[] | undefined]): [string, string][] {
  return (values ?? []).map((value) => [name, value]);
}

/** Whether a delivery's digest and cavage signature are right, by nothing but node:crypto. */
export function verifies({ url, headers, body }: Delivery, publicKeyPem: string): boolean {
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const [, names = ""] = /headers="([^"]+)"/.exec(headers.get("signature") ?? "") ?? [];
  const [, signature = ""] = /signature="([^"]+)"/.exec(headers.get("signature") ?? "") ?? [];
  const signed = names.split(" ").map((name) => {
    const value = name === "(request-target)" ? `post ${new URL(url).pathname}` : headers.get(name);
    return `${name}: ${value}`;
  });
  const bytes = Buffer.from(signature, "base64");
  return (
    names.includes("digest") &&
    headers.get("digest") === digest &&
    verify("sha256", Buffer.from(signed.join("\n")), createPublicKey(publicKeyPem), bytes)
  );
}
