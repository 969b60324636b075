import { createHash } from "node:crypto";
import { z } from "zod";
import { type Listing } from "../coop/listing.ts";
import { listingId } from "../coop/listing-record.ts";
import { AppError } from "../errors.ts";
import * as coops from "../store/coops.ts";
import * as imports from "../store/imports.ts";
import * as records from "../store/records.ts";
import type { Db } from "../store/schema.ts";
import type { Identity } from "./identity.ts";
import { type CheckedRow, checkRow, closedMark, fateOf, importedCoops } from "./import.ts";
import { likely, Signs } from "./likeness.ts";
import { mapRegister, type Register } from "./mapping.ts";
import { coopUrl } from "./ids.ts";
import { chunksOf } from "./tables/read-text.ts";

/** Something about a row that somebody should know. */
export interface Finding {
  /** Of the file; 0 where it is about what is not in it. */
  row: number;
  kind: "refused" | "doubtful" | "alike" | "gone";
  /** The co-op's name, as far as it has one. */
  name: string;
  why: string;
}

/** What an import would do, found by reading the whole file and changing nothing. */
export interface ImportPlan {
  register: Register;
  /** SHA-256 of the file. */
  digest: string;
  rows: number;
  add: number;
  change: number;
  /** Listings that were closed and are open again. */
  reopen: number;
  same: number;
  /** Claimed, mandated, withdrawn or deleted: not the register's to change. */
  leave: number;
  /** Rows that aren't meant, by why not. */
  skipped: Record<string, number>;
  refused: number;
  doubtful: number;
  /** Rows that look like another row or like a listing of somebody else. */
  alike: number;
  /** The first hundred of each kind. */
  findings: Finding[];
  /** Co-ops of earlier editions that are not in this file, and how many there were. */
  gone: { ids: string[]; of: number };
  /** The first rows as they will be listed. */
  first: Listing[];
  /** Editions of this register that are newer than this one. */
  newer: string[];
}

/** Of the listings of a register, how many may go at once without somebody insisting. */
export const mostGone = 0.3;

/**
 * Reads a register from its first row to its last, and says what importing it
 * would do. Nothing is changed; a file that is broken anywhere is found here.
 *
 * @param note Called with every finding, in the order in which they are found.
 * @throws {AppError} `bad-request` where the file is broken.
 */
export async function planImport(
  db: Db,
  node: Identity,
  register: Register,
  note: (finding: Finding) => void = () => {},
): Promise<ImportPlan> {
  const digest = await fileDigest(register);
  const plan: ImportPlan = {
    register,
    digest,
    rows: 0,
    add: 0,
    change: 0,
    reopen: 0,
    same: 0,
    leave: 0,
    skipped: {},
    refused: 0,
    doubtful: 0,
    alike: 0,
    findings: [],
    gone: { ids: [], of: 0 },
    first: [],
    newer: await newerEditions(db, register),
  };
  const shown = { refused: 0, doubtful: 0, alike: 0, gone: 0 };
  const find = (finding: Finding) => {
    note(finding);
    shown[finding.kind] += 1;
    if (shown[finding.kind] <= 100) plan.findings.push(finding);
  };
  const seen = new Set<string>();
  const signs = new Signs();
  let batch: CheckedRow[] = [];
  const flush = async () => {
    await foresee(db, node, register.mapping.name, batch, plan);
    batch = [];
  };

  for await (const mapped of mapRegister(register)) {
    const { row } = mapped;
    plan.rows += 1;
    if ("skipped" in mapped) {
      plan.skipped[mapped.skipped] = (plan.skipped[mapped.skipped] ?? 0) + 1;
      continue;
    }
    const checked = checkRow(node, mapped, seen);
    if ("refused" in checked) {
      plan.refused += 1;
      find({ row, kind: "refused", name: nameOf(mapped), why: checked.refused });
      continue;
    }
    const { draft, doubts } = checked;
    if (doubts.length > 0) plan.doubtful += 1;
    for (const why of doubts) find({ row, kind: "doubtful", name: draft.name, why });
    const alike = signs.add(row, draft);
    if (alike.length > 0) plan.alike += 1;
    for (const why of alike) find({ row, kind: "alike", name: draft.name, why });
    if (plan.first.length < 5) plan.first.push(draft);
    batch.push(checked);
    if (batch.length === 500) await flush();
  }
  await flush();
  const own = await findGone(db, register.mapping.name, seen, plan);
  await nameGone(db, node, plan, find);
  await compare(db, node, own, signs, plan, find);
  return plan;
}

function nameOf(
  mapped: { refused: string } | { key: string; content: { name?: unknown } },
): string {
  const name = "content" in mapped ? mapped.content.name : undefined;
  return typeof name === "string" ? name.slice(0, 200) : "";
}

/** Names a file by its content, so that nothing else is imported than what was looked at. */
export async function fileDigest({ table }: Register): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunksOf(table)) hash.update(chunk);
  return hash.digest("hex");
}

