import type { StakeholderKind } from "./codes.ts";
import { leastOf, mostOf } from "./count.ts";
import {
  type Count,
  type Figures,
  type Listing,
  measures,
  sensitiveKinds,
  type StakeholderClass,
} from "./listing.ts";
import { typeOf } from "./stakeholders.ts";

/** Counts below this are not told of classes whose members could be harmed by it. */
const threshold = 5;

/** What protection looks at. */
type Protectable = Partial<Pick<Listing, "stakeholders" | "voteRule" | "figures">>;

/**
 * Hides small counts in sensitive classes, and what would give them away. Pure;
 * to protect what is protected changes nothing. The rule is the threshold of
 * five of the OECD's Glossary of Statistical Terms, with complementary
 * suppression: a cell that is hidden must not follow from what stands beside it.
 *
 * The count itself becomes "fewer than 5", zero included, as do narrower bounds.
 * Then, so that as little as possible is lost, only what would narrow it goes:
 *
 * - `members`, `membersNatural`, `membersBySex` and `workerMembers` of a year, if
 *   less the classes that are told they leave what the hidden ones could have.
 *   A total that doesn't fit the classes tells nothing of them, and stays.
 *   `membersLegal` goes only if it gives the natural ones away (members of
 *   sensitive classes are persons);
 * - `workers`, if beside the classes of workers that are told there is too little
 *   room for the hidden ones;
 * - shares of votes, all of them, where each member has one vote or the rule
 *   isn't told: one share and its class are enough to know how many there are.
 *   Where classes have votes, they say nothing of heads, and stay;
 * - shares of capital, all of them, if they look as if everybody had paid in the
 *   same; else they stay.
 *
 * Counts of other classes, seats, volunteers and money stay. The classes belong
 * to the years of their dates; without a date, to any. Where a sensitive class
 * isn't counted at all, a total that leaves fewer than five for it goes as well.
 * Classes of years gone by that the listing no longer has may be sensitive, and
 * are treated as such. Texts are not looked at, nor are earlier versions.
 *
 * @returns The content, and what was hidden: dotted paths in the content given.
 */
export function protect<T extends Protectable>(content: T): { content: T; hidden: string[] } {
  const { stakeholders: classes = [], figures: rows = [] } = content;
  const kinds: Kinds = new Map(classes.map(({ key, kind }) => [key, kind]));
  const hidden: string[] = [];
  const byClass = new Map(
    rows.flatMap(({ year, membersByClass }) =>
      membersByClass === undefined ? [] : [[year, membersByClass] as const],
    ),
  );

  const figures = rows.flatMap((row, index) => {
    const told = byClass.get(row.year) ?? {};
    const sides = sidesOf(
      told,
      classes.filter((each) => mayBeOf(each, row)),
      kinds,
    );
    const shown = protectRow(row, sides, kinds, `figures.${index}`, hidden);
    if (measures.some((measure) => shown[measure] !== undefined)) return [shown];
    hidden.push(`figures.${index}`);
    return [];
  });
  const everFew = new Set(
    [...byClass.values()].flatMap((counts) =>
      Object.keys(counts).filter((key) => isFew(counts[key])),
    ),
  );
  const stakeholders = protectClasses(content, classes, everFew, hidden);

  if (hidden.length === 0) return { content, hidden };
  const { figures: _, stakeholders: _classes, ...rest } = content;
  const shown = {
    ...rest,
    ...(content.stakeholders !== undefined && { stakeholders }),
    ...(figures.length > 0 && { figures }),
  };
  return { content: shown as T, hidden };
}

type Kinds = Map<string, StakeholderKind>;

/** A class without a date may be of any year; a count of a year may be dated in the next. */
function mayBeOf({ asOf }: StakeholderClass, row: Figures): boolean {
  if (asOf === undefined) return true;
  const year = Number(asOf.slice(0, 4));
  return year === row.year || year === Number(row.asOf?.slice(0, 4));
}

function isSensitive(kind: StakeholderKind | undefined): boolean {
  return kind === undefined || sensitiveKinds.has(kind);
}

