import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readTable,
  type TableOptions,
  type TableRow,
} from "../../src/directory/tables/read-table.ts";
import { archive, type Cell, workbook, workbookFiles } from "../helpers/workbook.ts";

async function read(
  bytes: string | Buffer,
  options: TableOptions = {},
  name = "members.csv",
): Promise<TableRow[]> {
  return Array.fromAsync(readTable({ bytes: Buffer.from(bytes), name }, options));
}

const csv = (bytes: string | Buffer) => read(bytes);
const sheet = (rows: Cell[][], formats?: (string | number)[], from1904 = false) =>
  read(
    workbook([{ name: "Members", rows }], { from1904, ...(formats !== undefined && { formats }) }),
    {},
    "members.xlsx",
  );

describe("CSV", () => {
  test("rows are counted as spreadsheets do, empty ones left out", async () => {
    expect(await csv('Name,Town\r\n"Two\nlines",Rennes\r\n\r\n,\r\nLast,"a ""b"", c"\r\n')).toEqual(
      [
        { row: 2, cells: { Name: "Two\nlines", Town: "Rennes" } },
        { row: 5, cells: { Name: "Last", Town: 'a "b", c' } },
      ],
    );
  });

  test.each([
    ["commas", "a,b\n1,2\n"],
    ["semicolons", "a;b\n1;2\n"],
    ["tabs", "a\tb\n1\t2\n"],
    ["a mark at the beginning", "\uFEFFa;b\n1;2"],
    ["old line ends", "a,b\r1,2\r"],
  ])("reads %s", async (_, text) => {
    expect(await csv(text)).toEqual([{ row: 2, cells: { a: "1", b: "2" } }]);
  });

  test("what is in the first row counts for the delimiter, but not in quotation marks", async () => {
    expect(await csv('"a;b;c;d",e\n1,2')).toEqual([{ row: 2, cells: { "a;b;c;d": "1", e: "2" } }]);
  });

  test("reads from a file, and says what it can't open", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fragaria-table-"));
    const path = join(folder, "a.csv");
    const lines = Array.from({ length: 30_000 }, (_, at) => `Žižkov ${at},東京\n`);
    writeFileSync(path, `Name,Town\n${lines.join("")}`);
    const rows = await Array.fromAsync(readTable({ path }));
    expect(rows).toHaveLength(30_000);
    expect(rows.at(-1)).toEqual({ row: 30_001, cells: { Name: "Žižkov 29999", Town: "東京" } });
    await expect(Array.fromAsync(readTable({ path: folder }))).rejects.toThrow("this is a folder");
    await expect(Array.fromAsync(readTable({ path: `${path}x` }))).rejects.toThrow("no such file");
    rmSync(folder, { recursive: true });
  });

  test("any cells come back", async () => {
    const cell = fc
      .string({ unit: "grapheme", maxLength: 20 })
      .filter((text) => !/^=|\0/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(",", ";", "\t"),
        async (rows, delimiter) => {
          const quoted = [["a", "b"], ...rows].map((values) =>
            values.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter),
          );
          const kept = rows
            .map(([a, b], at) => ({ row: at + 2, cells: { a, b } }))
            .filter(({ cells }) => `${cells.a}${cells.b}`.trim() !== "");
          expect(await csv(quoted.join("\r\n"))).toEqual(kept);
        },
      ),
    );
  });
});

