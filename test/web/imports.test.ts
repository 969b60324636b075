import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as changes from "../../src/store/changes.ts";
import * as imports from "../../src/store/imports.ts";
import { testSite, type TestSite } from "../helpers/site.ts";
import { type Visitor, visitor } from "../helpers/visitor.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const register = readFileSync(join(fixtures, "mapping/register.csv"), "utf8");
const mapping = readFileSync(join(fixtures, "mapping/our-mapping.json"), "utf8");

function form(fields: Record<string, string | File>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

const own = (text = mapping) => new File([text], "our-mapping.json");

/** Uploads a register with its mapping, and waits until it has been looked at. */
async function upload(site: TestSite, rosa: Visitor, text = register): Promise<string> {
  const fields = { file: new File([text], "register.csv"), mapping: "own", own: own() };
  const answer = await rosa.upload("/admin/import", form(fields));
  expect(answer.status).toBe(303);
  const path = answer.headers.get("location") ?? "";
  expect(path).toMatch(/^\/admin\/import\/[0-9a-z]{10}$/);
  await site.site.imports.idle();
  return path;
}

test("a register is looked at, imported in the background, and listed", async () => {
  await using site = await testSite();
  const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
  const before = await changes.head(site.db);
  const path = await upload(site, rosa);
  const looked = await rosa.page(path);
  expect(looked).toContain("Social co-operatives of a consortium (invented)");
  expect(looked).toMatch(/<strong>5<\/strong> new listings/);
  expect(looked).toMatch(/<strong>1<\/strong> left out: struck off the register/);
  expect(looked).toContain("“moda” is not in the table of the mapping");
  expect(looked).toContain("Forno del Borgo");
  expect(await changes.head(site.db)).toBe(before);
  const report = await rosa.get(`${path}/report.csv`);
  expect(report.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(await report.text()).toContain("5,doubtful,Filo e Trama,");

  expect((await rosa.post(path)).headers.get("location")).toBe(path);
  await site.site.imports.idle();
  const done = await rosa.page(path);
  expect(done).toMatch(/<strong>5<\/strong> added/);
  expect(await rosa.page("/admin/import")).toMatch(/5 added/);
  await site.site.index.catchUp();
  expect(await site.page("/search?q=forno")).toContain("Forno del Borgo");
  expect(await imports.latest(site.db, 1)).toMatchObject([{ added: 5, file: "register.csv" }]);

  // The same again: there is nothing to do.
  const again = await rosa.page(await upload(site, rosa));
  expect(again).toContain("The directory has all of this already");
});

test("what has gone is closed when it is ticked; most of it only when that is ticked, too", async () => {
  await using site = await testSite();
  const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
  await rosa.post(await upload(site, rosa));
  await site.site.imports.idle();
  const lines = register.split("\n");
  const path = await upload(site, rosa, lines.slice(0, 3).join("\n"));
  expect(await rosa.page(path)).toMatch(/Close 3\slistings that are not in this file/);
  const refused = await rosa.post(path, { close: "yes" });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("3 of 5 listings would be closed");
  await rosa.post(path, { close: "yes", force: "yes" });
  await site.site.imports.idle();
  expect(await rosa.page(path)).toMatch(/<strong>3<\/strong> closed/);
});

test("a page of something under way loads itself again, by a header", async () => {
  await using site = await testSite();
  const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
  const fields = { file: new File([register], "register.csv"), mapping: "own", own: own() };
  const answer = await rosa.upload("/admin/import", form(fields));
  const path = answer.headers.get("location") ?? "";
  const early = await rosa.get(path);
  expect(early.headers.get("refresh")).toBe("2");
  expect(await early.text()).toContain("The file is being read");
  await site.site.imports.idle();
  expect((await rosa.get(path)).headers.get("refresh")).toBeNull();
  await rosa.post(path);
  expect((await rosa.get(path)).headers.get("refresh")).toBe("2");
});

test("a broken file, a broken mapping and an empty form are told where they are wrong", async () => {
  await using site = await testSite();
  const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
  const path = await upload(site, rosa, register.replace("Forno", "=Forno"));
  expect(await rosa.page(path)).toContain(
    "register.csv, row 2, column “Denominazione”: the cell holds a formula",
  );
  expect((await rosa.post(path)).status).toBe(400);

  const wrong = { file: new File(["a"], "a.csv"), mapping: "own", own: own('{"name":"x"}') };
  const told = await rosa.upload("/admin/import", form(wrong));
  expect(told.status).toBe(400);
  expect(await told.text()).toContain("our-mapping.json is no mapping: title: ");
  const empty = await rosa.upload("/admin/import", form({ edition: "spring" }));
  const page = await empty.text();
  for (const fault of [
    "Choose a file.",
    "Choose what the columns mean.",
    "Write a year, a month or a day",
  ]) {
    expect(page).toContain(fault);
  }
  const unsaid = await rosa.upload(
    "/admin/import",
    form({ file: new File(["a"], "a"), mapping: "own" }),
  );
  expect(await unsaid.text()).toContain("Choose the file of your mapping.");
});

test("is for administrators only, and an upload can be discarded", async () => {
  await using site = await testSite();
  const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
  const path = await upload(site, rosa);
  const lena = await visitor(site, { name: "lena", nodeRole: "moderator" });
  for (const each of ["/admin/import", path, `${path}/report.csv`]) {
    expect((await lena.get(each)).status, each).toBe(403);
  }
  const fields = { file: new File(["a"], "a.csv"), mapping: "susy" };
  expect((await lena.upload("/admin/import", form(fields))).status).toBe(403);
  expect((await lena.post(path)).status).toBe(403);
  expect((await lena.post(`${path}/discard`)).status).toBe(403);
  expect(await rosa.page("/admin/import")).toContain("register.csv");
  await rosa.post(`${path}/discard`);
  expect((await rosa.get(path)).status).toBe(404);
  expect(await rosa.page("/admin/import")).not.toContain("register.csv");
  for (const strange of ["..%2f..%2fetc", "0000000000", "%00"]) {
    expect((await rosa.get(`/admin/import/${strange}`)).status, strange).toBe(404);
  }
});
