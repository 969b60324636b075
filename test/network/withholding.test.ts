import { expect, it, vi } from "vitest";
import { beaconKind } from "../../src/coop/beacon.ts";
import { addCoop } from "../../src/directory/publish.ts";
import * as hosts from "../../src/store/hosts.ts";
import { hostilePeer } from "../helpers/hostile-peer.ts";
import { bakery, directoryOf, quickPace, testNode, until } from "../helpers/nodes.ts";

// Several processes' worth of work in one: slow on a busy machine, and timed by nothing.
vi.setConfig({ testTimeout: 90_000 });

const pace = { ...quickPace, repair: 200, beat: 600 };

it("finds out which records a relay withholds, and has them from their origin", async () => {
  await using relay = await hostilePeer();
  // The relay is a hub to the one, and the origin to the other: they don’t know one another.
  await using honest = await testNode({ ROLE: "leaf" }, { pace });
  await using reader = await testNode({ PEERS: relay.origin }, { pace });
  await honest.start();
  for (const name of ["one", "two", "three"]) {
    await honest.use((db, node) => addCoop(db, node, name, bakery({ name }), Date.now()));
  }
  const { host } = new URL(honest.origin);
  // Its beacon counts all three by now.
  const bodies = await until(
    () =>
      honest.use(async (db) => {
        const rows = await db.selectFrom("record").selectAll().orderBy("kind").execute();
        const beacon = rows.find(({ kind }) => kind === beaconKind);
        const counts = /"count":3/.test(Buffer.from(beacon?.body ?? []).toString());
        return counts ? rows.map(({ body }) => new Uint8Array(body)) : [];
      }),
    ({ length }) => length === 4,
  );
  relay.feed = bodies.slice(0, 3);

  await reader.start();
  const known = () => reader.use((db) => hosts.get(db, host));
  // First it is noticed, then mended; the hub learns it from the beacon alone.
  await until(known, (row) => row?.differs != null || row?.found != null);
  const all = await directoryOf(honest);
  await until(
    () => directoryOf(reader),
    (held) => all.every(([id]) => held.some(([other]) => other === id)),
  );
  const row = await until(known, (each) => each?.differs === null && each.found !== null);
  expect(row).toMatchObject({ found: 1, soughtOf: host, held: 3, equivocated: null });
});
