import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openNode } from "../../src/open-node.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import { insertAccount } from "../../src/directory/account.ts";
import { newId } from "../../src/directory/ids.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { openSession } from "../../src/directory/sign-in.ts";
import * as accounts from "../../src/store/accounts.ts";
import * as followers from "../../src/store/followers.ts";
import * as roles from "../../src/store/roles.ts";
import { formOf } from "../../src/web/editor/form.ts";
import { signInCookies } from "../../src/web/session.ts";
import type { Site } from "../../src/web/site.ts";
import { bakery } from "../helpers/nodes.ts";
import { progress, quantile, report } from "./measure.ts";
import { startNode } from "./processes.ts";
import { folder, nodeData, type NodeData } from "./uk.ts";

const rounds = 20;

/**
 * From the moment at which somebody sends the form of the editor until the
 * change is found by the search of another node. Beside it the same change on
 * its other way out: until the inbox of a follower has it, by ActivityPub.
 */
export async function edit(): Promise<void> {
  using here = folder();
  using there = folder();
  const hub = await nodeData(there.path);
  const own = await nodeData(here.path, { PEERS: hub.config.origin });
  const inbox = await followerInbox();
  const editor = await seed(own, inbox.origin);
  await using _own = await startNode(own.env);
  await using _hub = await startNode({ ...hub.env, PEERS: own.config.origin });
  await until(() => finds(hub.config.origin, "Boulangerie"));
  progress("  both are up, and the other one lists the co-op");

  const [visible, delivered, answered]: number[][] = [[], [], []];
  const begun = performance.now();
  // The first one warms up, and isn't counted.
  for (let round = 0; round <= rounds; round += 1) {
    const word = `round${round}x${Date.now().toString(36)}`;
    const start = performance.now();
    const told = inbox.told(word).then(() => performance.now() - start);
    await editor.publish(word);
    const answer = performance.now() - start;
    await until(() => finds(hub.config.origin, word));
    const found = performance.now() - start;
    const sent = await told;
    if (round === 0) continue;
    answered?.push(answer);
    visible?.push(found);
    delivered?.push(sent);
  }
  inbox.close();
  const seconds = (performance.now() - begun) / 1000;
  const median = (values: number[] = []) => quantile(values, 0.5);
  const peerValue = median(delivered);
  const peer = "the same change in a follower's inbox, by ActivityPub";
  const figures = [
    ["edit.visible.p50", median(visible)],
    ["edit.visible.p95", quantile(visible ?? [], 0.95)],
    ["edit.answered.p50", median(answered)],
  ] as const;
  for (const [name, value] of figures) {
    const beside = { peer, peerValue, ratio: value / peerValue };
    report({ name, value, unit: "ms", ...beside, n: rounds, seconds });
  }
}

/** A co-op with a follower, and somebody who is signed in to edit it. */
async function seed({ config }: NodeData, inbox: string) {
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  const { db } = store;
  const now = Date.now();
  const { id: coop } = await addCoop(db, node, "bakery", bakery(), now);
  const account = {
    id: newId(),
    name: "rosa",
    displayName: null,
    email: null,
    passwordHash: null,
    nodeRole: null,
    created: now,
    disabled: null,
  };
  await db.transaction().execute((tx) => insertAccount(tx, account));
  await roles.put(db, { account: account.id, coop, role: "owner", since: now });
  await followers.add(db, {
    followed: `coops/${coop}`,
    actor: `${inbox}/actor`,
    inbox: `${inbox}/inbox`,
    sharedInbox: null,
    activity: `${inbox}/follow`,
    since: now,
  });
  const known = await accounts.get(db, account.id);
  if (known === undefined) throw new Error("the account is missing");
  const session = await openSession(db, known, "bench", now);
  // Cookies depend on nothing of a site but its node.
  const cookie = signInCookies({ node } as Site, session)
    .map((set) => set.split(";")[0])
    .join("; ");
  const url = `${config.origin}/admin/coops/${coop}`;
  return {
    /** Writes a word into the summary and publishes that, as the editor's page does. */
    async publish(word: string): Promise<void> {
      const page = await (await fetch(url, { headers: { cookie } })).text();
      const [, base] = /name="_base" value="(\d+)"/.exec(page) ?? [];
      const content: ListingContent = bakery({ summary: word });
      const form = formOf(content as Parameters<typeof formOf>[0]);
      const kept = [...form.keys()].filter((name) => name.startsWith("provenance."));
      for (const name of kept) form.delete(name);
      form.set("_base", base ?? "");
      form.set("do", "publish");
      const headers = { cookie, origin: config.origin };
      const answer = await fetch(url, { method: "POST", body: form, headers, redirect: "manual" });
      if (answer.status !== 303) throw new Error(`publishing was answered by ${answer.status}`);
    },
  };
}

/** A server of the fediverse, as far as a delivery needs one. */
async function followerInbox() {
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => (body += text));
    request.on("end", () => {
      for (const [word, tell] of waiting) if (body.includes(word)) tell();
      response.writeHead(202).end();
    });
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    told: (word: string) => new Promise<void>((resolve) => waiting.set(word, resolve)),
    close: () => server.close(),
  };
}

async function finds(origin: string, word: string): Promise<boolean> {
  const answer = await fetch(`${origin}/api/v1/coops?limit=1&q=${word}`);
  return ((await answer.json()) as { total: number }).total > 0;
}

async function until(right: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await right())) {
    if (Date.now() > end) throw new Error("it didn't come true within a minute");
    await sleep(5);
  }
}
