import { expect, it } from "vitest";
import { bounds } from "../../src/coop/record.ts";
import { dropVersions } from "../../src/directory/expire.ts";
import { pruneLog } from "../../src/directory/prune-log.ts";
import { addCoop } from "../../src/directory/publish.ts";
import * as changes from "../../src/store/changes.ts";
import * as records from "../../src/store/records.ts";
import * as settings from "../../src/store/settings.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery, testNode, until } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const day = 24 * 60 * 60 * 1000;

eachEngine("the log of changes", (engine) => {
  it("says that a record is gone for as long as anything may rely on it, and a month more at most", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const append = (kind: string, subject: string) =>
      db.transaction().execute((tx) => changes.append(tx, [{ kind, subject, origin: "" }]));
    const subjects = async (kind: string) =>
      (await changes.after(db, 0, 5000, { kind })).map(({ subject }) => Number(subject.slice(1)));
    for (let at = 1; at < 900; at += 14) {
      await append("dropped", `d${at}`);
      await append("host", `h${at}`);
      await pruneLog(db, now + at * day);
      const left = await subjects("dropped");
      const expected = Array.from({ length: Math.ceil(at / 14) }, (_, n) => 1 + 14 * n);
      const memory = bounds.validity / day + 1;
      expect(left).toEqual(expect.arrayContaining(expected.filter((each) => each > at - memory)));
      // Two weeks apart, marks are six weeks apart.
      const overdue = left.filter((each) => each < at - memory - 42 - 14);
      expect(overdue).toEqual([]);
      const gone = expected.filter((each) => !left.includes(each));
      expect(await settings.pruned(db)).toBeGreaterThanOrEqual(gone.length);
    }
    expect((await subjects("host")).length).toBe(65);
    expect((await subjects("dropped")).length).toBeLessThan(40);
    expect(await changes.head(db)).toBe(2 * 65);
  });

  it("is marked again by a clock that was wrong, and never pruned less than before", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const drop = (...subjects: string[]) => {
      const rows = subjects.map((subject) => ({ kind: "dropped", subject, origin: "" }));
      return db.transaction().execute((tx) => changes.append(tx, rows));
    };
    const many = Array.from({ length: 1200 }, (_, at) => `a${at}`);
    await drop(...many);
    await pruneLog(db, now);
    expect(await pruneLog(db, now + 402 * day)).toBe(1200);
    await drop("b");
    expect(await pruneLog(db, now)).toBe(0);
    expect(await settings.pruned(db)).toBe(1200);
    expect(await pruneLog(db, now + 400 * day)).toBe(0);
    expect(await pruneLog(db, now + 401 * day)).toBe(1);
  });
});

it("an index that was left lying for longer than the log remembers begins anew", async () => {
  await using node = await testNode();
  await node.start();
  const { id } = await node.use((db, self) => addCoop(db, self, "bakery", bakery(), Date.now()));
  const found = async () => {
    const answer = await node.get("/api/v1/coops");
    return ((await answer.json()) as { total: number }).total;
  };
  await until(found, (total) => total === 1);
  await node.stop();
  await node.use(async (db) => {
    const record = await records.get(db, `${node.origin}/coops/${id}/listing`);
    await dropVersions(db, [record?.digest ?? ""]);
    await pruneLog(db, now);
    expect(await pruneLog(db, now + 402 * day)).toBe(1);
  });
  await node.start();
  await until(found, (total) => total === 0);
});
