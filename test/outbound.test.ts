import { createServer, type Server } from "node:http";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardOutbound, isPublic, readBounded } from "../src/outbound.ts";

describe("what this process asks of others", () => {
  const before = getGlobalDispatcher();
  let server: Server;
  let port: number;
  const seen: string[] = [];

  beforeEach(async () => {
    seen.length = 0;
    server = createServer((request, response) => {
      seen.push(request.headers["user-agent"] ?? "");
      response.end("x".repeat(1000));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as { port: number }).port;
  });
  afterEach(() => {
    setGlobalDispatcher(before);
    server.closeAllConnections();
    server.close();
  });

  it("goes to no private address, by number or by name, and nothing reaches it", async () => {
    guardOutbound("https://coops.example", false);
    for (const host of [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "0.0.0.0",
      "[::ffff:127.0.0.1]",
      "2130706433",
    ]) {
      await expect(fetch(`http://${host}:${port}/`), host).rejects.toThrow();
    }
    expect(seen).toEqual([]);
  });

  it("gives our name, on loopback too", async () => {
    guardOutbound("http://localhost:8000", true);
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await (await fetch(`http://127.0.0.1:${port}/`, { headers: { "user-agent": "node" } })).text();
    expect(seen).toEqual(Array(2).fill("Fragaria/0.1.0 (+http://localhost:8000)"));
  });

  it("gives up on an answer that grows past its bound", async () => {
    const answer = () => fetch(`http://127.0.0.1:${port}/`);
    expect(await readBounded(await answer(), 1000)).toHaveLength(1000);
    await expect(readBounded(await answer(), 999)).rejects.toMatchObject({ code: "too-large" });
  });

  it.each([
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "localhost",
  ])("knows %s for an address of no public host", (address) =>
    expect(isPublic(address)).toBe(false),
  );
  it.each(["192.0.66.1", "2a00:1450:4001::1"])("knows %s for a public one", (address) =>
    expect(isPublic(address)).toBe(true),
  );
});
