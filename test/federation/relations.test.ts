import { expect, it } from "vitest";
import { readAttestation } from "../../src/coop/attestation.ts";
import type { JsonObject } from "../../src/coop/canonical-json.ts";
import type { Relation } from "../../src/coop/listing.ts";
import { confirm, refuse } from "../../src/directory/confirm.ts";
import { publish } from "../../src/directory/publish.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import * as records from "../../src/store/records.ts";
import { eachEngine } from "../helpers/database.ts";
import type { TestNode } from "../helpers/nodes.ts";
import { until } from "../helpers/nodes.ts";
import { lintActivity, report } from "../interop/lint.ts";
import { undoOf } from "./person.ts";
import { fullBakery } from "./public-node.ts";
import { stage } from "./stage.ts";

/** What the node attests now. */
async function attested(node: TestNode) {
  const all = await node.use((db) => records.after(db, 0, 1000));
  return all
    .filter(({ kind }) => kind === "coop:Attestation")
    .map(({ body }) => readAttestation(JSON.parse(Buffer.from(body).toString()) as JsonObject));
}

function expectClean(node: TestNode, activity: JsonObject): void {
  expect(report(lintActivity(activity, { origin: node.origin }))).toBe("");
}

eachEngine("a relation to an actor elsewhere", (engine) => {
  it("is offered once, and attested when it is accepted", async () => {
    await using set = await stage(engine, []);
    const { node, there, id, url } = set;
    const union = there.join("union");
    const relations: Relation[] = [
      { kind: "member-of", name: "Union", id: union.id },
      { kind: "supplies", name: "No actor", id: `${there.origin}/shop` },
    ];
    const say = (content: object) =>
      node.use((db, identity) =>
        publish(db, identity, id, { ...fullBakery, ...content }, Date.now()),
      );
    await say({ relations });
    const { activity: offer } = await there.receives(0, "Offer");
    expectClean(node, offer);
    expect(offer).toMatchObject({
      actor: url,
      to: [union.id],
      target: union.id,
      object: {
        type: "Relationship",
        subject: url,
        relationship: "https://w3id.org/fragaria/ns#member-of",
        object: union.id,
      },
    });
    await say({ relations, name: "Another name" });

    const answer = (type: string, nr: number, more: object = {}) => ({
      "@context": "https://www.w3.org/ns/activitystreams",
      id: `${union.id}#answers/${nr}`,
      type,
      actor: union.id,
      object: offer["id"] as string,
      ...more,
    });
    const carol = there.join("carol");
    // By somebody whom nobody asked: nothing comes of it.
    await there.send(carol, `${url}/inbox`, { ...answer("Accept", 0), actor: carol.id });
    await there.send(union, `${url}/inbox`, answer("Accept", 1));
    const claims = await until(
      () => attested(node),
      ({ length }) => length > 0,
    );
    expect(claims).toEqual([
      {
        relationship: "member-of",
        subject: url,
        object: union.id,
        accepted: `${union.id}#answers/1`,
        name: `@union@${new URL(there.origin).host}`,
      },
    ]);
    await there.send(union, `${url}/inbox`, undoOf(union, answer("Accept", 1)));
    await until(
      () => attested(node),
      ({ length }) => length === 0,
    );
    // One that names a record of its own host needs no word of ours.
    const result = `${there.origin}/attestations/1`;
    await there.send(union, `${url}/inbox`, answer("Accept", 2, { result }));
    const offered = () => node.use((db) => db.selectFrom("offer").selectAll().execute());
    await until(offered, (rows) => rows.some((row) => row.result === result));
    expect(await attested(node)).toEqual([]);
    await there.send(union, `${url}/inbox`, answer("Reject", 3));
    await until(offered, (rows) =>
      rows.some(({ accepted, rejected }) => accepted === null && rejected !== null),
    );

    // What isn't claimed any more is taken back.
    await say({});
    const { activity: undo } = await there.receives(1, "Undo");
    expectClean(node, undo);
    expect(undo["object"]).toMatchObject({ id: offer["id"], type: "Offer" });
    expect(await until(offered, ({ length }) => length === 0)).toEqual([]);
  });

  it("that is offered to a co-op here is answered as it decides", async () => {
    await using set = await stage(engine, []);
    const { node, there, id, url } = set;
    const baker = there.join("baker");
    const offerOf = (nr: number, kind = "coop:member-of") => ({
      "@context": [
        "https://www.w3.org/ns/activitystreams",
        { coop: "https://w3id.org/fragaria/ns#" },
      ],
      id: `${baker.id}#offers/${nr}`,
      type: "Offer",
      actor: baker.id,
      object: { type: "Relationship", subject: baker.id, relationship: kind, object: url },
    });
    const rows = () => node.use((db) => db.selectFrom("naming").selectAll().execute());
    const carol = there.join("carol");
    // In the name of somebody else, and of a kind that nobody knows.
    await there.send(carol, `${url}/inbox`, {
      ...offerOf(1),
      id: `${carol.id}#1`,
      actor: carol.id,
    });
    await there.send(baker, `${url}/inbox`, offerOf(2, "coop:twinned-with"));
    await there.send(baker, `${url}/inbox`, offerOf(3));
    const [naming] = await until(rows, ({ length }) => length > 0);
    expect(await rows()).toHaveLength(1);
    expect(naming).toMatchObject({
      coop: id,
      subject: baker.id,
      relationship: "member-of",
      answer: null,
    });

    const claimed = [{ subject: baker.id, relationship: "member-of" as const }];
    const decide = (verb: typeof confirm) =>
      node.use((db, identity) =>
        verb(db, identity, claimed, { coop: id, account: null, now: Date.now() }),
      );
    await decide(confirm);
    const { activity: accept } = await there.receives(0, "Accept");
    expectClean(node, accept);
    expect(accept).toMatchObject({
      actor: url,
      object: { id: offerOf(3).id },
      result: naming?.attestation,
    });
    expect(await attested(node)).toEqual([
      { relationship: "member-of", subject: baker.id, object: url },
    ]);
    await decide(refuse);
    const { activity: undo } = await there.receives(1, "Undo");
    expectClean(node, undo);
    expect(undo["object"]).toMatchObject({ id: accept["id"], type: "Accept" });
    expect(await attested(node)).toEqual([]);

    // Asked anew, it is told again.
    await there.send(baker, `${url}/inbox`, offerOf(4));
    const { activity: reject } = await there.receives(2, "Reject");
    expectClean(node, reject);
    await decide(confirm);
    await there.receives(3, "Accept");
    await there.send(baker, `${url}/inbox`, undoOf(baker, offerOf(4)));
    await until(rows, ({ length }) => length === 0);
    expect(await attested(node)).toEqual([]);

    await there.send(baker, `${url}/inbox`, offerOf(5));
    await until(rows, ({ length }) => length > 0);
    await decide(confirm);
    await there.receives(4, "Accept");
    await node.use((db, identity) => deleteCoop(db, identity, id, Date.now()));
    await there.receives(5, "Undo");
    await until(rows, ({ length }) => length === 0);
    expect(await attested(node)).toEqual([]);
  });
});
