import * as census from "../../src/store/census.ts";
import * as evidence from "../../src/store/evidence.ts";
import * as hosts from "../../src/store/hosts.ts";
import type { Db, Tx } from "../../src/store/schema.ts";

const day = 86_400_000;

/** Hosts in every state that a page can show, and alarms. */
export async function strangeHosts(db: Db, now: number): Promise<void> {
  const rows: [host: string, facts: hosts.HostFacts][] = [
    ["live.example", { beacon: now - day, liveness: "live" }],
    ["stale.example", { beacon: now - 9 * day, liveness: "stale" }],
    ["hidden.example", { beacon: now - 40 * day, liveness: "hidden", leftOut: 12 }],
    [
      "dropped.example",
      {
        beacon: now - 99 * day,
        liveness: "dropped",
        leftOut: 1,
        listed: null,
        exclusion: "silent",
      },
    ],
    ["new.example:8443", {}],
    ["less.example", { ...count(15, 12), differs: now - 7_200_000 }],
    ["liar.example", { ...count(99, 12), differs: now - day, ...sought(now, "liar.example", 0) }],
    ["away.example", { ...count(3, 2), differs: now - day, ...sought(now, "away.example", null) }],
    ["mended.example", { ...count(3, 3), ...sought(now, "mended.example", 2) }],
    ["forked.example", { ...count(3, 3), equivocated: now }],
    ["waiting.example", { listed: null }],
    ["denied.example", { listed: null, exclusion: "denied", decision: "denied" }],
  ];
  const known = rows.map(([host]) => ({ host, origin: `https://${host}`, domain: host }));
  await hosts.note(db, known, now);
  for (const [host, facts] of rows) await hosts.update(db, host, { listed: now, ...facts });
  await db.transaction().execute((tx) => accuse(tx, now));

  function count(said: number, held: number): hosts.HostFacts {
    return { beacon: now - 60_000, liveness: "live", count: said, held };
  }
}

function sought(at: number, of: string, found: number | null): hosts.HostFacts {
  return { sought: at, soughtOf: of, found };
}

async function accuse(tx: Tx, now: number): Promise<void> {
  const [first, second] = [Buffer.from('{"a":1}'), Buffer.from('{"b":2}')];
  await evidence.put(tx, { host: "forked.example", first, second, seen: now });
  await census.alarm(tx, { host: "", raised: now, before: 1000, after: 700 });
  await census.alarm(tx, { host: "live.example", raised: now, before: 100, after: 2 });
}
