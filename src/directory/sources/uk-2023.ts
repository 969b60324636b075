import { z } from "zod";
import type { Theme } from "../../coop/codes.ts";
import type { ListingContent } from "../../coop/listing.ts";
import { sectorOf } from "../../coop/sectors.ts";
import { themesOf } from "../../coop/themes.ts";
import type { Mapping } from "../mapping.ts";
import { website } from "../website.ts";
import { ukRegion } from "./uk-regions.ts";

const edition = "2023";
const license = "ODC-By-1.0";
const creditText = "Co-operatives UK, ODC-By 1.0";
const isBasedOn =
  "https://github.com/DigitalCommons/open-data/blob/d07106841d9c23148e1bcff8fae7e70ae6700206/workers-coop/standard.Q2-2023.postcodes.csv";

/** The columns that are read; the street address is not among them, as it may be a home. */
const rowSchema = z.object({
  Identifier: z.string().regex(/^R\d{6}$/, "not an identifier of Co-operatives UK such as R006884"),
  Name: z.string(),
  Locality: z.string(),
  Region: z.string(),
  Postcode: z.string(),
  "Country ID": z.string(),
  Website: z.string(),
  "Companies House Number": z.string(),
  "Geo Container Latitude": z.string(),
  "Geo Container Longitude": z.string(),
  "SIC Code": z.string(),
  "Ownership Classification": z.string(),
  "Legal Form": z.string(),
});
type Row = z.infer<typeof rowSchema>;

/** What a row becomes, with what could not be used of it; or why it becomes nothing. */
type Mapped = { key: string; content: ListingContent; doubts: string[] } | { refused: string };

/**
 * What the ownership classification says of type, level and members. It names
 * one kind of member or says "Multi-stakeholder", so one class, without any
 * figures, is what it tells; the classes of a multi-stakeholder row are not
 * known, and so isn't the answer of the ILO's test for it.
 *
 * Members who work for themselves use the co-op to get work: worker, as the ILO
 * sorts freelancers' co-ops. A co-operative of co-operatives is of the secondary
 * level; the types are about what primary members want (here housing co-ops,
 * credit unions, farmers), so it is given none. Community of interest may be
 * users, supporters or investors: neither type nor class can be told.
 */
const ownership: Record<string, Pick<ListingContent, "coopType" | "level" | "stakeholders">> = {
  Consumers: {
    coopType: "consumer-user",
    stakeholders: [{ key: "consumers", kind: "user", name: "Consumers" }],
  },
  Tenants: {
    coopType: "consumer-user",
    stakeholders: [{ key: "tenants", kind: "resident", name: "Tenants" }],
  },
  Workers: {
    coopType: "worker",
    stakeholders: [{ key: "workers", kind: "worker", name: "Workers" }],
  },
  "Self-employed": {
    coopType: "worker",
    stakeholders: [{ key: "self-employed", kind: "worker", name: "Self-employed" }],
  },
  "Employee Trust": {
    coopType: "worker",
    stakeholders: [{ key: "employees", kind: "worker", name: "Employees" }],
  },
  Enterprises: {
    coopType: "producer",
    stakeholders: [{ key: "enterprises", kind: "producer", name: "Enterprises" }],
  },
  "Co-operatives": {
    level: "secondary",
    stakeholders: [{ key: "co-operatives", kind: "organisation", name: "Co-operatives" }],
  },
  "Multi-stakeholder": { coopType: "multi-stakeholder" },
  "Community of Interest": {},
  "": {},
};

/** The open data of Co-operatives UK, edition of the second quarter of 2023 (fixtures/coops-uk-2023). */
export const uk2023 = {
  name: "coops-uk-2023",
  title: "Co-operatives of the United Kingdom (Co-operatives UK, open data)",
  license,
  creditText,
  isBasedOn,
  rowSchema,
  table: { columns: Object.keys(rowSchema.shape) },
  editionOf: () => edition,
  toListing(cells) {
    const read = rowSchema.safeParse(cells);
    if (read.success) return mapRow(read.data);
    const [issue] = read.error.issues;
    return { refused: `column ${issue?.path.join(".")}: ${issue?.message}` };
  },
} satisfies Mapping & Record<string, unknown>;

