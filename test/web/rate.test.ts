import { Hono } from "hono";
import { expect, test } from "vitest";
import { clientOf } from "../../src/web/joining/rate.ts";

async function client(forwarded: string): Promise<string> {
  const app = new Hono();
  app.get("/", (c) => c.text(clientOf(c)));
  const response = await app.request("/", { headers: { "x-forwarded-for": forwarded } });
  return response.text();
}

test("a client is its address, or its network of IPv6, however that is written", async () => {
  expect(await client("203.0.113.9, 198.51.100.7")).toBe("198.51.100.7");
  expect(await client("::ffff:198.51.100.7")).toBe("198.51.100.7");
  const written = ["2001:db8::1", "2001:db8::a:b:c:d", "2001:DB8:0:0:1:2:3:4", "2001:db8:0::"];
  for (const address of written) expect(await client(address), address).toBe("2001:db8:0:0");
  expect(await client("2001:db8:0:1::1")).toBe("2001:db8:0:1");
  expect(await client("::1")).toBe("0:0:0:0");
  expect(await client("unknown")).toBe("unknown");
});
