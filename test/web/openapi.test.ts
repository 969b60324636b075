import { describe, expect, test } from "vitest";
import { operations } from "../../src/web/openapi.ts";
import { testSite } from "../helpers/site.ts";

interface Described {
  openapi: string;
  paths: Record<string, { get: { parameters: Parameter[] } }>;
}

interface Parameter {
  name: string;
  description?: string;
  required?: boolean;
  schema: { type?: string; items?: { enum?: string[] } };
}

describe("GET /api/v1/openapi.json", () => {
  test("has every path for programs, and every parameter of each", async () => {
    await using site = await testSite();
    const served = site.web.routes
      .filter(({ method, path }) => method === "GET" && path.startsWith("/api/v1/"))
      .map(({ path }) => path)
      .filter((path) => path !== "/api/v1/openapi.json");
    expect(Object.keys(operations).toSorted()).toEqual([...new Set(served)].toSorted());
    const answer = await site.get("/api/v1/openapi.json");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const document = (await answer.json()) as Described;
    expect(document.openapi).toBe("3.1.0");
    for (const [path, { query }] of Object.entries(operations)) {
      const parameters = document.paths[path]?.get.parameters ?? [];
      expect(
        parameters.map(({ name }) => name),
        path,
      ).toEqual(Object.keys(query.shape));
      for (const { name, description } of parameters) {
        expect(description, `${path} ${name}`).toMatch(/\w/);
      }
    }
  });

  test("says what the values of a list are, and what must be given", async () => {
    await using site = await testSite();
    const document = (await (await site.get("/api/v1/openapi.json")).json()) as Described;
    const of = (path: string, name: string) =>
      document.paths[path]?.get.parameters.find((each) => each.name === name);
    expect(of("/api/v1/coops", "type")).toMatchObject({
      in: "query",
      style: "form",
      explode: false,
      schema: {
        type: "array",
        items: { enum: ["producer", "worker", "consumer-user", "multi-stakeholder"] },
      },
    });
    expect(of("/api/v1/coops/lookup", "id")).toMatchObject({ required: true });
  });
});
