import { verify as verifySignature } from "node:crypto";
import { type KeyCache, verifyObject, verifyProof as fedifyVerifyProof } from "@fedify/fedify/sig";
import { getDocumentLoader } from "@fedify/fedify/runtime";
import { DataIntegrityProof, Document, Multikey } from "@fedify/fedify/vocab";
import { base58 } from "@scure/base";
import { openNode } from "../../src/open-node.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { verifyProof } from "../../src/coop/proof.ts";
import { acceptRecord, acceptRecords } from "../../src/coop/record.ts";
import type { Identity } from "../../src/directory/identity.ts";
import * as records from "../../src/store/records.ts";
import { alternate, reportRate } from "./measure.ts";
import { folder, ukData } from "./uk.ts";

/** Calls of Fedify's that are under way at once: WebCrypto works in other threads. */
const atOnce = 8;

/** What the peers get ready-made: all but the bytes of the record. */
interface Prepared {
  body: Uint8Array;
  document: JsonObject;
  proof: JsonObject;
  fedifyProof: DataIntegrityProof;
  signature: Uint8Array;
}

/**
 * Records verified in a second from their bytes: by acceptRecords(), a hundred
 * at a time as the feed hands them in, and by acceptRecord(); beside it Fedify's verifiers on the same records, with the key cached and the contexts
 * preloaded. They are asked only what they can do: they don't compare origins,
 * bytes or clocks.
 */
export async function verify(): Promise<void> {
  using data = folder();
  const { config } = await ukData(data.path);
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  const rows = await records.after(store.db, 0, 2000);
  const options = await fedifyOptions(node);
  const prepared = await Promise.all(rows.map(({ body }) => prepare(body)));
  const rules = { now: Date.now(), insecure: true, keyOf: () => node.publicKey };

  // As long as what is signed; whether it fits makes no difference in time.
  const nothing = Buffer.alloc(64);
  let at = 0;
  const next = () => prepared[(at = (at + 1) % prepared.length)] as Prepared;
  const some = (count: number) => Array.from({ length: count }, next);
  const require = (right: boolean, who: string) => {
    if (!right) throw new Error(`${who} refuses a genuine record`);
  };
  const taken = await alternate(
    {
      accept: async () => {
        const bodies = some(100).map(({ body }) => body);
        for (const each of await acceptRecords(bodies, rules)) {
          require("record" in each, "acceptRecords");
        }
        return 100;
      },
      acceptAlone: () => {
        for (const { body } of some(50))
          require("record" in acceptRecord(body, rules), "acceptRecord");
        return 50;
      },
      proof: () => {
        for (const { document, proof } of some(50)) {
          require(verifyProof(document, proof, node.publicKey), "verifyProof");
        }
        return 50;
      },
      signature: () => {
        for (const { signature } of some(50)) {
          verifySignature(null, nothing, node.publicKey, signature);
        }
        return 50;
      },
      fedifyObject: async () => {
        const all = some(atOnce).map(({ body }) => verifyObject(Document, parse(body), options));
        for (const each of await Promise.all(all)) require(each !== null, "verifyObject");
        return atOnce;
      },
      fedifyProof: async () => {
        const all = some(atOnce).map(({ document, fedifyProof }) =>
          fedifyVerifyProof(document, fedifyProof, options),
        );
        for (const each of await Promise.all(all)) require(each !== null, "Fedify's verifyProof");
        return atOnce;
      },
    },
    { slice: 250, rounds: 10 },
  );
  const bytes = Math.round(rows.reduce((sum, { body }) => sum + body.length, 0) / rows.length);
  const note = `UK records, ${bytes} bytes on average`;
  const unit = "records/s";
  reportRate("verify.accept", unit, taken.accept, {
    peer: "Fedify verifyObject, from the same bytes",
    than: taken.fedifyObject,
    note: `${note}; goal: ratio 10`,
  });
  reportRate("verify.accept-one-thread", unit, taken.acceptAlone, {
    peer: "Fedify verifyObject, from the same bytes",
    than: taken.fedifyObject,
    note,
  });
  reportRate("verify.accept-beside-proof", unit, taken.accept, {
    peer: "Fedify verifyProof, document and proof parsed beforehand",
    than: taken.fedifyProof,
    note,
  });
  reportRate("verify.accept-beside-signature", unit, taken.accept, {
    peer: "node:crypto verify of Ed25519 alone: what no verifier can do without",
    than: taken.signature,
    note,
  });
  reportRate("verify.proof", unit, taken.proof, {
    peer: "Fedify verifyProof, document and proof parsed beforehand",
    than: taken.fedifyProof,
    note,
  });
}

async function fedifyOptions(node: Identity) {
  const key = new Multikey({
    id: new URL(node.signing.method),
    controller: new URL(node.actor),
    publicKey: await crypto.subtle.importKey(
      "jwk",
      node.publicKey.export({ format: "jwk" }) as JsonWebKey,
      { name: "Ed25519" },
      true,
      ["verify"],
    ),
  });
  const keyCache: KeyCache = { get: async () => key, set: async () => undefined };
  const loader = getDocumentLoader();
  return { keyCache, contextLoader: loader, documentLoader: loader };
}

async function prepare(bytes: Uint8Array): Promise<Prepared> {
  // As it comes from a socket: not what the database driver hands out.
  const body = Uint8Array.from(bytes);
  const document = parse(body);
  const proof = document["proof"] as JsonObject;
  const context = "https://w3id.org/security/data-integrity/v1";
  const fedifyProof = await DataIntegrityProof.fromJsonLd({ "@context": context, ...proof });
  const signature = base58.decode((proof["proofValue"] as string).slice(1));
  return { body, document, proof, fedifyProof, signature };
}

function parse(body: Uint8Array): JsonObject {
  return JSON.parse(new TextDecoder().decode(body)) as JsonObject;
}
