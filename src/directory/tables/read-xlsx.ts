import { SaxesParser } from "saxes";
import type { AppError } from "../../errors.ts";
import { utf8Text } from "./read-text.ts";
import { openZip, type Zip } from "./read-zip.ts";
import {
  columnLetters,
  nameOf,
  type RawRow,
  tableBounds,
  tableFault,
  type TableSource,
} from "./table.ts";
import { type CellFormat, formatOf, shownAs } from "./xlsx-formats.ts";

/** Bytes of XML that may come out of each part of a workbook. */
const bounds = { parts: 5_000_000, texts: 100_000_000, sheet: 500_000_000 } as const;

/** The parts that the cells of a sheet refer to. */
interface Book {
  texts: string[];
  formats: CellFormat[];
  /** Days are counted from 1904, as the first Macintosh did. */
  from1904: boolean;
}

/**
 * Reads a sheet of an Excel workbook (ECMA-376, SpreadsheetML). Formulas are
 * refused: what they came to when the file was saved may not be what they
 * come to now.
 *
 * @param sheet Its name; else the first that isn't hidden.
 * @throws {AppError} `bad-request` with row and column where there is one.
 */
export async function* readXlsx(source: TableSource, sheet?: string): AsyncGenerator<RawRow> {
  const name = nameOf(source);
  await using zip = await openZip(source);
  const { part, texts, styles, from1904 } = await findParts(zip, name, sheet);
  const book: Book = {
    texts: texts === undefined ? [] : await readTexts(zip, name, texts),
    formats: styles === undefined ? [] : await readFormats(zip, name, styles),
    from1904,
  };
  const reading = sheetReader(name, book);
  for await (const _ of elements(zip, name, part, bounds.sheet, reading)) yield* reading.take();
}

interface Reader {
  open(tag: string, attributes: Record<string, string>): void;
  close(tag: string): void;
  text?(text: string): void;
}

/** Runs a part's XML through a reader, and comes up for air after each piece. */
async function* elements(
  zip: Zip,
  name: string,
  part: string,
  most: number,
  reader: Reader,
): AsyncGenerator<void> {
  // No namespaces: prefixes are left out, as no part mixes vocabularies that clash.
  const parser = new SaxesParser();
  const broken = (why: string, cause?: unknown) =>
    tableFault(name, {}, `${part} is no XML of a workbook: ${why}`, { cause });
  let text = 0;
  parser.on("doctype", () => {
    throw broken("it has a document type, which may hide anything");
  });
  parser.on("error", (error) => {
    throw broken(error.message, error);
  });
  parser.on("opentag", (tag) => {
    text = 0;
    reader.open(bare(tag.name), tag.attributes);
  });
  parser.on("closetag", (tag) => {
    text = 0;
    reader.close(bare(tag.name));
  });
  parser.on("text", (content) => reader.text?.(content));
  parser.on("cdata", (content) => reader.text?.(content));
  for await (const { text: piece, broken: bad } of utf8Text(zip.read(part, most))) {
    if (bad) throw broken("it is not UTF-8");
    // What stands between two tags is held in memory until the second comes.
    text += piece.length;
    if (text > tableBounds.row) throw broken("a text in it has no end");
    parser.write(piece);
    yield;
  }
  parser.close();
}

async function readPart(
  zip: Zip,
  name: string,
  part: string,
  most: number,
  reader: Reader,
): Promise<void> {
  for await (const _ of elements(zip, name, part, most, reader));
}

const bare = (tag: string) => tag.slice(tag.indexOf(":") + 1);

/** Where the workbook's parts are: each part names others by relationships (ECMA-376 part 2). */
async function findParts(zip: Zip, name: string, wanted: string | undefined) {
  if (!zip.has("[Content_Types].xml")) {
    throw tableFault(name, {}, "this is an archive (ZIP), but not an Excel workbook");
  }
  const root = (await relations(zip, name, "")).values().find(isOf("officeDocument"));
  const book = root?.target ?? "xl/workbook.xml";
  if (!zip.has(book)) throw tableFault(name, {}, "this is no Excel workbook of the kind .xlsx");
  const sheets: { name: string; id: string; hidden: boolean }[] = [];
  let from1904 = false;
  await readPart(zip, name, book, bounds.parts, {
    open(tag, attributes) {
      if (tag === "sheet") {
        const id = Object.entries(attributes).find(([key]) => bare(key) === "id")?.[1] ?? "";
        const hidden = (attributes["state"] ?? "visible") !== "visible";
        sheets.push({ name: attributes["name"] ?? "", id, hidden });
      }
      if (tag === "workbookPr") from1904 = /^(1|true)$/.test(attributes["date1904"] ?? "");
    },
    close() {},
  });
  const related = await relations(zip, name, book);
  const sheet =
    wanted === undefined
      ? sheets.find(({ hidden }) => !hidden)
      : sheets.find((each) => each.name === wanted);
  const part = related.get(sheet?.id ?? "")?.target;
  if (part === undefined) {
    const names = sheets.map((each) => `“${each.name}”`).join(", ");
    const what = wanted === undefined ? "no sheet that can be seen" : `no sheet “${wanted}”`;
    throw tableFault(name, {}, `there is ${what}; there are: ${names}`);
  }
  const target = (type: string) => related.values().find(isOf(type))?.target;
  return { part, texts: target("sharedStrings"), styles: target("styles"), from1904 };
}

interface Relation {
  type: string;
  target: string;
}

const isOf = (type: string) => (relation: Relation) => relation.type.endsWith(`/${type}`);

