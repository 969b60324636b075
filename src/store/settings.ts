import { randomBytes } from "node:crypto";
import type { Db, Tx } from "./schema.ts";

/**
 * The epoch of this node's feed: renewed when the log of changes was lost or
 * put back, so that peers don't trust their cursors into it.
 */
export async function epoch(db: Db): Promise<string> {
  return once(db, "epoch", newEpoch());
}

/**
 * Gives the feed another epoch, so that peers begin it anew.
 *
 * @param now When, epoch ms: what this node signed later belongs to the new one.
 */
export async function renewEpoch(tx: Tx, now: number): Promise<void> {
  const rows = [
    { name: "epoch", value: newEpoch() },
    { name: "renewed", value: String(now) },
  ];
  await tx
    .insertInto("setting")
    .values(rows)
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((eb) => ({ value: eb.ref("excluded.value") })),
    )
    .execute();
}

/** When the epoch was last renewed, epoch ms; undefined while it is the first. */
export async function renewed(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom("setting")
    .select("value")
    .where("name", "=", "renewed")
    .executeTakeFirst();
  return row && Number(row.value);
}

/** How far a hub has got with filling itself from others. */
export interface Filling {
  /** It looks for hubs, loads from one of them, compares with others, or is done. */
  step: "looking" | "loading" | "checking" | "complete";
  /** Since when it has been at this step, and when it began; epoch ms. */
  since: number;
  began: number;
  /** The host that it loads or has loaded from. */
  source: string | null;
  /** How many records it has read from there, and how many that one said it has. */
  read: number;
  total: number | null;
  /** With whom it has compared, when, and how many records that brought. */
  checked: { host: string; at: number; lacked: number }[];
}

/** How far this node has got with filling itself; undefined before it began. */
export async function filling(db: Db): Promise<Filling | undefined> {
  const text = await value(db, "filling");
  return text === undefined ? undefined : (JSON.parse(text) as Filling);
}

/** Notes how far; undefined to begin anew. */
export async function setFilling(db: Db, now: Filling | undefined): Promise<void> {
  if (now === undefined) await db.deleteFrom("setting").where("name", "=", "filling").execute();
  else await set(db, "filling", JSON.stringify(now));
}

/** Which part in the directory this node's data were last made for; undefined at first. */
export async function role(db: Db): Promise<string | undefined> {
  return value(db, "role");
}

export async function setRole(db: Db, now: "hub" | "leaf"): Promise<void> {
  await set(db, "role", now);
}

/** When this node last noted that it was there, epoch ms; undefined at first. */
export async function lastThere(db: Db): Promise<number | undefined> {
  const text = await value(db, "there");
  return text === undefined ? undefined : Number(text);
}

export async function setLastThere(db: Db, now: number): Promise<void> {
  await set(db, "there", String(now));
}

async function value(db: Db, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("setting")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.value;
}

async function set(db: Db, name: string, text: string): Promise<void> {
  await db
    .insertInto("setting")
    .values({ name, value: text })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: text }))
    .execute();
}

/** Where the log of changes ended at some time. */
export interface Mark {
  /** Epoch ms. */
  at: number;
  seq: number;
}

/** Where the log ended at some times, a month apart, oldest first. */
export async function marks(db: Db): Promise<Mark[]> {
  return JSON.parse((await value(db, "marks")) ?? "[]") as Mark[];
}

export async function setMarks(tx: Tx, all: Mark[]): Promise<void> {
  await set(tx, "marks", JSON.stringify(all));
}

/**
 * Up to which seq the log no longer says what isn't held any more; 0 while it
 * says all.
 */
export async function pruned(db: Db): Promise<number> {
  return Number((await value(db, "pruned")) ?? 0);
}

export async function setPruned(tx: Tx, seq: number): Promise<void> {
  await set(tx, "pruned", String(seq));
}

function newEpoch(): string {
  return randomBytes(9).toString("base64url");
}

/** Sets what isn't set yet, and returns what then is. */
async function once(db: Db, name: string, first: string): Promise<string> {
  await db
    .insertInto("setting")
    .values({ name, value: first })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const { value } = await db
    .selectFrom("setting")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return value;
}

/** The origin that this database was made for: the first one that asked. */
export async function origin(db: Db, asked: string): Promise<string> {
  return once(db, "origin", asked);
}

/** An address that the node had before it moved. */
export interface Former {
  origin: string;
  /** When it left it, epoch ms. */
  moved: number;
}

/** The addresses that this node had before the present one, oldest first. */
export async function former(db: Db): Promise<Former[]> {
  const row = await db
    .selectFrom("setting")
    .select("value")
    .where("name", "=", "former")
    .executeTakeFirst();
  return row === undefined ? [] : (JSON.parse(row.value) as Former[]);
}

/** Gives the node another address, and remembers those that it had. */
export async function moveTo(tx: Tx, origin: string, formers: Former[]): Promise<void> {
  const rows = [
    { name: "origin", value: origin },
    { name: "former", value: JSON.stringify(formers) },
  ];
  await tx
    .insertInto("setting")
    .values(rows)
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((eb) => ({ value: eb.ref("excluded.value") })),
    )
    .execute();
}
