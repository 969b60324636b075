import * as blocks from "../store/blocks.ts";
import type { Db } from "../store/schema.ts";

/**
 * The domains of which a host is a part, itself first: `a.b.example` is blocked
 * with `b.example`. A port of its own makes it another host.
 */
export function domainsOf(host: string): string[] {
  const name = host.replace(/:\d+$/, "");
  // Longer names aren't resolved (RFC 1035, 2.3.4), and would have a great many parts.
  if (name.length > 253) return [host];
  const parts = name.split(".");
  const above = parts.slice(0, -1).map((_part, at) => parts.slice(at).join("."));
  return [...new Set([host, name, ...above])];
}

/**
 * Whether somebody is blocked, as a person or with their whole domain.
 *
 * @param coop Whose blocks count beside the node's; only the node's without it.
 * @param others Further hosts that have a part in it, such as those of keys.
 */
export async function blocking(
  db: Db,
  actor: string | undefined,
  { coop = "", others = [] }: { coop?: string; others?: string[] } = {},
): Promise<blocks.Block["kind"] | undefined> {
  const hosts = actor === undefined ? others : [new URL(actor).host, ...others];
  const subjects = [...(actor === undefined ? [] : [actor]), ...hosts.flatMap(domainsOf)];
  const found = await blocks.among(db, [...new Set(["", coop])], [...new Set(subjects)]);
  if (found.some(({ kind }) => kind === "domain")) return "domain";
  return found.length > 0 ? "person" : undefined;
}

/**
 * Whom a co-op, or the node where its name is empty, still sends an activity of
 * some type.
 */
export async function audible(
  db: Db,
  coop: string,
  type: unknown,
): Promise<(recipient: { actor: string | undefined; inbox: string }) => boolean> {
  const reaches = blocks.reachesBlocked(type);
  const own = coop === "" ? [] : await blocks.of(db, coop);
  const all = [...own, ...(await blocks.of(db, ""))];
  const deaf = new Set(coop === "" ? [] : await blocks.blockedBy(db, coop));
  const of = (kind: blocks.Block["kind"]) =>
    new Set(all.filter((each) => each.kind === kind).map(({ subject }) => subject));
  const [persons, domains] = [of("person"), of("domain")];
  return ({ actor, inbox }) => {
    const urls = actor === undefined ? [inbox] : [inbox, actor];
    const hosts = urls.flatMap((url) => domainsOf(new URL(url).host));
    if (hosts.some((host) => domains.has(host))) return false;
    if (actor === undefined) return true;
    return !deaf.has(actor) && (reaches || !persons.has(actor));
  };
}