describe("workbooks", () => {
  test("cells come as people see them", async () => {
    const styled = (s: number, v: number) => ({ xml: `<c s="${s}"><v>${v}</v></c>` });
    const formats = ["0.00", 14, "yyyy", "mmm yyyy", "00000000", "0%", '#,##0.00 "€/d"', "h:mm"];
    const [first] = await sheet(
      [
        ["text", "sum", "day", "year", "month", "number", "share", "euros", "time", "yes", "in"],
        [
          " <Lúčka> & co ",
          { xml: "<c><v>0.30000000000000004</v></c>" },
          styled(1, 45_443),
          styled(2, 35_551),
          styled(3, 35_551),
          styled(4, 123_456),
          styled(5, 0.125),
          styled(6, 1234.5),
          styled(7, 0.75),
          { xml: '<c t="b"><v>1</v></c>' },
          { xml: '<c t="inlineStr"><is><r><t>a</t></r><r><t>b_x0009_</t></r></is></c>' },
        ],
      ],
      formats,
    );
    expect(first).toEqual({
      row: 2,
      cells: {
        text: " <Lúčka> & co ",
        sum: "0.3",
        day: "2024-05-31",
        year: "1997",
        month: "1997-05",
        number: "00123456",
        share: "12.5%",
        euros: "1234.5",
        time: "18:00:00",
        yes: "TRUE",
        in: "ab\t",
      },
    });
  });

  test.each([
    [1, false, "1900-01-01"],
    [59, false, "1900-02-28"],
    [61, false, "1900-03-01"],
    [45_443.5, false, "2024-05-31"],
    [0, true, "1904-01-01"],
    [43_981, true, "2024-05-31"],
    [-1, false, "-1"],
    [1e9, false, "1000000000"],
  ])("day %s is %s", async (serial, from1904, day) => {
    const rows = await sheet([["a"], [{ xml: `<c s="0"><v>${serial}</v></c>` }]], [14], from1904);
    expect(rows[0]?.cells["a"]).toBe(day);
  });

  test("rows keep their numbers, columns their places", async () => {
    const rows = await sheet([[], ["a", null, "b"], [], [null, "unnamed", "2", "beyond"], ["3"]]);
    expect(rows).toEqual([
      { row: 4, cells: { a: "", b: "2" } },
      { row: 5, cells: { a: "3", b: "" } },
    ]);
  });

  test("the first sheet that can be seen, or one by its name", async () => {
    const bytes = workbook([
      { name: "Secret", rows: [["a"], ["0"]], hidden: true },
      { name: "Notes", rows: [["a"], ["1"]] },
      { name: "R&D", rows: [["title"], ["a"], ["2"]] },
    ]);
    const value = async (options: TableOptions) => (await read(bytes, options))[0]?.cells["a"];
    expect(await value({})).toBe("1");
    expect(await value({ sheet: "R&D", header: 2 })).toBe("2");
    await expect(read(bytes, { sheet: "Members" })).rejects.toThrow(
      "there is no sheet “Members”; there are: “Secret”, “Notes”, “R&D”",
    );
  });

  test("a workbook of half a million cells is read without being held", async () => {
    const rows = Array.from({ length: 25_000 }, (_, at) =>
      Array.from({ length: 20 }, (_, column) => (at === 0 ? `c${column}` : at * column)),
    );
    const bytes = workbook([{ name: "Large", rows }]);
    let seen = 0;
    for await (const { row, cells } of readTable({ bytes, name: "large.xlsx" })) {
      seen += 1;
      if (row === 25_000) expect(cells["c19"]).toBe(String(24_999 * 19));
    }
    expect(seen).toBe(24_999);
  });
});

test("GeoJSON: a column for each property, and the point", async () => {
  const features = [
    {
      type: "Feature",
      properties: { name: "A", n: 1 },
      geometry: { type: "Point", coordinates: [2.5, 51] },
    },
    { type: "Feature", properties: { name: "B", tags: ["x"] }, geometry: null },
  ];
  expect(await read(` ${JSON.stringify({ type: "FeatureCollection", features })}`)).toEqual([
    {
      row: 1,
      cells: {
        name: "A",
        n: "1",
        tags: "",
        "geometry.longitude": "2.5",
        "geometry.latitude": "51",
      },
    },
    {
      row: 2,
      cells: { name: "B", n: "", tags: "", "geometry.longitude": "", "geometry.latitude": "" },
    },
  ]);
});

const long = "x".repeat(100_000);
const plain = workbookFiles([{ name: "Members", rows: [["Name"], ["One"]] }]);
const replaced = (name: string, content: string | Buffer) =>
  archive(plain.map((file) => (file.name === name ? { ...file, content } : file)));
const whole = archive(plain);