async function relations(zip: Zip, name: string, part: string): Promise<Map<string, Relation>> {
  const folder = part.includes("/") ? part.slice(0, part.lastIndexOf("/") + 1) : "";
  const file = `${folder}_rels/${part.slice(folder.length)}.rels`;
  const found = new Map<string, Relation>();
  if (!zip.has(file)) return found;
  await readPart(zip, name, file, bounds.parts, {
    open(tag, { Id: id = "", Type: type = "", Target: target = "" }) {
      if (tag !== "Relationship") return;
      found.set(id, { type, target: partAt(target, folder) });
    },
    close() {},
  });
  return found;
}

/** The part of which a relationship in a folder gives the address; what is no address names none. */
function partAt(target: string, folder: string): string {
  if (!URL.canParse(target, `file:///${folder}`)) return target;
  const { pathname } = new URL(target, `file:///${folder}`);
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    return pathname.slice(1);
  }
}

/** The texts that cells refer to by number, without their formatting and reading aids. */
async function readTexts(zip: Zip, name: string, part: string): Promise<string[]> {
  const texts: string[] = [];
  let [current, within, aid] = ["", false, false];
  await readPart(zip, name, part, bounds.texts, {
    open(tag) {
      if (tag === "si") current = "";
      if (tag === "t") within = true;
      if (tag === "rPh") aid = true;
    },
    text(text) {
      if (within && !aid) current += text;
    },
    close(tag) {
      if (tag === "si") texts.push(unescaped(current));
      if (tag === "t") within = false;
      if (tag === "rPh") aid = false;
    },
  });
  return texts;
}

/** `_x000D_` stands for a character that XML can't hold (ECMA-376 part 1, 22.4.2.4). */
function unescaped(text: string): string {
  return text.replace(/_x([0-9A-F]{4})_/gi, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

/** How the cells of each style show their numbers. */
async function readFormats(zip: Zip, name: string, part: string): Promise<CellFormat[]> {
  const codes = new Map<number, string>();
  const formats: CellFormat[] = [];
  let within = false;
  await readPart(zip, name, part, bounds.parts, {
    open(tag, attributes) {
      if (tag === "numFmt") {
        codes.set(Number(attributes["numFmtId"]), attributes["formatCode"] ?? "");
      }
      if (tag === "cellXfs") within = true;
      if (tag === "xf" && within) {
        const id = Number(attributes["numFmtId"] ?? "0");
        formats.push(formatOf(id, codes.get(id)));
      }
    },
    close(tag) {
      if (tag === "cellXfs") within = false;
    },
  });
  return formats;
}

/** Reads `<row r="2"><c r="A2" t="s" s="1"><v>0</v></c>…`: what came in whole can be taken. */
function sheetReader(name: string, book: Book): Reader & { take(): RawRow[] } {
  let done: RawRow[] = [];
  let values: string[] = [];
  let [row, column, size] = [0, -1, 0];
  let cell: { type: string; style: number; value: string } | undefined;
  let [inValue, inAid] = [false, false];
  const fault = (why: string) =>
    tableFault(name, { row, column: columnLetters(Math.max(0, column)) }, why);
  return {
    take() {
      const rows = done;
      done = [];
      return rows;
    },
    open(tag, attributes) {
      if (tag === "row") {
        const next = Number(attributes["r"] ?? row + 1);
        if (!(Number.isInteger(next) && next > row)) throw fault("the rows are out of order");
        [row, column, size, values] = [next, -1, 0, []];
      } else if (tag === "c") {
        column = attributes["r"] === undefined ? column + 1 : columnIndex(attributes["r"]);
        const style = Number(attributes["s"] ?? "0");
        cell = { type: attributes["t"] ?? "n", style, value: "" };
      } else if (cell !== undefined) {
        if (tag === "f") throw fault("the cell holds a formula: put what it comes to in its place");
        if (tag === "v" || tag === "t") inValue = true;
        if (tag === "rPh") inAid = true;
      }
    },
    text(text) {
      if (cell === undefined || !inValue || inAid) return;
      cell.value += text;
    },
    close(tag) {
      if (tag === "v" || tag === "t") inValue = false;
      if (tag === "rPh") inAid = false;
      if (tag === "c" && cell !== undefined) {
        const value = valueOf(cell, book, fault);
        cell = undefined;
        if (value === "") return;
        // Before the row is filled up to it: a cell far to the right would make many of one.
        if (column >= tableBounds.columns) {
          throw fault(
            `at most ${tableBounds.columns} columns are read: delete what stands to the right of them`,
          );
        }
        size += value.length;
        if (size > tableBounds.row)
          throw fault(`the row has more than ${tableBounds.row} characters`);
        while (values.length < column) values.push("");
        values[column] = value;
      }
      if (tag === "row") done.push({ row, values });
    },
  };
}

function valueOf(
  { type, style, value }: { type: string; style: number; value: string },
  { texts, formats, from1904 }: Book,
  fault: (why: string) => AppError,
): string {
  if (value === "") return "";
  switch (type) {
    case "s": {
      const text = texts[Number(value)];
      if (text === undefined) throw fault("the cell refers to a text that is not in the file");
      return text;
    }
    case "b":
      return value === "1" ? "TRUE" : "FALSE";
    case "e":
      throw fault(`the cell holds the error ${value}`);
    case "n": {
      const number = Number(value);
      if (!Number.isFinite(number)) throw fault(`the cell holds “${value}”, which is no number`);
      return shownAs(number, formats[style], from1904);
    }
    case "d":
      return value.replace(/T00:00:00(\.0+)?Z?$/, "");
    default:
      return unescaped(value);
  }
}

/** `AB12` → 27. */
function columnIndex(reference: string): number {
  let index = 0;
  for (const letter of reference.replace(/\d+$/, "").toUpperCase()) {
    index = index * 26 + (letter.codePointAt(0) ?? 64) - 64;
  }
  return index - 1;
}
