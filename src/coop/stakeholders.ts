import type { StakeholderKind } from "./codes.ts";
import { leastOf, mostOf } from "./count.ts";
import type { Listing, StakeholderClass } from "./listing.ts";

/** An answer that doesn't pretend to know. */
export type Answer = "yes" | "no" | "unknown";

/** What the test looks at. */
export type Governed = Pick<Listing, "stakeholders" | "voteRule" | "boardSize">;

/**
 * A type of member. Tenants are users of what they rent, and who works under
 * protection is a worker, so these kinds are no types of their own.
 */
export type StakeholderType = Exclude<
  StakeholderKind,
  "resident" | "disadvantaged-worker" | "other"
>;

/** Where the test is decided: on the board, or in the general assembly by shares or by heads. */
type GoverningBody = "board" | "votes" | "heads";

/** The answer, and what it follows from. */
export interface Judgement {
  answer: Answer;
  reason:
    | "no-classes"
    | "one-type"
    | "veto"
    | "majority"
    | "one-represented"
    | "balanced"
    /** Neither seats nor votes are told. */
    | "not-told"
    /** Not all of them are, or only that they are few. */
    | "told-in-part"
    /** It depends on what classes of the kind `other` are. */
    | "other-kinds";
  /** What decided, or would. */
  body?: GoverningBody;
  /** Who has the veto, the majority, or all that is represented; or the largest share. */
  type?: StakeholderType | "other";
  /** How much of the body that type holds, at least, and how much the body has. */
  held?: number;
  whole?: number;
  /** Nothing about the body is left open. */
  exact?: boolean;
}

/** The type of a class; undefined for `other`, which may be any. */
export function typeOf(kind: StakeholderKind): StakeholderType | undefined {
  if (kind === "other") return undefined;
  if (kind === "resident") return "user";
  return kind === "disadvantaged-worker" ? "worker" : kind;
}

/** Whether a co-op is multi-stakeholder by the ILO's test; {@link iloTest} says why. */
export function multiStakeholder(listing: Governed): Answer {
  return iloTest(listing).answer;
}

/**
 * The ILO's test for multi-stakeholder co-ops: members of more than one type,
 * more than one of them represented in the governing body, none with a majority
 * of its votes or an exclusive veto (Guidelines concerning statistics of
 * cooperatives, 20th ICLS 2018).
 *
 * The governing body is the board where its seats are told, else the general
 * assembly; `boardSize` 0 says that the assembly governs. Heads stand for votes
 * only where nothing else is told and each member has one.
 *
 * It answers yes or no only if that holds whatever is not told may be: shares
 * and seats that are left out, counts of which only a bound is given, and which
 * type a class of the kind `other` is (a newer kind is read as that).
 */
export function iloTest(listing: Governed): Judgement {
  const classes = listing.stakeholders ?? [];
  if (classes.length === 0) return { answer: "unknown", reason: "no-classes" };
  const types = new Set(classes.map(label));
  const [only = ""] = types;
  if (types.size === 1) return { answer: "no", reason: "one-type", ...of(only) };

  const vetoes = new Set(classes.filter(({ veto }) => veto === true).map(label));
  const [exclusive = ""] = vetoes;
  if (vetoes.size === 1) return { answer: "no", reason: "veto", ...of(exclusive) };

  const body = bodyOf(listing, classes);
  if (body === undefined) return { answer: "unknown", reason: "not-told" };
  const exact = body.parts.values().every(({ low, high }) => low === high);
  const because = reasonFor(body);
  if (because !== undefined) return { answer: "no", body: body.name, exact, ...because };

  const named = new Set([...vetoes].filter((each) => !isOther(each)));
  const oneVeto = vetoes.size > 0 && named.size < 2;
  if (!oneVeto && !canFail(body)) {
    return { answer: "yes", reason: "balanced", body: body.name, exact, ...largest(body) };
  }
  const reason = exact && [...types].some(isOther) ? "other-kinds" : "told-in-part";
  return { answer: "unknown", reason, body: body.name };
}

/** What a type holds of the body: at least, and at most. */
interface Part {
  low: number;
  high: number;
}

interface Body {
  name: GoverningBody;
  parts: Map<string, Part>;
  /** Undefined when it is what the parts add up to. */
  whole: number | undefined;
  /** The least that can be held. */
  unit: number;
}

/** Classes of the kind `other` are each a type of their own, until they could be another. */
function label({ kind, key }: StakeholderClass): string {
  return typeOf(kind) ?? `other ${key}`;
}

function isOther(type: string): boolean {
  return type.startsWith("other ");
}

function of(type: string): { type: StakeholderType | "other" } {
  return { type: isOther(type) ? "other" : (type as StakeholderType) };
}

