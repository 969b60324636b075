/** A media range of an Accept header, or a coding of Accept-Encoding, with its weight. */
interface Choice {
  name: string;
  weight: number;
}

function choices(header: string | null): Choice[] {
  return (header ?? "")
    .split(",")
    .map((part) => {
      const [name = "", ...parameters] = part.split(";").map((each) => each.trim().toLowerCase());
      const q = parameters.find((each) => each.startsWith("q="))?.slice(2);
      const weight = q === undefined ? 1 : Number(q);
      return { name, weight: Number.isNaN(weight) ? 0 : weight };
    })
    .filter(({ name }) => name !== "");
}

const page = new Set(["text/html", "application/xhtml+xml"]);
const activity = new Set(["application/activity+json", "application/ld+json", "application/json"]);
const json = new Set(["application/json", "application/problem+json", ...activity]);

/** Whether the first of the most wanted types is of the second set rather than the usual one. */
function prefers(header: string | null, wanted: Set<string>, usual = page): boolean {
  const known = choices(header).filter(
    ({ name, weight }) => weight > 0 && (usual.has(name) || wanted.has(name)),
  );
  const most = Math.max(...known.map(({ weight }) => weight));
  const first = known.find(({ weight }) => weight === most);
  return first !== undefined && wanted.has(first.name);
}

/**
 * Whether the client would rather have an actor or object of ActivityPub than
 * a page. Wildcards and a missing header mean the page: that is what a browser
 * and a person with curl expect.
 */
export function prefersActivity(accept: string | null): boolean {
  return prefers(accept, activity);
}

/** Whether an error is better told in JSON than on a page. */
export function prefersJson(accept: string | null): boolean {
  return prefers(accept, json);
}

/** Whether a table is wanted as CSV rather than as JSON. */
export function prefersCsv(accept: string | null): boolean {
  return prefers(accept, new Set(["text/csv"]), json);
}

/** The best compression that the client takes. */
export function bestEncoding(acceptEncoding: string | null): "zstd" | "gzip" | undefined {
  const taken = choices(acceptEncoding);
  const takes = (name: string) =>
    (taken.find((each) => each.name === name) ?? taken.find((each) => each.name === "*"))?.weight ??
    0;
  if (takes("zstd") > 0) return "zstd";
  return takes("gzip") > 0 ? "gzip" : undefined;
}
