import { z } from "zod";
import {
  Capital,
  CoopType,
  DistributionConstraint,
  Level,
  Precision,
  ProvenanceKind,
  RelationKind,
  StakeholderKind,
  Status,
  Theme,
  VoteRule,
} from "./codes.ts";
import { isRegion } from "./regions.ts";
import { isSector } from "./sectors.ts";

/** A language tag of BCP 47: `fr`, `pt-BR`. */
const Language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "not a language tag such as fr or pt-BR");

/** The same text in several languages. */
const languageMap = (max: number) =>
  z
    .record(Language, line(max))
    .refine(
      (map) => Object.keys(map).length > 0,
      "an empty language map says nothing: leave it out",
    );

function line(max: number) {
  return z.string().min(1).max(max).regex(/\S/u, "nothing but white space");
}

/** A web address that is safe to put into a link. */
export const WebUrl = z
  .string()
  .max(500)
  .refine(isWebUrl, "not a web address beginning with https:// or http://");

function isWebUrl(value: string): boolean {
  // Nearly all begin so, and then it takes less to find out.
  if (/^https?:/.test(value)) return URL.canParse(value);
  return /^https?:$/.test(URL.parse(value)?.protocol ?? "");
}

/** A moment in UTC. */
const Moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/, "not a UTC time")
  .refine((value) => isInCalendar(value.slice(0, 10)) && !Number.isNaN(Date.parse(value)), {
    message: "not a moment of the calendar",
  });

/** A year, a month or a day: `1997`, `1997-05`, `1997-05-02`. */
export const PartialDate = z
  .string()
  .regex(
    /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/,
    "not a date such as 1997 or 1997-05-02",
  )
  .refine(isInCalendar, "not a day of the calendar");

/** A day: `1997-05-02`. */
const Day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, "not a day such as 1997-05-02")
  .refine(isInCalendar, "not a day of the calendar");

function isInCalendar(date: string): boolean {
  if (date.length < 10) return true;
  const [year, month, day] = [date.slice(0, 4), date.slice(5, 7), date.slice(8)].map(Number);
  // The day before the first of the next month.
  const last = new Date(Date.UTC(2000 + ((year ?? 0) % 400), month ?? 0, 0)).getUTCDate();
  return month !== 0 && Number(month) <= 12 && day !== 0 && Number(day) <= last;
}

const Percent = z.number().min(0).max(100);

/** A number of people, or that there are fewer than so many (small counts in sensitive classes). */
export const Count = z.union([
  z
    .int()
    .min(0)
    .max(2 ** 40),
  z.strictObject({ fewerThan: z.int().min(1).max(1000) }),
]);
export type Count = z.infer<typeof Count>;

const Picture = z.strictObject({
  type: z.literal("Image"),
  url: WebUrl,
  mediaType: z.enum(["image/png", "image/jpeg", "image/webp", "image/gif"]),
  /** The alternative text. */
  name: line(1500).optional(),
});

/** An entry in a public register: org-id.guide scheme and the number there. */
const Registration = z.strictObject({
  type: z.literal("PropertyValue"),
  propertyID: z.string().regex(/^[A-Z]{2}(-[A-Z0-9_]+)+$/, "not an org-id scheme such as GB-COH"),
  value: line(60),
});

/**
 * A legal form by code: `form:fr-scic` of this project's own list
 * (legal-forms.ts), or `elf:V1Z5` of the Entity Legal Form list (ISO 20275).
 */
const LegalFormCode = z
  .string()
  .regex(
    /^(form:[a-z0-9]+(-[a-z0-9]+)*|elf:[A-Z0-9]{4})$/,
    "not a code of a legal form such as form:fr-scic or elf:V1Z5",
  )
  .max(60);

const Sector = z.string().refine(isSector, "not an ISIC Rev.4 code such as isic4:4721");
const Region = z.string().refine(isRegion, "not a region such as iso3166-2:CA-QC");

/** Classes whose members could be harmed by being counted or named. */
export const sensitiveKinds: ReadonlySet<StakeholderKind> = new Set(["disadvantaged-worker"]);

/** Names a class in URLs and handles; unique within the co-op. */
const ClassKey = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "not a key such as workers")
  .max(30);

/** A class of members, with what it brings and what it decides. */
export const StakeholderClass = z
  .strictObject({
    key: ClassKey,
    kind: StakeholderKind,
    name: line(120),
    nameMap: languageMap(120).optional(),
    members: Count.optional(),
    /** Percent of the votes in the general assembly. */
    voteShare: Percent.optional(),
    boardSeats: z.int().min(0).max(1000).optional(),
    /** Nothing is decided against this class alone (the ILO's exclusive veto). */
    veto: z.literal(true).optional(),
    /** Percent of the share capital. */
    capitalShare: Percent.optional(),
    /** When these figures were true. */
    asOf: PartialDate.optional(),
    /** The class has a Group actor of its own. Servers of followers may show who follows that. */
    followable: z.literal(true).optional(),
  })
  .refine(({ kind, followable }) => followable === undefined || !sensitiveKinds.has(kind), {
    path: ["followable"],
    message: "a class of people who need protection can't be followed",
  });
