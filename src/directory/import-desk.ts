import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { AppError } from "../errors.ts";
import type { Db } from "../store/schema.ts";
import { applyImport } from "./apply-import.ts";
import type { Identity } from "./identity.ts";
import { type Mapping, openRegister } from "./mapping.ts";
import { type Consent, demandConsent, type ImportPlan, planImport } from "./plan-import.ts";
import { newId } from "./ids.ts";
import { mappings, ownMapping } from "./sources/mappings.ts";
import { writeFindings } from "./write-findings.ts";

const logger = getLogger(["fragaria", "import"]);

/** A file that somebody has uploaded, to be looked at before it is imported. */
export interface Upload {
  /** Of the upload, and later of its import. */
  id: string;
  file: string;
  /** What the mapping is called: one that comes along, or a file. */
  mapping: string;
  edition?: string | undefined;
  /** The account that uploaded it. */
  account: string;
  taken: number;
}

const UploadFile = z.object({
  id: z.string(),
  file: z.string(),
  mapping: z.string(),
  edition: z.string().optional(),
  account: z.string(),
  taken: z.number(),
});

/** What is known of an upload by now. */
export type Looked =
  | { state: "reading" }
  | { state: "read"; plan: ImportPlan }
  | { state: "broken"; fault: string }
  | { state: "importing" };

/** Where uploads wait and imports run, in the background of the server. */
export interface ImportDesk {
  /**
   * Keeps an upload, and begins to read it.
   *
   * @throws {AppError} `bad-request` when the mapping is none.
   */
  take(
    upload: { file: File; mapping: string; own?: File | undefined; edition?: string | undefined },
    account: string,
  ): Promise<string>;
  /** Uploads that wait to be imported, the last one first. */
  waiting(): Promise<Upload[]>;
  upload(id: string): Promise<Upload | undefined>;
  /** What has come of reading it; begins again after a restart of the server. */
  look(upload: Upload): Looked;
  /** The report by row, as CSV; undefined as long as it is being written. */
  report(upload: Upload): Promise<string | undefined>;
  /**
   * Begins the import of what was looked at, and doesn't wait for its end.
   *
   * @throws {AppError} `conflict` when it can't be begun, or something has to be consented to.
   */
  start(upload: Upload, consent: Consent): void;
  discard(upload: Upload): Promise<void>;
  /** Forgets what nobody came back to for a day. */
  sweep(): Promise<void>;
  /** Settles when nothing is under way. */
  idle(): Promise<void>;
}

/** How long an upload waits, in milliseconds. */
const longest = 86_400_000;

/**
 * Opens the desk over a folder, which is made when it is first needed.
 *
 * @param stop Ends what is under way, at the next row.
 */
