import { crc32, deflateRawSync } from "node:zlib";

/** What a file of an archive is to be, and what the archive is to say of it. */
export interface ArchiveFile {
  name: string;
  content: string | Buffer;
  /** Left as it is, without packing. */
  stored?: boolean;
  /** What the directory claims, against the truth. */
  claims?: { size?: number; crc?: number };
}

/** A ZIP archive, right or wrong. */
export function archive(files: ArchiveFile[]): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const { name, content, stored = false, claims = {} } of files) {
    const bytes = Buffer.from(content);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x0800, 2);
    shared.writeUInt16LE(stored ? 0 : 8, 4);
    shared.writeUInt32LE(claims.crc ?? crc32(bytes), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(claims.size ?? bytes.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\u0000"), shared, rest, Buffer.from(name));
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, listed, Buffer.from("PK\u0005\u0006"), end]);
}

/** A cell: a text, a number, nothing, or the XML of the whole cell. */
export type Cell = string | number | null | { xml: string };

export interface Sheet {
  name: string;
  rows: Cell[][];
  hidden?: boolean;
}

const relationships = "http://schemas.openxmlformats.org/package/2006/relationships";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/** The files of an Excel workbook, to be put into an {@link archive}. */
export function workbookFiles(
  sheets: Sheet[],
  { formats = [], from1904 = false }: { formats?: (string | number)[]; from1904?: boolean } = {},
): ArchiveFile[] {
  const texts: string[] = [];
  const xml = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const cellXml = (cell: Cell, reference: string) => {
    if (cell === null) return "";
    if (typeof cell === "number") return `<c r="${reference}"><v>${cell}</v></c>`;
    if (typeof cell === "object") return cell.xml.replace("<c", `<c r="${reference}"`);
    return `<c r="${reference}" t="s"><v>${texts.push(cell) - 1}</v></c>`;
  };
  const sheetXml = ({ rows }: Sheet) =>
    `<worksheet xmlns="${main}"><sheetData>${rows
      .map((cells, row) => {
        const inner = cells.map((cell, at) => cellXml(cell, `${letters(at)}${row + 1}`)).join("");
        return `<row r="${row + 1}">${inner}</row>`;
      })
      .join("")}</sheetData></worksheet>`;
  const parts = sheets.map((sheet, at) => ({
    name: `xl/worksheets/sheet${at + 1}.xml`,
    content: sheetXml(sheet),
  }));
  const own = formats.flatMap((format, at) =>
    typeof format === "string"
      ? `<numFmt numFmtId="${164 + at}" formatCode="${xml(format)}"/>`
      : [],
  );
  const styles = formats.map(
    (format, at) => `<xf numFmtId="${typeof format === "string" ? 164 + at : format}"/>`,
  );
  const related = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  return [
    { name: "[Content_Types].xml", content: "<Types/>" },
    {
      name: "_rels/.rels",
      content: `<Relationships xmlns="${relationships}">${related("rId1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content: `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr${from1904 ? ' date1904="1"' : ""}/><sheets>${sheets
        .map(
          ({ name, hidden = false }, at) =>
            `<sheet name="${xml(name)}" sheetId="${at + 1}"${hidden ? ' state="hidden"' : ""} r:id="rId${at + 1}"/>`,
        )
        .join("")}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `<Relationships xmlns="${relationships}">${sheets
        .map((_, at) => related(`rId${at + 1}`, "worksheet", `worksheets/sheet${at + 1}.xml`))
        .join(
          "",
        )}${related("texts", "sharedStrings", "sharedStrings.xml")}${related("styles", "styles", "/xl/styles.xml")}</Relationships>`,
    },
    ...parts,
    {
      name: "xl/sharedStrings.xml",
      content: `<sst xmlns="${main}">${texts.map((text) => `<si><t xml:space="preserve">${xml(text)}</t></si>`).join("")}</sst>`,
    },
    {
      name: "xl/styles.xml",
      content: `<styleSheet xmlns="${main}"><numFmts>${own.join("")}</numFmts><cellXfs>${styles.join("")}</cellXfs></styleSheet>`,
    },
  ];
}

/** An Excel workbook. `formats` are what `s="0"` and so on refer to: codes, or built-in numbers. */
export function workbook(
  sheets: Sheet[],
  options?: { formats?: (string | number)[]; from1904?: boolean },
): Buffer {
  return archive(workbookFiles(sheets, options));
}

function letters(index: number): string {
  const last = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
