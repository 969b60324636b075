import { z } from "zod";
import { CoopType, DistributionConstraint, StakeholderKind, VoteRule } from "./codes.ts";
import table from "./data/legal-forms.json" with { type: "json" };

/** What a rule of a law is known from. What is known from memory alone is no rule here. */
const Verification = z.enum(["read", "partly"]);

const Kinds = z.array(StakeholderKind).min(1);
const Share = z.number().min(0).max(100);

/**
 * When a rule holds: from the first day of `from` until the day before `to`,
 * each a year, a month or a day; and where it stands.
 */
const origin = {
  from: z.string().optional(),
  to: z.string().optional(),
  law: z.string(),
  verified: Verification,
};

/** A rule that a law has for co-ops of a form, as far as a listing can show whether it is kept. */
export const Rule = z.discriminatedUnion("rule", [
  /** So many classes of members at the least. */
  z.strictObject({ rule: z.literal("classes"), least: z.int(), ...origin }),
  /** So many of these groups of kinds have members. */
  z.strictObject({
    rule: z.literal("kinds"),
    groups: z.array(Kinds).min(1),
    least: z.int(),
    ...origin,
  }),
  /** Members, all together. */
  z.strictObject({
    rule: z.literal("members"),
    least: z.int().optional(),
    most: z.int().optional(),
    ...origin,
  }),
  /** The percentage that these kinds have together. */
  z.strictObject({
    rule: z.literal("limit"),
    of: z.enum(["members", "votes", "seats", "capital"]),
    kinds: Kinds,
    least: Share.optional(),
    most: Share.optional(),
    ...origin,
  }),
  /** Where classes vote, the percentage of the votes that each has. */
  z.strictObject({ rule: z.literal("colleges"), least: Share, most: Share, ...origin }),
  /** Every class has a seat on the board, but those of these kinds. */
  z.strictObject({ rule: z.literal("seats"), butNot: z.array(StakeholderKind), ...origin }),
  /** How votes are given. */
  z.strictObject({ rule: z.literal("votes"), oneOf: z.array(VoteRule).min(1), ...origin }),
  /** Whether surplus may go to members. */
  z.strictObject({
    rule: z.literal("surplus"),
    oneOf: z.array(DistributionConstraint).min(1),
    ...origin,
  }),
  /** The legal name has one of these in it. */
  z.strictObject({ rule: z.literal("name"), contains: z.array(z.string()).min(1), ...origin }),
]);
export type Rule = z.infer<typeof Rule>;

/** A legal form of co-ops, with what its law asks of them. */
export const LegalForm = z.strictObject({
  /** `form:` and a key that says where: `form:fr-scic`. */
  code: z.string().regex(/^form:[a-z0-9]+(-[a-z0-9]+)*$/),
  /** ISO 3166-1 alpha-2, or EU; absent for forms of no country. */
  country: z.string().length(2).optional(),
  /** ISO 3166-2, for the law of a part of the country. */
  subdivision: z.string().optional(),
  /** As the law calls it. */
  name: z.string(),
  nameEn: z.string(),
  /** How far the entry was checked against a text. */
  verified: z.enum([...Verification.options, "not"]),
  /** Only where a text was read. */
  law: z.string().optional(),
  since: z
    .string()
    .regex(/^\d{4}$/)
    .optional(),
  /** The code of the Entity Legal Form list (ISO 20275), often that of any co-op of the country. */
  elf: z.string().length(4).optional(),
  /** The ILO's type that co-ops of this form usually are; no rule. */
  iloType: CoopType.optional(),
  rules: z.array(Rule),
});
export type LegalForm = z.infer<typeof LegalForm>;

interface Tables {
  forms: Map<string, LegalForm>;
  /** Names of the codes of ISO 20275 that are used here. */
  elf: Map<string, { country: string; name: string }>;
}

let tables: Tables | undefined;

function all(): Tables {
  tables ??= {
    forms: new Map(
      z
        .array(LegalForm)
        .parse(table.forms)
        .map((form) => [form.code, form]),
    ),
    elf: new Map(table.elf.map((entry) => [entry.code, entry])),
  };
  return tables;
}

/**
 * The legal forms known here, in the order of the table.
 *
 * @param country ISO 3166-1 alpha-2: only those of it and of none.
 */
export function legalForms(country?: string): LegalForm[] {
  const forms = [...all().forms.values()];
  if (country === undefined) return forms;
  return forms.filter((form) => form.country === undefined || form.country === country);
}

/** The form with this code; undefined for `elf:` codes, which have no rules, and for unknown ones. */
export function legalFormOf(code: string): LegalForm | undefined {
  return all().forms.get(code);
}

/** What the law calls a form, by its code, `form:…` or `elf:…`; undefined if it isn't known here. */
export function legalFormLabel(code: string): string | undefined {
  return all().forms.get(code)?.name ?? all().elf.get(code)?.name;
}

/** The country of a form by its code, `form:…` or `elf:…`: ISO 3166-1 alpha-2, or EU. */
export function legalFormCountry(code: string): string | undefined {
  return all().forms.get(code)?.country ?? all().elf.get(code)?.country;
}

/**
 * The rules of a form that hold on a day.
 *
 * @param day `2026-11-22`.
 */
export function rulesOf(form: LegalForm, day: string): Rule[] {
  return form.rules.filter(
    // As text, 2005-11-01 comes after 2005-11, and 2005-10-31 before it.
    ({ from, to }) => (from === undefined || day >= from) && (to === undefined || day < to),
  );
}
