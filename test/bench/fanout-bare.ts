/**
 * A peer: signs with node:crypto and sends with undici, sixteen at a time, from
 * an array in memory. What it can't deliver is lost.
 */
import { createHash, generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";
import { Agent } from "undici";
import type { FanOut } from "./fanout-fedify.ts";

const concurrency = 16;

process.once("message", ({ inboxes, text }: FanOut) => void start(inboxes, text));

async function start(inboxes: string[], text: string): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const signAside = promisify(sign);
  const dispatcher = new Agent();
  const body = JSON.stringify({ type: "Create", object: { type: "Note", content: text } });
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const deliver = async (inbox: URL) => {
    const date = new Date().toUTCString();
    const signed = `(request-target): post ${inbox.pathname}\nhost: ${inbox.host}\ndate: ${date}\ndigest: ${digest}`;
    const signature = (await signAside("sha256", Buffer.from(signed), privateKey)).toString(
      "base64",
    );
    const response = await fetch(inbox, {
      method: "POST",
      body,
      headers: {
        date,
        digest,
        signature: `keyId="http://localhost/actor#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${signature}"`,
      },
      dispatcher,
    } as RequestInit);
    await response.body?.cancel();
  };
  const send = async (count: number) => {
    let next = 0;
    const sender = async () => {
      while (next < count) await deliver(new URL(inboxes[next++] ?? ""));
    };
    await Promise.all(Array.from({ length: concurrency }, sender));
    process.send?.({});
  };
  process.on("message", ({ count }: { count: number }) => void send(count));
  process.send?.({});
}
