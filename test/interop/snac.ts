import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, appendFileSync, constants, existsSync, linkSync, mkdirSync } from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { isObject, type JsonObject } from "./lint-rule.ts";

/** How to get snac2, for whoever lacks it. */
export const installHint = "snac2 is missing: run `bash test/interop/install-snac.sh`";

const root = join(import.meta.dirname, "../..");

/** The snac binary: `FRAGARIA_SNAC`, else what install-snac.sh unpacked, else the one on PATH. */
export function findSnac(env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env["FRAGARIA_SNAC"];
  const candidates = named
    ? [named]
    : [
        join(root, "node_modules/.cache/snac2/usr/bin/snac"),
        ...(env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "snac")),
      ];
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: try the next place.
    return false;
  }
}

/** What snac 2.75 logs (dbglevel 2) when it has done something. */
export const snacSays = {
  followConfirmed: (actor: string) => exactly(`confirmed follow from ${actor}`),
  newNote: (note: string) => new RegExp(`new 'Note' \\S+ ${RegExp.escape(note)}$`),
  updatedNote: (note: string) => exactly(`updated 'Note' ${note}`),
  /** An Update of a note that never came, or was deleted. */
  updateDropped: /dropped update for unknown 'Note' \S+$/,
  /** Answered with 403. */
  refused: (actor: string) => exactly(`rejected message from MUTEd actor ${actor}`),
  /** A Reject, for one, with which snac does nothing. */
  ignored: (type: string) => exactly(`Ignored message of type '${type}'`),
  /** It was tried to send something there, with this outcome. */
  sent: (inbox: string, status: number) =>
    new RegExp(`sent to inbox ${RegExp.escape(inbox)} \\(${status} `),
  deleted: (object: string) => new RegExp(`new 'Delete' \\S+ ${RegExp.escape(object)}$`),
  announced: (actor: string, note: string) =>
    new RegExp(`new 'Announce' ${RegExp.escape(actor)} ${RegExp.escape(note)}$`),
  /** An Update of an actor that is no Person, Service or Application: verified, then ignored. */
  updateIgnored: (type: string) => exactly(`ignored 'Update' for object type '${type}'`),
  actorRefetched: (actor: string) => exactly(`actor_refresh ${actor} 200`),
  badSignature: /bad signature \S+ \(.*\)$/,
};

function exactly(end: string): RegExp {
  return new RegExp(`${RegExp.escape(end)}$`);
}

