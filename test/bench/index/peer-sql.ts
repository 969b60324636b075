import type { ClusterQuestion, SearchQuestion, TableQuestion, Words } from "./questions.ts";

/** What PostgreSQL and SQLite say differently. */
export interface Speech {
  /** That the texts match, as a condition on rows of `from`. */
  match(words: Words): string;
  /** Rows to search in, when words are asked for. */
  from: string;
  within(box: Box): string;
  /** Median of `members` by two columns. */
  medians(rows: string, columns: string, from: string): string;
}

interface Box {
  south: number;
  north: number;
  west: number;
  east: number;
}

/** The six facets. */
const facets = ["country", "section", "type", "level", "status", "language"] as const;

/** Facets as `facet, value, n`: each counted without the filter on itself. */
export function facetSql(question: SearchQuestion, speech: Speech): string[] {
  const byCondition = Map.groupBy(facets, (facet) => conditions(question, speech, facet));
  return [...byCondition].map(([where, names]) => {
    const from = question.words === undefined ? "coop" : speech.from;
    const each = (source: string, filter: string) =>
      names
        .map(
          (name) =>
            `select '${name}' as facet, ${name} as value, count(*) as n from ${source}${filter} group by ${name}`,
        )
        .join(" union all ");
    if (question.words === undefined) return each("coop", ` where ${where}`);
    const columns = names.join(", ");
    return `with hits as materialized (select ${columns} from ${from} where ${where}) ${each("hits", "")}`;
  });
}

/** What has to hold of a row. @param except A filter that is left out. */
function conditions(question: SearchQuestion, speech: Speech, except?: string): string {
  const { words, country, type, near, box } = question;
  const all = ["closed = 0"];
  if (words !== undefined) all.push(speech.match(words));
  if (country !== undefined && except !== "country") all.push(`country = ${country}`);
  if (type !== undefined && except !== "type") all.push(`type = ${type}`);
  if (box !== undefined) all.push(speech.within(box));
  if (near !== undefined) {
    all.push(speech.within(around(near)), `${kilometres(near)} <= ${near.km}`);
  }
  return all.join(" and ");
}

/** The order of the first page, when there is no better one. */
export function pageSql(question: SearchQuestion, speech: Speech, after: number): string {
  const from = question.words === undefined ? "coop" : speech.from;
  const order = question.near === undefined ? "id" : kilometres(question.near);
  const where = conditions(question, speech);
  return `select id from ${from} where ${where} and id > ${after} order by ${order} limit 20`;
}

/** Cells of organisations that are active and primary. */
export function tableSql(question: TableQuestion, speech: Speech): string {
  const { rows, columns, of, country } = question;
  const within = country === undefined ? "" : ` and country = ${country}`;
  const open = `status = 0 and level = 0${within}`;
  const from = [rows, columns].includes("class")
    ? `(select ${rows}, class, members from coop where ${open} union all select ${rows}, class2, members from coop where class2 is not null and ${open}) as c`
    : `(select ${rows}, ${columns}, members from coop where ${open}) as c`;
  if (of === "median") return speech.medians(rows, columns, from);
  return `select ${rows}, ${columns}, count(*) as n, count(members) as told, sum(members) as members from ${from} group by ${rows}, ${columns}`;
}

/** The fields of a grid that hold any. */
export function clusterSql({ fields }: ClusterQuestion): string {
  const field = (name: string, whole: number) =>
    `cast((${name} + ${whole / 2}) * ${fields / whole} as integer)`;
  return `select ${field("longitude", 360)} as x, ${field("latitude", 180)} as y, count(*) as n, avg(latitude) as latitude, avg(longitude) as longitude from coop where closed = 0 and latitude is not null group by 1, 2`;
}

const radius = 6371.0088;

function around({ latitude, longitude, km }: NonNullable<SearchQuestion["near"]>): Box {
  const up = (km / radius) * (180 / Math.PI) * 1.001;
  const along = up / Math.cos(((Math.abs(latitude) + up) * Math.PI) / 180);
  return {
    south: latitude - up,
    north: latitude + up,
    west: longitude - along,
    east: longitude + along,
  };
}

/** The distance on the sphere. */
function kilometres({ latitude, longitude }: { latitude: number; longitude: number }): string {
  return `${2 * radius} * asin(sqrt(power(sin(radians(latitude - (${latitude})) / 2), 2) + cos(radians(${latitude})) * cos(radians(latitude)) * power(sin(radians(longitude - (${longitude})) / 2), 2)))`;
}
