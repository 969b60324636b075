import { verifyJsonLd } from "@fedify/fedify/sig";
import { getDocumentLoader } from "@fedify/fedify";
import { expect, it } from "vitest";
import { deletePost } from "../../src/directory/post.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import { testNode, until } from "../helpers/nodes.ts";
import { elsewhere } from "./elsewhere.ts";
import { addBakery, publicNode } from "./public-node.ts";
import { quiet, stage } from "./stage.ts";

/** JSON as it stands on the wire, with placeholders for what is different each time. */
function bare(text: string, ...origins: string[]): string {
  const placeholders: [RegExp, string][] = [
    [/\/coops\/[0-9a-z]{10}/g, "/coops/COOP"],
    [/\/posts\/[0-9a-z]{10}/g, "/posts/POST"],
    [/#updates\/\d+/g, "#updates/SEQ"],
    [/#(accepts|follows)\/[0-9a-f]{32}/g, "#$1/FINGERPRINT"],
    [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"],
    [/"(proofValue|signatureValue|publicKeyPem|publicKeyMultibase)":"[^"]+"/g, '"$1":"…"'],
  ];
  const hosts = origins.map((origin, at): [string, string] => [new URL(origin).host, `host-${at}`]);
  const named = hosts.reduce((rest, [host, name]) => rest.replaceAll(host, name), text);
  const plain = placeholders.reduce(
    (rest, [pattern, name]) => rest.replaceAll(pattern, name),
    named,
  );
  return JSON.stringify(JSON.parse(plain), undefined, 2);
}

it("serves actors, notes and activities in this form", async () => {
  await using node = await publicNode();
  const coop = await addBakery(node);
  const paths = [
    "/actor",
    `/coops/${coop}`,
    `/coops/${coop}/classes/workers`,
    `/coops/${coop}/featured`,
    `/coops/${coop}/followers`,
    `/coops/${coop}/followers?cursor=`,
    `/coops/${coop}/outbox?cursor=`,
    "/.well-known/webfinger?resource=acct:bakery@coops.example",
    "/.well-known/nodeinfo",
  ];
  for (const path of paths) {
    const served = await node.ask(path, { headers: { accept: "application/activity+json" } });
    expect(bare(await served.text())).toMatchSnapshot(path.replace(coop, "COOP"));
  }
  const outbox = await node.json(`/coops/${coop}/outbox?cursor=`);
  const [{ object }] = outbox["orderedItems"] as [{ object: { id: string } }];
  const note = await node.ask(object.id, { headers: { accept: "application/activity+json" } });
  expect(bare(await note.text())).toMatchSnapshot("a note");
});

it("delivers activities in this form", async () => {
  await using set = await stage("sqlite", ["", "/classes/workers"]);
  const { node, there, id, write, edit } = set;
  const documentLoader = getDocumentLoader({ allowPrivateAddress: true });
  const post = await write("Du pain #frais\nhttps://bakery.example/");
  const created = await there.receives(0, "Create");
  await edit("Au bon pain");
  await there.receives(2, "Update");
  for (const { activity } of there.received) {
    // What is forwarded by others is trusted for this signature; another implementation checks it.
    expect(await verifyJsonLd(activity, { documentLoader })).toBe(true);
  }
  await node.use((db) => deletePost(db, post, Date.now()));
  await there.receives(3, "Delete");
  await node.use((db, identity) => deleteCoop(db, identity, id, Date.now()));
  await there.receives(5, "Delete");
  await quiet(node);
  const sent = there.received.map(({ body }) => bare(body, node.origin, there.origin));
  expect(sent).toHaveLength(6);
  for (const body of sent.toSorted()) expect(body).toMatchSnapshot();
  expect(created.headers.get("content-type")).toBe("application/activity+json");
});

it("answers a Follow, and asks a peer, in this form", async () => {
  await using there = await elsewhere();
  there.documents.set("/.well-known/coop-directory", {
    protocol: "DIR/1",
    software: { name: "other", version: "1" },
    actor: `${there.origin}/actor`,
    role: "hub",
    changes: `${there.origin}/dir/v1/changes`,
    epoch: "one",
    seq: 0,
    records: `${there.origin}/dir/v1/records`,
    limits: { page: 1, records: 1, wait: 1, record: 16384 },
  });
  await using node = await testNode({ PEERS: there.origin });
  await node.start();
  // Wake-ups come when they come.
  const received = async (type: string) => {
    const find = () => there.received.find(({ activity }) => activity["type"] === type);
    await until(find);
    return find()!;
  };
  const follow = await received("Follow");
  expect(follow.url).toBe(`${there.origin}/actor/inbox`);
  expect(bare(follow.body, node.origin, there.origin)).toMatchSnapshot("Follow");
  const peer = there.join("peer");
  await there.send(peer, `${node.origin}/actor/inbox`, {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${peer.id}#follow`,
    type: "Follow",
    actor: peer.id,
    object: `${node.origin}/actor`,
  });
  const accept = await received("Accept");
  expect(bare(accept.body, node.origin, there.origin)).toMatchSnapshot("Accept");
});
