import { RelationKind } from "../coop/codes.ts";
import type { Filter } from "../coop/query.ts";
import {
  type AttestedRelation,
  type Confirmation,
  confirmationOf,
  inverse,
  isRelationClaim,
} from "../coop/relation.ts";
import type { Columns } from "./columns.ts";
import { readPlace, writePlace } from "./cursor.ts";
import type { Cache } from "./cache.ts";
import type { Edge } from "./edges.ts";
import { readIdentifier } from "./identifiers.ts";
import { membersOf, rowsNamed, speakers } from "./other-end.ts";
import { placeCandidates, type Places } from "./place-filter.ts";
import { select } from "./select.ts";

/** Which relations are asked for. */
export interface RelationQuestion {
  /** Of whom: co-ops with these facts, in this place. */
  query: Filter & Places;
  kinds?: readonly RelationKind[] | undefined;
  /** Only those from or to one organisation: any id that it has. */
  of?: string | undefined;
  confirmed?: boolean | undefined;
  /** The hosts whose attestations about others count. */
  trusted: readonly string[];
  cursor?: string | undefined;
  limit: number;
}

/** One relation that is stated. */
export interface FoundEdge<Of> {
  /** Who states it, and its place there. */
  from: Of;
  at: number;
  kind: RelationKind;
  /** Who stands for the other end; null where no listing is held. */
  to: Of | null;
  /** What speaks for it beside the record itself. */
  confirmed: Confirmation | null;
}

/** How many relations there are of a kind. */
interface KindCount {
  kind: RelationKind;
  relations: number;
  confirmed: number;
  /** That state one. */
  organisations: number;
}

/** A page of relations, and counts of all of them. */
export interface RelationGraph<Of> {
  total: number;
  counts: KindCount[];
  edges: FoundEdge<Of>[];
  next: string | null;
}

/** The parts of the index that know of relations. */
interface Parts extends Pick<Cache, "rows" | "ties" | "edges"> {
  columns: Columns;
}

/**
 * The relations that co-ops state, by a stable order, with exact counts by
 * kind. Worked examples are left out unless one of them is asked for.
 *
 * @throws {AppError} `bad-request` for a cursor of another question.
 */
export function relationGraph(
  question: RelationQuestion,
  columns: Columns,
  { rows, ties, edges }: Omit<Parts, "columns">,
): RelationGraph<string> {
  const parts = { columns, rows, ties, edges };
  const { limit, cursor, trusted: _, ...asked } = question;
  const after = cursor === undefined ? undefined : readPlace(asked, cursor, numbers);
  const subject = question.of === undefined ? undefined : organisationNamed(question.of, parts);
  const counts = new Map<RelationKind, KindCount>();
  const page: { row: number; edge: Edge; confirmed: Confirmation | undefined }[] = [];
  let total = 0;
  for (const row of subjects(question, subject, parts)) {
    const seen = new Set<RelationKind>();
    const confirm = confirmations(row, question.trusted, parts);
    for (const edge of edges.of(row)) {
      if (question.kinds !== undefined && !question.kinds.includes(edge.kind)) continue;
      if (subject !== undefined && !touches(row, edge, subject)) continue;
      const confirmed = confirm(edge);
      const isConfirmed = confirmed !== undefined;
      if (question.confirmed !== undefined && question.confirmed !== isConfirmed) continue;
      total += 1;
      count(counts, edge.kind, isConfirmed, !seen.has(edge.kind));
      seen.add(edge.kind);
      const place = placeOf(row, edge, columns);
      if (page.length <= limit && (after === undefined || isBehind(place, after))) {
        page.push({ row, edge, confirmed });
      }
    }
  }
  const last = page.length > limit ? page[limit - 1] : undefined;
  return {
    total,
    counts: RelationKind.options.flatMap((kind) => counts.get(kind) ?? []),
    edges: page.slice(0, limit).map(({ row, edge, confirmed }) => ({
      from: rows.record(row) ?? "",
      at: edge.at,
      kind: edge.kind,
      to: recordAt(edge, parts),
      confirmed: confirmed ?? null,
    })),
    next: last === undefined ? null : writePlace(asked, placeOf(last.row, last.edge, columns)),
  };
}

