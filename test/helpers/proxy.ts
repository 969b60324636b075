import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request on its way through a proxy. */
export interface Passing {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What stands in front of a node, as nginx or Caddy do. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** The port of the node behind it; 0 while there is none. */
  target: number;
  /** Changes what passes, as one does that is set up badly. */
  twist: (passing: Passing) => void;
  /** Answers in place of the node, with this status, where it is one. */
  guard: (passing: Passing) => Promise<number | undefined>;
}

/** Opens one on a loopback port, for https with a key and certificate. */
export async function openProxy(tls?: { key: string; cert: string }): Promise<Proxy> {
  const listener: RequestListener = (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/", headers } = incoming;
    const passing = { method, path, headers: { ...headers }, body: await buffer(incoming) };
    const refused = await proxy.guard(passing);
    if (refused !== undefined) return void outgoing.writeHead(refused).end();
    passing.headers["x-forwarded-for"] = "203.0.113.9";
    passing.headers["x-forwarded-proto"] = tls === undefined ? "http" : "https";
    delete passing.headers.connection;
    proxy.twist(passing);
    const inner = request({
      host: "127.0.0.1",
      port: proxy.target,
      method: passing.method,
      path: passing.path,
      headers: passing.headers,
      setHost: false,
    });
    inner.on("error", () => outgoing.destroy());
    outgoing.on("close", () => inner.destroy());
    inner.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    inner.end(passing.body);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    target: 0,
    twist: () => undefined,
    guard: () => Promise.resolve(undefined),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