export type StakeholderClass = z.infer<typeof StakeholderClass>;

/** The postal address, the place on the map, and the region it is counted in. */
const Place = z.strictObject({
  type: z.literal("Place"),
  address: z.strictObject({
    type: z.literal("PostalAddress"),
    streetAddress: line(300).optional(),
    addressLocality: line(120).optional(),
    postalCode: line(20).optional(),
    /** ISO 3166-1 alpha-2. */
    addressCountry: z.string().regex(/^[A-Z]{2}$/, "not a country code such as CA"),
  }),
  /** WGS 84, decimal degrees. */
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  precision: Precision.optional(),
  /** Scheme-prefixed codes, the most telling first: iso3166-2:CA-QC. */
  region: z.array(Region).min(1).max(8).optional(),
});

/** An amount of money in the currency of its row. */
const Amount = z.number().min(-1e15).max(1e15);

/** What can be counted or summed up for a year, in the order in which it is shown. */
export const measures = [
  "members",
  "membersNatural",
  "membersLegal",
  "membersBySex",
  "membersByClass",
  "workers",
  "workerMembers",
  "volunteers",
  "turnover",
  "assets",
  "surplus",
] as const;
export type Measure = (typeof measures)[number];

/**
 * What one source says of one year (core variables of the ILO's Guidelines
 * concerning statistics of cooperatives, 2018). What a row leaves out is not
 * known: it is never zero.
 */
