import { hash } from "node:crypto";
import { type Capital, type StakeholderKind } from "../../../src/coop/codes.ts";
import { legalForms } from "../../../src/coop/legal-forms.ts";
import type { Listing, Relation } from "../../../src/coop/listing.ts";
import { context, listingId } from "../../../src/coop/listing-record.ts";
import type { Theme } from "../../../src/coop/codes.ts";
import type { RecordTable } from "../../../src/store/tables/records.ts";
import type { Chance } from "./chance.ts";
import type { Coop, Population, Trade } from "./coops.ts";
import { languages } from "./words.ts";

/** So many listings are of one host. */
const perHost = 1500;

/** Not long ago: a node lets go of what is older than a good year. */
const firstIssued = Date.now() - 30 * 86_400_000;

/** What is written before the listing: all that our own nodes write, or as little as any may. */
const contexts = {
  full: JSON.stringify(context),
  short: JSON.stringify([...context.slice(0, 2), { coop: "https://w3id.org/fragaria/ns#" }]),
};
export type ContextSize = keyof typeof contexts;

const capitals: Capital[] = ["human", "social", "physical", "financial", "environmental"];
const kinds: StakeholderKind[] = ["worker", "user", "producer", "supporting", "public-body"];
const forms = legalForms().map(({ code }) => code);
const currencies = ["EUR", "EUR", "EUR", "USD", "GBP", "INR"];
const license = "CC-BY-4.0";

function hostOf(at: number): string {
  return `n${String(Math.floor(at / perHost)).padStart(4, "0")}.example`;
}

/** The URL of a co-op: as with real ones, opaque within its host. */
function coopUrl(at: number, origin = `https://${hostOf(at)}`): string {
  // Multiplying by an odd number modulo 2 ** 40 gives each another one.
  const opaque = (BigInt(at) * 0x9e3779b97fn) & 0xffffffffffn;
  return `${origin}/coops/${opaque.toString(32).padStart(10, "0")}`;
}

/** The row of a listing in a node's database, as it would be if its host had signed it. */
export function recordOf(
  data: Population,
  coop: Coop,
  size: ContextSize,
): Omit<RecordTable, "seen" | "added"> {
  const listing = listingOf(data, coop);
  const origin = hostOf(coop.at);
  const node = `https://${origin}/actor`;
  const issued = firstIssued + coop.at * 10;
  const id = listingId(listing.id);
  const moment = new Date(issued).toISOString();
  const proof = {
    created: `${moment.slice(0, 19)}Z`,
    cryptosuite: "eddsa-jcs-2022",
    proofPurpose: "assertionMethod",
    // Nobody has signed it: the index reads what was accepted before, and checks nothing.
    proofValue: `z${hash("sha512", id, "hex").slice(0, 87)}`,
    type: "DataIntegrityProof",
    verificationMethod: `${node}#ed25519`,
  };
  const text =
    `{"@context":${contexts[size]},"about":${JSON.stringify(listing)},"attributedTo":"${node}",` +
    `"id":"${id}","issued":"${moment}","proof":${JSON.stringify(proof)},"type":["Document","coop:Listing"]}`;
  const body = Buffer.from(text);
  const digest = hash("sha256", body, "hex");
  return { id, origin, kind: "listing", issued, tombstone: 0, digest, body };
}

