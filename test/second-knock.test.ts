import { createServer, type Server } from "node:http";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardOutbound } from "../src/outbound.ts";

const [some, other] = ["AAAA", "BBBB"];

describe("a delivery that is sent again with the other signature", () => {
  const before = getGlobalDispatcher();
  let server: Server;
  let url: string;
  /** What the server answers, one after the other; then it takes everything. */
  const statuses: number[] = [];
  /** Which digest of which kind came. */
  const seen: string[] = [];

  beforeEach(async () => {
    statuses.length = seen.length = 0;
    server = createServer(({ headers }, response) => {
      seen.push(String(headers["digest"] ?? headers["content-digest"]));
      response.writeHead(statuses.shift() ?? 202, { "retry-after": "60" }).end("Words");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/inbox`;
    guardOutbound("http://localhost:8000", true);
  });
  afterEach(() => {
    setGlobalDispatcher(before);
    server.closeAllConnections();
    server.close();
  });

  const send = (headers: Record<string, string>, to = url) =>
    fetch(to, { method: "POST", body: "{}", headers });
  const first = (digest: string) => send({ Digest: `SHA-256=${digest}` });
  const second = (digest: string, to = url) =>
    send({ "Content-Digest": `sha-256=:${digest}:` }, to);

  it.each([404, 410, 429, 500, 503])(
    "is answered %s as before, and nobody is asked",
    async (status) => {
      statuses.push(status);
      expect((await first(some)).status).toBe(status);
      const again = await second(some);
      expect(again.status).toBe(status);
      expect(again.headers.get("retry-after")).toBe("60");
      expect(await again.text()).toBe("");
      expect(seen).toEqual([`SHA-256=${some}`]);
      // It is the answer to one try.
      expect((await second(some)).status).toBe(202);
    },
  );

  it.each([400, 401, 403])("is sent after %s, which may be about the first", async (status) => {
    statuses.push(status);
    expect((await first(some)).status).toBe(status);
    expect((await second(some)).status).toBe(202);
    expect(seen).toHaveLength(2);
  });

  it("is another one with other content or another address, or after a try that went well", async () => {
    statuses.push(503);
    await first(some);
    expect((await second(other)).status).toBe(202);
    expect((await second(some, `${url}/more`)).status).toBe(202);
    await first(some);
    expect((await second(some)).status).toBe(202);
  });
});
