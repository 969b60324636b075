import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import type { Listing, ListingContent } from "../../src/coop/listing.ts";
import { applyImport } from "../../src/directory/apply-import.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { openRegister, type Mapping, mapRegister } from "../../src/directory/mapping.ts";
import { ownMapping, mappings } from "../../src/directory/sources/mappings.ts";
import {
  demandConsent,
  type Finding,
  type ImportPlan,
  planImport,
} from "../../src/directory/plan-import.ts";
import { addCoop } from "../../src/directory/publish.ts";
import type { TableSource } from "../../src/directory/tables/table.ts";
import { withdraw } from "../../src/directory/withdraw.ts";
import * as changes from "../../src/store/changes.ts";
import * as coops from "../../src/store/coops.ts";
import * as imports from "../../src/store/imports.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import type { Engine } from "../../src/store/dialect.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { bakery } from "../helpers/nodes.ts";
import { archive, workbook, workbookFiles } from "../helpers/workbook.ts";

const now = Date.UTC(2026, 10, 22);
const fixtures = join(import.meta.dirname, "../../fixtures");

/** What comes along. */
const sets = {
  uk: { as: "uk-2023", file: "coops-uk-2023/standard.Q2-2023.postcodes.csv" },
  ncua2013: { as: "ncua", file: "us-ncua/foicu-2013-12.txt" },
  ncua2017: { as: "ncua", file: "us-ncua/foicu-2017-12.txt" },
  eia: { as: "eia-861", file: "us-eia861-2018/eia861_2018_cooperatives.csv" },
  susy: { as: "susy", file: "susy/initiatives.geojson" },
} as const;

type Outcomes = Record<"uk" | "eia" | "susy", { part?: string; rows: number; listings: number }> & {
  ncua: { part?: string } & Record<"before" | "rows" | "add" | "change" | "same" | "gone", number>;
};

/**
 * What it comes to. The large registers are imported whole on SQLite, and on
 * PostgreSQL the tenth whose keys end in 4: reading and mapping them is the same.
 */
const outcomes: Record<Engine, Outcomes> = {
  sqlite: {
    uk: { rows: 7387, listings: 7387 },
    eia: { rows: 755, listings: 755 },
    susy: { rows: 1794, listings: 139 },
    ncua: { before: 6687, rows: 5689, add: 92, change: 2567, same: 3030, gone: 1090 },
  },
  postgres: {
    uk: { part: "4", rows: 752, listings: 752 },
    eia: { rows: 755, listings: 755 },
    susy: { rows: 1794, listings: 139 },
    ncua: { part: "4", before: 664, rows: 557, add: 8, change: 248, same: 301, gone: 115 },
  },
};

function mappingFor(name: string): Mapping {
  const mapping = mappings[name];
  if (mapping === undefined) throw new Error(`no mapping ${name}`);
  return mapping;
}

/** A register, or the rows of it whose keys, in its first column, end so. */
function source(file: string, part: string | undefined): TableSource {
  const path = join(fixtures, file);
  if (part === undefined) return { path };
  const [head = "", ...rows] = readFileSync(path, "utf8").split("\n");
  const kept = rows.filter((row) => row.split(",")[0]?.endsWith(part));
  return { bytes: Buffer.from([head, ...kept, ""].join("\n")), name: file };
}

interface Wanted {
  part?: string | undefined;
  note?: (found: Finding) => void;
}

async function plan(db: Db, node: Identity, set: keyof typeof sets, wanted: Wanted = {}) {
  const { as, file } = sets[set];
  const register = await openRegister(mappingFor(as), source(file, wanted.part));
  return planImport(db, node, register, wanted.note);
}

async function run(
  db: Db,
  node: Identity,
  set: keyof typeof sets,
  { part, close = false }: { part?: string | undefined; close?: boolean } = {},
) {
  return applyImport(db, node, await plan(db, node, set, { part }), { close }, () => now);
}

/** Everything that the node lists, by name. */
async function listings(db: Db): Promise<Listing[]> {
  const all: Listing[] = [];
  for (let seq = 0; ;) {
    const page = await records.after(db, seq, 1000);
    for (const { body } of page) {
      const { about } = JSON.parse(Buffer.from(body).toString()) as { about: Listing };
      all.push(about);
    }
    seq = page.at(-1)?.seq ?? 0;
    if (page.length < 1000) return all;
  }
}

/** What no imported listing may hold. */
const persons =
  /\bc\/o\b|\bcare of\b|\battn\b|[^\s@"]+@[^\s@"]+\.[a-z]{2,}|"(?:email|telephone|streetAddress)"/i;

