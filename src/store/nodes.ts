import type { Db } from "./schema.ts";

/** A node that gave a sign of life. */
export interface LiveNode {
  /** Its origin: `https://hub.example`. */
  url: string;
  role: "hub" | "leaf" | null;
  /** When it did, epoch ms: the time of its newest beacon, or of an answer. */
  seen: number;
}

/**
 * Other nodes that gave a sign of life after that moment, by a beacon or by
 * answering, in no order. Those whose records aren't held here are left out.
 */
export async function live(db: Db, since: number): Promise<LiveNode[]> {
  const rows = await db
    .selectFrom("host")
    .leftJoin("peer", "peer.url", "host.origin")
    .select([
      "host.origin as url",
      "host.role",
      "host.beacon",
      "host.excluded",
      "host.decision",
      "peer.role as answered",
      "peer.seen",
    ])
    .where((eb) => eb.or([eb("host.beacon", ">", since), eb("peer.seen", ">", since)]))
    .execute();
  // A peer may have answered of which nothing else is known yet.
  const answered = await db
    .selectFrom("peer")
    .leftJoin("host", "host.origin", "peer.url")
    .select(["peer.url", "peer.role", "peer.seen"])
    .where("host.host", "is", null)
    .where("peer.seen", ">", since)
    .execute();
  return [
    ...rows
      .filter(({ excluded, decision }) => excluded === null && decision !== "denied")
      .map(({ url, role, beacon, answered: said, seen }) => ({
        url,
        role: roleOf(said ?? role),
        seen: Math.max(beacon ?? 0, seen ?? 0),
      })),
    ...answered.map(({ url, role, seen }) => ({ url, role: roleOf(role), seen: seen ?? 0 })),
  ];
}

function roleOf(role: string | null): LiveNode["role"] {
  return role === "hub" || role === "leaf" ? role : null;
}

/** The keys that are pinned of these origins, as their own nodes showed them here, without those that are retired, dropped or held. */
export async function pinned(
  db: Db,
  origins: string[],
): Promise<Map<string, { id: string; publicKeyMultibase: string }[]>> {
  const found = new Map<string, { id: string; publicKeyMultibase: string }[]>();
  for (let at = 0; at < origins.length; at += 500) {
    const rows = await db
      .selectFrom("pin")
      .select(["origin", "method", "multikey"])
      .where("origin", "in", origins.slice(at, at + 500))
      .where("retired", "is", null)
      .where("dropped", "is", null)
      .where("held", "is", null)
      .where("reported", "is", null)
      .orderBy("method")
      .execute();
    for (const { origin, method, multikey } of rows) {
      const key = { id: method, publicKeyMultibase: multikey };
      found.set(origin, [...(found.get(origin) ?? []), key]);
    }
  }
  return found;
}
