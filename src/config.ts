import { isIP } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "./errors.ts";

const LOOPBACK = /^(localhost|[\w-]+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** The public address of a node: scheme and host. */
export const Origin = z.string().transform((text, context) => {
  const fault = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (!URL.canParse(text)) return fault("is not a URL such as https://coops.example");
  const url = new URL(text);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") {
    return fault("must be scheme and host only, such as https://coops.example");
  }
  if (url.protocol === "https:") {
    const plain = isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0;
    return plain ? url.origin : fault("must have a host name, not an IP address");
  }
  if (url.protocol === "http:" && LOOPBACK.test(url.hostname)) return url.origin;
  return fault(
    "must begin with https:// (http:// is for this machine only: http://localhost:8000)",
  );
});

const Port = z
  .string()
  .regex(/^\d{1,5}$/, "is not a port number")
  .transform(Number)
  .pipe(z.number().min(1, "is not a port number").max(65535, "is not a port number"));

const Peers = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((each) => each !== ""))
  .pipe(z.array(Origin));

/**
 * The environment variables that a node reads, all of them optional. README's
 * table is checked against this schema.
 */
export const Environment = z.object({
  ORIGIN: Origin.optional().describe(
    "The public address of the node. It is part of every record, and changed by `move` only. Default: `http://localhost:PORT`, for trying out",
  ),
  PORT: Port.default(8000).describe("The port to listen on"),
  HOST: z
    .string()
    .min(1)
    .default("localhost")
    .describe(
      "The address to listen on; `0.0.0.0` for all, when there is no proxy on the same machine",
    ),
  DATA_DIR: z
    .string()
    .min(1)
    .default("data")
    .describe("The folder for the database and what is derived from it"),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:|postgres(ql)?:\/\/)/, "must begin with sqlite: or postgres://")
    .optional()
    .describe(
      "`postgres://user:password@host/name` for a host that outgrows one machine. Default: a SQLite file in DATA_DIR",
    ),
  PEERS: Peers.default([]).describe(
    "The nodes to begin with, with commas between them: `https://hub.example`. One is enough",
  ),
  ROLE: z
    .enum(["hub", "leaf"], "is neither hub nor leaf")
    .default("hub")
    .describe(
      "A `hub` holds the whole directory; a `leaf` only its own listings, and wakes hubs when they change",
    ),
  NODE_NAME: z
    .string()
    .min(1)
    .max(80)
    .optional()
    .describe("What the pages call this node. Default: the host"),
  CONTACT: z
    .email("is not an e-mail address")
    .optional()
    .describe("Whom to ask about this node and its listings: shown on every page"),
  SOURCE_URL: z
    .url({ protocol: /^https?$/, error: "is not an address that begins with https://" })
    .optional()
    .describe(
      "Where the source of the software that runs here is. Who changes the software has to offer it to everybody who uses the node (AGPL, section 13)",
    ),
  HASTE: z
    .string()
    .regex(/^\d{1,4}$/, "is not a whole number from 1 to 1000")
    .transform(Number)
    .pipe(z.number().min(1, "is less than 1").max(1000, "is more than 1000"))
    .default(1)
    .describe(
      "By how much the pauses between what nodes do with one another are shortened, for trying out and tests",
    ),
  LOG_LEVEL: z
    .enum(["debug", "info", "warning", "error"], "is none of debug, info, warning, error")
    .default("info")
    .describe("How much to print"),
});

export interface Config {
  origin: string;
  port: number;
  host: string;
  dataDir: string;
  databaseUrl: string;
  peers: string[];
  role: "hub" | "leaf";
  nodeName: string;
  contact: string | null;
  /** Where the source of the software that runs here is. */
  sourceUrl: string | null;
  /** Divides the pauses between what nodes do with one another. */
  haste: number;
  logLevel: "debug" | "info" | "warning" | "error";
  /** On loopback http and private addresses are let be; nowhere else. */
  insecure: boolean;
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws {AppError} `bad-config` that names every variable at fault, what it
 *   holds and what would be right.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  // A variable that is set to nothing is one that isn't set.
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const read = Environment.safeParse(set);
  if (!read.success) {
    const faults = read.error.issues.map(({ path: [name], message }) => {
      const value = name === "DATABASE_URL" ? "" : ` (“${set[String(name)]}”)`;
      return `  ${String(name)}${value} ${message}`;
    });
    throw new AppError("bad-config", ["The configuration has faults:", ...faults].join("\n"));
  }
  const { data } = read;
  const origin = data.ORIGIN ?? `http://localhost:${data.PORT}`;
  return {
    origin,
    port: data.PORT,
    host: data.HOST,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL ?? `sqlite:${join(data.DATA_DIR, "fragaria.sqlite")}`,
    peers: [...new Set(data.PEERS)].filter((peer) => peer !== origin),
    role: data.ROLE,
    nodeName: data.NODE_NAME ?? new URL(origin).host,
    contact: data.CONTACT ?? null,
    sourceUrl: data.SOURCE_URL ?? null,
    haste: data.HASTE,
    logLevel: data.LOG_LEVEL,
    insecure: origin.startsWith("http:"),
  };
}