eachEngine("importing", (engine) => {
  it.each(["uk", "eia", "susy"] as const)(
    "%s, and a second time nothing changes",
    async (set) => {
      await using store = await freshStore(engine);
      const { db } = store;
      const node = await loadIdentity(db, "https://a.example", now);
      const { part, rows, listings: count } = outcomes[engine][set];
      const first = await run(db, node, set, { part });
      expect(first).toMatchObject({
        rows,
        added: count,
        changed: 0,
        unchanged: 0,
        refusedCount: 0,
      });
      const all = await listings(db);
      expect(all).toHaveLength(count);
      expect(JSON.stringify(all)).not.toMatch(persons);
      expect(all.every(({ provenance }) => provenance.kind === "imported")).toBe(true);

      const seq = await changes.head(db);
      const again = await plan(db, node, set, { part });
      expect(again).toMatchObject({ rows, add: 0, change: 0, same: count, refused: 0 });
      expect(again.gone.ids).toEqual([]);
      const second = await applyImport(db, node, again, { close: true }, () => now + 1);
      expect(second).toMatchObject({ added: 0, changed: 0, unchanged: count, closed: 0 });
      expect(await changes.head(db)).toBe(seq);
      expect(await imports.latest(db, 10)).toMatchObject([
        { source: mappingFor(sets[set].as).name, unchanged: count, finished: now + 1 },
        { rows, added: count, finished: now, fault: null },
      ]);
    },
    120_000,
  );

  it("a newer edition of the NCUA changes, adds and, when told so, closes; an older is refused", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const { part, before, rows, ...expected } = outcomes[engine].ncua;
    const { add, change, same } = expected;
    expect(await run(db, node, "ncua2013", { part })).toMatchObject({ added: before });
    const gone: Finding[] = [];
    const note = (finding: Finding) => void gone.push(finding);
    const newer = await plan(db, node, "ncua2017", { part, note });
    expect(newer).toMatchObject({ rows, add, change, same, reopen: 0 });
    expect(newer.gone).toMatchObject({ of: before });
    expect(newer.gone.ids).toHaveLength(expected.gone);
    expect(gone.filter(({ kind }) => kind === "gone")).toHaveLength(expected.gone);
    const done = await applyImport(db, node, newer, { close: true }, () => now);
    const outcome = { added: add, changed: change, unchanged: same, closed: expected.gone };
    expect(done).toMatchObject(outcome);
    const all = await listings(db);
    expect(all).toHaveLength(before + add);
    expect(all.filter(({ status }) => status === "closed")).toHaveLength(expected.gone);
    const end = await changes.head(db);
    expect(await run(db, node, "ncua2017", { part, close: true })).toMatchObject({
      changed: 0,
      closed: 0,
    });
    expect(await changes.head(db)).toBe(end);

    await expect(run(db, node, "ncua2013", { part })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("the edition 2013-12-31, and 2017-12-31 has been imported"),
    });
    expect(await changes.head(db)).toBe(end);
  }, 240_000);

  it("claimed, withdrawn and deleted listings are left alone, whatever the register says", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    await table(db, node, [
      ["1", "One"],
      ["2", "Two"],
      ["3", "Three"],
    ]);
    const known = await coops.bySourceKeys(db, "own-register", ["1", "2"]);
    await withdraw(db, node, known.get("1")?.id ?? "", now);
    const claimed = known.get("2");
    await db
      .updateTable("coop")
      .set({ content: "{}" })
      .where("id", "=", claimed?.id ?? "")
      .execute();
    const seq = await changes.head(db);
    const renamed = await tablePlan(db, node, [
      ["1", "Uno"],
      ["2", "Due"],
      ["3", "Three"],
    ]);
    expect(renamed).toMatchObject({ leave: 2, same: 1, add: 0, change: 0 });
    expect(await applyImport(db, node, renamed, {}, () => now)).toMatchObject({ leftAlone: 2 });
    const emptied = await tablePlan(db, node, [["4", "Four"]]);
    expect(emptied.gone).toMatchObject({ of: 1, ids: [expect.any(String)] });
    expect(await changes.head(db)).toBe(seq);
  });

  it("closes what has gone only when told so, and opens again what comes back", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const all = ["One", "Two", "Three", "Four"].map((name, at) => [String(at), name]);
    const states = async () => (await listings(db)).map(({ name, status }) => `${name} ${status}`);
    await table(db, node, all);
    const less = await tablePlan(db, node, all.slice(1));
    expect(less.gone).toMatchObject({ of: 4, ids: [expect.any(String)] });
    await applyImport(db, node, less, {}, () => now);
    expect(await states()).not.toContain("One closed");
    expect(await applyImport(db, node, less, { close: true }, () => now)).toMatchObject({
      closed: 1,
    });
    expect(await states()).toContain("One closed");
    // It is closed already, and one listing less is left of the register.
    expect((await tablePlan(db, node, all.slice(1))).gone).toEqual({ of: 3, ids: [] });
    const back = await tablePlan(db, node, all);
    expect(back).toMatchObject({ reopen: 1, same: 3, change: 0 });
    expect(await applyImport(db, node, back, {}, () => now)).toMatchObject({ changed: 1 });
    expect(await states()).toContain("One active");
  });

  it("closes more than a third only when somebody insists", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    await table(db, node, [
      ["1", "One"],
      ["2", "Two"],
      ["3", "Three"],
    ]);
    const part = await tablePlan(db, node, [["1", "One"]]);
    expect(() => demandConsent(part, { close: true })).toThrow("2 of 3 listings would be closed");
    await expect(applyImport(db, node, part, { close: true }, () => now)).rejects.toThrow("30 %");
    expect(await applyImport(db, node, part, {}, () => now)).toMatchObject({ closed: 0 });
    const insisted = await applyImport(db, node, part, { close: true, force: true }, () => now);
    expect(insisted).toMatchObject({ closed: 2 });
  });

  it("carries on where it was broken off", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const whole = await plan(db, node, "eia");
    let batches = 0;
    const broken = applyImport(db, node, whole, {}, () => {
      batches += 1;
      // The first call notes the beginning, each other one begins a batch.
      if (batches === 3) throw new Error("the power went");
      return now;
    });
    await expect(broken).rejects.toThrow("the power went");
    expect(await listings(db)).toHaveLength(200);
    expect(await imports.latest(db, 1)).toMatchObject([
      { finished: null, fault: "it broke off: see the log", added: 200, done: 200 },
    ]);
    const rest = await plan(db, node, "eia");
    expect(rest).toMatchObject({ add: 555, same: 200 });
    await applyImport(db, node, rest, {}, () => now);
    expect(await listings(db)).toHaveLength(755);
  }, 60_000);

  it("says what looks like something that is there, and merges nothing", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const registered = { type: "PropertyValue", propertyID: "GB-COH", value: "SC399880" } as const;
    await addCoop(db, node, "fencers", bakery({ name: "Fencers", identifier: [registered] }), now);
    await addCoop(db, node, "cafe", bakery({ name: "Café  Gare!" }), now);
    await addCoop(db, node, "shop", bakery({ name: "Shop", url: "http://www.shop.example/" }), now);
    const rows = [
      ["1", "Argyll Fencers", "sc 399880", "Crianlarich", ""],
      ["2", "Cafe Gare", "", "RIMOUSKI", ""],
      ["3", "The Shop", "", "Oban", "https://shop.example"],
      ["4", "The Other Shop", "", "Oban", "shop.example/other"],
      ["5", "The other shop.", "", "Oban", ""],
    ];
    const found: Finding[] = [];
    const planned = await tablePlan(db, node, rows, (finding) => found.push(finding));
    expect(planned).toMatchObject({ add: 5, alike: 4, refused: 0 });
    const said = found.map(({ row, why }) => `${row}: ${why.replace(/coops\/\w+/, "coops/…")}`);
    const listed = (what: string, by: string) =>
      `the directory lists “${what}” with the same ${by}: https://a.example/coops/…`;
    expect(new Set(said)).toEqual(
      new Set([
        `2: ${listed("Fencers", "registration")}`,
        `3: ${listed("Café  Gare!", "name and place")}`,
        `4: ${listed("Shop", "website")}`,
        "6: row 5, “The Other Shop”, has the same name and place",
      ]),
    );
    expect(await applyImport(db, node, planned, {}, () => now)).toMatchObject({ added: 5 });
    // What the register itself has brought is no likeness.
    expect(await tablePlan(db, node, rows)).toMatchObject({ same: 5, alike: 4 });
  });

  it("imports no other file than the one that was looked at", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const node = await loadIdentity(db, "https://a.example", now);
    const bytes = Buffer.from("id,name,number,town,site\n1,One,,Oban,\n");
    const register = await openRegister(own(), { bytes, name: "a.csv" });
    const planned = await planImport(db, node, register);
    bytes.write("X", bytes.indexOf("One"));
    await expect(applyImport(db, node, planned, {}, () => now)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await listings(db)).toEqual([]);
  });
});

