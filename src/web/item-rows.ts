import type { Count, Exchange, Figures, Listing, Relation } from "../coop/listing.ts";
import type { Confirmation } from "../coop/relation.ts";

// Rows of what the API says of a listing (item.ts): flat, and null where something isn't known.

/** The figures of a year, from one source. */
export interface FigureRow {
  year: number;
  as_of: string | null;
  source: string | null;
  source_url: string | null;
  estimate: boolean;
  members: number | null;
  members_natural: number | null;
  members_legal: number | null;
  members_female: number | null;
  members_male: number | null;
  members_sex_not_stated: number | null;
  members_by_class: { key: string; members: number | null; members_fewer_than: number | null }[];
  workers: number | null;
  worker_members: number | null;
  volunteers: number | null;
  /** Where only a bound is published: by the name of the field, which is then null. */
  fewer_than: Record<string, number>;
  turnover: number | null;
  assets: number | null;
  surplus: number | null;
  /** ISO 4217, of the three amounts. */
  currency: string | null;
}

/** An offer or a need. */
export interface ExchangeRow {
  name: string;
  theme: string | null;
  /** One of the five capitals of a community. */
  capital: string;
  /** The last day on which it stands. */
  valid_through: string | null;
}

/** A tie to another organisation. */
export interface RelationRow {
  kind: string;
  name: string;
  id: string | null;
  url: string | null;
  identifier: { scheme: string; value: string } | null;
  since: string | null;
  until: string | null;
  /** What speaks for it beside this listing; null where the co-op alone says so. */
  confirmed: ConfirmationRow | null;
}

/** Who confirms a tie. */
interface ConfirmationRow {
  /**
   * `other-side`: its node attests it. `listing`: its listing says the same.
   * `attester`: somebody whom this node trusts. `activity`: it has accepted by an
   * activity, as the node of this listing says.
   */
  how: string;
  /** The host. */
  by: string;
  at: string;
  /** The signed record, if there is one. */
  record: string | null;
}

/** An entry in a register. */
export function identifier(entry: NonNullable<Listing["identifier"]>[number]) {
  return { scheme: entry.propertyID, value: entry.value };
}

export function figureRow(row: Figures): FigureRow {
  const { membersBySex = {}, membersByClass = {} } = row;
  const counts = {
    members: row.members,
    members_natural: row.membersNatural,
    members_legal: row.membersLegal,
    members_female: membersBySex.female,
    members_male: membersBySex.male,
    members_sex_not_stated: membersBySex.notStated,
    workers: row.workers,
    worker_members: row.workerMembers,
    volunteers: row.volunteers,
  };
  const bounds = Object.entries(counts).flatMap(([name, count]) => {
    const bound = fewerThan(count);
    return bound === null ? [] : [[name, bound] as const];
  });
  return {
    year: row.year,
    as_of: row.asOf ?? null,
    source: row.source ?? null,
    source_url: row.isBasedOn ?? null,
    estimate: row.estimate === true,
    members: exact(counts.members),
    members_natural: exact(counts.members_natural),
    members_legal: exact(counts.members_legal),
    members_female: exact(counts.members_female),
    members_male: exact(counts.members_male),
    members_sex_not_stated: exact(counts.members_sex_not_stated),
    workers: exact(counts.workers),
    worker_members: exact(counts.worker_members),
    volunteers: exact(counts.volunteers),
    members_by_class: Object.entries(membersByClass).map(([key, count]) => ({
      key,
      members: exact(count),
      members_fewer_than: fewerThan(count),
    })),
    fewer_than: Object.fromEntries(bounds),
    turnover: row.turnover ?? null,
    assets: row.assets ?? null,
    surplus: row.surplus ?? null,
    currency: row.currency ?? null,
  };
}

/** The number, if one is published. */
export function exact(count: Count | undefined): number | null {
  return typeof count === "number" ? count : null;
}

/** The bound, if only that is published. */
export function fewerThan(count: Count | undefined): number | null {
  return typeof count === "object" ? count.fewerThan : null;
}

export function exchange({ name, theme, capital, validThrough }: Exchange): ExchangeRow {
  return { name, theme: theme ?? null, capital, valid_through: validThrough ?? null };
}

export function relation(each: Relation, confirmed?: Confirmation): RelationRow {
  return {
    kind: each.kind,
    name: each.name,
    id: each.id ?? null,
    url: each.url ?? null,
    identifier: each.identifier === undefined ? null : identifier(each.identifier),
    since: each.since ?? null,
    until: each.until ?? null,
    confirmed:
      confirmed === undefined
        ? null
        : {
            how: confirmed.how,
            by: confirmed.by,
            at: new Date(confirmed.at).toISOString(),
            record: confirmed.record,
          },
  };
}
