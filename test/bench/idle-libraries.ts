/** A peer: the libraries that a node stands on, loaded and listening, and nothing else. */
import "../../src/temporal.ts";
import { serve } from "@hono/node-server";
import { createFederation, MemoryKvStore } from "@fedify/fedify";
import { Hono } from "hono";

process.once("message", () => {
  const federation = createFederation<void>({ kv: new MemoryKvStore() });
  const app = new Hono();
  app.notFound((c) => federation.fetch(c.req.raw, { contextData: undefined }));
  serve({ fetch: app.fetch, port: 0, hostname: "localhost" }, () => process.send?.({}));
});
