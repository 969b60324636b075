/**
 * A peer: Fedify as it comes, with its stores in memory, and a listener that
 * does nothing.
 */
import {
  createFederation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
} from "@fedify/fedify";
import { Application, Update } from "@fedify/fedify/vocab";
import { serve } from "@hono/node-server";

let handled = 0;

process.once("message", () => void start());

async function start(): Promise<void> {
  const keys = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
  const federation = createFederation<void>({
    kv: new MemoryKvStore(),
    queue: new InProcessMessageQueue(),
    allowPrivateAddress: true,
  });
  federation
    .setActorDispatcher("/{identifier}", (context, identifier) => {
      const id = context.getActorUri(identifier);
      return new Application({ id, inbox: context.getInboxUri(identifier) });
    })
    .setKeyPairsDispatcher(() => [keys]);
  federation
    .setInboxListeners("/{identifier}/inbox", "/inbox")
    .on(Update, () => void (handled += 1));
  process.on("message", () => process.send?.(handled));
  serve(
    {
      fetch: (request) => federation.fetch(request, { contextData: undefined }),
      port: 0,
      hostname: "localhost",
    },
    ({ port }) => process.send?.({ port }),
  );
}
