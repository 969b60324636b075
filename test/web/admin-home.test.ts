import { expect, test } from "vitest";
import { testSite } from "../helpers/site.ts";
import { visitor } from "../helpers/visitor.ts";

test("what is wrong with the proxy is told to administrators, on their first page", async () => {
  const words = "Requests arrive with “Host: <b>10.0.0.1</b>”.";
  await using site = await testSite({ arrivals: { faults: () => [{ kind: "host", words }] } });
  const rosa = await visitor(site, { name: "rosa", nodeRole: "administrator" });
  expect(await rosa.page("/admin")).toContain(
    "Requests arrive with “Host: &lt;b&gt;10.0.0.1&lt;/b&gt;”.",
  );
  const lena = await visitor(site, { name: "lena", nodeRole: "moderator" });
  expect(await lena.page("/admin")).not.toContain("Requests arrive");
});
