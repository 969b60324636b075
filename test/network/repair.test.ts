import { signRequest } from "@fedify/fedify/sig";
import { afterEach, expect, it, vi } from "vitest";
import { addCoop } from "../../src/directory/publish.ts";
import type { Identity } from "../../src/directory/identity.ts";
import * as peers from "../../src/store/peers.ts";
import {
  bakery,
  directoryOf,
  freePort,
  quickPace,
  settle,
  testNode,
  type TestNode,
  until,
} from "../helpers/nodes.ts";

vi.setConfig({ testTimeout: 90_000 });

const pace = { ...quickPace, repair: 1500 };

let nodes = new AsyncDisposableStack();
afterEach(async () => {
  await nodes.disposeAsync();
  nodes = new AsyncDisposableStack();
});

/** Two hubs that are each other's peers, with some listings of the first. */
async function twoHubs(): Promise<[TestNode, TestNode]> {
  const [port, other] = [await freePort(), await freePort()];
  const a = nodes.use(await testNode({ PEERS: `http://localhost:${other}` }, { port, pace }));
  const b = nodes.use(await testNode({ PEERS: `http://localhost:${port}` }, { port: other, pace }));
  await a.start();
  await b.start();
  for (const handle of ["bakery", "mill", "shop"]) {
    await a.use((db, node) => addCoop(db, node, handle, bakery({ name: handle }), Date.now()));
  }
  return [a, b];
}

/** A signed request for repair, as that node would send it; its body may be replaced. */
async function request(
  to: TestNode,
  node: Identity,
  body = "61",
  key = `${node.actor}#main-key`,
  spec: "rfc9421" | "draft-cavage-http-signatures-12" = "rfc9421",
) {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const privateKey = await crypto.subtle.importKey("jwk", node.rsa.privateKey, algorithm, true, [
    "sign",
  ]);
  const unsigned = new Request(`${to.origin}/dir/v1/reconcile`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: Buffer.from(body, "hex"),
  });
  return await signRequest(unsigned, privateKey, new URL(key), { spec });
}

it("brings back what a node lost without knowing it", async () => {
  const [a, b] = await twoHubs();
  await until(
    () => directoryOf(b),
    (held) => held.filter(([id]) => id.endsWith("/listing")).length === 3,
  );
  const before = await settle([a, b]);
  // As by a fault of the disk: the rows are gone, and the feed has been read past them.
  const lost = await b.use(async (db) => {
    const rows = await db
      .deleteFrom("record")
      .where("id", "like", `${a.origin}/coops/%`)
      .returning("id")
      .execute();
    const ids = rows.map(({ id }) => id);
    await db.deleteFrom("change").where("subject", "in", ids).execute();
    return ids;
  });
  expect(lost).toHaveLength(3);
  await until(
    () => directoryOf(b),
    (held) => held.length >= before.length,
    60_000,
  );
  await settle([a, b]);
  const peer = await until(
    () => b.use((db) => peers.get(db, a.origin)),
    (peer) => peer?.repaired != null,
  );
  expect(peer?.fault).toBeNull();
});

it("is done only for a node that has signed the very request", async () => {
  const [a, b] = await twoHubs();
  const node = await a.use((_db, self) => Promise.resolve(self));
  const stranger = await b.use((_db, self) => Promise.resolve(self));
  const url = `${b.origin}/dir/v1/reconcile`;
  const status = async (asked: Request | string, init?: RequestInit) =>
    (await fetch(asked, init)).status;

  const answered = await fetch(await request(b, node));
  expect(answered.status).toBe(200);
  expect(answered.headers.get("content-type")).toBe("application/octet-stream");
  expect(Buffer.from(await answered.arrayBuffer()).toString("hex")).toBe("61");

  const older = "draft-cavage-http-signatures-12";
  expect(await status(await request(b, node, "61", `${node.actor}#main-key`, older))).toBe(200);

  expect(await status(url, { method: "POST", body: Buffer.from("61", "hex") })).toBe(401);
  // Signed by another node's key, or one that its actor doesn't have.
  expect(await status(await request(b, stranger, "61", `${node.actor}#main-key`))).toBe(401);
  expect(await status(await request(b, node, "61", `${node.actor}#other`))).toBe(401);
  // With another body, or another query.
  const signed = await request(b, node);
  const { headers } = signed;
  expect(await status(url, { method: "POST", headers, body: Buffer.from("6100", "hex") })).toBe(
    401,
  );
  expect(
    await status(`${url}?origin=a.example`, {
      method: "POST",
      headers,
      body: Buffer.from("61", "hex"),
    }),
  ).toBe(401);
  expect(await status(await request(b, node, "6100"))).toBe(400);
  expect(await status(await request(b, node, `61${"00".repeat(256 * 1024)}`))).toBe(413);
});
