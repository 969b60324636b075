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
import type { EdgeOfRow } from "./edges.ts";
import { readIdentifier } from "./identifiers.ts";
import { membersOf, rowsNamed, speakers } from "./other-end.ts";
import { placeCandidates, type Places } from "./place-filter.ts";
import { ascending } from "./quantiles.ts";
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
  const { limit, cursor, trusted, ...asked } = question;
  const after = cursor === undefined ? undefined : (readPlace(asked, cursor, numbers) as Place);
  const subject = question.of === undefined ? undefined : organisationNamed(question.of, parts);
  const all = subjects(question, subject, parts);
  const confirm = confirmations(trusted, parts);
  function* found(some: Uint32Array): Generator<Found> {
    for (const edge of edges.among(some)) {
      if (question.kinds !== undefined && !question.kinds.includes(edge.kind)) continue;
      if (subject !== undefined && !touches(edge, subject)) continue;
      const confirmed = confirm(edge);
      if ((question.confirmed ?? confirmed !== undefined) !== (confirmed !== undefined)) continue;
      yield { edge, confirmed };
    }
  }
  const { total, counts } = countKinds(found(all));
  const page = firstOf(inOrder(all, columns, after), after, limit + 1, (row) =>
    found(Uint32Array.of(row)),
  );
  const last = page.length > limit ? page[limit - 1] : undefined;
  return {
    total,
    counts,
    edges: page.slice(0, limit).map(({ edge, confirmed }) => ({
      from: rows.record(edge.row) ?? "",
      at: edge.at,
      kind: edge.kind,
      to: recordAt(edge, parts),
      confirmed: confirmed ?? null,
    })),
    next: last === undefined ? null : writePlace(asked, placeOf(last.edge, columns)),
  };
}

/** A relation that is asked for. */
interface Found {
  edge: EdgeOfRow;
  confirmed: Confirmation | undefined;
}

function countKinds(found: Iterable<Found>): { total: number; counts: KindCount[] } {
  const counts = new Map<RelationKind, KindCount>();
  const lastRow = new Map<RelationKind, number>();
  let total = 0;
  for (const { edge, confirmed } of found) {
    const { kind, row } = edge;
    const so = counts.get(kind) ?? { kind, relations: 0, confirmed: 0, organisations: 0 };
    counts.set(kind, so);
    so.relations += 1;
    if (confirmed !== undefined) so.confirmed += 1;
    // Those of a row come one after the other.
    if (lastRow.get(kind) !== row) so.organisations += 1;
    lastRow.set(kind, row);
    total += 1;
  }
  return { total, counts: RelationKind.options.flatMap((kind) => counts.get(kind) ?? []) };
}

/** The first relations of rows, from behind a place on. */
function firstOf(
  rows: Iterable<number>,
  after: Place | undefined,
  limit: number,
  found: (row: number) => Iterable<Found>,
): Found[] {
  const page: Found[] = [];
  for (const row of rows) {
    for (const each of found(row)) {
      if (after?.[1] === row && each.edge.at <= after[2]) continue;
      page.push(each);
      if (page.length === limit) return page;
    }
  }
  return page;
}

type Place = [tie: number, row: number, at: number];

const numbers = ["number", "number", "number"] as const;

/** Where a relation stands among all: by the hash of its record, which is the same everywhere. */
function placeOf({ row, at }: EdgeOfRow, columns: Columns): Place {
  return [columns.tie[row] ?? 0, row, at];
}

/** Rows in that order, from the one of a place on. */
function* inOrder(
  rows: Uint32Array,
  { tie }: Columns,
  [first, row]: readonly [number, number, ...unknown[]] = [0, 0],
): Generator<number> {
  const behind = rows.filter((each) => (tie[each] as number) >= first);
  for (const at of ascending(Float64Array.from(behind, (each) => tie[each] as number))) {
    const each = behind[at] as number;
    if (tie[each] !== first || each >= row) yield each;
  }
}

/** The rows whose relations may be asked for, ascending. */
function subjects(
  { query, kinds }: RelationQuestion,
  subject: Organisation | undefined,
  { columns, ties }: Parts,
): Uint32Array {
  const relation = [...(kinds ?? RelationKind.options)];
  const { rows, exampleRows } = select(
    columns,
    { ...query, relation },
    placeCandidates(columns, query),
  );
  if (subject === undefined) return rows;
  const named = new Set([...subject.rows, ...ties.rowsNaming(subject.names)]);
  return Uint32Array.from([...rows, ...exampleRows].filter((row) => named.has(row))).toSorted();
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
function touches({ row, other, registration }: EdgeOfRow, { rows, names }: Organisation): boolean {
  const exact = registration === "" ? undefined : readIdentifier(registration);
  return (
    rows.has(row) ||
    names.includes(other) ||
    (exact?.kind === "keys" && exact.keys.some((key) => names.includes(key)))
  );
}

/** Finds what speaks for relations. */
function confirmations(trusted: readonly string[], { rows, ties, edges }: Parts) {
  // Nearly all are stated by who states them, and by nobody else.
  const attestedRows = new Set(
    ties.relatedSubjects().flatMap((subject) => rows.find(subject)?.row ?? []),
  );
  return ({ row, kind, other, registration }: EdgeOfRow): Confirmation | undefined => {
    if (!attestedRows.has(row) && !(kind in inverse)) return undefined;
    const subject = rows.coopOf(row) ?? "";
    const attested = attestedRows.has(row)
      ? ties
          .about(subject)
          .filter((each): each is AttestedRelation => isRelationClaim(each.claim))
          .filter(({ claim }) => claim.relationship === kind)
      : [];
    if (attested.length === 0 && !(kind in inverse)) return undefined;
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

function recordAt({ other, registration }: EdgeOfRow, { rows }: Parts): string | null {
  const [row] = [other, registration].flatMap((id) => rowsNamed(id, rows));
  const stands = row === undefined ? undefined : (rows.at(row)?.instead ?? row);
  return stands === undefined ? null : (rows.record(stands) ?? null);
}
