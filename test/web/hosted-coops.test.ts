import { expect, test } from "vitest";
import { newDraft } from "../../src/directory/draft.ts";
import { deleteCoop } from "../../src/directory/withdraw.ts";
import * as coops from "../../src/store/coops.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";
import { testSite } from "../helpers/site.ts";
import { visitor } from "../helpers/visitor.ts";

test("administrators find every co-op with an account, and drafts, but not what was imported", async () => {
  await using site = await testSite();
  const { db, node, site: served } = site;
  await site.add("bakery", { name: "Bakery" });
  const gone = await site.add("gone", { name: "Gone" });
  await deleteCoop(db, node, gone, served.clock());
  const draft = { content: { name: "A draft" }, handle: null, by: null };
  const id = await newDraft(db, draft, served.clock());
  await site.import([{ name: "From a register" }]);
  const anna = await visitor(site, { name: "anna", nodeRole: "administrator" });
  const page = await anna.page("/admin/coops");
  expect(page).toContain("Bakery");
  expect(page).toContain(`href="/admin/coops/${id}"`);
  expect(page).not.toContain("Gone");
  expect(page).not.toContain("From a register");
  expect(await anna.page("/admin")).toContain('href="/admin/coops"');
});

eachEngine("co-ops that speak for themselves", (engine) => {
  test("come page by page, each once, those without a handle last", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    for (const handle of ["b", "a_1", null, "a1", "c", null]) {
      await newDraft(db, { content: {}, handle, by: null }, 1);
    }
    const all = await coops.own(db, "", 100);
    expect(all.slice(0, 4).map(({ place }) => place)).toEqual(["a1", "a_1", "b", "c"]);
    expect(all).toHaveLength(6);
    const paged = [];
    for (let after = ""; ;) {
      const page = await coops.own(db, after, 2);
      paged.push(...page);
      after = page.at(-1)?.place ?? "";
      if (page.length < 2) break;
    }
    expect(paged).toEqual(all);
  });
});
