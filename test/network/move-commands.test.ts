import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { elsewhere } from "../federation/elsewhere.ts";
import { bakery } from "../helpers/nodes.ts";
import { run, temporaryFolder } from "../helpers/programs.ts";

it("a co-op comes from an account and goes to another one by commands", async () => {
  using folder = temporaryFolder();
  await using there = await elsewhere();
  const env = { DATA_DIR: join(folder.path, "data"), ORIGIN: "http://localhost:8000" };
  const cli = async (...args: string[]) => {
    const { code, output, errors } = await run("cli.ts", args, env).ended;
    return { code, said: (code === 0 ? output : errors).trim() };
  };
  const file = join(folder.path, "bakery.json");
  writeFileSync(file, JSON.stringify(bakery()));
  const [url = ""] = (await cli("coop", "add", "bakery", file)).said.split(" ");

  const old = there.join("old").id;
  expect((await cli("coop", "came-from", "bakery", old)).said).toBe(
    `@bakery says that it was ${old}; now let that account move to @bakery@localhost:8000`,
  );
  // That it is gone by now doesn't matter.
  there.documents.clear();
  expect((await cli("coop", "came-from", "bakery", old, "--not")).code).toBe(0);

  const target = there.join("new").id;
  expect((await cli("coop", "move", "bakery", target, "--yes")).said).toMatch(/doesn’t say yet/);
  there.join("new", { alsoKnownAs: [url] });
  const asked = await cli("coop", "move", "bakery", target);
  expect(asked).toMatchObject({ code: 1 });
  expect(asked.said).toMatch(/^@new@localhost:\d+ agrees, .* add --yes to do it$/);
  expect((await cli("coop", "move", "bakery", target, "--yes")).said).toContain(
    `@bakery has moved to ${target}`,
  );
  expect((await cli("coop", "stay", "bakery")).code).toBe(0);
}, 90_000);