/** Reads one row of the CSV as a listing. Pure; the key is the publisher's own identifier. */
function mapRow(row: Row): Mapped {
  const name = readable(row.Name);
  if (name === "") return { refused: `${row.Identifier} has no name` };
  const doubts: string[] = [];

  const url = website(row.Website);
  if (url === undefined && row.Website.trim() !== "") {
    doubts.push(`Website “${row.Website}” is not a web address`);
  }
  const owned = ownership[row["Ownership Classification"].trim()];
  if (owned === undefined) {
    doubts.push(`Ownership Classification “${row["Ownership Classification"]}” is not known`);
  }
  const region = ukRegion(row.Region);
  if (region === undefined && row.Region.trim() !== "") {
    doubts.push(`Region “${row.Region}” is not known`);
  }
  const country = /^[A-Z]{2}$/.test(row["Country ID"]) ? row["Country ID"] : "GB";
  const company = companyNumber(row["Companies House Number"]);
  const activity = sector(row);
  const theme = themesIn(activity);
  const form = row["Legal Form"].trim();

  const content: ListingContent = {
    name,
    ...(url !== undefined && { url }),
    ...(form !== "" && { legalForm: form }),
    identifier: [
      // Co-operatives UK's own number is in no list of org-id.guide, hence a
      // code that ISO 3166 leaves to users. The number in the register of
      // mutuals (GB-MPR) is not in this edition.
      { type: "PropertyValue", propertyID: "ZZ-CUK", value: row.Identifier },
      ...(company === undefined
        ? []
        : [{ type: "PropertyValue" as const, propertyID: "GB-COH", value: company }]),
    ],
    status: "active",
    level: "primary",
    ...owned,
    ...(activity !== undefined && { activity: [activity] }),
    ...(theme.length > 0 && { theme }),
    location: {
      type: "Place",
      address: {
        type: "PostalAddress",
        ...(row.Locality.trim() !== "" && { addressLocality: row.Locality.trim() }),
        ...(row.Postcode.trim() !== "" && { postalCode: postcode(row.Postcode) }),
        addressCountry: country,
      },
      ...coordinates(row),
      region: [region ?? `iso3166-1:${country}`],
    },
    provenance: { kind: "imported", isBasedOn, creditText, license, retrieved: edition },
    license,
    discoverable: false,
    indexable: false,
  };
  return { key: row.Identifier, content, doubts };
}

/** The name without stray spaces and, where it is plain what they were, without U+FFFD. */
function readable(name: string): string {
  return name
    .replace(/\bCaf\uFFFD/g, "Café")
    .replace(/\uFFFD(?=(Co-op|Ltd)\b)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** As Companies House writes it: eight characters, with the zeros that spreadsheets drop. */
function companyNumber(text: string): string | undefined {
  const plain = text
    .trim()
    .toUpperCase()
    .replace(/^\d+$/, (digits) => digits.padStart(8, "0"));
  return /^([A-Z]{2}\d{6}|\d{8})$/.test(plain) ? plain : undefined;
}

function postcode(text: string): string {
  return text.trim().replace(/^(\S{2,4})(\d[A-Z]{2})$/, "$1 $2");
}

function sector(row: Row): string | undefined {
  const code = row["SIC Code"].trim();
  // Two codes are Companies House's, not the classification's: residents'
  // property management, and dormant company. No co-op in Britain is an
  // extraterritorial body (99) either.
  if (code === "98000") return "isic4:68";
  if (code.startsWith("99")) return undefined;
  // Credit unions take deposits and belong to ISIC 6419; here all but a few
  // have the number of lenders who don't.
  if (code.startsWith("6492") && /\b(credit union|undeb credyd)\b/i.test(row.Name)) {
    return "isic4:6419";
  }
  return sectorOf(code);
}

function themesIn(activity: string | undefined): Theme[] {
  if (activity === undefined) return [];
  // Nearly all bars here are members' clubs and villages' own pubs.
  return activity === "isic4:5630" ? ["community"] : themesOf(activity);
}

function coordinates(
  row: Row,
): Pick<NonNullable<ListingContent["location"]>, "latitude" | "longitude" | "precision"> {
  const [lat, lng] = [row["Geo Container Latitude"].trim(), row["Geo Container Longitude"].trim()];
  if (lat === "" || lng === "") return {};
  const [latitude, longitude] = [Number(lat), Number(lng)];
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return {};
  return { latitude: rounded(latitude), longitude: rounded(longitude), precision: "postcode" };
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
