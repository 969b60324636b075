import type { DraftContent } from "../../directory/draft.ts";
import { formOf } from "./form.ts";

/** A field in which two contents differ. */
export interface Difference {
  label: string;
  before: string;
  after: string;
}

/** In what two contents differ, field by field, in the order of the form. */
export function differences(before: DraftContent, after: DraftContent): Difference[] {
  const [old, young] = [valuesOf(before), valuesOf(after)];
  const names = [...new Set([...young.keys(), ...old.keys()])];
  return names
    .filter((name) => !name.startsWith("provenance."))
    .map((name) => ({
      label: fieldWords(name),
      before: (old.get(name) ?? []).join(", "),
      after: (young.get(name) ?? []).join(", "),
    }))
    .filter((each) => each.before !== each.after);
}

function valuesOf(content: DraftContent): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of formOf(content)) {
    const there = values.get(name);
    if (there === undefined) values.set(name, [value]);
    else there.push(value);
  }
  return values;
}

/** What the terms of a listing are called in the editor. */
const termWords: Record<string, string> = {
  _consent: "Consent",
  _handle: "Name in the fediverse",
  name: "Name",
  nameMap: "Name",
  summary: "What it does",
  summaryMap: "What it does",
  inLanguage: "Language",
  url: "Website",
  icon: "Logo",
  image: "Wide picture",
  legalName: "Legal name",
  purpose: "Purpose",
  purposeMap: "Purpose",
  identifier: "Registration",
  foundingDate: "Founded",
  dissolutionDate: "Dissolved",
  status: "Status",
  knowsLanguage: "Languages spoken",
  contactPoint: "Contact",
  howToJoin: "How to join",
  howToJoinMap: "How to join",
  account: "Fediverse account",
  coopType: "Type",
  legalForm: "Legal form",
  legalFormCode: "Legal form",
  activity: "Activities",
  theme: "Themes",
  level: "Level",
  stakeholders: "Class of members",
  voteRule: "How votes are given",
  boardSize: "Seats on the board",
  distributionConstraint: "Surplus",
  indivisibleReserve: "Indivisible reserves",
  location: "Place",
  areaServed: "Regions served",
  figures: "Year",
  offers: "Offer",
  needs: "Need",
  relations: "Relation",
  license: "Licence",
  discoverable: "May be suggested",
  indexable: "May be searched in",
};

/** What a field is called: `Class of members 1, votes`. */
export function fieldWords(name: string): string {
  if (name === "location.address.addressCountry") return "Country";
  if (name === "location.address.addressLocality") return "Town or village";
  const [term = "", ...rest] = name.split(".");
  const words = termWords[term] ?? term;
  const [first, ...others] = rest.map((part) =>
    /^\d+$/.test(part) ? String(Number(part) + 1) : part.replace(/([A-Z])/g, " $1").toLowerCase(),
  );
  if (first === undefined) return words;
  const below = others.filter((part) => part !== "address").join(" ");
  return /^\d+$/.test(first)
    ? `${words} ${first}${below === "" ? "" : `, ${below}`}`
    : `${words}, ${[first, below].filter((part) => part !== "" && part !== "address").join(" ")}`;
}
