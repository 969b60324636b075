import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import type { ListingContent } from "../../src/coop/listing.ts";
import { readQuestion, sayNo, sayYes } from "../../src/directory/answer.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import {
  addMembers,
  allWaiting,
  makeYesLinks,
  publishUnderMandate,
} from "../../src/directory/members.ts";
import { acceptInvitation } from "../../src/directory/people.ts";
import { addCoop } from "../../src/directory/publish.ts";
import {
  faultyAsCsv,
  memberTemplate,
  readMembers,
  rowsAsCsv,
} from "../../src/directory/read-members.ts";
import * as changes from "../../src/store/changes.ts";
import * as coops from "../../src/store/coops.ts";
import * as mandates from "../../src/store/mandates.ts";
import * as members from "../../src/store/members.ts";
import * as posts from "../../src/store/posts.ts";
import * as records from "../../src/store/records.ts";
import * as roles from "../../src/store/roles.ts";
import type { Db } from "../../src/store/schema.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import {
  federationCsv,
  federationRows,
  federationXlsx,
  spoiled,
  type TableCells,
} from "../helpers/federation-table.ts";
import { bakery } from "../helpers/nodes.ts";

const now = Date.parse("2026-11-22T08:00:00.000Z");
const mandate = {
  by: "Federation of Example",
  basis: "Article 4 of its rules",
  date: "2026-01",
  person: "Ada Example",
};

const asker = { name: "Federation of Example", by: null };

const csv = (rows: TableCells[]) => ({ bytes: federationCsv(rows), name: "members.csv" });

async function bring(db: Db, node: Identity, rows: TableCells[], at = now) {
  const { good, faulty } = await readMembers(db, node, csv(rows));
  expect(faulty).toEqual([]);
  return addMembers(db, good, "admin00000", at);
}

async function listings(db: Db): Promise<ListingContent[]> {
  return (await records.after(db, 0, 1000))
    .filter(({ tombstone }) => tombstone === 0)
    .map(
      ({ body }) => (JSON.parse(new TextDecoder().decode(body)) as { about: ListingContent }).about,
    );
}

