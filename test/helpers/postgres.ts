/** Vitest's global set-up: one PostgreSQL for the whole run, with a template to copy. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../../src/store/migrate.ts";
import { open } from "../../src/store/open.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The URL of the server's `postgres` database, whose user may create others. */
    postgres: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = spawn(process.execPath, [join(import.meta.dirname, "postgres-server.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  const url = await Promise.race([
    once(createInterface(server.stdout), "line").then(([line]) => String(line)),
    ended.then(() => {
      throw new Error("PostgreSQL for the tests didn't start");
    }),
  ]);

  const admin = new pg.Client(url);
  await admin.connect();
  await admin.query("create database template_fragaria");
  await admin.end();
  await using template = await open(new URL("/template_fragaria", url).href);
  await migrate(template.db);

  project.provide("postgres", url);
  return async () => {
    server.stdin.end();
    await ended;
  };
}
