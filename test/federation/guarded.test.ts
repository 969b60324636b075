import dns from "node:dns";
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadIdentity } from "../../src/directory/identity.ts";
import { fetchAccount, findAccount } from "../../src/federation/account.ts";
import { checkBacklink } from "../../src/federation/backlinks.ts";
import { followPage } from "../../src/federation/remote-follow.ts";
import { askUnreachable, onUndeliverable } from "../../src/federation/unreachable.ts";
import { guardOutbound } from "../../src/outbound.ts";
import * as backlinks from "../../src/store/backlinks.ts";
import * as followers from "../../src/store/followers.ts";
import * as unreachable from "../../src/store/unreachable.ts";
import { freshStore } from "../helpers/database.ts";

/** A name of the public internet that resolves to an address of this machine. */
const name = "inside.example";

const before = { lookup: dns.lookup, dispatcher: getGlobalDispatcher() };
let server: Server;
let port: number;
/** How often somebody connected: nothing of it may be needed to see that nobody did. */
let reached: number;

beforeEach(async () => {
  reached = 0;
  const sockets = new Set<Socket>();
  server = createServer((socket) => {
    reached += 1;
    sockets.add(socket);
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  type Found = (error: null, addresses: { address: string; family: number }[]) => void;
  const lookup = (_host: string, _options: object, found: Found) =>
    found(null, [{ address: "127.0.0.1", family: 4 }]);
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
});
afterEach(async () => {
  Object.assign(dns, { lookup: before.lookup });
  syncBuiltinESMExports();
  setGlobalDispatcher(before.dispatcher);
  server.close();
  await once(server, "close");
});

test.each([true, false])(
  "what people and other servers name leads to no private address, guarded: %s",
  async (guarded) => {
    guardOutbound("https://coops.example", !guarded);
    await using store = await freshStore("sqlite");
    const { db } = store;
    const node = await loadIdentity(db, "https://coops.example", 0);
    const host = `${name}:${port}`;
    const actor = `https://${host}/users/alice`;
    const asker = { node, insecure: false };
    const clock = () => 1;

    expect(
      await followPage({ host, name: "alice" }, "https://x.example/", "https:"),
    ).toBeUndefined();
    expect(await findAccount(asker, `@alice@${host}`)).toHaveProperty("fault");
    expect(await fetchAccount(asker, actor)).toHaveProperty("fault");
    for (const kind of ["website", "account"] as const) {
      await backlinks.put(db, { coop: "abcdefghjk", kind, url: actor, due: 0 });
    }
    for (const link of await backlinks.of(db, "abcdefghjk")) {
      await checkBacklink(asker, { db, clock }, link);
    }
    const inbox = `${actor}/inbox`;
    await followers.add(db, {
      followed: "coops/abcdefghjk",
      actor,
      inbox,
      sharedInbox: null,
      activity: `${actor}#1`,
      since: 0,
    });
    const gone = {
      reason: "status",
      statusCode: 404,
      inbox: new URL(inbox),
      actorIds: [new URL(actor)],
    };
    const data = { db, node, insecure: false, clock };
    await onUndeliverable({ data } as never, gone as never);
    await unreachable.add(db, host, 0);
    await askUnreachable(data, 86_400_001);
    // Without the guard each of the seven gets as far as the server.
    expect(reached).toBe(guarded ? 0 : 7);
    // Who can't be asked is not gone.
    expect(await followers.count(db, "coops/abcdefghjk")).toBe(1);
  },
);

test("an address that is a private one itself is not even tried", async () => {
  guardOutbound("https://coops.example", false);
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, "https://coops.example", 0);
  for (const host of ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"]) {
    for (const scheme of ["https", "http"]) {
      const found = await fetchAccount({ node, insecure: false }, `${scheme}://${host}:${port}/u`);
      expect(found).toMatchObject({
        fault: expect.stringContaining("no public web address") as string,
      });
    }
    expect(
      await followPage({ host: `${host}:${port}` }, "https://x.example/", "https:"),
    ).toBeUndefined();
  }
  expect(reached).toBe(0);
});