/** A register of a federation, as its mapping describes it. */
function own(): Mapping {
  const mapping = {
    name: "own-register",
    title: "Register of a federation",
    source: { url: "https://federation.example/", license: "CC0-1.0" },
    edition: "2026",
    key: "id",
    listing: {
      name: { column: "name" },
      url: { column: "site", as: "website" },
      identifier: [{ propertyID: "GB-COH", value: { column: "number" } }],
      location: { address: { addressLocality: { column: "town" }, addressCountry: "CA" } },
    },
  };
  return ownMapping(JSON.stringify(mapping), "own.json");
}

async function tablePlan(
  db: Db,
  node: Identity,
  rows: string[][],
  note?: (finding: Finding) => void,
): Promise<ImportPlan> {
  const lines = rows.map((cells) => [...cells, "", "", "", ""].slice(0, 5).join(","));
  const text = `id,name,number,town,site\n${lines.join("\n")}\n`;
  const register = await openRegister(own(), { bytes: Buffer.from(text), name: "own.csv" });
  return planImport(db, node, register, note);
}

async function table(db: Db, node: Identity, rows: string[][]) {
  return applyImport(db, node, await tablePlan(db, node, rows), {}, () => now);
}

const header = "CU_NUMBER,CYCLE_DATE,CU_TYPE,CU_NAME,CITY,STATE,ZIP_CODE,YEAR_OPENED";
const good = "1,12/31/2017 0:00:00,1,ALPHA,Oban,TX,75501,1934";
const sheet = [header.split(","), good.split(",")];

