import fc from "fast-check";
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
} from "../../src/coop/codes.ts";
import {
  type Count,
  type Exchange,
  type Figures,
  type Listing,
  type ListingContent,
  measures,
  type Relation,
  sensitiveKinds,
  type StakeholderClass,
} from "../../src/coop/listing.ts";

// Listings of every shape that the schema lets through, for properties that
// must hold of any: sign, read, edit, export, import, protect, warn.

type Optional<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** A record of which only some keys must be there. */
function some<T extends object>(
  shape: { [P in keyof Optional<Required<T>>]: fc.Arbitrary<NonNullable<T[P]>> },
  ...requiredKeys: (keyof T & string)[]
): fc.Arbitrary<T> {
  return fc.record(shape, { requiredKeys, noNullPrototype: true }) as unknown as fc.Arbitrary<T>;
}

/** Texts that are awkward for whoever writes, quotes or splits them. */
const awkward = [
  "=1+1",
  "@home",
  'the "corner", shop',
  "first line\nsecond line",
  "<b>&amp;</b>",
  "; drop",
  "Spółdzielnia „Próg”",
  "協同組合",
  "🍓",
  "null",
];

/** A text that says something, of at most so many UTF-16 code units. */
function text(max: number): fc.Arbitrary<string> {
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }) },
      { weight: 1, arbitrary: fc.constantFrom(...awkward) },
    )
    .filter((each) => each.trim() !== "" && each.length <= max);
}

const language = fc.constantFrom("fr", "en", "pl", "pt-BR", "it");
const map = (max: number) =>
  fc.dictionary(language, text(max), { minKeys: 1, maxKeys: 3, noNullPrototype: true });
const url = fc
  .tuple(fc.constantFrom("https", "http"), fc.nat(999), fc.constantFrom("", "/", "/a?b=c&d=é#e"))
  .map(([scheme, number, path]) => `${scheme}://co-op${number}.example${path}`);
