import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { withdraw } from "../../src/directory/withdraw.ts";
import { Description } from "../../src/replication/describe.ts";
import { readLine } from "../../src/replication/feed.ts";
import * as records from "../../src/store/records.ts";
import { bakery, now, testSite, type TestSite } from "../helpers/site.ts";

async function bytes(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

function lines(body: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf("\n", at);
    expect(end).not.toBe(-1);
    found.push(body.subarray(at, end));
    at = end + 1;
  }
  return found;
}

async function recordOf(site: TestSite, id: string) {
  const record = await records.get(site.db, `https://coops.example/coops/${id}/listing`);
  if (record === undefined) throw new Error("no such record");
  return { ...record, body: Buffer.from(record.body) };
}

describe("/.well-known/coop-directory", () => {
  test("describes the node", async () => {
    await using site = await testSite();
    await site.add("bakery");
    const response = await site.get("/.well-known/coop-directory");
    expect(response.headers.get("cache-control")).toBe("max-age=60");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const description = Description.parse(await response.json());
    expect(description).toMatchObject({ role: "hub", seq: 1, epoch: site.site.index.epoch });
  });
});

describe("/dir/v1/changes", () => {
  test("gives the bytes that were signed, a line each, and where to go on", async () => {
    await using site = await testSite();
    const first = await site.add("bakery", bakery);
    const second = await site.add("other", { name: "Zweite Öl-Genossenschaft “€”" });
    const response = await site.get("/dir/v1/changes");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(response.headers.get("access-control-expose-headers")).toContain("Dir-Next");
    const next = response.headers.get("dir-next") ?? "";
    expect(next).toBe(`${site.site.index.epoch}.2`);
    const read = lines(await bytes(response)).map((line) => readLine(line));
    const bodies = read.map((line) =>
      "body" in line ? Buffer.from(line.body).toString("hex") : "",
    );
    const kept = [await recordOf(site, first), await recordOf(site, second)];
    expect(bodies).toEqual(kept.map(({ body }) => body.toString("hex")));
    const rest = await site.get(`/dir/v1/changes?after=${next}`);
    expect([rest.status, await rest.text(), rest.headers.get("dir-next")]).toEqual([200, "", next]);
  });

  test("gives references, and pages", async () => {
    await using site = await testSite();
    const id = await site.add("bakery");
    await site.add("other");
    const response = await site.get("/dir/v1/changes?view=ref&limit=1");
    const [line = Buffer.from(""), ...more] = lines(await bytes(response));
    expect(more).toEqual([]);
    const { digest, issued } = await recordOf(site, id);
    expect(JSON.parse(line.toString())).toEqual({
      seq: 1,
      id: `https://coops.example/coops/${id}/listing`,
      kind: "listing",
      issued,
      digest,
    });
    expect(response.headers.get("dir-next")).toMatch(/\.1$/);
  });

  test("is compressed as the reader likes it", async () => {
    await using site = await testSite();
    await site.add("bakery", bakery);
    await site.add("other", bakery);
    const plain = await bytes(await site.get("/dir/v1/changes"));
    const zstd = await site.get("/dir/v1/changes", { "accept-encoding": "gzip, zstd" });
    expect(zstd.headers.get("content-encoding")).toBe("zstd");
    expect(zstd.headers.get("vary")).toBe("Accept-Encoding");
    const packed = await bytes(zstd);
    expect(packed.length).toBeLessThan(plain.length);
    expect(zstdDecompressSync(packed)).toEqual(plain);
    const gzip = await site.get("/dir/v1/changes", { "accept-encoding": "gzip, zstd;q=0" });
    expect(gzip.headers.get("content-encoding")).toBe("gzip");
    expect(gunzipSync(await bytes(gzip))).toEqual(plain);
    const short = await site.get("/dir/v1/changes?view=ref&limit=1", { "accept-encoding": "gzip" });
    expect(short.headers.get("content-encoding")).toBeNull();
  });

  test("answers who waits as soon as something changes", async () => {
    await using site = await testSite();
    await site.add("bakery");
    const after = `${site.site.index.epoch}.1`;
    const waiting = site.get(`/dir/v1/changes?after=${after}&wait=20`);
    const id = await site.add("other");
    const response = await waiting;
    expect(response.headers.get("dir-next")).toBe(`${site.site.index.epoch}.2`);
    expect((await response.text()).includes(`/coops/${id}/listing`)).toBe(true);
  });

  test("answers 410 to a cursor of another epoch or ahead of the log, 400 to what is none", async () => {
    await using site = await testSite();
    const gone = await site.get("/dir/v1/changes?after=other.3");
    expect(gone.status).toBe(410);
    expect(gone.headers.get("content-type")).toBe("application/problem+json");
    expect(await gone.json()).toMatchObject({
      status: 410,
      detail: expect.stringContaining("start again from 0"),
    });
    // As after the log was put back: what is behind that end is another one's.
    const ahead = await site.get(`/dir/v1/changes?after=${site.site.index.epoch}.9`);
    expect(ahead.status).toBe(410);
    expect(await ahead.json()).toMatchObject({
      detail: expect.stringContaining("start again from 0"),
    });
    for (const query of ["after=nonsense!", "limit=0", "limit=100000", "wait=99", "wiat=1"]) {
      const bad = await site.get(`/dir/v1/changes?${query}`);
      expect([query, bad.status, bad.headers.get("content-type")]).toEqual([
        query,
        400,
        "application/problem+json",
      ]);
    }
  });
});