/** What a co-op's listing says. @param origin Of another node than its own. */
export function listingOf(data: Population, coop: Coop, origin?: string): Listing {
  const chance = data.chanceOf(coop.at);
  const id = coopUrl(coop.at, origin);
  const tag = tagOf(coop.language);
  const kind = coop.second ? "imported" : isFirst(coop, chance);
  const city = data.places.cities[coop.city];
  const country = data.places.countries[city?.country ?? 0] ?? "";
  const name = title(data, coop.name);
  const legalForm = chance.happens(0.6) ? chance.pick(forms) : undefined;
  const stakeholders = chance.happens(0.35) ? classesOf(chance) : undefined;
  const relations = relationsOf(data, chance);
  const trade = ({ words, theme, capital }: Trade) => ({
    name: title(data, words),
    theme: data.themes[theme] as Theme,
    capital: capitals[capital] ?? "human",
  });
  const register = chance.below(40);
  const founded = coop.founded;
  return {
    id,
    type: ["Organization", "schema:Cooperative"],
    updated: new Date(1_580_000_000_000 + chance.below(1_500_000) * 100_000).toISOString(),
    ...(kind !== "imported" && { preferredUsername: `coop_${coop.at.toString(36)}` }),
    name,
    ...(coop.otherName && {
      nameMap: { [tag]: name, [tagOf(coop.otherName.language)]: title(data, coop.otherName.words) },
    }),
    summary: sentence(data, coop.summary),
    inLanguage: tag,
    ...(chance.happens(0.6) && { url: `https://www.coop-${coop.at}.example/` }),
    ...(coop.purpose.length > 0 && { purpose: sentence(data, coop.purpose) }),
    ...(coop.registered && {
      identifier: [
        {
          type: "PropertyValue",
          propertyID: "GB-COH",
          value: String(coop.second ? coop.at - 1 : coop.at).padStart(8, "0"),
        },
      ],
    }),
    ...(founded !== undefined && {
      foundingDate: chance.happens(0.5) ? `${founded}-0${1 + chance.below(9)}-11` : `${founded}`,
    }),
    ...(coop.dissolved !== undefined && { dissolutionDate: String(coop.dissolved) }),
    status: coop.status,
    ...(chance.happens(0.3) && {
      contactPoint: { type: "ContactPoint", email: `office@coop-${coop.at}.example` },
    }),
    ...(coop.type !== undefined && { coopType: coop.type }),
    ...(legalForm !== undefined && { legalFormCode: legalForm }),
    activity: coop.classes.map((each) => data.classes[each] ?? ""),
    theme: themesOf(data, chance),
    level: coop.level,
    ...(stakeholders && { stakeholders }),
    ...(chance.happens(0.1) && { voteRule: "one-member-one-vote" }),
    location: {
      type: "Place",
      address: {
        type: "PostalAddress",
        addressLocality: city?.name ?? "",
        postalCode: String(10_000 + chance.below(90_000)),
        addressCountry: country,
      },
      ...(coop.latitude !== undefined &&
        coop.longitude !== undefined && {
          latitude: coop.latitude,
          longitude: coop.longitude,
          precision: "postcode",
        }),
      region: [data.places.regions[city?.region ?? 0] ?? ""],
    },
    ...(coop.figures.length > 0 && { figures: figuresOf(coop, chance) }),
    ...(coop.offers.length > 0 && { offers: coop.offers.map(trade) }),
    ...(coop.needs.length > 0 && { needs: coop.needs.map(trade) }),
    ...(relations.length > 0 && { relations }),
    provenance:
      kind === "imported"
        ? { kind, isBasedOn: `https://register${register}.example/open-data`, license }
        : kind === "mandated"
          ? { kind, mandate: { by: "A federation", basis: "Its general assembly", date: "2025" } }
          : { kind },
    license,
    listed: true,
    discoverable: true,
    indexable: true,
  };
}

/** What has a second listing is claimed, so that it stands for both. */
function isFirst(coop: Coop, chance: Chance): "claimed" | "mandated" | "imported" {
  const drawn = chance.part();
  if ((coop.at + 2) % 200 === 0 || drawn < 0.2) return "claimed";
  return drawn < 0.35 ? "mandated" : "imported";
}

function tagOf(language: number): string {
  return languages[language]?.[0] ?? "en";
}

function title(data: Population, words: number[]): string {
  return words.map((word) => capital(data.words.written[word] ?? "")).join(" ");
}

function sentence(data: Population, words: number[]): string {
  let text = "";
  for (const [at, word] of words.entries()) {
    const written = data.words.written[word] ?? "";
    if (at % 12 === 0) text += `${at === 0 ? "" : ". "}${capital(written)}`;
    else text += at % 5 === 0 ? `, ${written}` : ` ${written}`;
  }
  return `${text}.`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function themesOf(data: Population, chance: Chance): Theme[] {
  const found = new Set<Theme>();
  for (let left = 1 + chance.below(3); left > 0; left -= 1) {
    found.add(data.themes[Math.floor(chance.part() ** 1.5 * data.themes.length)] as Theme);
  }
  return [...found];
}

function classesOf(chance: Chance): NonNullable<Listing["stakeholders"]> {
  const count = 1 + chance.below(3);
  const from = chance.below(kinds.length);
  return Array.from({ length: count }, (_, at) => {
    const kind = kinds[(from + at) % kinds.length] ?? "worker";
    const members = 5 + chance.below(200);
    return { key: kind, kind, name: capital(kind), members, voteShare: Math.floor(100 / count) };
  });
}

function figuresOf(coop: Coop, chance: Chance): NonNullable<Listing["figures"]> {
  const currency = chance.pick(currencies);
  const bySex = chance.happens(0.3) ? chance.part() : undefined;
  return coop.figures.map(({ year, members, workers, turnover }) => {
    const female = Math.round(members * (bySex ?? 0));
    return {
      year,
      asOf: `${year}-12-31`,
      source: "Annual account",
      members,
      ...(bySex !== undefined && { membersBySex: { female, male: members - female } }),
      ...(workers !== undefined && { workers }),
      ...(turnover !== undefined && { turnover, currency }),
    };
  });
}

function relationsOf(data: Population, chance: Chance): Relation[] {
  const relations: Relation[] = [];
  if (chance.happens(0.12)) {
    const federation = chance.below(500);
    const id = `https://federation${federation}.example/coops/union`;
    relations.push({ kind: "member-of", name: `Union ${federation}`, id });
  }
  if (chance.happens(0.04)) {
    const other = chance.below(data.size);
    const [kind, id] = [chance.pick(["supplies", "buys-from"] as const), coopUrl(other)];
    relations.push({ kind, name: `Co-op ${other}`, id });
  }
  return relations;
}
