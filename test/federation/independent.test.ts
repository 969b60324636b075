import { createHash, type KeyObject, sign as signBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import {
  createSignCryptosuite,
  createVerifyCryptosuite,
} from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import * as cavage from "@peertube/http-signature";
import { base58 } from "@scure/base";
import { createSigner, createVerifier, httpbis } from "http-message-signatures";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { multikey, publicKeyOf, signDocument, verifyProof } from "../../src/coop/proof.ts";
import { guardOutbound } from "../../src/outbound.ts";
import { testKey } from "../helpers/keys.ts";
import { type TestNode, until } from "../helpers/nodes.ts";
import type { Delivery } from "./elsewhere.ts";
import { followOf, type Person, privateKey } from "./person.ts";
import { followersOf, quiet, stage } from "./stage.ts";

const dispatcher = getGlobalDispatcher();
beforeAll(() => guardOutbound("http://localhost", true));
afterAll(() => setGlobalDispatcher(dispatcher));

const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A delivery as a server of Node has it. */
function incoming({ url, headers }: Delivery) {
  const { pathname, search } = new URL(url);
  return { method: "POST", url: `${pathname}${search}`, headers: Object.fromEntries(headers) };
}

async function rsaKeyOf(node: TestNode): Promise<string> {
  const served = await node.get("/actor", { accept: "application/activity+json" });
  return ((await served.json()) as { publicKey: { publicKeyPem: string } }).publicKey.publicKeyPem;
}

describe("signatures of requests by libraries that are not ours", () => {
  it("draft-cavage: @peertube/http-signature finds ours right, and we its own", async () => {
    await using set = await stage("sqlite");
    const { node, there, url, write } = set;
    await write("Bonjour");
    const delivery = await there.receives(0, "Create");
    const key = await rsaKeyOf(node);
    const received = incoming(delivery);
    const parsed = cavage.parseRequest(received);
    expect(parsed.params.keyId).toBe(`${url}#main-key`);
    expect(parsed.params.headers).toEqual(
      expect.arrayContaining(["(request-target)", "host", "date", "digest"]),
    );
    expect(cavage.verifySignature(parsed, key)).toBe(true);
    const elsewhere = { ...received, url: "/users/mallory/inbox" };
    expect(cavage.verifySignature(cavage.parseRequest(elsewhere), key)).toBe(false);
    expect(received.headers["digest"]).toBe(`SHA-256=${sha256(delivery.body)}`);

    const post = async (person: Person, sent: string, signed: string) => {
      const posting = request(`${url}/inbox`, {
        method: "POST",
        headers: {
          "content-type": "application/activity+json",
          digest: `SHA-256=${sha256(signed)}`,
        },
      });
      cavage.sign(posting, {
        key: pem,
        keyId: `${person.id}#main-key`,
        algorithm: "rsa-sha256",
        authorizationHeaderName: "signature",
        headers: ["(request-target)", "host", "date", "digest"],
      });
      posting.end(sent);
      const [response] = (await once(posting, "response")) as [{ statusCode: number }];
      return response.statusCode;
    };
    const bob = there.join("bob");
    const follow = JSON.stringify(followOf(bob, url));
    expect(await post(bob, follow, `${follow} `)).toBe(401);
    expect(await post(bob, follow, follow)).toBe(202);
    await until(async () => (await followersOf(node)).some((line) => line.startsWith(bob.id)));
    await quiet(node);
  });

  it("RFC 9421: http-message-signatures finds ours right, and we its own", async () => {
    await using set = await stage("sqlite");
    const { node, there, url, write } = set;
    // Who refuses the older ones is sent these.
    there.answers.push(401);
    await write("Bonjour");
    await there.receives(1, "Create");
    const delivery = there.received[1] as Delivery;
    const key = await rsaKeyOf(node);
    const message = {
      method: "POST",
      url: delivery.url,
      headers: Object.fromEntries(delivery.headers),
    };
    const verifying = {
      keyLookup: async ({ keyid }: { keyid?: string }) =>
        keyid === `${url}#main-key`
          ? { verify: createVerifier(key, "rsa-v1_5-sha256"), algs: ["rsa-v1_5-sha256"] }
          : null,
      requiredFields: ["@method", "@target-uri", "content-digest"],
      requiredParams: ["created", "keyid"],
      tolerance: 5,
    };
    expect(await httpbis.verifyMessage(verifying, message)).toBe(true);
    const elsewhere = { ...message, url: `${there.origin}/users/mallory/inbox` };
    expect(await httpbis.verifyMessage(verifying, elsewhere)).not.toBe(true);
    expect(delivery.headers.get("content-digest")).toBe(`sha-256=:${sha256(delivery.body)}:`);

    const bob = there.join("bob");
    const follow = JSON.stringify(followOf(bob, url));
    const post = async (fields: string[]) => {
      const signed = await httpbis.signMessage(
        {
          key: createSigner(privateKey, "rsa-v1_5-sha256", `${bob.id}#main-key`),
          fields,
          params: ["created", "keyid", "alg"],
        },
        {
          method: "POST",
          url: `${url}/inbox`,
          headers: {
            host: new URL(url).host,
            "content-type": "application/activity+json",
            "content-digest": `sha-256=:${sha256(follow)}:`,
          },
        },
      );
      const headers = signed.headers as Record<string, string>;
      return (await fetch(`${url}/inbox`, { method: "POST", headers, body: follow })).status;
    };
    expect(await post(["@method", "content-digest"])).toBe(401);
    expect(await post(["@method", "@target-uri", "content-digest"])).toBe(202);
    await until(async () => (await followersOf(node)).some((line) => line.startsWith(bob.id)));
    await quiet(node);
  });
});

describe("proofs by @digitalbazaar/eddsa-jcs-2022-cryptosuite", () => {
  const key = testKey("https://node.example");
  const document: JsonObject = {
    "@context": ["https://www.w3.org/ns/activitystreams"],
    id: "https://node.example/coops/1/listing",
    name: "Çğ “café” \u{1f950}",
    numbers: [1e21, 0.1, -0, 4.5],
  };

  it("finds ours right, and not what was altered", async () => {
    const signed = signDocument(document, key, "2026-11-22T00:00:00Z");
    // As it is written out in whatever goes to the fediverse.
    const proof = { ...signed.proof, "@context": document["@context"] ?? [] };
    expect(await right(document, proof, key.publicKey)).toBe(true);
    expect(await right({ ...document, name: "Café" }, proof, key.publicKey)).toBe(false);
  });

  it("finds the proof of an activity right", async () => {
    await using set = await stage("sqlite");
    await set.write("Bonjour");
    const { activity } = await set.there.receives(0, "Create");
    // The older signature comes after the proof, and is of another kind.
    const { proof, signature: _, ...rest } = activity as { proof: JsonObject } & JsonObject;
    const served = await set.node.get("/actor", { accept: "application/activity+json" });
    const { assertionMethod } = (await served.json()) as {
      assertionMethod: { publicKeyMultibase: string }[];
    };
    const publicKey = publicKeyOf(assertionMethod[0]?.publicKeyMultibase ?? "");
    expect(proof["@context"]).toEqual(rest["@context"]);
    expect(await right(rest, proof, publicKey)).toBe(true);
    expect(await right({ ...rest, to: [] }, proof, publicKey)).toBe(false);
    await quiet(set.node);
  });

  it("makes what we find right", async () => {
    const suite = createSignCryptosuite();
    const unsigned = {
      type: "DataIntegrityProof",
      cryptosuite: "eddsa-jcs-2022",
      created: "2026-11-22T00:00:00Z",
      verificationMethod: "https://node.example/actor#ed25519",
      proofPurpose: "assertionMethod",
    };
    // It puts the context of the document into the proof, as the specification says.
    const proof: JsonObject & { proofValue?: string } = { ...unsigned };
    const data = await suite.createVerifyData({ cryptosuite: suite, document, proof });
    proof.proofValue = `z${base58.encode(signBytes(null, data, key.privateKey))}`;
    const publicKey = publicKeyOf(multikey(key.publicKey));
    expect(proof["@context"]).toEqual(document["@context"]);
    expect(verifyProof(document, proof, publicKey)).toBe(true);
    expect(verifyProof({ ...document, name: "Café" }, proof, publicKey)).toBe(false);
  });
});

async function right(document: object, proof: JsonObject, key: KeyObject): Promise<boolean> {
  const suite = createVerifyCryptosuite();
  const verificationMethod = {
    id: proof["verificationMethod"],
    type: "Multikey",
    controller: "https://node.example/actor",
    publicKeyMultibase: multikey(key),
  };
  const verifier = await suite.createVerifier({ verificationMethod });
  // It takes contexts for the same only if they are one object.
  const same = { ...document, "@context": proof["@context"] };
  const data = await suite.createVerifyData({ cryptosuite: suite, document: same, proof });
  const signature = base58.decode((proof["proofValue"] as string).slice(1));
  return verifier.verify({ data, signature });
}

function sha256(body: string): string {
  return createHash("sha256").update(body).digest("base64");
}
