import { leastOf, mostOf } from "./count.ts";
import { type Count, type Figures, type Measure, measures } from "./listing.ts";
import type { Warned, Warning } from "./warnings.ts";

/** Where the figures of a listing contradict the calendar, its dates, or one another. */
export function figureWarnings(listing: Warned, today: string): Warning[] {
  const rows = listing.figures ?? [];
  const years = [...new Set(rows.map(({ year }) => year))];
  return [
    ...rows.flatMap((row, index) => dateWarnings(row, index, listing, today)),
    ...classWarnings(listing),
    ...years.flatMap((year) => sumWarnings(year, rows)),
  ];
}

function dateWarnings(
  { year, asOf }: Figures,
  index: number,
  { foundingDate, dissolutionDate }: Warned,
  today: string,
): Warning[] {
  const warnings: Warning[] = [];
  const path = `figures.${index}.year`;
  const yearOf = (date: string) => Number(date.slice(0, 4));
  if (year > yearOf(today)) warnings.push({ path, text: `${year} is in the future.` });
  if (foundingDate !== undefined && year < yearOf(foundingDate)) {
    warnings.push({
      path,
      text: `The co-op was founded in ${yearOf(foundingDate)}, after ${year}.`,
    });
  }
  if (dissolutionDate !== undefined && year > yearOf(dissolutionDate)) {
    const text = `The co-op was dissolved in ${yearOf(dissolutionDate)}, before ${year}.`;
    warnings.push({ path, text });
  }
  if (asOf !== undefined && asOf > today.slice(0, asOf.length)) {
    warnings.push({ path: `figures.${index}.asOf`, text: "The date is in the future." });
  }
  return warnings;
}

function classWarnings({ stakeholders = [], figures = [] }: Warned): Warning[] {
  if (stakeholders.length === 0) return [];
  const keys = new Set(stakeholders.map(({ key }) => key));
  return figures.flatMap(({ membersByClass = {} }, index) =>
    Object.keys(membersByClass)
      .filter((key) => !keys.has(key))
      .map((key) => ({
        path: `figures.${index}.membersByClass.${key}`,
        text: `There is no class of members with the key “${key}”, or there is no longer.`,
      })),
  );
}

/** What all rows say of a year, and where each measure stands: no measure stands twice. */
function sumWarnings(year: number, rows: Figures[]): Warning[] {
  const all: Partial<Figures> = {};
  const places = new Map<Measure, string>();
  for (const [index, row] of rows.entries()) {
    if (row.year !== year) continue;
    for (const measure of measures) {
      if (row[measure] === undefined) continue;
      Object.assign(all, { [measure]: row[measure] });
      places.set(measure, `figures.${index}.${measure}`);
    }
  }
  const warnings: Warning[] = [];
  const warn = (measure: Measure, text: string) =>
    warnings.push({ path: places.get(measure) ?? "figures", text: `${year}: ${text}` });
  /** Whether the one is more than the other for certain. */
  const exceeds = (one: Count | undefined, other: Count | undefined) =>
    one !== undefined && leastOf(one) > mostOf(other);

  const { members, membersNatural, membersLegal, membersBySex, membersByClass } = all;
  const { workers, workerMembers } = all;
  if (exceeds(membersNatural, members)) {
    warn("membersNatural", "there are more persons among the members than members.");
  }
  if (exceeds(membersLegal, members)) {
    warn("membersLegal", "there are more organisations among the members than members.");
  }
  if (members !== undefined && membersNatural !== undefined && membersLegal !== undefined) {
    const low = leastOf(membersNatural) + leastOf(membersLegal);
    const high = mostOf(membersNatural) + mostOf(membersLegal);
    const isEach = exceeds(membersNatural, members) || exceeds(membersLegal, members);
    if (!isEach && (low > mostOf(members) || high < leastOf(members))) {
      warn("members", "persons and organisations don’t add up to all members.");
    }
  }
  if (membersBySex !== undefined) {
    const { female, male, notStated } = membersBySex;
    const low = leastOf(female) + leastOf(male) + leastOf(notStated);
    const high = mostOf(female) + mostOf(male) + mostOf(notStated);
    const persons = membersNatural ?? members;
    if (persons !== undefined && low > mostOf(persons)) {
      warn("membersBySex", "women, men and those not stated are more than all members.");
    }
    if (membersNatural !== undefined && high < leastOf(membersNatural)) {
      warn("membersBySex", "women, men and those not stated are fewer than the members.");
    }
  }
  if (membersByClass !== undefined && members !== undefined) {
    const low = Object.values(membersByClass).reduce<number>(
      (sum, count) => sum + leastOf(count),
      0,
    );
    if (low > mostOf(members))
      warn("membersByClass", "the classes have more members than there are.");
  }
  if (exceeds(workerMembers, workers)) {
    warn("workerMembers", "more members work there than people do.");
  }
  if (exceeds(workerMembers, members)) {
    warn("workerMembers", "more members work there than there are members.");
  }
  return warnings;
}