test.each<[what: string, bytes: string | Buffer, fault: string | RegExp]>([
  ["empty", "", "members.csv: the file is empty"],
  ["only blank lines", "\n , \n", "members.csv: there is no row that names the columns"],
  [
    "Windows-1252",
    Buffer.from("Name,Town\nÉtoile,Rennes\nOne,Orl\u00E9ans\n", "latin1"),
    "members.csv, row 2, column A: this is not UTF-8 text: save it as “CSV UTF-8”",
  ],
  [
    "Windows-1252 further on",
    Buffer.concat([Buffer.from("Name,Town\nÉtoile,Rennes\nOne,Orl"), Buffer.from([0xe9])]),
    "members.csv, row 3, column B: this is not UTF-8 text",
  ],
  [
    "half a character at the end",
    Buffer.from("Name\nÉ").subarray(0, 6),
    "members.csv, row 2, column A: this is not UTF-8 text",
  ],
  [
    "a broken character in quotation marks",
    Buffer.from('Name,Town\n"a","b\u00E9', "latin1"),
    "members.csv, row 2, column B: this is not UTF-8 text",
  ],
  [
    "UTF-16",
    Buffer.from("\uFEFFName,Town\nOne,Two\n", "utf16le"),
    "members.csv, row 1: this is UTF-16 text: save it as “CSV UTF-8”",
  ],
  [
    "a missing column",
    "Name,Town\nOne,Two",
    "members.csv, row 1: the column “Country” can’t be found; there are: Name, Town",
  ],
  [
    "a column twice",
    "Name,Country,Name\n1,2,3",
    "members.csv, row 1, column C: the columns A and C are both called “Name”",
  ],
  [
    "a long cell",
    `Country,Name\nFR,One\nFR,${long}\n`,
    "members.csv, row 3, column “Name”: the cell has 100000 characters; at most 32767 are read",
  ],
  [
    "a formula",
    'Country,Name\nFR,"=HYPERLINK(""http://evil.example"")"\n',
    "members.csv, row 2, column “Name”: the cell holds a formula",
  ],
  [
    "too few cells",
    "Country,Name\nFR,One\nFR",
    "members.csv, row 3: there is 1 cell in this row and 2 in the first",
  ],
  [
    "too many cells",
    "Country,Name\nFR,One,Ltd\n",
    "members.csv, row 2: there are 3 cells in this row and 2 in the first",
  ],
  [
    "an open quotation mark",
    'Country,Name\nFR,"One\nFR,Two\n',
    "members.csv, row 2, column B: a quotation mark is opened and never closed",
  ],
  [
    "a quotation mark within",
    'Country,Name\nFR,The "One"\n',
    "members.csv, row 2, column B: a quotation mark stands in the middle",
  ],
  [
    "an open quotation mark before much text",
    `Country,Name\nFR,"${"x\n".repeat(600_000)}`,
    "members.csv, row 2, column B: the row has more than 1000000 characters",
  ],
  [
    "a NUL",
    "Country,Name\nFR,On\0e\n",
    "members.csv, row 2, column “Name”: the cell holds a character that is no text (NUL)",
  ],
  [
    "too many columns",
    `Country,${Array.from({ length: 300 }, (_, at) => `c${at}`).join(",")}\n`,
    "members.csv, row 1: there are 301 columns; at most 200 are read",
  ],
  ["too large", Buffer.alloc(50_000_001, "a"), "members.csv: the file has more than 50 MB"],
  [
    "an old workbook",
    Buffer.from("D0CF11E0A1B11AE1", "hex"),
    "members.csv: this is a workbook with a password, or of Excel before 2007",
  ],
  [
    "an archive of something else",
    archive([{ name: "a.txt", content: "a" }]),
    "members.csv: this is an archive (ZIP), but not an Excel workbook",
  ],
  [
    "a workbook cut off",
    whole.subarray(0, whole.length - 300),
    "members.csv: the file is damaged or breaks off (its directory is missing)",
  ],
  [
    "a workbook with a hole",
    Buffer.concat([whole.subarray(0, 60), Buffer.alloc(40), whole.subarray(100)]),
    "members.csv: the file is damaged",
  ],
  [
    "another checksum",
    archive(plain.map((file) => ({ ...file, claims: { crc: 1 } }))),
    "members.csv: the file is damaged or breaks off (_rels/.rels has another checksum)",
  ],
  [
    "a zip bomb",
    replaced("xl/worksheets/sheet1.xml", `<worksheet><sheetData>${" ".repeat(30_000_000)}`),
    /unpacks to more than 10 MB|has no end/,
  ],
  [
    "a zip bomb of cells, whose size is denied",
    archive(
      plain.map((file) =>
        file.name.includes("sheet1")
          ? {
              ...file,
              content: `<worksheet><sheetData>${"<row></row>".repeat(3_000_000)}</sheetData></worksheet>`,
              claims: { size: 100 },
            }
          : file,
      ),
    ),
    "members.csv: the file unpacks to more than 10 MB (xl/worksheets/sheet1.xml)",
  ],
  [
    "a document type",
    replaced(
      "xl/worksheets/sheet1.xml",
      '<!DOCTYPE lolz [<!ENTITY lol "lol">]><worksheet>&lol;</worksheet>',
    ),
    "members.csv: xl/worksheets/sheet1.xml is no XML of a workbook: it has a document type",
  ],
  [
    "an entity of nowhere",
    replaced("xl/worksheets/sheet1.xml", "<worksheet>&lol;</worksheet>"),
    "xl/worksheets/sheet1.xml is no XML of a workbook",
  ],
  [
    "XML cut off",
    replaced("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"),
    "xl/worksheets/sheet1.xml is no XML of a workbook",
  ],
  [
    "parts at no address",
    replaced(
      "xl/_rels/workbook.xml.rels",
      '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="http://[%zz"/></Relationships>',
    ),
    "members.csv: the file is damaged or breaks off (http://[%zz is missing)",
  ],
  [
    "parts at a broken address",
    replaced(
      "xl/_rels/workbook.xml.rels",
      '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="%zz"/></Relationships>',
    ),
    "members.csv: the file is damaged or breaks off (xl/%zz is missing)",
  ],
  [
    "a cell far to the right",
    replaced(
      "xl/worksheets/sheet1.xml",
      `<worksheet><sheetData>${'<row><c r="XFD1"><v>1</v></c></row>'.repeat(200_000)}</sheetData></worksheet>`,
    ),
    "members.csv, row 1, column XFD: at most 200 columns are read",
  ],
])("%s: one clear error", async (_, bytes, fault) => {
  const columns =
    typeof fault === "string" && fault.includes("“Country” can’t") ? ["Name", "Country"] : [];
  const reading = read(bytes, { columns });
  if (typeof fault === "string") await expect(reading).rejects.toThrow(fault);
  else await expect(reading).rejects.toThrow(fault);
  await expect(read(bytes, { columns })).rejects.toMatchObject({ name: "AppError" });
});

