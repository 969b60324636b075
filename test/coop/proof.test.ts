import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verifyProof as fedifyVerifyProof } from "@fedify/fedify/sig";
import { DataIntegrityProof, Multikey } from "@fedify/fedify/vocab";
import { base58 } from "@scure/base";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { multikey, publicKeyOf, signDocument, verifyProof } from "../../src/coop/proof.ts";
import { testKey } from "../helpers/keys.ts";

const folder = join(import.meta.dirname, "../../fixtures/proofs");
const json = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8")) as JsonObject;

/** The documents between triple quotes of the FEP's scenarios, in order. */
const fep = [
  ...readFileSync(join(folder, "fep-8b32.feature"), "utf8").matchAll(/"""([^]*?)"""/g),
].map(([, text]) => JSON.parse(text ?? "") as JsonObject);

const { publicKeyMultibase, privateKeyMultibase } = json("keyPair.json") as Record<string, string>;
const vectorKey = publicKeyOf(publicKeyMultibase ?? "");
const seed = base58.decode((privateKeyMultibase ?? "").slice(1)).subarray(2);
const vectorSigner = {
  privateKey: createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
    format: "der",
    type: "pkcs8",
  }),
};

describe("proofs of eddsa-jcs-2022", () => {
  it("agree with the vectors of W3C vc-di-eddsa, signing and verifying", () => {
    const signed = json("signedJCS.json");
    const proof = signed["proof"] as JsonObject;
    expect(verifyProof(signed, proof, vectorKey)).toBe(true);
    const key = { ...vectorSigner, method: proof["verificationMethod"] as string };
    const again = signDocument(json("unsigned.json"), key, proof["created"] as string);
    expect(again.proof.proofValue).toBe(proof["proofValue"]);
  });

  it("agree with the vectors of FEP-8b32, signing and verifying", () => {
    const [unsigned, signed] = fep as [JsonObject, JsonObject];
    const proof = signed["proof"] as JsonObject;
    expect(verifyProof(signed, proof, vectorKey)).toBe(true);
    const key = { ...vectorSigner, method: proof["verificationMethod"] as string };
    const again = signDocument(unsigned, key, proof["created"] as string);
    expect(again.proof.proofValue).toBe(proof["proofValue"]);
  });

  it("are accepted by Fedify's verifier, our own terms included", async () => {
    const origin = "https://a.example";
    const key = testKey(origin);
    const document = {
      "@context": [
        "https://www.w3.org/ns/activitystreams",
        { coop: "https://w3id.org/fragaria/ns#" },
      ],
      id: `${origin}/coops/x/listing`,
      "coop:unheardOf": [1, { b: "ł" }],
    };
    const signed = signDocument(document, key, "2026-11-21T20:15:03Z");
    const proof = await DataIntegrityProof.fromJsonLd({
      "@context": "https://w3id.org/security/data-integrity/v1",
      ...signed.proof,
    });
    const publicKey = new Multikey({
      id: new URL(key.method),
      controller: new URL(`${origin}/actor`),
      publicKey: await crypto.subtle.importKey(
        "jwk",
        key.publicKey.export({ format: "jwk" }),
        "Ed25519",
        true,
        ["verify"],
      ),
    });
    const keyCache = { get: () => Promise.resolve(publicKey), set: () => Promise.resolve() };
    expect(await fedifyVerifyProof(signed, proof, { keyCache })).not.toBeNull();
  });

  it("are void when anything in document or options is changed", () => {
    const key = testKey("https://a.example");
    const signed = signDocument(
      { "@context": [], a: 1, b: [{ c: "d" }] },
      key,
      "2026-11-21T20:15:03Z",
    );
    const holds = (document: JsonObject, proof: JsonObject) =>
      verifyProof(document, proof, key.publicKey);
    const proof = signed.proof;
    expect(holds(signed, proof)).toBe(true);
    expect(holds({ ...signed, signature: {} }, proof)).toBe(true);
    expect(holds({ ...signed, a: 2 }, proof)).toBe(false);
    expect(holds({ ...signed, extra: true }, proof)).toBe(false);
    expect(holds({ ...signed, "@context": ["x"] }, proof)).toBe(false);
    for (const [option, value] of Object.entries({
      created: "2026-11-21T20:15:04Z",
      verificationMethod: "https://a.example/actor#other",
      proofPurpose: "authentication",
      cryptosuite: "eddsa-rdfc-2022",
      type: "Ed25519Signature2020",
      expires: "2020-01-01T00:00:00Z",
      "@context": ["x"],
      proofValue: "z0OIl",
    })) {
      expect(holds(signed, { ...proof, [option]: value }), option).toBe(false);
    }
    expect(verifyProof(signed, proof, testKey("https://a.example", 2).publicKey)).toBe(false);
  });

  it("write and read keys as Multikeys", () => {
    expect(multikey(vectorKey)).toBe(publicKeyMultibase);
    for (const bad of ["", "z", "z6Mk", "u7QG", `${publicKeyMultibase}1`]) {
      expect(() => publicKeyOf(bad)).toThrow(TypeError);
    }
  });
});
