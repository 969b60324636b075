/**
 * A peer: an inbox in bare Hono that checks digest and signature with keys that
 * it knows, and forgets what it was told.
 */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { Ready } from "./inbox-generator.ts";

// With a callback it works in other threads, as WebCrypto does for Fedify.
const verifyAside = promisify(verify) as (
  algorithm: string,
  data: Buffer,
  key: KeyObject,
  signature: Buffer,
) => Promise<boolean>;

process.once("message", ({ keys }: Ready) => {
  const known = new Map(keys.map(([id, pem]) => [id, createPublicKey(pem)]));
  const app = new Hono();
  app.post("/actor/inbox", async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
    const header = c.req.header("signature") ?? "";
    const parameters = new Map(
      [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value ?? ""]),
    );
    const key = known.get(parameters.get("keyId") ?? "");
    const names = (parameters.get("headers") ?? "").split(" ");
    const signed = names.map((name) => {
      return `${name}: ${name === "(request-target)" ? "post /actor/inbox" : c.req.header(name)}`;
    });
    const right =
      key !== undefined &&
      digest === c.req.header("digest") &&
      (await verifyAside(
        "sha256",
        Buffer.from(signed.join("\n")),
        key,
        Buffer.from(parameters.get("signature") ?? "", "base64"),
      ));
    if (!right) return c.body(null, 401);
    JSON.parse(body.toString());
    return c.body(null, 202);
  });
  serve({ fetch: app.fetch, port: 0, hostname: "localhost" }, ({ port }) =>
    process.send?.({ port }),
  );
});
