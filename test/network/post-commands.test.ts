import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bakery } from "../helpers/nodes.ts";
import { run, temporaryFolder } from "../helpers/programs.ts";

it("posts, lists, edits, pins and deletes by commands", async () => {
  using folder = temporaryFolder();
  const env = { DATA_DIR: join(folder.path, "data"), ORIGIN: "https://a.example" };
  const cli = async (...args: string[]) => {
    const { code, output, errors } = await run("cli.ts", args, env).ended;
    return { code, said: (code === 0 ? output : errors).trim() };
  };
  const file = join(folder.path, "bakery.json");
  writeFileSync(file, JSON.stringify(bakery({ summary: undefined })));
  await cli("coop", "add", "bakery", file);
  const posted = await cli("post", "bakery", "Le four", "est chaud.", "--lang", "fr");
  const [url = ""] = posted.said.split(" ");
  const id = url.split("/").at(-1) ?? "";
  expect(url).toMatch(/^https:\/\/a\.example\/coops\/\w+\/posts\/\w+$/);

  const at = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)}Z`;
  const waits = await cli("post", "bakery", "Demain", "--lang", "fr", "--at", at, "--mark");
  const waiting = waits.said.split(" ")[0]?.split("/").at(-1) ?? "";

  expect((await cli("post", "edit", url, "Le four est froid.")).code).toBe(0);
  expect((await cli("post", "pin", url)).code).toBe(0);
  const listed = async () => {
    const { said } = await cli("post", "list", "bakery");
    // The last one is the introduction.
    return said
      .replaceAll(/ {2}\d{4}-\d\d-\d\d {2}/g, "  DATE  ")
      .split("\n")
      .slice(0, -1);
  };
  expect(await listed()).toEqual([
    `${waiting}  DATE  waits for ${at.slice(0, 16)}:00.000Z  marked  Demain`,
    `${id}  DATE  pinned  Le four est froid.`,
  ]);
  expect((await cli("post", "publish", waiting)).code).toBe(0);

  const wrong = await cli("post", "edit", id, "?", "--lang", "french");
  expect(wrong.code).toBe(1);
  expect(wrong.said).toMatch(/the post can't be published: content\.french: languages are named/);
  expect((await cli("post", "bakery", "x", "--at", "noon")).said).toMatch(/“noon” is no time/);

  await cli("post", "delete", id);
  expect(await listed()).toEqual([`${waiting}  DATE  marked  Demain`]);
  expect((await cli("post", "edit", id, "x")).said).toBe(`the post “${id}” was deleted`);
}, 180_000);
