import type { ParseArgsOptionsConfig } from "node:util";
import type { Config } from "./config.ts";
import type { Identity } from "./directory/identity.ts";
import { AppError } from "./errors.ts";
import * as coops from "./store/coops.ts";
import type { Db } from "./store/schema.ts";

/** What a command works with. */
interface Context {
  db: Db;
  node: Identity;
  config: Config;
}

/** A command of `npm run cli`. */
export interface Command {
  /** Its arguments, as help shows them. */
  usage: string;
  help: string;
  options?: ParseArgsOptionsConfig;
  run(context: Context, args: string[], options: Record<string, unknown>): Promise<void>;
}

/** An argument that has to be there. */
export function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw new AppError("bad-request", `${name} is missing; “npm run cli” shows how it goes`);
}

/**
 * The co-op that a command names: by its handle, or an imported one by the URL
 * of its page.
 */
export async function hosted(db: Db, handle: string | undefined): Promise<coops.HostedCoop> {
  const given = required(handle, "HANDLE");
  // An imported co-op has no handle, but a URL; somebody may object to it, too.
  const [, id] = /\/coops\/([0-9a-z]+)$/.exec(given) ?? [];
  const name = given.replace(/^@/, "").split("@")[0] ?? "";
  const coop = await (id === undefined ? coops.byHandle(db, name) : coops.get(db, id));
  if (coop !== undefined) return coop;
  const what =
    id === undefined ? `no co-op here has the handle @${name}` : `${given} is not hosted here`;
  throw new AppError("not-found", what);
}
