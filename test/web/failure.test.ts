import { configure, type LogRecord, reset } from "@logtape/logtape";
import { afterEach, describe, expect, test } from "vitest";
import { AppError, type Code } from "../../src/errors.ts";
import { testSite } from "../helpers/site.ts";

afterEach(() => reset());

describe("a failure", () => {
  test("is a page for people and problem details for programs", async () => {
    await using site = await testSite();
    const page = await site.get("/nowhere");
    expect(page.status).toBe(404);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await page.text()).toContain('role="search"');
    for (const [path, accept] of [
      ["/nowhere", "application/json"],
      ["/api/v1/nowhere", "text/html"],
      ["/dir/v1/nowhere", "*/*"],
      ["/.well-known/nowhere", "*/*"],
      ["/coops/nobody", "application/activity+json"],
    ] as const) {
      const response = await site.get(path, { accept });
      expect(response.status, path).toBe(404);
      expect(response.headers.get("content-type"), path).toBe("application/problem+json");
      expect(await response.json(), path).toMatchObject({ status: 404, title: "Nothing is here" });
    }
  });

  test("has a status for every code", async () => {
    const codes: Record<Code, number> = {
      "bad-request": 400,
      unauthorized: 401,
      forbidden: 403,
      "not-found": 404,
      gone: 410,
      conflict: 409,
      "too-large": 413,
      "rate-limited": 429,
      unavailable: 503,
      "bad-config": 500,
      store: 500,
      internal: 500,
    };
    for (const [code, status] of Object.entries(codes)) {
      const federation = () => Promise.reject(new AppError(code as Code, "What happened."));
      await using site = await testSite({ federation });
      const response = await site.get("/nowhere", { accept: "application/json" });
      expect(response.status, code).toBe(status);
    }
  }, 60_000);

  test("that nobody foresaw tells only an id, which is in the log", async () => {
    const logged: LogRecord[] = [];
    await configure({
      reset: true,
      sinks: { memory: (record) => logged.push(record) },
      loggers: [
        { category: "fragaria", sinks: ["memory"] },
        { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["memory"] },
      ],
    });
    const secret = new Error("the password is sesame");
    await using site = await testSite({ federation: () => Promise.reject(secret) });
    const response = await site.get("/nowhere");
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain("sesame");
    const { id, error } = logged.at(-1)?.properties ?? {};
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(text).toContain(String(id));
    expect(error).toBe(secret);

    // The link is still good.
    const clock = () => {
      throw secret;
    };
    await using broken = await testSite({ clock });
    for (const path of ["/yes/sesame", "/admin/links/sesame"]) {
      expect((await broken.get(path)).status).toBe(500);
      const { error: _, ...told } = logged.at(-1)?.properties ?? {};
      expect(told).toMatchObject({ method: "GET", path: path.replace("sesame", "…") });
    }
  });
});
