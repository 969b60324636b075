import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** One of the documents at the root of the repository. */
export function readDocument(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

/** What stands under a heading, up to the next heading of any level. */
export function section(document: string, heading: string): string {
  const under: string[] = [];
  let [found, fenced] = [false, false];
  for (const line of document.split("\n")) {
    if (line.startsWith("```")) fenced = !fenced;
    // A comment in a block of code isn't a heading.
    const [, title] = (fenced ? null : /^#+ (.+)$/.exec(line)) ?? [];
    if (found && title !== undefined) break;
    if (found) under.push(line);
    if (title === heading) found = true;
  }
  if (!found) throw new Error(`there is no heading “${heading}”`);
  return under.join("\n");
}

/** The rows of the first table under a heading, without its head; cells without their padding. */
export function tableUnder(document: string, heading: string): string[][] {
  const rows = section(document, heading)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
  if (rows.length < 3) throw new Error(`there is no table under “${heading}”`);
  return rows.slice(2);
}

/** The first thing that stands in backticks in each row. */
export function firstCode(rows: string[][]): string[] {
  return rows.map(([cell = ""]) => /`([^`]+)`/.exec(cell)?.[1] ?? cell);
}

/** Everything that stands in backticks in a text. */
export function codes(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The fenced blocks of a language, in order. */
export function blocks(document: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm");
  return [...document.matchAll(pattern)].map(([, block = ""]) => block);
}
