import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { bakery, freePort, until } from "../helpers/nodes.ts";
import { run as runProgram, type Running } from "../helpers/programs.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fragaria-start-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one of our programs on this test's data. */
function run(program: string, args: string[], env: Record<string, string>): Running {
  return runProgram(program, args, { DATA_DIR: join(folder, "data"), ...env });
}

describe("a node that can't start", () => {
  it("names every fault of its configuration", async () => {
    const { code, errors } = await run("main.ts", [], { PORT: "x", ROLE: "king" }).ended;
    expect(code).toBe(1);
    expect(errors).toBe(
      "The configuration has faults:\n  PORT (“x”) is not a port number\n  ROLE (“king”) is neither hub nor leaf",
    );
  });

  it("says in one sentence that the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
    const { port } = other.address() as { port: number };
    const { code, errors } = await run("main.ts", [], { PORT: String(port) }).ended;
    other.close();
    expect(code).toBe(1);
    expect(errors).toBe(
      `Port ${port} of localhost can't be opened: another program is listening there; stop it, or set PORT to another port.`,
    );
  });

  it("says in one sentence that the database is none, or can't be read", async () => {
    const data = join(folder, "data");
    mkdirSync(data);
    writeFileSync(
      join(data, "fragaria.sqlite"),
      "not a database, but long enough to be looked at\n".repeat(100),
    );
    const port = String(await freePort());
    const none = await run("main.ts", [], { PORT: port }).ended;
    expect(none).toMatchObject({
      code: 1,
      errors: `${join(data, "fragaria.sqlite")} is not a SQLite database.`,
    });
    // Root reads everything, so a folder in the file's place has to do there.
    rmSync(join(data, "fragaria.sqlite"));
    if (process.getuid?.() === 0) mkdirSync(join(data, "fragaria.sqlite"));
    else chmodSync(data, 0o500);
    const unreadable = await run("main.ts", [], { PORT: port }).ended;
    expect(unreadable.code).toBe(1);
    expect(unreadable.errors.split("\n")).toHaveLength(1);
    expect(unreadable.errors).toMatch(/folder, not a file|No permission/);
    chmodSync(data, 0o700);
  });

  it("says in one sentence that the data belongs to another origin", async () => {
    const port = await freePort();
    const list = (origin: string) => run("cli.ts", ["coop", "list"], { ORIGIN: origin }).ended;
    expect((await list(`http://localhost:${port}`)).code).toBe(0);
    const { code, errors } = await list("https://coops.example");
    expect(code).toBe(1);
    expect(errors).toContain(`this data belongs to http://localhost:${port}`);
  });
});

const ukFile = join(
  import.meta.dirname,
  "../../fixtures/coops-uk-2023/standard.Q2-2023.postcodes.csv",
);

describe("a command", () => {
  it("says where a file stops being UTF-8, and imports nothing of it", async () => {
    const file = join(folder, "latin.csv");
    writeFileSync(
      file,
      Buffer.concat([
        Buffer.from(`${readFileSync(ukFile, "utf8").split("\n")[0]}\nR000001,Caf`),
        Buffer.from([0xe9]),
        Buffer.from("\n"),
      ]),
    );
    const { code, errors } = await run("cli.ts", ["import", file, "--as", "uk-2023"], {}).ended;
    expect(code).toBe(1);
    expect(errors).toBe(
      `${file}, row 2, column B: this is not UTF-8 text: save it as “CSV UTF-8” and try again`,
    );
  });

  it.each([
    [["import", "/nowhere.csv", "--as", "uk-2023"], "/nowhere.csv: there is no such file"],
    [["import", "x.csv", "--as", "moon"], "“moon” is no mapping: take one of uk-2023"],
    [["import", "x.csv", "--for", "moon"], "import: Unknown option '--for'"],
    [["coop", "edit", "nobody", "x.json"], "no co-op here has the handle @nobody"],
    [["coop", "add"], "FILE.json is missing"],
  ])("%j fails with one sentence", async (args, sentence) => {
    const { code, errors } = await run("cli.ts", args, {}).ended;
    expect(code).toBe(1);
    expect(errors).toContain(sentence);
    expect(errors.split("\n")).toHaveLength(1);
  });
});

describe("a node that starts", () => {
  it("answers, says where it is, and ends in peace when it is told to", async () => {
    const port = await freePort();
    const { child, ended, output } = run("main.ts", [], { PORT: String(port) });
    await until(output, (text) => text.includes(`http://localhost:${port}`));
    const health = () => fetch(`http://localhost:${port}/health`).then(({ status }) => status);
    await until(health, (status) => status === 200);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0, errors: "" });
  });

  it("isn't ready before the search knows what is there", async () => {
    const config = readConfig({ DATA_DIR: join(folder, "data") });
    await using app = await createApp(config);
    await addCoop(app.db, app.node, "bakery", bakery(), Date.now());
    const health = async () => (await app.fetch(new Request(`${config.origin}/health`))).status;
    expect(await health()).toBe(503);
    app.start();
    await until(health, (status) => status === 200);
    const found = await app.fetch(new Request(`${config.origin}/api/v1/coops?q=gare`));
    expect(await found.json()).toMatchObject({ total: 1 });
    app.stop();
  });
});