export function openImportDesk(
  db: Db,
  node: Identity,
  folder: string,
  clock: () => number,
  stop: AbortSignal,
): ImportDesk {
  const known = new Map<string, Looked>();
  // One file after the other: each may take much memory and time.
  let last: Promise<unknown> = Promise.resolve();
  const queue = (work: () => Promise<void>) => {
    last = last.then(work).catch((error: unknown) => {
      logger.error("an import ended unforeseen: {error}", { error });
    });
  };
  const at = (id: string, name: string) => join(folder, id, name);

  const read = async (upload: Upload) => {
    const { id } = upload;
    try {
      const mapping = until(stop, await mappingOf(upload, at(id, "mapping.json")));
      const table = { path: at(id, "table"), name: upload.file };
      const register = await openRegister(mapping, table, upload.edition);
      await using report = writeFindings(at(id, "report.csv"));
      const plan = await planImport(db, node, register, report.note);
      // It may have been discarded meanwhile.
      if (known.has(id)) known.set(id, { state: "read", plan });
    } catch (error) {
      if (!(error instanceof AppError)) logger.error("{error}", { error });
      const fault = error instanceof AppError ? error.message : "This file could not be read.";
      if (known.has(id)) known.set(id, { state: "broken", fault });
    }
  };

  const run = async (upload: Upload, plan: ImportPlan, consent: Consent) => {
    const { id, account } = upload;
    try {
      await applyImport(db, node, plan, consent, clock, { id, account });
      await remove(id);
    } catch (error) {
      // The import's own row says so; the upload stays, to carry on with.
      logger.error("an import broke off: {error}", { error });
    }
    known.delete(id);
  };

  const remove = async (id: string) => {
    known.delete(id);
    await rm(join(folder, id), { recursive: true, force: true });
  };

  const uploads = async (): Promise<Upload[]> => {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    const all = await Promise.all(names.map((name) => desk.upload(name)));
    return all.filter((upload) => upload !== undefined).toSorted((a, b) => b.taken - a.taken);
  };

  const desk: ImportDesk = {
    async take({ file, mapping, own, edition }, account) {
      const text = await own?.text();
      if (text !== undefined) ownMapping(text, own?.name ?? mapping);
      else demandKnown(mapping);
      const upload: Upload = {
        id: newId(),
        file: file.name.slice(-200),
        mapping: text === undefined ? mapping : (own?.name ?? mapping).slice(-200),
        edition,
        account,
        taken: clock(),
      };
      await desk.sweep();
      await mkdir(join(folder, upload.id), { recursive: true, mode: 0o700 });
      await writeFile(at(upload.id, "table"), file.stream(), { mode: 0o600 });
      if (text !== undefined) await writeFile(at(upload.id, "mapping.json"), text, { mode: 0o600 });
      // Last: without it nothing of the folder is found.
      await writeFile(at(upload.id, "upload.json"), JSON.stringify(upload), { mode: 0o600 });
      desk.look(upload);
      return upload.id;
    },
    waiting: uploads,
    async upload(id) {
      if (!/^[0-9a-z]{10}$/.test(id)) return undefined;
      const text = await readText(at(id, "upload.json"));
      return text === undefined ? undefined : UploadFile.parse(JSON.parse(text));
    },
    look(upload) {
      const found = known.get(upload.id);
      if (found !== undefined) return found;
      const reading: Looked = { state: "reading" };
      known.set(upload.id, reading);
      queue(() => read(upload));
      return reading;
    },
    async report({ id }) {
      return known.get(id)?.state === "read" ? readText(at(id, "report.csv")) : undefined;
    },
    start(upload, consent) {
      const found = desk.look(upload);
      if (found.state !== "read") {
        throw new AppError("conflict", "This file is not ready to be imported. Look at it again.");
      }
      demandConsent(found.plan, consent);
      known.set(upload.id, { state: "importing" });
      queue(() => run(upload, found.plan, consent));
    },
    async discard({ id }) {
      if (known.get(id)?.state === "importing") {
        throw new AppError("conflict", "This file is being imported.");
      }
      await remove(id);
    },
    async sweep() {
      const now = clock();
      for (const { id, taken } of await uploads()) {
        if (now - taken > longest && known.get(id)?.state !== "importing") await remove(id);
      }
      await sweepRemains(folder);
    },
    async idle() {
      for (let seen: unknown; seen !== last;) {
        seen = last;
        await last;
      }
    },
  };
  return desk;
}

/** The mapping, as long as the server runs. */
function until(stop: AbortSignal, mapping: Mapping): Mapping {
  return {
    ...mapping,
    toListing(cells) {
      if (stop.aborted) throw new AppError("unavailable", "the server was stopped");
      return mapping.toListing(cells);
    },
  };
}

function demandKnown(mapping: string): void {
  if (Object.hasOwn(mappings, mapping)) return;
  throw new AppError("bad-request", `“${mapping}” is no mapping that comes along.`);
}

async function mappingOf({ mapping }: Upload, own: string): Promise<Mapping> {
  const text = await readText(own);
  if (text !== undefined) return ownMapping(text, mapping);
  const known = Object.hasOwn(mappings, mapping) ? mappings[mapping] : undefined;
  if (known !== undefined) return known;
  throw new AppError("bad-request", `“${mapping}” is no mapping that comes along.`);
}

/** Takes away what an upload left that broke off before it was whole. */
async function sweepRemains(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if ((await readText(join(folder, name, "upload.json"))) !== undefined) continue;
    const { mtimeMs } = await stat(join(folder, name));
    // By the machine's clock, as the file system has it; one that is being written is younger.
    if (Date.now() - mtimeMs > longest)
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
