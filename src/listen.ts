import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { AppError } from "./errors.ts";

/** A port that is open. */
export interface Listener extends AsyncDisposable {
  port: number;
}

type Fetch = (request: Request) => Response | Promise<Response>;

interface DenoRuntime {
  serve(
    options: { port: number; hostname: string; onListen(): void },
    handler: Fetch,
  ): { addr: { port: number }; shutdown(): Promise<void> };
}

/**
 * Listens for requests, on Node or on Deno.
 *
 * @param port 0 for any that is free.
 * @throws {AppError} `bad-config` when the port is taken or not ours to open.
 */
export async function listen(fetch: Fetch, port: number, host: string): Promise<Listener> {
  const { Deno: deno } = globalThis as { Deno?: DenoRuntime };
  try {
    return deno === undefined ? await onNode(fetch, port, host) : onDeno(deno, fetch, port, host);
  } catch (cause) {
    const { code, name, message } = cause as NodeJS.ErrnoException;
    const why =
      code === "EADDRINUSE" || name === "AddrInUse"
        ? "another program is listening there; stop it, or set PORT to another port"
        : code === "EACCES"
          ? "ports below 1024 need a privilege; set PORT to another port"
          : code === "EADDRNOTAVAIL" || code === "ENOTFOUND"
            ? "this machine has no such address; set HOST to another one"
            : message;
    throw new AppError("bad-config", `Port ${port} of ${host} can't be opened: ${why}.`, { cause });
  }
}

function onNode(fetch: Fetch, port: number, hostname: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname, overrideGlobalObjects: false }, (info) => {
      server.off("error", reject);
      const http = server as Server;
      resolve({
        port: info.port,
        [Symbol.asyncDispose]: () =>
          new Promise((done) => {
            // Requests that are under way get a moment; connections kept alive get none.
            const sweep = setInterval(() => http.closeIdleConnections(), 20);
            const cut = setTimeout(() => http.closeAllConnections(), 2000);
            http.close(() => {
              clearInterval(sweep);
              clearTimeout(cut);
              done();
            });
          }),
      });
    });
    server.once("error", reject);
  });
}

function onDeno(deno: DenoRuntime, fetch: Fetch, port: number, hostname: string): Listener {
  const server = deno.serve({ port, hostname, onListen: () => undefined }, fetch);
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}