/** A running snac2 with one user, all of it in a folder of its own. */
export interface Snac extends AsyncDisposable {
  readonly origin: string;
  /** Id of the user's actor. */
  readonly user: string;
  /** `name@host:port`. */
  readonly handle: string;
  readonly dir: string;
  /** What the server and the commands logged so far, without the time. */
  readonly lines: readonly string[];
  /** The first line from number `from` on that matches; waits for it, then fails with the log. */
  waitFor(pattern: RegExp, options?: { from?: number; timeout?: number }): Promise<string>;
  /** Looks an account up, given as `@name@host` or as an actor's URL. */
  webfinger(account: string): Promise<{ status: number; actor?: string; account?: string }>;
  /** The actor as snac sees it: from its store, else by a GET signed by its user. */
  actor(url: string): Promise<JsonObject>;
  /** Follows an actor by URL or handle; the server delivers within about 3 s. */
  follow(actor: string): Promise<void>;
  /** Undoes a follow; by the actor's URL only. */
  unfollow(actor: string): Promise<void>;
  /** Publishes a note and returns its id. */
  note(text: string): Promise<string>;
  /** Writes on snac's own pages: a note with these fields of the form beside its text. Returns its id. */
  write(content: string, fields: Record<string, string>): Promise<string>;
  /** Replaces the text of a note that the user wrote. */
  rewrite(note: string, content: string): Promise<void>;
  /** Presses a button of snac's own pages, such as `Like`, of a note or an actor. */
  press(action: string, on: { id?: string; actor?: string }): Promise<void>;
  /** Lets somebody whose actor snac has stored follow the user, though they have not asked to. */
  followedBy(actor: string): void;
  /** The actor or object as snac stored it, or undefined. */
  stored(id: string): JsonObject | undefined;
  /** Makes snac's copy of an actor 3 days old, so that the next activity fetches it anew. */
  expire(actor: string): void;
  /** Ids that the user follows: true once the other side has accepted. */
  following(): ReadonlyMap<string, boolean>;
  /** Runs `snac COMMAND DIR …` and returns what it printed. */
  run(command: string, ...args: string[]): Promise<string>;
  /** Stops the server until it comes back. */
  leave(): Promise<void>;
  /** Starts the server again, with what it had. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes a snac2 on plain http on 127.0.0.1 and starts it. It speaks http to every host, so a node
 * on loopback needs no TLS. Works as root and as any user that may write to the temporary folder,
 * which must be on a filesystem with hard links.
 */
export async function startSnac(
  options: { port?: number; user?: string; keep?: boolean } = {},
): Promise<Snac> {
  const binary = findSnac();
  if (binary === null) throw new Error(installHint);
  const port = options.port ?? (await freePort());
  const name = options.user ?? "alice";
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  const dir = join(mkdtempSync(join(tmpdir(), "fragaria-snac-")), "data");
  const lines: string[] = [];
  // A clean environment: snac obeys SNAC_BASEDIR, DEBUG and, through libcurl, http_proxy.
  const env = { PATH: process.env["PATH"], LC_ALL: "C", DEBUG: "2" };

  const command = async (args: string[], input?: string): Promise<string> => {
    const { stdout, stderr, code } = await execute(binary, args, env, input);
    lines.push(...stderr.split("\n").flatMap(line));
    if (code !== 0) throw new Error(`snac ${args.join(" ")} failed (${code}): ${stdout}${stderr}`);
    return stdout;
  };

  // The questions: address, port, host name, prefix, mail of the administrator.
  await command(["init", dir], `127.0.0.1\n${port}\n${host}\n\n\n`);
  const config = join(dir, "server.json");
  writeFileSync(
    config,
    JSON.stringify({
      ...(JSON.parse(readFileSync(config, "utf8")) as JsonObject),
      protocol: "http",
      dbglevel: 2,
      queue_retry_minutes: 1,
      queue_retry_max: 10,
      queue_timeout: 6,
      min_account_age: 0,
      fastcgi: false,
    }),
  );
  const added = await command(["adduser", dir, name], "\n");
  const [, password = ""] = /password is (\S+)/.exec(added) ?? [];
  let server: ChildProcess | undefined;

  const waitFor: Snac["waitFor"] = async (pattern, { from = 0, timeout = 60_000 } = {}) => {
    const end = Date.now() + timeout;
    for (;;) {
      const found = lines.slice(from).find((text) => pattern.test(text));
      if (found !== undefined) return found;
      if (Date.now() > end || server?.exitCode !== null)
        throw new Error(`snac did not say ${String(pattern)}:\n${lines.slice(from).join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const comeBack = async (): Promise<void> => {
    const from = lines.length;
    const child = spawn(binary, ["httpd", dir], { env, stdio: ["ignore", "ignore", "pipe"] });
    server = child;
    createInterface({ input: child.stderr }).on("line", (text) => lines.push(...line(text)));
    await waitFor(/httpd start/, { from });
  };
  const leave = async (): Promise<void> => {
    if (server !== undefined) await end(server);
  };
  const stop = async (): Promise<void> => {
    await leave();
    if (options.keep !== true) rmSync(join(dir, ".."), { recursive: true, force: true });
  };
  try {
    await comeBack();
  } catch (cause) {
    await stop();
    throw new Error("snac2 did not start", { cause });
  }

  const run = (verb: string, ...args: string[]): Promise<string> => command([verb, dir, ...args]);
  const objectFile = (id: string): string => {
    const digest = digestOf(id);
    return join(dir, "object", digest.slice(0, 2), `${digest}.json`);
  };
  const submit = async (form: string, fields: Record<string, string>): Promise<void> => {
    const { status } = await fetch(`${origin}/${name}/admin/${form}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`${name}:${password}`)}`,
        // With a charset behind it snac reads no fields.
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams(fields).toString(),
      redirect: "manual",
    });
    if (status !== 303) throw new Error(`snac answers ${status} to the form ${form}`);
  };
  return {
    origin,
    user: `${origin}/${name}`,
    handle: `${name}@${host}`,
    dir,
    lines,
    waitFor,
    run,
    leave,
    comeBack,
    stop,
    [Symbol.asyncDispose]: stop,
    webfinger: async (account) => {
      const found = fields(await run("webfinger", account));
      const { actor, uid } = found;
      return {
        status: Number(found["status"]),
        ...(actor === undefined ? {} : { actor }),
        ...(uid === undefined ? {} : { account: uid }),
      };
    },
    actor: async (url) => {
      const printed = await run("actor", name, url);
      const found = /^status: (2\d\d)\n(.*)$/s.exec(printed);
      if (found === null) throw new Error(`snac cannot read ${url}: ${printed.trim()}`);
      return JSON.parse(found[2] ?? "") as JsonObject;
    },
    follow: async (actor) => {
      // snac exits with 0 when it finds nobody and then prints no Follow.
      const printed = await run("follow", name, actor);
      if (!printed.includes('"Follow"')) throw new Error(`snac finds no actor for ${actor}`);
    },
    unfollow: async (actor) => void (await run("unfollow", name, actor)),
    note: async (text) => {
      const create: unknown = JSON.parse(await run("note", name, text));
      const note = isObject(create) ? create["object"] : undefined;
      return String(isObject(note) ? note["id"] : undefined);
    },
    write: async (content, fields) => {
      const from = lines.length;
      await submit("note", { ...fields, content });
      const own = new RegExp(`timeline_add (${RegExp.escape(`${origin}/${name}/p/`)}\\S+)$`);
      return own.exec(await waitFor(own, { from }))?.[1] ?? "";
    },
    rewrite: (note, content) => submit("note", { edit_id: note, content }),
    press: (action, on) => submit("action", { ...on, action }),
    followedBy: (actor) => {
      const digest = digestOf(actor);
      const folder = join(dir, "user", name, "followers");
      mkdirSync(folder, { recursive: true });
      linkSync(objectFile(actor), join(folder, `${digest}.json`));
      appendFileSync(`${folder}.idx`, `${digest}\n`);
    },
    stored: (id) => {
      const file = objectFile(id);
      return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as JsonObject) : undefined;
    },
    expire: (actor) => {
      const past = Date.now() / 1000 - 3 * 86_400;
      utimesSync(objectFile(actor), past, past);
    },
    following: () => {
      const folder = join(dir, "user", name, "following");
      const files = readdirSync(folder).filter((file) => /^[0-9a-f]{32}\.json$/.test(file));
      return new Map(files.map((file) => followed(join(folder, file))));
    },
  };
}

/** What snac calls the file of an object. */
function digestOf(id: string): string {
  return createHash("md5").update(id).digest("hex");
}

/** snac keeps its own Follow until the Accept comes, then the Accept: whose id and is it confirmed. */
function followed(file: string): [string, boolean] {
  const message = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  const confirmed = message["type"] === "Accept";
  return [String(confirmed ? message["actor"] : message["object"]), confirmed];
}

function line(text: string): string[] {
  const said = text.replace(/^\d\d:\d\d:\d\d /, "").trimEnd();
  return said === "" ? [] : [said];
}

function fields(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").flatMap((row) => {
      const at = row.indexOf(": ");
      return at < 0 ? [] : [[row.slice(0, at), row.slice(at + 2)]];
    }),
  );
}

function execute(
  binary: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  input = "",
): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve) => {
    const child = execFile(binary, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code ?? 1) });
    });
    child.stdin?.end(input);
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = new Promise<void>((resolve) => server.once("close", () => resolve()));
  server.kill("SIGTERM");
  const late = setTimeout(() => server.kill("SIGKILL"), 10_000);
  await closed;
  clearTimeout(late);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