/** A bound of whatever size stands for a count that somebody meant to hide. */
function isFew(count: Count | undefined): boolean {
  return typeof count === "object" || (count !== undefined && count < threshold);
}

/** Fewer than five, or the wider bound that was given. */
function veil(count: Count): { fewerThan: number } {
  const bound = typeof count === "object" ? count.fewerThan : 0;
  return { fewerThan: Math.max(bound, threshold) };
}

function isSame(one: Count, other: { fewerThan: number }): boolean {
  return typeof one === "object" && one.fewerThan === other.fewerThan;
}

/** What whoever reads the listing knows of the members of a class. */
interface Cell {
  kind: StakeholderKind | undefined;
  hidden: boolean;
  low: number;
  high: number;
}

function cellOf(kind: StakeholderKind | undefined, count: Count | undefined): Cell {
  if (isSensitive(kind) && (count === undefined || isFew(count))) {
    return { kind, hidden: true, low: 0, high: mostOf(veil(count ?? 0)) };
  }
  return { kind, hidden: false, low: leastOf(count), high: mostOf(count) };
}

/** What can be subtracted from the totals of a year: its own counts, the classes as they are, or both. */
function sidesOf(told: Record<string, Count>, classes: StakeholderClass[], kinds: Kinds): Cell[][] {
  const own = new Map(
    Object.entries(told).map(([key, count]) => [key, cellOf(kinds.get(key), count)]),
  );
  const now = new Map(classes.map(({ key, kind, members }) => [key, cellOf(kind, members)]));
  return [own, now, new Map([...now, ...own])]
    .map((side) => [...side.values()])
    .filter((side) => side.some((cell) => cell.hidden));
}

/** Whether a class is part of a total. */
type Belonging = (kind: StakeholderKind | undefined) => "always" | "maybe" | "never";

function isWorker(kind: StakeholderKind | undefined): boolean {
  return kind !== undefined && typeOf(kind) === "worker";
}

const belonging = {
  members: () => "always",
  natural: (kind) => {
    if (isWorker(kind)) return "always";
    return kind === "organisation" || kind === "public-body" ? "never" : "maybe";
  },
  workers: (kind) => {
    if (isWorker(kind)) return "always";
    return kind === undefined || kind === "other" ? "maybe" : "never";
  },
} satisfies Record<string, Belonging>;

/**
 * Whether a total narrows what the hidden classes may have: added to some that
 * belong to it, they can make it up, and not with any number.
 *
 * @param bound The total is at least what they have; else it is exactly that.
 */
function givesAway(
  total: Count,
  sides: Cell[][],
  belongs: Belonging,
  bound = typeof total === "object",
): boolean {
  const whole = mostOf(total);
  return sides.some((side) => {
    const room = side.reduce((sum, cell) => sum + (cell.hidden ? cell.high : 0), 0);
    const told = side.filter((cell) => !cell.hidden);
    const always = told.filter(({ kind }) => belongs(kind) === "always");
    const maybe = told.filter(({ kind }) => belongs(kind) === "maybe");
    return subsets(maybe).some((some) => {
      const [low, high] = sumOf([...always, ...some]);
      const [least, left] = [bound ? 0 : whole - high, whole - low];
      return left >= 0 && least <= room && (least > 0 || left < room);
    });
  });
}

function subsets<T>([first, ...rest]: T[]): T[][] {
  if (first === undefined) return [[]];
  const without = subsets(rest);
  return [...without, ...without.map((some) => [first, ...some])];
}

function sumOf(cells: Cell[]): [low: number, high: number] {
  return cells.reduce(([low, high], cell) => [low + cell.low, high + cell.high], [0, 0]);
}