eachEngine("members by spreadsheet", (engine) => {
  it("goes on with 370 of 400 rows, and tells of each of the other 30 what is wrong", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const rows = spoiled(federationRows(400), 30);
    for (const source of [csv(rows), { bytes: federationXlsx(rows), name: "members.xlsx" }]) {
      const { good, faulty, ignored } = await readMembers(db, node, source);
      expect(good).toHaveLength(370);
      expect(ignored).toEqual([]);
      expect(faulty.map(({ row }) => row)).toEqual(
        Array.from({ length: 30 }, (_, at) => (at + 1) * 13 + 1),
      );
      const told = faulty.flatMap(({ faults }) => faults.map(({ column }) => column));
      expect([...new Set(told.map(String))].toSorted()).toEqual([
        "country",
        "founded",
        "handle",
        "invitation e-mail",
        "members",
        "name",
        "region",
        "register",
        "sector",
        "theme",
        "website",
        "year",
      ]);
    }
    const { good, faulty } = await readMembers(db, node, csv(rows));
    expect(await addMembers(db, good, null, now)).toMatchObject({ added: 370, unchanged: 0 });
    // Drafts are private: there is neither a record nor a change.
    expect(await changes.head(db)).toBe(0);
    expect(await coops.count(db)).toEqual({ hosted: 0, followable: 0 });

    // Mended, the rest is read again by itself.
    const sheet = parse(faultyAsCsv(faulty), { columns: true, bom: true }) as TableCells[];
    expect(sheet).toHaveLength(30);
    expect(sheet[0]?.["what is wrong"]).toMatch(/^handle: a handle has /);
    const right = new Map(federationRows(400).map((row) => [row["registration number"], row]));
    const mended = sheet.map((row) => right.get(row["registration number"]) ?? row);
    expect(await bring(db, node, mended)).toMatchObject({ added: 30 });
    expect(await members.count(db)).toEqual({ waiting: 400, fresh: 400 });
  });

  it("does nothing when the same comes again, and changes what changed", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const rows = federationRows(20);
    await bring(db, node, rows);
    const before = await allWaiting(db);
    expect(await bring(db, node, rows, now + 1)).toEqual({
      added: 0,
      changed: 0,
      unchanged: 20,
      left: 0,
    });
    expect(await allWaiting(db)).toEqual(before);
    // By its registration a co-op is found although its name and handle changed.
    const renamed = rows.map((row, at) =>
      at === 3 ? { ...row, name: "New Name", handle: "new_name" } : row,
    );
    expect(await bring(db, node, renamed, now + 2)).toMatchObject({ changed: 1, unchanged: 19 });
    const coop = await coops.byHandle(db, "new_name");
    expect(coop?.draft).toContain("New Name");
    expect(await coops.byHandle(db, "member_3")).toBeUndefined();
    // Without one, by its handle.
    const bare = { name: "Bare", handle: "bare", country: "GB" };
    expect(await bring(db, node, [bare])).toMatchObject({ added: 1 });
    expect(await bring(db, node, [{ ...bare, locality: "Leeds" }])).toMatchObject({ changed: 1 });
  });

  it("publishes as the co-op’s own when it says yes, once, and invites its owner", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    await bring(db, node, [{ ...federationRows(1)[0], summary: "We are here." }]);
    const [void_] = await makeYesLinks(db, asker, now);
    const [link] = await makeYesLinks(db, asker, now);
    await expect(readQuestion(db, node, void_?.token ?? "", now)).rejects.toMatchObject({
      code: "not-found",
    });
    const token = link?.token ?? "";
    expect(link).toMatchObject({ handle: "member_0", email: "office0@member.example" });
    const { coop: asked, listing, asker: who0 } = await readQuestion(db, node, token, now);
    const { id } = asked;
    expect([listing.preferredUsername, who0]).toEqual(["member_0", "Federation of Example"]);
    const said = await Promise.allSettled([
      sayYes(db, node, token, now + 1),
      sayYes(db, node, token, now + 1),
    ]);
    expect(said.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await listings(db)).toMatchObject([
      { preferredUsername: "member_0", provenance: { kind: "claimed" } },
    ]);
    const yes = said.find(({ status }) => status === "fulfilled") as PromiseFulfilledResult<
      Awaited<ReturnType<typeof sayYes>>
    >;
    const who = { name: "ada", password: "correct horse battery" };
    const { account } = await acceptInvitation(db, yes.value.invitation, who, now + 2);
    expect(await roles.of(db, account)).toMatchObject([{ coop: id, role: "owner" }]);
    // Where to write to is forgotten; the introduction is pinned.
    expect(
      (await members.matching(db, { handles: ["member_0"], registrations: [] }))[0],
    ).toMatchObject({ email: null, answered: now + 1 });
    expect(await posts.pinned(db, id)).toHaveLength(1);
    // From now on the spreadsheet has no say.
    const again = { ...federationRows(1)[0], name: "Other" };
    expect(await bring(db, node, [again])).toMatchObject({ left: 1 });
    expect(await allWaiting(db)).toEqual([]);
  });

  it("remembers nothing of a co-op that says no", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    await bring(db, node, federationRows(1));
    const [link] = await makeYesLinks(db, asker, now);
    await sayNo(db, node, link?.token ?? "", now);
    for (const table of ["coop", "member", "link", "record", "change", "revision"] as const) {
      expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([]);
    }
    await expect(sayYes(db, node, link?.token ?? "", now)).rejects.toMatchObject({
      code: "not-found",
    });
    // Its handle is free again.
    await addCoop(db, node, "member_0", bakery(), now);
  });

  it("publishes all under a mandate, with what the newer spreadsheet says later", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const rows = federationRows(12);
    await bring(db, node, rows);
    const [link] = await makeYesLinks(db, asker, now);
    const steps: number[] = [];
    const clock = () => now + steps.length;
    const progress = ({ published }: { published: number }) => void steps.push(published);
    const done = await publishUnderMandate(db, node, mandate, "admin00000", clock, progress);
    expect(done).toEqual({ of: 12, published: 12, refused: [] });
    expect(steps).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    const published = await listings(db);
    expect(published).toHaveLength(12);
    const { person: _, ...told } = mandate;
    expect(published[0]?.provenance).toEqual({ kind: "mandated", mandate: told });
    expect(JSON.stringify(published)).not.toMatch(/Ada|office0/);
    const coop = await coops.byHandle(db, "member_5");
    expect(await mandates.live(db, coop?.id ?? "")).toMatchObject({ recordedBy: "admin00000" });
    // Who has been published is asked nothing any more.
    await expect(sayYes(db, node, link?.token ?? "", now)).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await makeYesLinks(db, asker, now)).toEqual([]);

    const newer = rows.map((row, at) => (at === 5 ? { ...row, name: "Renamed" } : row));
    expect(await bring(db, node, newer)).toMatchObject({ changed: 1, unchanged: 11 });
    expect(await members.count(db)).toEqual({ waiting: 1, fresh: 0 });
    await publishUnderMandate(db, node, mandate, null, () => now + 99);
    expect((await listings(db)).map(({ name }) => name)).toContain("Renamed");
    expect(await allWaiting(db)).toEqual([]);
  });

  it("records no mandate in which something is wrong", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    await bring(db, node, federationRows(2));
    const bad = { ...mandate, person: "", date: "soon" };
    await expect(publishUnderMandate(db, node, bad, null, () => now)).rejects.toThrow(
      /date: .*person: /,
    );
    expect(await listings(db)).toEqual([]);
    expect(await allWaiting(db)).toHaveLength(2);
  });
});

