/** A peer: bytes from memory, served by bare Hono. Is given them, and says its port. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";

/** One response, whole. */
export interface Served {
  path: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

process.once("message", (all: Served[]) => {
  const app = new Hono();
  for (const { path, headers, body } of all) {
    app.get(path, () => new Response(body, { headers }));
  }
  serve({ fetch: app.fetch, port: 0, hostname: "localhost" }, ({ port }) =>
    process.send?.({ port }),
  );
});