test.each<[what: string, cells: Cell[], fault: string]>([
  [
    "a formula",
    ["FR", { xml: "<c><f>1+1</f><v>2</v></c>" }],
    "members.xlsx, row 2, column B: the cell holds a formula",
  ],
  [
    "a text that looks like one",
    ["FR", "=1+1"],
    "members.xlsx, row 2, column “Name”: the cell holds a formula (=1+1)",
  ],
  [
    "an error",
    ["FR", { xml: '<c t="e"><v>#N/A</v></c>' }],
    "members.xlsx, row 2, column B: the cell holds the error #N/A",
  ],
  [
    "a long cell",
    [long, "One"],
    "members.xlsx, row 2, column “Country”: the cell has 100000 characters",
  ],
  [
    "a text that isn't there",
    [{ xml: '<c t="s"><v>99</v></c>' }],
    "members.xlsx, row 2, column A: the cell refers to a text that is not in the file",
  ],
  [
    "a number that is none",
    [{ xml: "<c><v>12,5</v></c>" }],
    "members.xlsx, row 2, column A: the cell holds “12,5”, which is no number",
  ],
])("a workbook with %s: one clear error", async (_, cells, fault) => {
  await expect(sheet([["Country", "Name"], cells])).rejects.toThrow(fault);
});

test("a number format is looked at no longer than one can be", async () => {
  const formats = ["0", "m".repeat(400_000), "[".repeat(400_000)];
  const bytes = workbook([{ name: "Members", rows: [["Name"], [1]] }], { formats });
  expect(await Array.fromAsync(readTable({ bytes, name: "members.xlsx" }))).toMatchObject([
    { cells: { Name: "1" } },
  ]);
});

test("a text without an end is given up before it fills the memory", async () => {
  const endless = `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>${Array.from({ length: 200_000 }, (_, at) => `word ${at} `).join("")}`;
  await expect(read(replaced("xl/worksheets/sheet1.xml", endless))).rejects.toThrow("has no end");
});
