import { leastOf, mostOf } from "./count.ts";
import { figureWarnings } from "./figure-warnings.ts";
import { legalFormWarnings } from "./legal-form-warnings.ts";
import { legalFormCountry, legalFormLabel, legalFormOf } from "./legal-forms.ts";
import type { Listing, ListingContent } from "./listing.ts";
import { regionLabel, regionPath } from "./regions.ts";
import { registrationFault, registrationKey } from "./registrations.ts";
import { iloTest } from "./stakeholders.ts";
import { themesOf } from "./themes.ts";

/** Something that can hardly be meant, for whoever publishes a listing. It blocks nothing. */
export interface Warning {
  /** The place in the listing: `stakeholders.0.voteShare`. */
  path: string;
  /** A sentence that says what is odd. */
  text: string;
  /** The law that says otherwise, with its section. */
  law?: string;
  /** How far the law was read. */
  verified?: "read in the text of the law" | "partly verified";
}

/** What is looked at: a listing, or what there is of one that is being written. */
export type Warned = Partial<ListingContent> & Partial<Pick<Listing, "id">>;

/**
 * What in a listing contradicts itself, the calendar, the register that it
 * names, the ILO's test, or the law of its form. In the order of the listing's
 * parts; empty for most.
 *
 * @param today `2026-11-22`.
 */
export function warningsOf(listing: Warned, today: string): Warning[] {
  return [
    ...identifierWarnings(listing),
    ...dateWarnings(listing, today),
    ...typeWarnings(listing),
    ...formWarnings(listing),
    ...themeWarnings(listing),
    ...structureWarnings(listing, today),
    ...legalFormWarnings(listing, today),
    ...figureWarnings(listing, today),
    ...exchangeWarnings(listing, today),
    ...relationWarnings(listing),
    ...provenanceWarnings(listing),
  ];
}

/** Whether one partial date lies before another for certain. */
function isBefore(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length) < other.slice(0, length);
}

function identifierWarnings({ identifier = [] }: Warned): Warning[] {
  return identifier.flatMap(({ propertyID, value }, index) => {
    const text = registrationFault(propertyID, value);
    return text === undefined ? [] : [{ path: `identifier.${index}.value`, text }];
  });
}

function dateWarnings(
  { foundingDate, dissolutionDate, status = "active" }: Warned,
  today: string,
): Warning[] {
  const warnings: Warning[] = [];
  const warn = (path: string, text: string) => warnings.push({ path, text });
  const isOver = dissolutionDate !== undefined && !isBefore(today, dissolutionDate);
  if (foundingDate !== undefined && dissolutionDate !== undefined) {
    if (isBefore(dissolutionDate, foundingDate)) {
      warn("dissolutionDate", "The co-op was dissolved before it was founded.");
    }
  }
  if (foundingDate !== undefined && isBefore(today, foundingDate) && status !== "forming") {
    warn("foundingDate", "The co-op is yet to be founded, but isn’t called “forming”.");
  }
  if (isOver && (status === "active" || status === "forming")) {
    warn("status", `The co-op was dissolved, but is called “${status}”.`);
  }
  return warnings;
}

const typeWords = {
  producer: "a producer co-op",
  worker: "a worker co-op",
  "consumer-user": "a consumer or user co-op",
  "multi-stakeholder": "a multi-stakeholder co-op",
} as const;

/** The type of co-op that members of one type make. */
const madeOf = { worker: "worker", user: "consumer-user", producer: "producer" } as const;

function typeWarnings({ coopType, ...listing }: Warned): Warning[] {
  if (coopType === undefined) return [];
  const path = "coopType";
  const { answer, reason, type } = iloTest(listing);
  if (coopType === "multi-stakeholder" && answer === "no") {
    const text =
      "It is called a multi-stakeholder co-op, but isn’t one by the ILO’s test on the classes of members given here.";
    return [{ path, text }];
  }
  if (coopType !== "multi-stakeholder" && answer === "yes") {
    const text = `It is called ${typeWords[coopType]}, but is a multi-stakeholder co-op by the ILO’s test on the classes of members given here.`;
    return [{ path, text }];
  }
  const made = reason === "one-type" && type !== undefined && type in madeOf;
  const usual = made ? madeOf[type as keyof typeof madeOf] : undefined;
  if (usual === undefined || usual === coopType) return [];
  const text = `It is called ${typeWords[coopType]}, but its classes of members are those of ${typeWords[usual]}.`;
  return [{ path, text }];
}

function formWarnings({ legalFormCode, coopType, location }: Warned): Warning[] {
  if (legalFormCode === undefined) return [];
  const warnings: Warning[] = [];
  const warn = (path: string, text: string) => warnings.push({ path, text });
  const form = legalFormOf(legalFormCode);
  const country = legalFormCountry(legalFormCode);
  const name = legalFormLabel(legalFormCode) ?? legalFormCode;
  const home = location?.address.addressCountry;
  if (home !== undefined && country !== undefined && country !== "EU" && country !== home) {
    warn(
      "legalFormCode",
      `“${name}” is a form of ${regionLabel(`iso3166-1:${country}`) ?? country}, but the co-op is in ${regionLabel(`iso3166-1:${home}`) ?? home}.`,
    );
  } else if (form?.subdivision !== undefined && location?.region !== undefined) {
    const part = `iso3166-2:${form.subdivision}`;
    const paths = location.region.map(regionPath).filter((path) => path.length > 1);
    const isTold = paths.some((path) => path.some((code) => code.startsWith("iso3166-2:")));
    if (isTold && !paths.some((path) => path.includes(part))) {
      warn(
        "legalFormCode",
        `“${name}” is a form of ${regionLabel(part) ?? part}, where the co-op is not.`,
      );
    }
  }
  const usual = form?.iloType;
  if (usual !== undefined && coopType !== undefined && usual !== coopType) {
    warn(
      "coopType",
      `“${name}” is mostly ${typeWords[usual]}; this one is called ${typeWords[coopType]}.`,
    );
  }
  return warnings;
}

