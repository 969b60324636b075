import { z } from "zod";
import {
  CoopType,
  DistributionConstraint,
  Level,
  Precision,
  ProvenanceKind,
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
  return z.string().min(1).max(max);
}

/** A web address that is safe to put into a link. */
const WebUrl = z
  .string()
  .max(500)
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    "not a web address beginning with https:// or http://",
  );

/** A moment in UTC. */
const Moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/, "not a UTC time");

/** A year, a month or a day: `1997`, `1997-05`, `1997-05-02`. */
const PartialDate = z
  .string()
  .regex(
    /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/,
    "not a date such as 1997 or 1997-05-02",
  );

const Percent = z.number().min(0).max(100);

/** A number of people, or that there are fewer than so many (small counts in sensitive classes). */
const Count = z.union([
  z
    .int()
    .min(0)
    .max(2 ** 40),
  z.strictObject({ fewerThan: z.int().min(1).max(1000) }),
]);

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

const Sector = z.string().refine(isSector, "not an ISIC Rev.4 code such as isic4:4721");
const Region = z.string().refine(isRegion, "not a region such as iso3166-2:CA-QC");

/** Classes whose members could be harmed by being counted or named. */
const sensitiveKinds: ReadonlySet<StakeholderKind> = new Set(["disadvantaged-worker"]);

/** A class of members, with what it brings and what it decides. */
export const StakeholderClass = z
  .strictObject({
    /** Names the class in URLs and handles; unique within the co-op. */
    key: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "not a key such as workers")
      .max(30),
    kind: StakeholderKind,
    name: line(120),
    nameMap: languageMap(120).optional(),
    members: Count.optional(),
    /** Percent of the votes in the general assembly. */
    voteShare: Percent.optional(),
    boardSeats: z.int().min(0).max(1000).optional(),
    /** Percent of the share capital. */
    capitalShare: Percent.optional(),
    /** When these figures were true. */
    asOf: PartialDate.optional(),
    /** The class has a Group actor of its own. It is public who follows that. */
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

/** Where the facts come from, and under which licence. */
const Provenance = z.strictObject({
  kind: ProvenanceKind,
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
  identifier: z.array(Registration).min(1).max(10).optional(),
  foundingDate: PartialDate.optional(),
  dissolutionDate: PartialDate.optional(),
  status: Status.default("active"),
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
  /** What the co-op calls its form in law, or a code of data/legal-forms. */
  legalForm: line(120).optional(),
  /** ISIC Rev.4 with its scheme; the first is the primary activity. */
  activity: z.array(Sector).min(1).max(10).optional(),
  theme: z.array(Theme).min(1).max(10).optional(),
  level: Level.default("primary"),

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
  "id" | "type" | "updated" | "preferredUsername" | "listed"
>;

/**
 * Terms kept free for what the model gains next, so that no record uses them
 * for something else in the meantime.
 */
export const reservedTerms = [
  "figures",
  "offers",
  "needs",
  "purpose",
  "purposeMap",
  "relations",
] as const;