const numbers = ["number", "number", "number"] as const;

/** Where a relation stands among all: by the hash of its record, which is the same everywhere. */
function placeOf(row: number, edge: Edge, columns: Columns): [number, number, number] {
  return [columns.tie[row] ?? 0, row, edge.at];
}

function isBehind(place: readonly number[], after: readonly (string | number)[]): boolean {
  for (const [at, part] of place.entries()) {
    const bound = Number(after[at]);
    if (part !== bound) return part > bound;
  }
  return false;
}

/** The rows whose relations may be asked for, in their order. */
function subjects(
  { query, kinds }: RelationQuestion,
  subject: Organisation | undefined,
  { columns, ties }: Parts,
): number[] {
  const relation = [...(kinds ?? RelationKind.options)];
  const { rows, exampleRows } = select(
    columns,
    { ...query, relation },
    placeCandidates(columns, query),
  );
  const named = subject && new Set([...subject.rows, ...ties.rowsNaming(subject.names)]);
  const found =
    named === undefined ? [...rows] : [...rows, ...exampleRows].filter((row) => named.has(row));
  const tie = (row: number) => columns.tie[row] ?? 0;
  return found.toSorted((a, b) => tie(a) - tie(b) || a - b);
}

/** An organisation, and by what relations name it. */
interface Organisation {
  rows: ReadonlySet<number>;
  names: string[];
}

function organisationNamed(id: string, { rows }: Parts): Organisation {
  const found = rowsNamed(id, rows).flatMap((row) => membersOf(row, rows));
  const names = found.flatMap((row) => {
    const standing = rows.standing(row);
    return standing === undefined ? [] : [standing.id, ...standing.registrations];
  });
  return { rows: new Set(found), names: [...new Set(names)] };
}

/** Whether a relation is from or to an organisation. */
function touches(
  row: number,
  { other, registration }: Edge,
  { rows, names }: Organisation,
): boolean {
  const exact = registration === "" ? undefined : readIdentifier(registration);
  return (
    rows.has(row) ||
    names.includes(other) ||
    (exact?.kind === "keys" && exact.keys.some((key) => names.includes(key)))
  );
}

/** Finds what speaks for relations of a row. */
function confirmations(row: number, trusted: readonly string[], { rows, ties, edges }: Parts) {
  const subject = rows.coopOf(row) ?? "";
  const attested = ties
    .about(subject)
    .filter((each): each is AttestedRelation => isRelationClaim(each.claim));
  return ({ kind, other, registration }: Edge): Confirmation | undefined => {
    const isAttested = attested.some(({ claim }) => claim.relationship === kind);
    if (!isAttested && !(kind in inverse)) return undefined;
    const ends = speakers(other, registration, rows);
    return confirmationOf({
      subject,
      kind,
      objects: ends.length > 0 ? ends.map((end) => rows.coopOf(end) ?? "") : [other],
      attested,
      mirrored: ends.map((end) => ({
        id: rows.coopOf(end) ?? "",
        record: rows.record(end) ?? "",
        relations: edges.of(end).map((each) => ({ kind: each.kind, name: "", id: each.other })),
        at: rows.standing(end)?.updated ?? 0,
      })),
      trusts: (host) => trusted.includes(host),
    });
  };
}

function count(
  counts: Map<RelationKind, KindCount>,
  kind: RelationKind,
  confirmed: boolean,
  first: boolean,
): void {
  const so = counts.get(kind) ?? { kind, relations: 0, confirmed: 0, organisations: 0 };
  counts.set(kind, {
    kind,
    relations: so.relations + 1,
    confirmed: so.confirmed + (confirmed ? 1 : 0),
    organisations: so.organisations + (first ? 1 : 0),
  });
}

function recordAt({ other, registration }: Edge, { rows }: Parts): string | null {
  const [row] = [other, registration].flatMap((id) => rowsNamed(id, rows));
  const stands = row === undefined ? undefined : (rows.at(row)?.instead ?? row);
  return stands === undefined ? null : (rows.record(stands) ?? null);
}