function protectRow(
  row: Figures,
  sides: Cell[][],
  kinds: Kinds,
  place: string,
  hidden: string[],
): Figures {
  const shown = { ...row };
  const hide = (
    measure:
      | "members"
      | "membersNatural"
      | "membersLegal"
      | "membersBySex"
      | "workerMembers"
      | "workers",
  ) => {
    delete shown[measure];
    hidden.push(`${place}.${measure}`);
  };
  const { members, membersNatural, membersBySex, workerMembers, workers } = row;
  if (members !== undefined && givesAway(members, sides, belonging.members)) hide("members");
  if (membersNatural !== undefined && givesAway(membersNatural, sides, belonging.natural)) {
    hide("membersNatural");
  }
  if (typeof shown.members === "number" && typeof row.membersLegal === "number") {
    const natural = shown.members - row.membersLegal;
    if (natural >= 0 && givesAway(natural, sides, belonging.natural)) hide("membersLegal");
  }
  if (membersBySex !== undefined) {
    const parts = Object.values(membersBySex).filter((count) => count !== undefined);
    const sums = [mostOf, leastOf].map((of) =>
      parts.reduce<number>((sum, each) => sum + of(each), 0),
    );
    if (sums.some((sum) => givesAway(sum, sides, belonging.natural))) hide("membersBySex");
  }
  if (workerMembers !== undefined && givesAway(workerMembers, sides, belonging.workers)) {
    hide("workerMembers");
  }
  if (workers !== undefined && givesAway(workers, sides, belonging.workers, true)) hide("workers");

  if (row.membersByClass !== undefined) {
    const counts = Object.entries(row.membersByClass).map(([key, count]): [string, Count] => {
      if (!isSensitive(kinds.get(key)) || !isFew(count)) return [key, count];
      if (!isSame(count, veil(count))) hidden.push(`${place}.membersByClass.${key}`);
      return [key, veil(count)];
    });
    shown.membersByClass = Object.fromEntries(counts);
  }
  return shown;
}

function protectClasses(
  { voteRule }: Protectable,
  classes: StakeholderClass[],
  everFew: Set<string>,
  hidden: string[],
): StakeholderClass[] {
  const isHidden = classes.some(
    ({ key, kind, members }) =>
      sensitiveKinds.has(kind) && (isFew(members) || (members === undefined && everFew.has(key))),
  );
  const byRule = voteRule === undefined || voteRule === "one-member-one-vote";
  const votes = byRule && (isHidden || looksByHeads(classes, "voteShare"));
  const capital = looksByHeads(classes, "capitalShare");
  return classes.map((each, index) => {
    const shown = { ...each };
    const place = `stakeholders.${index}`;
    if (each.members !== undefined && sensitiveKinds.has(each.kind) && isFew(each.members)) {
      shown.members = veil(each.members);
      if (!isSame(each.members, shown.members)) hidden.push(`${place}.members`);
    }
    for (const [share, goes] of [
      ["voteShare", votes],
      ["capitalShare", capital],
    ] as const) {
      if (!goes || shown[share] === undefined) continue;
      delete shown[share];
      hidden.push(`${place}.${share}`);
    }
    return shown;
  });
}

/** Shares are mostly told in whole percents. */
const rounding = 0.5;

/**
 * Whether a class is hidden, and there can be so many members that each class
 * has the share that it has of them. Those without a share take no part. A
 * hidden count is looked at only as what it may be, so that the answer is the
 * same once it is hidden.
 */
function looksByHeads(classes: StakeholderClass[], share: "voteShare" | "capitalShare"): boolean {
  let [least, most, low, high] = [0, Infinity, 0, 0];
  const cells = classes.map((each) => ({ ...cellOf(each.kind, each.members), share: each[share] }));
  if (!cells.some((cell) => cell.hidden)) return false;
  if (cells.every((cell) => cell.share === undefined)) return false;
  for (const cell of cells) {
    if (cell.share === 0) continue;
    high += cell.high;
    if (cell.share === undefined) continue;
    low += cell.low;
    // Of n members, this class has between 100 × low / n and 100 × high / n percent.
    least = Math.max(least, (100 * cell.low) / (cell.share + rounding));
    if (cell.share > rounding) most = Math.min(most, (100 * cell.high) / (cell.share - rounding));
  }
  return Math.max(least, low) <= Math.min(most, high);
}