test.each<[what: string, bytes: string | Buffer, fault: RegExp]>([
  [
    "in another encoding",
    Buffer.from(`${header}\n${good}\n${good.replace("ALPHA", "ÉTOILE")}\n`, "latin1"),
    /row 3, column D: this is not UTF-8/,
  ],
  [
    "without a column",
    `${header.replace("STATE,", "")}\n${good.replace("TX,", "")}\n`,
    /row 1: the column “STATE” can’t be found/,
  ],
  [
    "with a cell of 100,000 characters",
    `${header}\n${good}\n${good.replace("ALPHA", "A".repeat(100_000))}\n`,
    /row 3, column “CU_NAME”: the cell has 100000 characters/,
  ],
  [
    "with a formula",
    `${header}\n${good}\n${good.replace("ALPHA", '"=cmd|A1"')}\n`,
    /row 3, column “CU_NAME”: the cell holds a formula/,
  ],
  [
    "that is a workbook with a formula",
    workbook([{ name: "1", rows: [...sheet, [{ xml: "<c><f>1+1</f><v>2</v></c>" }]] }]),
    /row 3, column A: the cell holds a formula/,
  ],
  [
    "that is a zip bomb",
    archive(
      workbookFiles([{ name: "1", rows: sheet }]).map((file) =>
        file.name.includes("sheet1")
          ? {
              ...file,
              content: `<worksheet><sheetData>${"<row><c/></row>".repeat(2_000_000)}</sheetData></worksheet>`,
            }
          : file,
      ),
    ),
    /unpacks to more than 10 MB/,
  ],
  [
    "that breaks off",
    `${header}\n${good}\n${good.slice(0, 20)}`,
    /row 3: there are 2 cells in this row and 8/,
  ],
  ["that is empty", "", /the file is empty/],
  ["with nothing below the header", `${header}\n`, /there are no rows below the header/],
  [
    "with a column twice",
    `${header},CITY\n${good},Oban\n`,
    /the columns E and I are both called “CITY”/,
  ],
  [
    "with an open quotation mark",
    `${header}\n${good}\n"${good}\n`,
    /row 3, column A: a quotation mark is opened and never closed/,
  ],
  [
    "with a NUL",
    `${header}\n${good}\n${good.replace("ALPHA", "AL\0PHA")}\n`,
    /row 3, column “CU_NAME”: .*\(NUL\)/,
  ],
  [
    "that doesn't say of when it is",
    `${header}\n${good.replace("12/31/2017", "soon")}\n`,
    /row 2: this row doesn’t say of which edition it is/,
  ],
])("a file %s leaves the directory as it was", async (_, bytes, fault) => {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://a.example", now);
  const seq = await changes.head(store.db);
  const planned = openRegister(mappingFor("ncua"), {
    bytes: Buffer.from(bytes),
    name: "foicu.txt",
  }).then((register) => planImport(store.db, node, register));
  await expect(planned).rejects.toMatchObject({
    name: "AppError",
    message: expect.stringMatching(fault),
  });
  expect(await changes.head(store.db)).toBe(seq);
  expect(await imports.latest(store.db, 1)).toEqual([]);
});

