import { expect, test } from "vitest";
import * as attesters from "../../src/store/attesters.ts";
import * as census from "../../src/store/census.ts";
import * as hosts from "../../src/store/hosts.ts";
import { addNeighbours } from "../helpers/neighbours.ts";
import { testSite } from "../helpers/site.ts";
import { visitor } from "../helpers/visitor.ts";

test("administrators decide about other nodes, and moderators look", async () => {
  await using site = await testSite();
  await addNeighbours(site);
  const { db } = site;
  const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
  const lena = await visitor(site, { name: "lena", nodeRole: "moderator" });
  const far = "/admin/network/hosts/far.example";

  const seen = await lena.page("/admin/network");
  for (const host of ["seed.example", "far.example", "friend.example", "spam.example"]) {
    expect(seen).toContain(host);
  }
  expect(seen).toContain("The directory has shrunk");
  expect(seen).not.toContain('method="post" action="/admin/network');
  const held = await lena.page(far);
  expect(held).toContain("Far Away Bakery");
  expect(held).not.toContain("Deny");
  expect(await rosa.page("/admin/network?state=held")).not.toContain("hosts/spam.example");
  expect(await rosa.page("/admin/network?q=EXAMPLE&state=excluded")).toContain(
    "hosts/spam.example",
  );
  expect(await rosa.page("/admin/network?q=new.example")).toContain("hosts/new.example");

  const without = await rosa.post(far, { do: "deny" });
  expect(without.status).toBe(400);
  expect((await rosa.post(far, { do: "deny", why: "Spam" })).status).toBe(303);
  expect(await rosa.page(far)).toContain("Spam");
  expect(await hosts.get(db, "far.example")).toMatchObject({ exclusion: "denied", why: "Spam" });
  const excluded: unknown = await (await site.get("/dir/v1/excluded")).json();
  expect(excluded).toEqual({
    hosts: ["far.example", "spam.example"].map((host) => ({ host, reason: "denied" })),
    domains: [],
  });
  expect((await rosa.post(far, { do: "undo" })).status).toBe(303);
  expect((await rosa.post(far, { do: "undo" })).status).toBe(400);
  expect((await rosa.post(far, { do: "vouch" })).status).toBe(303);
  expect(await hosts.get(db, "far.example")).toMatchObject({ vouchedBy: "coops.example" });
  for (const path of ["/admin/network", far]) {
    expect(await rosa.page(path)).toContain("You vouch for it");
  }
  expect((await rosa.post(far, { do: "unvouch" })).status).toBe(303);
  expect((await rosa.post(far, { do: "confirm-key" })).status).toBe(400);
  expect((await rosa.post("/admin/network/hosts/new.example", { do: "allow" })).status).toBe(303);
  expect(await hosts.get(db, "new.example")).toMatchObject({ decision: "allowed" });
  for (const wrong of ["coops.example", "no host", "https://new.example/path"]) {
    const path = `/admin/network/hosts/${encodeURIComponent(wrong)}`;
    expect((await rosa.post(path, { do: "allow" })).status, wrong).toBe(400);
  }

  const add = (host: string) => rosa.post("/admin/network/attesters", { do: "add", host });
  expect((await add("not a host")).status).toBe(400);
  expect((await add("far.example")).status).toBe(303);
  await rosa.post("/admin/network/attesters", { do: "remove", host: "seed.example" });
  expect((await attesters.all(db)).map(({ host }) => host)).toEqual(["far.example"]);

  await rosa.post("/admin/network/alarms", {});
  await rosa.post("/admin/network/alarms", { host: "seed.example" });
  expect(await census.alarms(db)).toEqual([]);
});
