/** A peer: Fedify as it comes, with its stores in memory. */
import {
  createFederation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
} from "@fedify/fedify";
import { Application, Create, Note, PUBLIC_COLLECTION } from "@fedify/fedify/vocab";

/** What a peer that sends is started with. */
export interface FanOut {
  /** Where the followers get what they follow, each on a server of its own. */
  inboxes: string[];
  /** What the post says. */
  text: string;
}

process.once("message", ({ inboxes, text }: FanOut) => void start(inboxes, text));

async function start(inboxes: string[], text: string): Promise<void> {
  const keys = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
  const federation = createFederation<void>({
    kv: new MemoryKvStore(),
    queue: new InProcessMessageQueue(),
    allowPrivateAddress: true,
  });
  federation
    .setActorDispatcher("/{identifier}", (context, identifier) => {
      return new Application({ id: context.getActorUri(identifier) });
    })
    .setKeyPairsDispatcher(() => [keys]);
  const context = federation.createContext(new URL("http://localhost"), undefined);
  let posts = 0;
  const send = async (count: number) => {
    posts += 1;
    const note = new Note({ id: new URL(`http://localhost/posts/${posts}`), content: text });
    const activity = new Create({
      id: new URL(`http://localhost/posts/${posts}/activity`),
      actor: context.getActorUri("actor"),
      to: PUBLIC_COLLECTION,
      object: note,
    });
    const recipients = inboxes.slice(0, count).map((inbox) => ({
      id: new URL(inbox.replace(/\/inbox$/, "")),
      inboxId: new URL(inbox),
    }));
    await context.sendActivity({ identifier: "actor" }, recipients, activity);
    process.send?.({});
  };
  process.on("message", ({ count }: { count: number }) => void send(count));
  process.send?.({});
}