const day = fc
  .date({ min: new Date("1850-01-01"), max: new Date("2030-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const partialDate = fc
  .tuple(day, fc.constantFrom(4, 7, 10))
  .map(([date, length]) => date.slice(0, length));
const percent = fc.oneof(
  fc.nat(100),
  fc.nat(10_000).map((hundredths) => hundredths / 100),
);
const amount = fc.oneof(
  fc.integer({ min: -1e12, max: 1e12 }),
  fc.nat(1e8).map((cents) => cents / 100),
);

/** Counts near the line below which they are hidden, large ones, and hidden ones. */
const count: fc.Arbitrary<Count> = fc.oneof(
  fc.nat(12),
  fc.nat(100_000),
  fc.integer({ min: 1, max: 20 }).map((fewerThan) => ({ fewerThan })),
);

const key = fc.constantFrom("workers", "users", "farms", "returning", "friends", "town", "c-7");
const theme = fc.constantFrom(...Theme.options);
const sector = fc.constantFrom(
  "isic4:A",
  "isic4:10",
  "isic4:1071",
  "isic4:472",
  "isic4:6419",
  "isic4:8810",
);
const region = fc.constantFrom(
  "iso3166-1:FR",
  "iso3166-2:FR-26",
  "iso3166-2:CA-QC",
  "qc-region:05",
  "nuts:ITC11",
  "lau:31001",
  "self:Eeyou Istchee",
);
const registration = fc
  .tuple(fc.constantFrom("GB-COH", "XI-LEI", "FR-RCS", "ZZ-CUK"), text(60))
  .map(([propertyID, value]) => ({ type: "PropertyValue" as const, propertyID, value }));
const picture = some<NonNullable<Listing["icon"]>>(
  {
    type: fc.constant("Image"),
    url,
    mediaType: fc.constantFrom("image/png", "image/jpeg", "image/webp", "image/gif"),
    name: text(1500),
  },
  "type",
  "url",
  "mediaType",
);

/** One class of members; the kind decides whether it can be followed. */
const anyClass: fc.Arbitrary<StakeholderClass> = some<StakeholderClass>(
  {
    key,
    kind: fc.constantFrom(...StakeholderKind.options),
    name: text(120),
    nameMap: map(120),
    members: count,
    voteShare: percent,
    boardSeats: fc.nat(12),
    veto: fc.constant(true as const),
    capitalShare: percent,
    asOf: partialDate,
    followable: fc.constant(true as const),
  },
  "key",
  "kind",
  "name",
).map(({ followable, ...each }) =>
  followable === undefined || sensitiveKinds.has(each.kind) ? each : { ...each, followable },
);

const row: fc.Arbitrary<Figures> = some<Figures>(
  {
    year: fc.integer({ min: 2019, max: 2026 }),
    asOf: partialDate,
    source: text(200),
    isBasedOn: url,
    estimate: fc.constant(true as const),
    members: count,
    membersNatural: count,
    membersLegal: count,
    membersBySex: fc
      .record(
        { female: count, male: count, notStated: count },
        { requiredKeys: [], noNullPrototype: true },
      )
      .filter((bySex) => Object.keys(bySex).length > 0),
    membersByClass: fc.dictionary(key, count, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    workers: count,
    workerMembers: count,
    volunteers: count,
    turnover: amount,
    assets: amount,
    surplus: amount,
    currency: fc.constantFrom("EUR", "CAD", "HUF"),
  },
  "year",
);

/** Rows as the schema wants them: amounts with a currency, nothing told twice of a year. */
const anyFigures: fc.Arbitrary<Figures[]> = fc
  .array(row, { minLength: 1, maxLength: 5 })
  .map((rows) => {
    const told = new Set<string>();
    return rows.flatMap((each) => {
      const kept: Figures = { ...each };
      for (const measure of measures) {
        if (kept[measure] === undefined) continue;
        const place = `${each.year} ${measure}`;
        if (told.has(place)) delete kept[measure];
        told.add(place);
      }
      if (!measures.some((measure) => kept[measure] !== undefined)) return [];
      const amounts = [kept.turnover, kept.assets, kept.surplus];
      return amounts.every((given) => given === undefined)
        ? [kept]
        : [{ ...kept, currency: kept.currency ?? "EUR" }];
    });
  })
  .filter((rows) => rows.length > 0);

const exchange = some<Exchange>(
  {
    name: text(200),
    nameMap: map(200),
    theme,
    capital: fc.constantFrom(...Capital.options),
    validThrough: day,
  },
  "name",
  "capital",
);

const relation = some<Relation>(
  {
    kind: fc.constantFrom(...RelationKind.options),
    name: text(300),
    id: url,
    url,
    identifier: registration,
    since: partialDate,
    until: partialDate,
  },
  "kind",
  "name",
);

const location = some<NonNullable<Listing["location"]>>(
  {
    type: fc.constant("Place"),
    address: some<NonNullable<Listing["location"]>["address"]>(
      {
        type: fc.constant("PostalAddress"),
        streetAddress: text(300),
        addressLocality: text(120),
        postalCode: text(20),
        addressCountry: fc.constantFrom("FR", "CA", "IT", "GB"),
      },
      "type",
      "addressCountry",
    ),
    latitude: fc.integer({ min: -900, max: 900 }).map((tenths) => tenths / 10 + 0),
    longitude: fc.integer({ min: -1800, max: 1800 }).map((tenths) => tenths / 10 + 0),
    precision: fc.constantFrom(...Precision.options),
    region: fc.uniqueArray(region, { minLength: 1, maxLength: 3 }),
  },
  "type",
  "address",
);

const provenance = some<Listing["provenance"]>(
  {
    kind: fc.constantFrom(...ProvenanceKind.options),
    mandate: some<NonNullable<Listing["provenance"]["mandate"]>>(
      { by: text(200), url, basis: text(300), date: partialDate },
      "by",
      "basis",
      "date",
    ),
    isBasedOn: url,
    creditText: text(300),
    license: fc.constantFrom("ODC-By-1.0", "CC0-1.0"),
    retrieved: partialDate,
  },
  "kind",
);

const list = <T>(item: fc.Arbitrary<T>, maxLength = 3) =>
  fc.array(item, { minLength: 1, maxLength });
const classes = fc.uniqueArray(anyClass, {
  selector: (each) => each.key,
  minLength: 1,
  maxLength: 5,
});

const always = ["name", "provenance", "license", "discoverable", "indexable"] as const;

/** What a publisher may write: every term of the model, in any company. */
export const anyContent: fc.Arbitrary<ListingContent> = some<ListingContent>(
  {
    name: text(300),
    nameMap: map(300),
    summary: text(2000),
    summaryMap: map(2000),
    inLanguage: language,
    url,
    icon: picture,
    image: picture,
    legalName: text(300),
    purpose: text(2000),
    purposeMap: map(2000),
    identifier: list(registration),
    foundingDate: partialDate,
    dissolutionDate: partialDate,
    status: fc.constantFrom(...Status.options),
    knowsLanguage: list(language),
    contactPoint: fc.record(
      {
        type: fc.constant("ContactPoint" as const),
        email: fc.constant("hello@co-op.example"),
        telephone: text(40),
        url,
      },
      { requiredKeys: ["type"], noNullPrototype: true },
    ),
    howToJoin: text(1000),
    howToJoinMap: map(1000),
    account: url,
    coopType: fc.constantFrom(...CoopType.options),
    legalForm: text(120),
    legalFormCode: fc.constantFrom(
      "form:fr-scic",
      "form:it-coop-sociale-b",
      "elf:PHMS",
      "form:xx-unheard-of",
    ),
    activity: list(sector),
    theme: list(theme),
    level: fc.constantFrom(...Level.options),
    stakeholders: classes,
    voteRule: fc.constantFrom(...VoteRule.options),
    boardSize: fc.nat(20),
    distributionConstraint: fc.constantFrom(...DistributionConstraint.options),
    indivisibleReserve: fc.boolean(),
    location,
    areaServed: list(region),
    figures: anyFigures,
    offers: list(exchange, 2),
    needs: list(exchange, 2),
    relations: list(relation, 3),
    provenance,
    license: fc.constantFrom("CC0-1.0", "ODC-By-1.0"),
    discoverable: fc.boolean(),
    indexable: fc.boolean(),
    example: fc.constant(true as const),
  },
  ...always,
);

/** Any listing of the node at `https://node.example`, well within the size of a record. */
export const anyListing: fc.Arbitrary<Listing> = fc
  .record({
    content: anyContent,
    id: fc.stringMatching(/^[0-9a-z]{10}$/),
    handle: fc.option(fc.stringMatching(/^[a-z0-9]{1,12}(_[a-z0-9]{1,4})?$/), { nil: undefined }),
    updated: fc
      .date({ min: new Date("2026-01-01"), max: new Date("2026-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString()),
    moves: fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 5 }),
  })
  .map(({ content, id, handle, updated, moves }) => ({
    ...content,
    id: `https://node.example/coops/${id}`,
    type: ["Organization", "schema:Cooperative"],
    updated,
    listed: true,
    ...(handle !== undefined && { preferredUsername: handle }),
    ...(moves.length > 0 && {
      alsoKnownAs: moves.map((name) => `https://${name}.example/coops/${id}`),
    }),
  }));
