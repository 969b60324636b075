import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { Agent, buildConnector, type Dispatcher, setGlobalDispatcher } from "undici";
import { AppError } from "./errors.ts";
import { secondKnock } from "./second-knock.ts";

/** The version that we tell other servers. */
export const version = "0.1.0";

/** Names us to the servers that we ask and deliver to. */
export function userAgent(origin: string): string {
  return `Fragaria/${version} (+${origin})`;
}

/**
 * A dispatcher for every request that this process sends: it gives our name,
 * bounds the time, and connects to no address of a private network, however
 * the host name came to resolve to it.
 *
 * @param allowPrivate For nodes on loopback, which talk to nothing else.
 */
function outboundDispatcher(origin: string, allowPrivate: boolean): Dispatcher {
  const agent = userAgent(origin);
  const lookup = allowPrivate ? {} : { lookup: publicLookup };
  const connect = buildConnector({ timeout: 10_000, ...lookup });
  return new Agent({
    connect: (options, callback) => {
      // A number is connected to without being looked up.
      const host = options.hostname.replace(/^\[|\]$/g, "");
      const barred = !allowPrivate && isIP(host) !== 0 && !isPublic(host);
      if (barred) return callback(privateAddress(host), null);
      return connect(options, callback);
    },
    headersTimeout: 40_000,
    bodyTimeout: 20_000,
    keepAliveTimeout: 10_000,
  }).compose(secondKnock(), (dispatch) => (options, handler) => {
    const headers = withoutUserAgent(options.headers);
    return dispatch({ ...options, headers: { ...headers, "user-agent": agent } }, handler);
  });
}

function withoutUserAgent(headers: Dispatcher.DispatchOptions["headers"]): Record<string, string> {
  const kept: Record<string, string> = {};
  const add = (name: string, value: string | string[] | undefined) => {
    if (name.toLowerCase() === "user-agent" || value === undefined) return;
    kept[name] = [value].flat().join(", ");
  };
  if (Array.isArray(headers)) {
    for (let at = 0; at + 1 < headers.length; at += 2) add(headers[at] ?? "", headers[at + 1]);
  } else if (headers !== null && headers !== undefined) {
    const pairs = Symbol.iterator in headers ? headers : Object.entries(headers);
    for (const [name, value] of pairs) add(name, value);
  }
  return kept;
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Resolves a name and refuses it if any of its addresses is private. */
function publicLookup(host: string, options: LookupOptions, callback: LookupCallback): void {
  dnsLookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const bad = addresses.find(({ address }) => !isPublic(address));
    if (bad !== undefined) return callback(privateAddress(`${host} (${bad.address})`), []);
    if (options.all === true) return callback(null, addresses);
    const [first] = addresses;
    return callback(null, first?.address ?? "", first?.family);
  });
}

/** Whether an IP address is one of the public internet. */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}

function privateAddress(what: string): AppError {
  return new AppError("forbidden", `${what} is not an address of the public internet`);
}

/**
 * Reads a response to its end, or gives up when it grows past the bound:
 * counted after decompression, so that a small bomb doesn't unfold.
 *
 * @throws {AppError} `too-large`.
 */
export async function readBounded(response: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most)
      throw new AppError("too-large", `${response.url} sent more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Sends every `fetch` of this process, the libraries' too, through the dispatcher. */
export function guardOutbound(origin: string, allowPrivate: boolean): void {
  setGlobalDispatcher(outboundDispatcher(origin, allowPrivate));
}

/**
 * Sends a request of the node to its own public address, which may lead to a
 * private one here: to the proxy on the same machine.
 */
export function fetchSelf(request: Request, signal: AbortSignal): Promise<Response> {
  const dispatcher = outboundDispatcher(new URL(request.url).origin, true);
  const init: RequestInit & { dispatcher: Dispatcher } = { dispatcher, signal };
  return fetch(request, init);
}
