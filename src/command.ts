import type { ParseArgsOptionsConfig } from "node:util";
import type { Config } from "./config.ts";
import type { Identity } from "./directory/identity.ts";
import { AppError } from "./errors.ts";
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