it("knows the example of the template, reads a row like it, and every row again as it was", async () => {
  await using store = await freshStore("sqlite");
  const { db } = store;
  const node = await loadIdentity(db, "https://a.example", now);
  const template = memberTemplate();
  const asIs = { bytes: Buffer.from(template), name: "template.csv" };
  expect(await readMembers(db, node, asIs)).toMatchObject({
    good: [],
    faulty: [{ row: 2, faults: [{ why: "it is the example of the template: delete this row" }] }],
  });
  const bytes = Buffer.from(template.replace("Panificio del Borgo", "Panificio del Ponte"));
  const { good, faulty } = await readMembers(db, node, { bytes, name: "template.csv" });
  expect(faulty).toEqual([]);
  expect(good).toMatchObject([
    {
      handle: "panificio_del_borgo",
      registration: "IT-REA:SP123456",
      email: "info@panificiodelborgo.example",
      content: {
        activity: ["isic4:1071"],
        theme: ["food", "work"],
        coopType: "worker",
        figures: [{ year: 2025, members: 14 }],
        location: { address: { addressCountry: "IT" }, region: ["iso3166-2:IT-42"] },
      },
    },
  ]);
  const tricky = {
    ...federationRows(1)[0],
    name: "@home",
    summary: '-1, "2"\n\'+3',
    locality: "'=x",
  };
  const first = await readMembers(db, node, {
    bytes: Buffer.from(rowsAsCsv([{ cells: cellsOf(tricky) }])),
    name: "rows.csv",
  });
  expect(first.good[0]?.cells).toEqual(cellsOf(tricky));
});

it("lets no formula out, and says what doesn’t concern a cell", async () => {
  await using store = await freshStore("sqlite");
  const { db } = store;
  const node = await loadIdentity(db, "https://a.example", now);
  const read = (text: string) =>
    readMembers(db, node, { bytes: Buffer.from(text), name: "members.csv" });
  const { faulty } = await read("name,country,extra\n@cmd|calc,Nowhere,1\n");
  expect(faultyAsCsv(faulty)).toContain("\r\n'@cmd|calc,");
  expect((await read("Name,COUNTRY,extra\nA,GB,1\n")).ignored).toEqual(["extra"]);
  await expect(read("name,land\nA,GB\n")).rejects.toThrow(/lacks the column “country”/);
  await expect(read("name,country\n")).rejects.toThrow(/has no rows/);
  const many = `name,country\n${Array.from({ length: 2001 }, (_, at) => `Co-op ${at},GB`).join("\n")}`;
  await expect(read(many)).rejects.toThrow(/more than 2000 rows/);
  await addCoop(db, node, "taken", bakery(), now);
  const twice = await read(
    "name,country,handle\nA,GB,same\nB,GB,same\nC,GB,taken\n生活,JP,\nD,GB,d\n",
  );
  expect(twice.good.map(({ row }) => row)).toEqual([2, 6]);
  expect(twice.faulty.map(({ row, faults }) => [row, faults[0]?.why])).toEqual([
    [3, "@same stands in row 2, too"],
    [4, "@taken is taken by another co-op of this node: write another one"],
    [5, "it can’t be made from this name: write one"],
  ]);
});

function cellsOf(row: TableCells): string[] {
  const [names = []] = parse(memberTemplate(), { bom: true });
  return names.map((name) => row[name] ?? "");
}
