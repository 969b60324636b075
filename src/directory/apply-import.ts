import { nameOf } from "./tables/table.ts";
import { AppError } from "../errors.ts";
import * as imports from "../store/imports.ts";
import type { Db } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { closeListings, importRows, type ImportReport } from "./import.ts";
import { mapRegister } from "./mapping.ts";
import {
  type Consent,
  demandConsent,
  fileDigest,
  type ImportPlan,
  newerEditions,
} from "./plan-import.ts";
import { newId } from "./ids.ts";

/** What was done. */
export interface ImportResult extends ImportReport {
  /** Names the import in the list of them. */
  id: string;
  closed: number;
}

/**
 * Does what was planned: publishes the rows in batches, each of them whole or
 * not at all, then closes what has gone, if that is wanted. Broken off at any
 * moment, the same import carries on where it was, as rows that are there
 * already are left alone.
 *
 * @param account Who does it, if it is done by page.
 * @throws {AppError} `conflict` when the file is another by now, or when
 *   something has to be consented to first. Nothing is changed then.
 */
export async function applyImport(
  db: Db,
  node: Identity,
  plan: ImportPlan,
  consent: Consent,
  clock: () => number,
  {
    id = newId(),
    account = null,
    progress = () => {},
  }: { id?: string; account?: string | null; progress?: (report: ImportReport) => void } = {},
): Promise<ImportResult> {
  const { register } = plan;
  // Another one may have been imported since it was looked at.
  demandConsent({ ...plan, newer: await newerEditions(db, register) }, consent);
  if ((await fileDigest(register)) !== plan.digest) {
    throw new AppError(
      "conflict",
      `${nameOf(register.table)} has changed since it was looked at: look again`,
    );
  }
  await imports.begin(db, {
    id,
    source: register.mapping.name,
    title: register.mapping.title,
    edition: register.edition,
    file: fileName(nameOf(register.table)),
    digest: plan.digest,
    account,
    started: clock(),
    rows: plan.rows,
    ...countsOf(undefined),
    closed: 0,
    finished: null,
    fault: null,
  });
  const note = async (report: ImportReport) => {
    await imports.update(db, id, countsOf(report));
    progress(report);
  };
  try {
    const report =
      plan.add + plan.change + plan.reopen === 0
        ? nothingToDo(plan)
        : await importRows(db, node, register.mapping.name, mapRegister(register), clock, note);
    const gone = consent.close === true ? plan.gone.ids : [];
    const closed = await closeListings(db, node, gone, clock);
    await imports.update(db, id, { ...countsOf(report), closed, finished: clock() });
    return { ...report, id, closed };
  } catch (error) {
    const fault = error instanceof AppError ? error.message : "it broke off: see the log";
    await imports.update(db, id, { fault });
    throw error;
  }
}

/** Where no row makes a new version, the file needn't be read a second time. */
function nothingToDo(plan: ImportPlan): ImportReport {
  const { rows, same, leave, refused, doubtful, findings } = plan;
  return {
    rows,
    added: 0,
    changed: 0,
    unchanged: same,
    leftAlone: leave,
    refused: findings.filter(({ kind }) => kind === "refused"),
    refusedCount: refused,
    doubtful,
  };
}

function countsOf(report: ImportReport | undefined) {
  const {
    rows = 0,
    added = 0,
    changed = 0,
    unchanged = 0,
    leftAlone = 0,
    refusedCount = 0,
    doubtful = 0,
  } = report ?? {};
  return { done: rows, added, changed, unchanged, leftAlone, refused: refusedCount, doubtful };
}

/** Without the folders, which are nobody's business. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).slice(0, 200);
}
