import { configurePeers } from "../../src/directory/configure-peers.ts";
import { denyHost } from "../../src/directory/decide-host.ts";
import { meetHosts } from "../../src/directory/settle-hosts.ts";
import { vouchFor } from "../../src/directory/vouch.ts";
import * as census from "../../src/store/census.ts";
import { foreignListing, now, type TestSite } from "./site.ts";

/** Other nodes in every standing, and the alarms that there can be. */
export async function addNeighbours(site: TestSite): Promise<void> {
  const { db, node } = site;
  await configurePeers(db, node, ["https://seed.example"], now);
  await meetHosts(db, node, ["https://far.example", "https://friend.example"], now);
  await site.take([
    await foreignListing("https://far.example", {
      name: "Far Away Bakery",
      summary: "Bread for those who live far away.",
    }),
    await foreignListing("https://friend.example", { name: "Friends" }),
  ]);
  await vouchFor(db, node, "friend.example", now);
  await denyHost(db, node, "spam.example", "It sells something else.", null, now);
  await db.transaction().execute(async (tx) => {
    await census.alarm(tx, { host: "", raised: now, before: 1200, after: 801 });
    await census.alarm(tx, { host: "seed.example", raised: now, before: 40, after: 3 });
  });
}
