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

  expect((await cli("post", "edit", id, "Le four est froid.")).code).toBe(0);
  expect((await cli("post", "edit", url, "The oven is cold.", "--lang", "en")).code).toBe(0);
  expect((await cli("post", "pin", url)).code).toBe(0);
  const date = /\d{4}-\d\d-\d\d/;
  const listed = async () => (await cli("post", "list", "bakery")).said.replace(date, "DATE");
  expect(await listed()).toContain(`${id}  DATE  pinned  Le four est froid.`);
  expect((await cli("post", "unpin", id)).code).toBe(0);
  expect(await listed()).toContain(`${id}  DATE  Le four est froid.`);

  const wrong = await cli("post", "edit", id, "?", "--lang", "french");
  expect(wrong.code).toBe(1);
  expect(wrong.said).toMatch(/the post can't be published: content\.french: languages are named/);
  expect(await cli("post", "edit", "nothing", "x")).toMatchObject({ code: 1 });
  expect((await cli("post", "edit", id)).said).toMatch(/^TEXT is missing/);

  const at = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)}Z`;
  const waits = await cli("post", "bakery", "Demain", "--lang", "fr", "--at", at, "--mark");
  const waiting = waits.said.split(" ")[0]?.split("/").at(-1) ?? "";
  const seconds = `${at.slice(0, 16)}:00.000Z`;
  expect(await listed()).toContain(`${waiting}  DATE  waits for ${seconds}  marked  Demain`);
  expect((await cli("post", "publish", waiting)).code).toBe(0);
  expect((await cli("post", "bakery", "x", "--at", "tomorrow")).said).toMatch(
    /“tomorrow” is no time/,
  );

  await cli("post", "delete", id);
  expect(await listed()).toMatch(new RegExp(`^${waiting}  DATE  marked  Demain$`));
  expect((await cli("post", "edit", id, "x")).said).toBe(`the post “${id}” was deleted`);
}, 90_000);