test("rows that are not fit are refused one by one, with the row and the reason", async () => {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://a.example", now);
  const lines = [
    good,
    good, // the key again
    "2,12/31/2017,1,,Oban,TX,75501,1934",
    "3,12/31/2013,1,GAMMA,Oban,TX,75501,1934",
    "4,12/31/2017,9,DELTA,Oban,ZZ,75501,199",
  ];
  const bytes = Buffer.from(`${header}\n${lines.join("\n")}\n`);
  const register = await openRegister(mappingFor("ncua"), { bytes, name: "foicu.txt" });
  const planned = await planImport(store.db, node, register);
  expect(planned).toMatchObject({ rows: 5, add: 2, refused: 3, doubtful: 1 });
  expect(planned.findings.map(({ row, kind, why }) => `${row} ${kind}: ${why}`)).toEqual([
    "3 refused: the key 1 stands twice",
    expect.stringMatching(/^4 refused: the listing “undefined” can't be published: name: /),
    "5 refused: the row is of the edition 2013-12-31, the first of 2017-12-31",
    "6 doubtful: column CU_TYPE: “9” is not in the table of the mapping: it is left out",
    "6 doubtful: column YEAR_OPENED: “199” is no date: it is left out",
    "6 doubtful: column STATE: “ZZ” is no region of ISO 3166-2: it is left out",
  ]);
});

/** What each built-in mapping makes of a row that tells much. */
test("customers are not members; parts are added up, the largest state is where a co-op counts", async () => {
  const path = join(fixtures, sets.eia.file);
  const all = new Map<string, ListingContent>();
  for await (const row of mapRegister(await openRegister(mappingFor("eia-861"), { path }))) {
    if ("content" in row) all.set(row.key, row.content);
  }
  expect(all.size).toBe(755);
  expect(JSON.stringify([...all.values()])).not.toContain('"members":');
  expect(all.get("84")).toEqual({
    name: "A & N Electric Coop",
    identifier: [{ type: "PropertyValue", propertyID: "ZZ-EIA", value: "84" }],
    coopType: "consumer-user",
    stakeholders: [{ key: "members", kind: "user", name: "Members" }],
    activity: ["isic4:3510"],
    theme: ["energy"],
    location: {
      type: "Place",
      address: { type: "PostalAddress", addressCountry: "US" },
      region: ["iso3166-2:US-VA"],
    },
    areaServed: ["iso3166-2:US-VA", "iso3166-2:US-MD"],
    figures: [
      {
        year: 2018,
        turnover: 78_076_400,
        currency: "USD",
        source: "EIA-861: revenue from sales to ultimate customers",
      },
    ],
    provenance: {
      kind: "imported",
      isBasedOn: "https://www.eia.gov/electricity/data/eia861/",
      creditText: "U.S. Energy Information Administration, Form EIA-861",
      license: "LicenseRef-US-Government-Work",
      retrieved: "2018",
    },
    license: "LicenseRef-US-Government-Work",
    discoverable: false,
    indexable: false,
  });
});

test("SUSY: only what says that it is a co-op, in the country that was meant", async () => {
  const path = join(fixtures, sets.susy.file);
  const taken = new Map<string, ListingContent>();
  const skipped: Record<string, number> = {};
  for await (const row of mapRegister(await openRegister(mappingFor("susy"), { path }))) {
    if ("content" in row) taken.set(row.content.name, row.content);
    if ("skipped" in row) skipped[row.skipped] = (skipped[row.skipped] ?? 0) + 1;
  }
  expect(skipped).toEqual({ "nothing in the row says that it is a co-op": 1655 });
  const countryOf = (name: string) => taken.get(name)?.location?.address.addressCountry;
  expect(countryOf("OKRASA, výrobné družstvo")).toBe("SK");
  expect(countryOf("Genossenschaft für Gemeinwohl")).toBe("AT");
  expect(countryOf("Bristol Energy Cooperative")).toBe("GB");
  expect(countryOf("Γυναικείος Αγροτικός Συνεταιρισμός Αγ. Αντωνίου Θεσσαλονίκης")).toBe("GR");
  expect(taken.get("Unicorn")).toMatchObject({ coopType: "worker" });
  for (const name of ["Home for Cooperation", "Tea People Ltd", "Growing Health", "Food Coops"]) {
    expect(taken.has(name), name).toBe(false);
  }
});
