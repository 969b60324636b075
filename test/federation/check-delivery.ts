import { expect } from "vitest";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import { publicKeyOf, verifyProof } from "../../src/coop/proof.ts";
import type { TestNode } from "../helpers/nodes.ts";
import { lintActivity, lintRequest, report } from "../interop/lint.ts";
import { type Delivery, verifies } from "./elsewhere.ts";

/** Finds fault with a delivery: with what it says, how it is signed, and by whom. */
export async function checkDelivery(
  node: TestNode,
  delivery: Delivery,
  actor: string,
): Promise<void> {
  const { headers, body, url, activity } = delivery;
  expect(activity["actor"]).toBe(actor);
  // The key as others have it: it doesn't change, not even when the actor is gone.
  const accept = { accept: "application/activity+json" };
  const served = (await (await node.get("/actor", accept)).json()) as JsonObject;
  const { publicKeyPem } = served["publicKey"] as { publicKeyPem: string };
  const findings = [
    ...lintActivity(body, { origin: node.origin, now: Date.now() }),
    ...lintRequest(headers, body, { url, publicKeyPem }),
  ];
  expect(report(findings)).toBe("");
  expect(verifies(delivery, publicKeyPem)).toBe(true);
  expect(verifies({ ...delivery, body: `${body} ` }, publicKeyPem)).toBe(false);
  const proof = activity["proof"] as { verificationMethod: string } & JsonObject;
  const [{ publicKeyMultibase }] = served["assertionMethod"] as [{ publicKeyMultibase: string }];
  expect(proof.verificationMethod).toBe(`${actor}#ed25519`);
  expect(verifyProof(activity, proof, publicKeyOf(publicKeyMultibase))).toBe(true);
}