/** The editions of a register that have been imported and are of a later time than this one. */
export async function newerEditions(db: Db, { mapping, edition }: Register): Promise<string[]> {
  const known = await imports.editions(db, mapping.name);
  // A year is neither before nor after a day in it.
  return known.filter((other) => {
    const length = Math.min(other.length, edition.length);
    return other.slice(0, length) > edition.slice(0, length);
  });
}

/** Counts what would become of rows, by what came of them before. */
async function foresee(
  db: Db,
  node: Identity,
  source: string,
  rows: CheckedRow[],
  plan: ImportPlan,
): Promise<void> {
  if (rows.length === 0) return;
  const { known } = await importedCoops(
    db,
    node,
    source,
    rows.map(({ key }) => key),
  );
  const ids = [...known.values()].map(({ id }) => listingId(coopUrl(node, id)));
  const last = ids.length === 0 ? new Map() : await records.versions(db, ids);
  for (const { key, digest } of rows) {
    const coop = known.get(key);
    const version = coop && last.get(listingId(coopUrl(node, coop.id)));
    const fate = fateOf(coop, version?.tombstone === true, digest);
    plan[fate === "keep" ? "same" : fate] += 1;
  }
}

/** Finds what was in an earlier edition and isn't in this one; returns all that came from the register. */
async function findGone(
  db: Db,
  source: string,
  seen: Set<string>,
  plan: ImportPlan,
): Promise<Set<string>> {
  const own = new Set<string>();
  for (let after = ""; ;) {
    const page = await coops.ofSource(db, source, after, 1000);
    for (const { id, sourceKey, sourceDigest, content, deleted } of page) {
      own.add(id);
      if (sourceDigest === closedMark || content !== null || deleted !== null) continue;
      plan.gone.of += 1;
      if (!seen.has(sourceKey ?? "")) plan.gone.ids.push(id);
    }
    after = page.at(-1)?.id ?? "";
    if (page.length < 1000) return own;
  }
}

/** What a finding says of a listing that is held. */
const Held = z.object({
  about: z.looseObject({ id: z.string(), name: z.string() }),
});

async function nameGone(
  db: Db,
  node: Identity,
  plan: ImportPlan,
  find: (finding: Finding) => void,
): Promise<void> {
  const { ids } = plan.gone;
  const kept: string[] = [];
  for (let at = 0; at < ids.length; at += 500) {
    const page = ids.slice(at, at + 500);
    const held = await records.byIds(
      db,
      page.map((id) => listingId(coopUrl(node, id))),
    );
    for (const id of page) {
      const record = held.get(listingId(coopUrl(node, id)));
      // Withdrawn: there is nothing to close.
      if (record === undefined || record.tombstone === 1) continue;
      kept.push(id);
      const { about } = Held.parse(JSON.parse(Buffer.from(record.body).toString()));
      const why = `${about.id} came from an earlier edition and is not in this file`;
      find({ row: 0, kind: "gone", name: about.name, why });
    }
  }
  plan.gone.of -= ids.length - kept.length;
  plan.gone.ids = kept;
}

/** Compares the rows with everything that the directory holds from elsewhere. */
async function compare(
  db: Db,
  node: Identity,
  own: Set<string>,
  signs: Signs,
  plan: ImportPlan,
  find: (finding: Finding) => void,
): Promise<void> {
  const rows = new Set<number>();
  for (let seq = 0; ;) {
    const page = await records.after(db, seq, 1000);
    for (const { id, origin, kind, body } of page) {
      if (kind !== "listing") continue;
      const coop = id.replace(/\/listing$/, "");
      if (origin === node.host && own.has(coop.slice(coop.lastIndexOf("/") + 1))) continue;
      const about = likely(body);
      if (about === undefined) continue;
      for (const { row, name, by } of signs.like(about)) {
        rows.add(row);
        const why = `the directory lists “${about.name}” with the same ${by}: ${coop}`;
        find({ row, kind: "alike", name, why });
      }
    }
    seq = page.at(-1)?.seq ?? 0;
    if (page.length < 1000) break;
  }
  for (const row of rows) if (!signs.reported.has(row)) plan.alike += 1;
}

/** What whoever imports has decided. */
export interface Consent {
  /** To close the listings of co-ops that have gone. */
  close?: boolean;
  /** To import an older edition over a newer one, and to close more than a third. */
  force?: boolean;
}

/**
 * Says no to what must not be done without asking.
 *
 * @throws {AppError} `conflict`, with what would be right.
 */
export function demandConsent(plan: ImportPlan, { close = false, force = false }: Consent): void {
  const { edition } = plan.register;
  const [newest] = plan.newer.toSorted().toReversed();
  if (newest !== undefined && !force) {
    throw new AppError(
      "conflict",
      `this is the edition ${edition}, and ${newest} has been imported already: older facts would take the place of newer ones`,
    );
  }
  const { ids, of } = plan.gone;
  if (close && !force && ids.length > of * mostGone) {
    throw new AppError(
      "conflict",
      `${ids.length} of ${of} listings would be closed, which is more than ${mostGone * 100} %: the file may be a part only`,
    );
  }
}