export const Figures = z
  .strictObject({
    /** The reference year. */
    year: z.int().min(1700).max(2200),
    /** The day at which stocks such as members were counted. */
    asOf: PartialDate.optional(),
    source: line(200).optional(),
    isBasedOn: WebUrl.optional(),
    /** Not counted but estimated. */
    estimate: z.literal(true).optional(),
    members: Count.optional(),
    /** Members who are persons, and those that are organisations. */
    membersNatural: Count.optional(),
    membersLegal: Count.optional(),
    membersBySex: z
      .strictObject({
        female: Count.optional(),
        male: Count.optional(),
        notStated: Count.optional(),
      })
      .refine((bySex) => Object.keys(bySex).length > 0, "no count is given")
      .optional(),
    /** By the key of the class, one that there was in that year. */
    membersByClass: z
      .record(ClassKey, Count)
      .refine((byClass) => Object.keys(byClass).length > 0, "no count is given")
      .refine((byClass) => Object.keys(byClass).length <= 12, "more than 12 classes")
      .optional(),
    /** Everybody who works there for pay, members or not. */
    workers: Count.optional(),
    workerMembers: Count.optional(),
    volunteers: Count.optional(),
    turnover: Amount.optional(),
    assets: Amount.optional(),
    surplus: Amount.optional(),
    /** ISO 4217, for the amounts of this row. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "not a currency such as EUR")
      .optional(),
  })
  .refine((row) => measures.some((measure) => row[measure] !== undefined), "no figure is given")
  .superRefine((row, context) => {
    if (row.currency !== undefined) return;
    // At the amounts: whoever can't read the currency leaves them out, and keeps the counts.
    for (const amount of ["turnover", "assets", "surplus"] as const) {
      if (row[amount] === undefined) continue;
      context.addIssue({
        code: "custom",
        path: [amount],
        message: "an amount needs its currency, such as EUR",
      });
    }
  });
export type Figures = z.infer<typeof Figures>;

/** At most twelve years, and in each year no measure twice. */
const FiguresByYear = z
  .array(Figures)
  .min(1)
  .max(24)
  .superRefine((rows, context) => {
    const fault = (message: string, ...path: (string | number)[]) =>
      context.addIssue({ code: "custom", path, message });
    const years = new Set<number>();
    const told = new Set<string>();
    for (const [index, row] of rows.entries()) {
      years.add(row.year);
      if (years.size > 12) {
        fault("more than twelve years", index);
        return;
      }
      for (const measure of measures.filter((each) => row[each] !== undefined)) {
        const place = `${row.year} ${measure}`;
        if (told.has(place)) fault(`${row.year} has this figure twice`, index, measure);
        told.add(place);
      }
    }
  });

/** Something that a co-op can give to others, or looks for (community capital). */
export const Exchange = z.strictObject({
  name: line(200),
  nameMap: languageMap(200).optional(),
  theme: Theme.optional(),
  capital: Capital,
  /** The last day on which it stands. */
  validThrough: Day.optional(),
});
export type Exchange = z.infer<typeof Exchange>;

/** What a co-op has to do with somebody else, who may be no co-op at all. */
export const Relation = z.strictObject({
  kind: RelationKind,
  /** The other one's name. */
  name: line(300),
  /** The URL of its listing's co-op or actor, if it has one. */
  id: WebUrl.optional(),
  url: WebUrl.optional(),
  identifier: Registration.optional(),
  since: PartialDate.optional(),
  until: PartialDate.optional(),
});
export type Relation = z.infer<typeof Relation>;

/**
 * Under what a federation publishes for a member. Who answers for it there is
 * recorded by the node alone: persons don't replicate.
 */
export const Mandate = z.strictObject({
  /** The federation. */
  by: line(200),
  url: WebUrl.optional(),
  /** A decision, a contract, a paragraph of its rules. */
  basis: line(300),
  date: PartialDate,
});

/** Where the facts come from, and under which licence. */
export const Provenance = z.strictObject({
  kind: ProvenanceKind,
  /** For a mandated listing. */
  mandate: Mandate.optional(),
  /** The register or data set that was imported. */
  isBasedOn: WebUrl.optional(),
  /** What its licence asks to be said. */
  creditText: line(300).optional(),
  /** The licence of the source, as an SPDX identifier. */
  license: line(60).optional(),
  retrieved: PartialDate.optional(),
});

/**
 * What a listing says about its co-op: the `about` of the record. Terms are
 * those of ActivityStreams and schema.org where they have one (`context`
 * below), texts are plain, without markup. Strict, for whoever publishes;
 * readers go through {@link readListing}.
 */
export const Listing = z.strictObject({
  /** The actor's URL, or what would be one if the co-op were to claim it. */
  id: WebUrl,
  type: z.tuple([z.literal("Organization"), z.literal("schema:Cooperative")]),
  /** When the content last changed; signing again leaves it alone. */
  updated: Moment,
  /** The name before the @, if the co-op can be followed. */
  preferredUsername: z
    .string()
    .regex(/^[a-z0-9]+(_[a-z0-9]+)*$/)
    .max(60)
    .optional(),

  /** What it was before: elsewhere, or while its node had another address; oldest first. */
  alsoKnownAs: z.array(WebUrl).min(1).max(5).optional(),

  name: line(300),
  nameMap: languageMap(300).optional(),
  summary: line(2000).optional(),
  summaryMap: languageMap(2000).optional(),
  /** The language of `name` and `summary`. */
  inLanguage: Language.optional(),
  url: WebUrl.optional(),
  icon: Picture.optional(),
  image: Picture.optional(),
  legalName: line(300).optional(),
  /** The general interest that the co-op serves, as its rules state it. */
  purpose: line(2000).optional(),
  purposeMap: languageMap(2000).optional(),
  identifier: z.array(Registration).min(1).max(10).optional(),
  foundingDate: PartialDate.optional(),
  dissolutionDate: PartialDate.optional(),
  /** Undefined when read: a status that this version doesn't know. */
  status: Status.optional(),
  knowsLanguage: z.array(Language).min(1).max(20).optional(),
  /** A role's address or number, never a person's. */
  contactPoint: z
    .strictObject({
      type: z.literal("ContactPoint"),
      email: z.email().max(200).optional(),
      telephone: line(40).optional(),
      url: WebUrl.optional(),
    })
    .optional(),
  howToJoin: line(1000).optional(),
  howToJoinMap: languageMap(1000).optional(),
  /** The actor URL of a fediverse account that the co-op already has. */
  account: WebUrl.optional(),

  coopType: CoopType.optional(),
  /** What the co-op calls its form in law. */
  legalForm: line(120).optional(),
  legalFormCode: LegalFormCode.optional(),
  /** ISIC Rev.4 with its scheme; the first is the primary activity. */
  activity: z.array(Sector).min(1).max(10).optional(),
  theme: z.array(Theme).min(1).max(10).optional(),
  /** Undefined when read: a level that this version doesn't know. */
  level: Level.optional(),

  stakeholders: z
    .array(StakeholderClass)
    .min(1)
    .max(12)
    .refine(
      (classes) => new Set(classes.map(({ key }) => key)).size === classes.length,
      "two classes have the same key",
    )
    .optional(),
  voteRule: VoteRule.optional(),
  /** Seats on the board; 0 where the general assembly governs without one. */
  boardSize: z.int().min(0).max(1000).optional(),
  distributionConstraint: DistributionConstraint.optional(),
  indivisibleReserve: z.boolean().optional(),

  location: Place.optional(),
  areaServed: z.array(Region).min(1).max(20).optional(),

  /** By year, from whatever sources there are. */
  figures: FiguresByYear.optional(),
  offers: z.array(Exchange).min(1).max(20).optional(),
  needs: z.array(Exchange).min(1).max(20).optional(),
  relations: z.array(Relation).min(1).max(40).optional(),

  provenance: Provenance,
  /** The licence of this record, as an SPDX identifier. */
  license: line(60),
  /** Consent to be in the directory: a listing without it is never published. */
  listed: z.literal(true),
  /** What other fediverse servers may do with the actor and its posts (FEP-5feb). */
  discoverable: z.boolean(),
  indexable: z.boolean(),
  /** A worked example: found, but never counted. */
  example: z.literal(true).optional(),
});
export type Listing = z.infer<typeof Listing>;

/** A listing as its publisher writes it, before the node adds what it knows. */
export type ListingContent = Omit<
  z.input<typeof Listing>,
  "id" | "type" | "updated" | "preferredUsername" | "alsoKnownAs" | "listed"
>;
