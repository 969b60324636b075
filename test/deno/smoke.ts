import assert from "node:assert/strict";
import { addCoop } from "../../src/directory/publish.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import { bakery, freePort, settle, testNode, until } from "../helpers/nodes.ts";

// Two nodes on Deno, from the same files that Node runs: they agree, find and forget.
const [portA, portB] = [await freePort(), await freePort()];
await using a = await testNode({ PEERS: `http://localhost:${portB}` }, { port: portA });
await using b = await testNode({ PEERS: `http://localhost:${portA}` }, { port: portB });
await a.start();
await b.start();

const { id } = await a.use((db, node) => addCoop(db, node, "bakery", bakery(), Date.now()));
await settle([a, b], 1);
const total = async () => {
  const answer = await b.get("/api/v1/coops?q=boulangerie");
  return ((await answer.json()) as { total: number }).total;
};
await until(total, (found) => found === 1);

// The handshake is ActivityPub with real signatures.
const following = async () => {
  const answer = await a.get("/actor/followers", { accept: "application/activity+json" });
  return ((await answer.json()) as { totalItems: number }).totalItems;
};
await until(following, (count) => count === 1);

await a.use((db, node) => withdraw(db, node, id, Date.now()));
await until(total, (found) => found === 0);
const [record] = await settle([a, b], 1);
assert.equal(record?.[0], `${a.origin}/coops/${id}/listing`);
console.log("Two nodes on Deno agree.");
