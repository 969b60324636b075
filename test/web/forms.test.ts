import { Hono } from "hono";
import { expect, it } from "vitest";
import { z } from "zod";
import { readForm } from "../../src/web/forms.ts";

it("reads a field that is sent half a million times, and doesn’t copy what it has at each", async () => {
  const app = new Hono();
  app.post("/", async (c) => {
    const read = await readForm(c, z.object({ a: z.array(z.string()) }), 4_000_000);
    return c.json("data" in read ? read.data.a.length : read.form.faults);
  });
  const response = await app.request("/", {
    method: "POST",
    body: "a=1&".repeat(500_000),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(await response.json()).toBe(500_000);
});