function bodyOf({ boardSize, voteRule }: Governed, classes: StakeholderClass[]): Body | undefined {
  const seats = classes.map((each) => each.boardSeats);
  const seated = sum(seats);
  if (boardSize !== 0 && seated > 0) {
    const whole = seats.includes(undefined) ? boardSize : Math.max(boardSize ?? 0, seated);
    return {
      name: "board",
      parts: partsOf(classes, seats.map(exactly)),
      whole: whole === undefined ? undefined : Math.max(whole, seated),
      unit: 1,
    };
  }
  const shares = classes.map((each) => each.voteShare);
  const voted = sum(shares);
  if (voted > 0 || (shares.includes(undefined) && shares.some((each) => each !== undefined))) {
    return {
      name: "votes",
      parts: partsOf(classes, shares.map(exactly)),
      whole: Math.max(100, voted),
      unit: tolerance,
    };
  }
  const heads = classes.map(({ members }) => ({ low: leastOf(members), high: mostOf(members) }));
  if (voteRule !== "one-member-one-vote" || heads.every(({ high }) => high === 0)) return undefined;
  if (classes.every(({ members }) => members === undefined)) return undefined;
  return { name: "heads", parts: partsOf(classes, heads), whole: undefined, unit: 1 };
}

function sum(values: (number | undefined)[]): number {
  return values.reduce<number>((total, each) => total + (each ?? 0), 0);
}

/** What isn't told may be anything. */
function exactly(value: number | undefined): Part {
  return value === undefined ? { low: 0, high: Infinity } : { low: value, high: value };
}

function partsOf(classes: StakeholderClass[], held: Part[]): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const [index, each] of classes.entries()) {
    const { low, high } = held[index] ?? { low: 0, high: 0 };
    const before = parts.get(label(each)) ?? { low: 0, high: 0 };
    parts.set(label(each), { low: before.low + low, high: before.high + high });
  }
  return parts;
}

/** Sums of decimals such as 37.7 + 12.3 are off by less than this. */
const tolerance = 1e-6;

/** More than half. */
function isMajority(held: number, whole: number): boolean {
  return held === Infinity || 2 * held > whole + tolerance;
}

function total(parts: Iterable<Part>): Part {
  let [low, high] = [0, 0];
  for (const part of parts) [low, high] = [low + part.low, high + part.high];
  return { low, high };
}

/**
 * Why the answer is no, whatever isn't told; undefined when it may be yes. The
 * best chance for yes is that classes of the kind `other` are types of their
 * own, and that what is left is with whoever has the least.
 */
function reasonFor({ parts, whole, unit }: Body): Omit<Judgement, "answer"> | undefined {
  for (const [type, { low }] of parts) {
    const others = [...parts].filter(([each]) => each !== type).map(([, part]) => part);
    const most = whole ?? low + total(others).high;
    if (isMajority(low, most)) return { reason: "majority", ...of(type), held: low, whole: most };
  }
  const present = [...parts].filter(([, { low }]) => low > 0);
  const missing = 2 - present.length;
  const possible = [...parts.values()].filter(({ low, high }) => low === 0 && high > 0);
  const rest = whole === undefined ? Infinity : whole - total(parts.values()).low + tolerance;
  if (missing <= 0) return undefined;
  const room = rest >= missing * unit && (whole === undefined || whole >= 2 * unit);
  if (possible.length >= missing && room) return undefined;
  const [sole] = present[0] ?? [...parts].find(([, { high }]) => high > 0) ?? [""];
  return { reason: "one-represented", ...of(sole) };
}

/** Whether there may be a majority, or only one type represented. */
function canFail({ parts, whole }: Body): boolean {
  const named = [...parts.keys()].filter((type) => !isOther(type));
  const rest = whole === undefined ? Infinity : whole - total(parts.values()).low;
  return (named.length === 0 ? [undefined] : named).some((type) => {
    // At worst, classes of the kind `other` belong to this type.
    const isMine = ([each]: [string, Part]) => each === type || isOther(each);
    const mine = total([...parts].filter(isMine).map(([, part]) => part));
    const outside = [...parts].filter((each) => !isMine(each)).map(([, part]) => part);
    if (outside.every(({ low }) => low === 0)) return true;
    return whole === undefined
      ? isMajority(mine.high, mine.high + total(outside).low)
      : isMajority(mine.low + Math.min(rest, mine.high - mine.low), whole);
  });
}

function largest({ parts, whole }: Body): Pick<Judgement, "type" | "held" | "whole"> {
  const [[type, { low }] = ["", { low: 0 }]] = [...parts].toSorted(([, a], [, b]) => b.low - a.low);
  return { ...of(type), held: low, whole: whole ?? total(parts.values()).low };
}
