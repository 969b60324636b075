import { expect, it } from "vitest";
import * as hosts from "../../src/store/hosts.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";

const of = (...names: string[]) =>
  names.map((host) => ({ host, origin: `https://${host}`, domain: host }));
const names = (rows: Iterable<hosts.Host>) => [...rows].map(({ host }) => host);

eachEngine("hosts", (engine) => {
  it("notes a host once, and keeps what is known of it", async () => {
    await using store = await freshStore(engine);
    await hosts.note(store.db, of("b.example", "a.example"), 100);
    await hosts.update(store.db, "a.example", { beacon: 90, liveness: "live", count: 3 });
    await hosts.note(store.db, of("a.example", "c.example"), 200);

    expect(await hosts.get(store.db, "a.example")).toMatchObject({
      origin: "https://a.example",
      seen: 100,
      beacon: 90,
      liveness: "live",
      count: 3,
      decision: null,
    });
    expect(await hosts.get(store.db, "d.example")).toBeUndefined();
    expect(names(await hosts.all(store.db))).toEqual(["a.example", "b.example", "c.example"]);
  });

  it("finds hosts by name, by liveness and page by page", async () => {
    await using store = await freshStore(engine);
    // In the order of bytes on either engine: a port, capitals that aren't, a longer name.
    const all = ["a-b.example", "a.example", "a.example:8443", "ab.example", "z.example"];
    await hosts.note(store.db, of(...all.toReversed()), 1);
    await hosts.update(store.db, "z.example", { liveness: "hidden" });

    const found = await hosts.byHosts(store.db, ["z.example", "nowhere.example", "a.example"]);
    expect([...found.keys()].toSorted()).toEqual(["a.example", "z.example"]);
    expect(names(await hosts.byLiveness(store.db, "hidden"))).toEqual(["z.example"]);
    expect(names(await hosts.byLiveness(store.db, null))).toEqual(all.slice(0, 4));
    expect(names(await hosts.page(store.db, "", 2))).toEqual(all.slice(0, 2));
    expect(names(await hosts.page(store.db, "a.example", 9))).toEqual(all.slice(2));
  });

  it("locks rows within a transaction", async () => {
    await using store = await freshStore(engine);
    await hosts.note(store.db, of("a.example"), 1);
    await store.db.transaction().execute(async (tx) => {
      const locked = await hosts.lock(tx, ["a.example", "b.example"]);
      expect(names(locked.values())).toEqual(["a.example"]);
      await hosts.update(tx, "a.example", { differs: 5 });
    });
    expect((await hosts.get(store.db, "a.example"))?.differs).toBe(5);
  });
});
