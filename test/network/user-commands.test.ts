import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort, until } from "../helpers/nodes.ts";
import { run as runProgram, temporaryFolder } from "../helpers/programs.ts";

let folder: ReturnType<typeof temporaryFolder>;
let env: Record<string, string>;

beforeEach(async () => {
  folder = temporaryFolder();
  env = { DATA_DIR: join(folder.path, "data"), PORT: String(await freePort()) };
});
afterEach(() => folder[Symbol.dispose]());

/** Runs a command to its end. */
async function cli(...args: string[]): Promise<{ code: number | null; said: string }> {
  const { code, output, errors } = await runProgram("cli.ts", args, env).ended;
  return { code, said: (code === 0 ? output : errors).trim() };
}

const password = "barley hinge comet";

describe("a new node", () => {
  it("prints the link to set it up until that was done, and a new one at each start", async () => {
    const origin = `http://localhost:${env["PORT"]}`;
    const link = /http:\/\/localhost:\d+\/admin\/setup\?token=[\w-]{43}/;
    const start = async () => {
      const node = runProgram("main.ts", [], env);
      await until(node.output, (text) => text.includes("for this machine only"));
      const [url] = link.exec(node.output()) ?? [];
      return { url, end: async () => (node.child.kill("SIGTERM"), (await node.ended).code) };
    };
    const first = await start();
    expect(first.url).toMatch(link);
    expect(await first.end()).toBe(0);
    const { said: byCommand } = await cli("setup");
    expect(byCommand).toMatch(link);
    const second = await start();
    expect((await fetch(first.url ?? "")).status).toBe(404);
    expect((await fetch(byCommand)).status).toBe(404);
    expect((await fetch(second.url ?? "")).status).toBe(200);
    const token = new URL(second.url ?? "").searchParams.get("token") ?? "";
    const answer = await fetch(`${origin}/admin/setup`, {
      method: "POST",
      body: new URLSearchParams({ token, name: "rosa", password, repeated: password }),
      headers: { origin },
      redirect: "manual",
    });
    expect(answer.status).toBe(303);
    expect(await second.end()).toBe(0);
    const third = await start();
    expect(third.url).toBeUndefined();
    await third.end();
    expect(await cli("setup")).toEqual({
      code: 1,
      said: "This node is set up: it has an administrator, who can add further accounts.",
    });
  }, 90_000);
});

describe("the commands for users", () => {
  it("add, list, change and disable accounts", async () => {
    const link = /^http:\/\/localhost:\d+\/admin\/links\/[\w-]{43}$/;
    expect((await cli("user", "add", "Rosa", "--role", "administrator")).said).toMatch(link);
    expect((await cli("user", "add", "lena")).said).toMatch(link);
    expect((await cli("user", "link", "lena")).said).toMatch(link);
    expect((await cli("user", "role", "lena", "moderator")).said).toBe("lena: moderator");
    expect((await cli("user", "disable", "lena")).code).toBe(0);
    expect((await cli("user", "list")).said).toBe("lena  disabled\nrosa  administrator");
    expect((await cli("user", "enable", "lena")).code).toBe(0);
    expect((await cli("user", "role", "lena", "none")).said).toBe(
      "lena: no part in running the node",
    );
  }, 90_000);

  it.each([
    [["user", "add"], "NAME is missing"],
    [["user", "add", "Rosa L."], "the name can’t be used: Use letters"],
    [["user", "add", "rosa", "--role", "king"], "“king” is neither administrator nor moderator"],
    [["user", "link", "nobody"], "There is no account “nobody”."],
    [["user", "role", "nobody", "none"], "There is no account “nobody”."],
  ])("%j fails with one sentence", async (args, sentence) => {
    const { code, said } = await cli(...args);
    expect(code).toBe(1);
    expect(said).toContain(sentence);
    expect(said.split("\n")).toHaveLength(1);
  });
});