describe("/dir/v1/records", () => {
  test("gives the bytes by digest", async () => {
    await using site = await testSite();
    const { digest, body } = await recordOf(site, await site.add("bakery", bakery));
    const response = await site.web.request("/dir/v1/records", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ digests: [digest, "0".repeat(64)] }),
    });
    expect(response.status).toBe(200);
    expect(lines(await bytes(response))).toEqual([body]);
    const one = await site.get(`/dir/v1/records/${digest}`);
    expect(await bytes(one)).toEqual(body);
    expect(one.headers.get("content-type")).toBe("application/ld+json");
    expect(one.headers.get("cache-control")).toBe("public, max-age=60");
    for (const missing of ["0".repeat(64), "short"]) {
      expect((await site.get(`/dir/v1/records/${missing}`)).status).toBe(404);
    }
  });

  test("refuses what it can't read", async () => {
    await using site = await testSite();
    const ask = (body: string) => site.web.request("/dir/v1/records", { method: "POST", body });
    expect((await ask("{")).status).toBe(400);
    const faulty = await ask('{"digests":["x"]}');
    expect(faulty.status).toBe(400);
    expect(await faulty.json()).toMatchObject({
      errors: [{ pointer: "/digests/0", detail: "not a SHA-256 in hexadecimal." }],
    });
    expect((await ask(" ".repeat(129 * 1024))).status).toBe(413);
  });
});

describe("/coops/:id/listing", () => {
  test("is the signed record, byte for byte; a tombstone is 410", async () => {
    await using site = await testSite();
    const id = await site.add("bakery", bakery);
    const { body, digest } = await recordOf(site, id);
    for (const accept of ["*/*", "application/ld+json", "text/html"]) {
      const response = await site.get(`/coops/${id}/listing`, { accept });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("application/ld+json");
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(await bytes(response)).toEqual(body);
    }
    await withdraw(site.db, site.node, id, now + 5000);
    const gone = await site.get(`/coops/${id}/listing`);
    expect(gone.status).toBe(410);
    const tombstone = await recordOf(site, id);
    expect(tombstone.digest).not.toBe(digest);
    expect(await bytes(gone)).toEqual(tombstone.body);
    expect((await site.get("/coops/nobody/listing")).status).toBe(404);
  });
});
