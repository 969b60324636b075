import type { DistributionConstraint, StakeholderKind, VoteRule } from "./codes.ts";
import { leastOf, mostOf } from "./count.ts";
import { type LegalForm, legalFormOf, type Rule, rulesOf } from "./legal-forms.ts";
import type { StakeholderClass } from "./listing.ts";
import type { Warned, Warning } from "./warnings.ts";

/** What the rules of laws are checked against. */
type Fault = Pick<Warning, "path" | "text">;

const verified = { read: "read in the text of the law", partly: "partly verified" } as const;

/**
 * Where a listing doesn't keep to the rules that its legal form has on a day, as
 * far as it can be told from the listing. Laws change, and a listing leaves much
 * out, so nothing follows from it but a question to its publisher.
 *
 * @param day `2026-11-22`.
 */
export function legalFormWarnings(listing: Warned, day: string): Warning[] {
  const form = legalFormOf(listing.legalFormCode ?? "");
  if (form === undefined) return [];
  return rulesOf(form, day).flatMap((rule) =>
    faultsOf(rule, form, listing).map((fault) => ({
      ...fault,
      law: rule.law,
      verified: verified[rule.verified],
    })),
  );
}

function faultsOf(rule: Rule, form: LegalForm, listing: Warned): Fault[] {
  const classes = listing.stakeholders ?? [];
  const fault = (path: string, text: string): Fault[] => [{ path, text }];
  switch (rule.rule) {
    case "classes":
      if (classes.length === 0 || classes.length >= rule.least) return [];
      return fault(
        "stakeholders",
        `${form.name} has at least ${rule.least} classes of members; this listing has ${classes.length}.`,
      );
    case "kinds": {
      if (classes.length === 0) return [];
      const kinds = classes.map(({ kind }) => kind);
      // Others may be of any group.
      const any = kinds.filter((kind) => kind === "other").length;
      const met = rule.groups.filter((group) => kinds.some((kind) => group.includes(kind)));
      if (met.length + any >= rule.least) return [];
      const groups = rule.groups.map((group) => `(${namesOf(group, "or")})`).join(", ");
      const needed =
        rule.least === rule.groups.length ? "each of these" : `at least ${rule.least} of these`;
      return fault("stakeholders", `${form.name} has members of ${needed}: ${groups}.`);
    }
    case "members": {
      const [low, high] = [total(classes, leastOf), total(classes, mostOf)];
      if (classes.length === 0) return [];
      if (rule.least !== undefined && high < rule.least) {
        return fault("stakeholders", `${form.name} has at least ${rule.least} members.`);
      }
      if (rule.most !== undefined && low > rule.most) {
        return fault("stakeholders", `${form.name} has at most ${rule.most} members.`);
      }
      return [];
    }
    case "limit":
      return limitFaults(rule, form, listing, classes);
    case "colleges":
      if (listing.voteRule !== "by-class") return [];
      return classes.flatMap(({ voteShare, name }, index) =>
        voteShare === undefined || (voteShare >= rule.least && voteShare <= rule.most)
          ? []
          : fault(
              `stakeholders.${index}.voteShare`,
              `Where classes vote, each has between ${rule.least} % and ${rule.most} % of the votes in ${form.name}; “${name}” has ${voteShare} %.`,
            ),
      );
    case "seats": {
      if (!classes.some(({ boardSeats = 0 }) => boardSeats > 0)) return [];
      return classes.flatMap(({ kind, name, boardSeats }, index) =>
        boardSeats === 0 && !rule.butNot.includes(kind)
          ? fault(
              `stakeholders.${index}.boardSeats`,
              `Every activity of ${form.name} is represented on its board; “${name}” has no seat.`,
            )
          : [],
      );
    }
    case "votes":
      if (listing.voteRule === undefined || rule.oneOf.includes(listing.voteRule)) return [];
      return fault(
        "voteRule",
        `In ${form.name}, votes are given ${rule.oneOf.map((each) => voteWords[each]).join(" or ")}.`,
      );
    case "surplus": {
      const { distributionConstraint: constraint } = listing;
      if (constraint === undefined || rule.oneOf.includes(constraint)) return [];
      const words = rule.oneOf.map((each) => surplusWords[each]).join(" or ");
      return fault("distributionConstraint", `In ${form.name}, surplus goes to members ${words}.`);
    }
    case "name":
      return nameFaults(rule, form, listing);
  }
  return rule satisfies never;
}

