import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import { readMapping } from "../mapping-file.ts";
import type { Mapping } from "../mapping.ts";
import { susy } from "./susy.ts";
import { uk2023 } from "./uk-2023.ts";

/** The registers that can be imported, by the word that the command line takes. */
export const mappings: Readonly<Record<string, Mapping>> = {
  "uk-2023": uk2023,
  ncua: beside("ncua.json"),
  "eia-861": beside("eia-861.json"),
  susy,
};

function beside(name: string): Mapping {
  return readMapping(readFileSync(join(import.meta.dirname, name), "utf8"), name);
}

/**
 * The mapping of this name, or of this file if it is one.
 *
 * @throws {AppError} `bad-request` that says what there is, or what is wrong.
 */
export async function mappingNamed(name: string): Promise<Mapping> {
  const known = Object.hasOwn(mappings, name) ? mappings[name] : undefined;
  if (known !== undefined) return known;
  if (!name.endsWith(".json")) {
    throw new AppError(
      "bad-request",
      `“${name}” is no mapping: take one of ${Object.keys(mappings).join(", ")}, or a file such as ./our-mapping.json`,
    );
  }
  return ownMapping(await readMappingFile(name), name);
}

/**
 * A mapping that somebody has written.
 *
 * @throws {AppError} `bad-request` with every fault, or when it would be taken
 *   for one that comes along.
 */
export function ownMapping(text: string, name: string): Mapping {
  const mapping = readMapping(text, name);
  if (Object.values(mappings).some((each) => each.name === mapping.name)) {
    throw new AppError(
      "bad-request",
      `${name}: the name “${mapping.name}” is that of a mapping which comes along: choose another`,
    );
  }
  return mapping;
}

async function readMappingFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new AppError("bad-request", `${path} can’t be read`, { cause });
  }
}