/** Themes that say why or how, whatever the sector. */
const anywhere: ReadonlySet<string> = new Set(["fair-trade", "work", "community", "environment"]);

function themeWarnings({ theme = [], activity = [] }: Warned): Warning[] {
  const usual = new Set<string>(activity.flatMap(themesOf));
  if (usual.size === 0 || theme.length === 0) return [];
  if (theme.some((each) => usual.has(each) || anywhere.has(each))) return [];
  return [{ path: "theme", text: "None of the themes is usual for the sectors given." }];
}

/** Shares are told in rounded figures. */
const rounding = 0.5;

function structureWarnings(listing: Warned, today: string): Warning[] {
  const { stakeholders: classes = [], boardSize, voteRule } = listing;
  const warnings: Warning[] = [];
  const warn = (path: string, text: string) => warnings.push({ path, text });
  for (const [index, { asOf, name }] of classes.entries()) {
    if (asOf !== undefined && isBefore(today, asOf)) {
      warn(`stakeholders.${index}.asOf`, `The date of “${name}” is in the future.`);
    }
  }
  const votes = classes.flatMap(({ voteShare }) => voteShare ?? []);
  const voted = sum(votes);
  const isWhole = votes.length === classes.length && votes.length > 0;
  if (voted > 100 + rounding || (isWhole && voted < 100 - rounding)) {
    warn("stakeholders", `The shares of the votes add up to ${shown(voted)} %, not to 100 %.`);
  }
  const capital = sum(classes.map(({ capitalShare }) => capitalShare ?? 0));
  if (capital > 100 + rounding) {
    warn("stakeholders", `The shares of the capital add up to ${shown(capital)} %.`);
  }
  const seats = sum(classes.map(({ boardSeats }) => boardSeats ?? 0));
  if (boardSize !== undefined && seats > boardSize) {
    const board = boardSize === 0 ? "there is no board" : `the board has ${boardSize}`;
    warn("boardSize", `The classes have ${seats} seats on the board, but ${board}.`);
  }
  const voting = classes.filter(({ voteShare }) => voteShare !== 0);
  const heads = { low: sum(voting.map(least)), high: sum(voting.map(most)) };
  if (voteRule === "one-member-one-vote") {
    for (const { members, voteShare, name } of voting) {
      if (voteShare === undefined || members === undefined || heads.high === Infinity) continue;
      const [low, high] = [
        leastOf(members) / (heads.high || 1),
        mostOf(members) / (heads.low || 1),
      ];
      if (voteShare >= 100 * low - rounding && voteShare <= 100 * high + rounding) continue;
      warn(
        "voteRule",
        `Each member has one vote, but “${name}” has another share of the votes than of the members.`,
      );
      break;
    }
  }
  return warnings;
}

const least = ({ members }: { members?: Parameters<typeof leastOf>[0] }) => leastOf(members);
const most = ({ members }: { members?: Parameters<typeof mostOf>[0] }) => mostOf(members);

function sum(values: number[]): number {
  return values.reduce((all, each) => all + each, 0);
}

function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function exchangeWarnings(listing: Warned, today: string): Warning[] {
  return (["offers", "needs"] as const).flatMap((term) =>
    (listing[term] ?? []).flatMap(({ name, validThrough }, index) =>
      validThrough === undefined || validThrough >= today
        ? []
        : [{ path: `${term}.${index}.validThrough`, text: `“${name}” has expired.` }],
    ),
  );
}

function relationWarnings({ id, name, identifier = [], relations = [] }: Warned): Warning[] {
  const own = new Set(identifier.map((each) => registrationKey(each.propertyID, each.value)));
  return relations.flatMap((relation, index) => {
    const { propertyID, value } = relation.identifier ?? {};
    const key =
      propertyID === undefined || value === undefined
        ? undefined
        : registrationKey(propertyID, value);
    const isOwnName = relation.id === undefined && key === undefined && relation.name === name;
    const isOwn =
      (id !== undefined && relation.id === id) || (key !== undefined && own.has(key)) || isOwnName;
    const { since, until } = relation;
    const path = `relations.${index}`;
    const fault =
      key === undefined && propertyID !== undefined && value !== undefined
        ? registrationFault(propertyID, value)
        : undefined;
    return [
      ...(isOwn ? [{ path, text: "This is a relation of the co-op to itself." }] : []),
      ...(since !== undefined && until !== undefined && isBefore(until, since)
        ? [{ path: `${path}.until`, text: "The relation ended before it began." }]
        : []),
      ...(fault === undefined ? [] : [{ path: `${path}.identifier.value`, text: fault }]),
    ];
  });
}

function provenanceWarnings({ provenance }: Warned): Warning[] {
  if (provenance === undefined) return [];
  const { kind, mandate } = provenance;
  if (kind === "mandated" && mandate === undefined) {
    const text = "It is published under a mandate, but doesn’t say under which.";
    return [{ path: "provenance.mandate", text }];
  }
  if (kind !== "mandated" && mandate !== undefined) {
    const text = "It has a mandate, but isn’t published under one.";
    return [{ path: "provenance.mandate", text }];
  }
  return [];
}