function nameFaults(
  { contains }: Extract<Rule, { rule: "name" }>,
  form: LegalForm,
  { legalName }: Warned,
): Fault[] {
  if (legalName === undefined) return [];
  if (contains.some((each) => plain(legalName).includes(plain(each)))) return [];
  const text = `The legal name of ${form.name} has “${contains.join("” or “")}” in it.`;
  return [{ path: "legalName", text }];
}

function limitFaults(
  rule: Extract<Rule, { rule: "limit" }>,
  form: LegalForm,
  { boardSize }: Warned,
  classes: StakeholderClass[],
): Fault[] {
  const mine = classes.filter(({ kind }) => rule.kinds.includes(kind));
  const others = classes.filter((each) => !mine.includes(each));
  const share = rangeOfShare(rule.of, mine, others, boardSize);
  const has = `${namesOf(rule.kinds, "and")} together have`;
  const [path, words] = limitWords[rule.of];
  if (rule.most !== undefined && share.least > rule.most + margin) {
    const text = `In ${form.name}, ${has} at most ${shown(rule.most)} % of ${words}; here they have ${shown(share.least)} %.`;
    return [{ path, text }];
  }
  if (rule.least !== undefined && classes.length > 0 && share.most < rule.least - margin) {
    const text = `In ${form.name}, ${has} at least ${shown(rule.least)} % of ${words}; here they have ${shown(share.most)} %.`;
    return [{ path, text }];
  }
  return [];
}

/** Sums of decimals are off by less than this. */
const margin = 1e-6;

/** The least and the most percent that some classes can have of what there is. */
function rangeOfShare(
  of: Extract<Rule, { rule: "limit" }>["of"],
  mine: StakeholderClass[],
  others: StakeholderClass[],
  boardSize = 0,
): { least: number; most: number } {
  if (of === "members") {
    return {
      least: percent(total(mine, leastOf), total(mine, leastOf) + total(others, mostOf)),
      most: percent(total(mine, mostOf), total(mine, mostOf) + total(others, leastOf)),
    };
  }
  const field = ({ votes: "voteShare", capital: "capitalShare", seats: "boardSeats" } as const)[of];
  const [have, rest] = [mine, others].map((each) => sumOf(each, field)) as [number, number];
  const isTold = [...mine, ...others].every((each) => each[field] !== undefined);
  const seats = isTold || boardSize > 0 ? Math.max(boardSize, have + rest) : Infinity;
  const whole = of === "seats" ? seats : 100;
  const isMineTold = mine.every((each) => each[field] !== undefined);
  return {
    least: percent(have, whole),
    most: isMineTold ? percent(have, whole) : percent(whole - rest, whole),
  };
}

function sumOf(
  classes: StakeholderClass[],
  field: "voteShare" | "capitalShare" | "boardSeats",
): number {
  return classes.reduce((sum, each) => sum + (each[field] ?? 0), 0);
}

function percent(part: number, whole: number): number {
  if (part === Infinity) return 100;
  return whole === 0 || whole === Infinity ? 0 : (100 * part) / whole;
}

function total(classes: StakeholderClass[], bound: typeof leastOf): number {
  return classes.reduce((sum, { members }) => sum + bound(members), 0);
}

function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const limitWords = {
  members: ["stakeholders", "all members"],
  votes: ["stakeholders", "the votes"],
  seats: ["stakeholders", "the seats on the board"],
  capital: ["stakeholders", "the capital"],
} as const;

const kindWords: Record<StakeholderKind, string> = {
  worker: "workers",
  user: "users",
  producer: "producers",
  supporting: "supporters",
  investor: "investors",
  "public-body": "public bodies",
  organisation: "organisations",
  resident: "residents",
  "disadvantaged-worker": "disadvantaged workers",
  other: "others",
};

const voteWords: Record<VoteRule, string> = {
  "one-member-one-vote": "one to each member",
  "by-class": "to classes",
  "by-transactions": "by what members trade",
  "by-capital": "by capital",
  other: "in another way",
};

const surplusWords: Record<DistributionConstraint, string> = {
  none: "without a limit",
  limited: "within a limit",
  "non-distributing": "not at all",
};

function namesOf(kinds: readonly StakeholderKind[], joint: "and" | "or"): string {
  const words = kinds.map((kind) => kindWords[kind]);
  return [words.slice(0, -1).join(", "), ...words.slice(-1)]
    .filter((each) => each !== "")
    .join(` ${joint} `);
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/gu, " ");
}
