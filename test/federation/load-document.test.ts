import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { documentLoaders } from "../../src/federation/load-document.ts";

const json = "application/activity+json";
const at = "https://a.example/users/robin";
const document = { id: at, type: "Person" };

afterEach(() => void vi.unstubAllGlobals());

/** Answers by path; says what was asked for. */
function serving(answer: (path: string, request: Request) => Response): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (input: Request, init?: RequestInit) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    return Promise.resolve(answer(pathname, request));
  });
  return asked;
}

const loaders = (insecure = true) => documentLoaders({ origin: "https://coops.example", insecure });
const load = (url = at) => loaders().documentLoaderFactory()(url);
const typed = (type: string, more: Record<string, string> = {}) => ({
  headers: { "content-type": type, ...more },
});
const found = () => Response.json(document, typed(json));
const alternate = (path: string) => `<${path}>; rel="alternate"; type="${json}"`;

describe("a document of another server", () => {
  it("is read once in five minutes, and nobody's changes are in it", async () => {
    const asked = serving(found);
    const loader = loaders().documentLoaderFactory();
    const first = await loader(`${at}#main-key`);
    expect(first).toEqual({ document, documentUrl: at, contextUrl: null });
    (first.document as { id: string }).id = "https://b.example/";
    expect((await loader(`${at}#main-key`)).document).toEqual(document);
    expect(asked).toEqual(["/users/robin"]);
  });

  it.each<[string, () => Response]>([
    [
      "a redirect",
      () => new Response(null, { status: 302, headers: { location: "/users/robin" } }),
    ],
    ["a header", () => new Response("", typed("text/plain", { link: alternate("/users/robin") }))],
    [
      "a link in its head",
      () => {
        const link = `<link href='/users/robin' rel="alternate" type="${json}">`;
        return new Response(`<html><head>${link}`, typed("text/html; charset=utf-8"));
      },
    ],
  ])("is found by way of %s", async (_what, lead) => {
    serving((path) => (path === "/users/robin" ? found() : lead()));
    expect(await load("https://a.example/@robin")).toMatchObject({ document, documentUrl: at });
  });

  it.each<[string, (path: string) => Response]>([
    ["isn't there", () => new Response("", { status: 404 })],
    ["isn't JSON", () => new Response("{", typed(json))],
    ["is a page without links", () => new Response("<p>Robin</p>", typed("text/html"))],
    [
      "is a page that takes for ever to be searched",
      () => new Response(`<a ${" ".repeat(900_000)}`, typed("text/html")),
    ],
    [
      "is redirected on and on",
      (path) => new Response(null, { status: 301, headers: { location: `${path}x` } }),
    ],
    [
      "has alternates without end",
      (path) => new Response("", typed("text/plain", { link: alternate(`${path}x`) })),
    ],
    [
      "is nested too deeply",
      () => new Response(`{"a":${"[".repeat(50)}${"]".repeat(50)}}`, typed(json)),
    ],
    ["is too long", () => new Response(`"${"x".repeat(1_000_001)}"`, typed(json))],
    [
      "doesn't end",
      () =>
        new Response(
          new ReadableStream({ pull: (body) => body.enqueue(new Uint8Array(65_536).fill(32)) }),
          typed(json),
        ),
    ],
  ])("is given up when it %s", async (_what, answer) => {
    const asked = serving(answer);
    await expect(load()).rejects.toMatchObject({ name: "FetchError" });
    expect(asked.length).toBeLessThan(10);
  });

  it.each(["https://10.0.0.1/", "https://[::1]/", "https://localhost/", "file:///etc/passwd"])(
    "isn't asked for at %s, nor when others lead there",
    async (address) => {
      const asked = serving(
        () => new Response(null, { status: 302, headers: { location: address } }),
      );
      const loader = loaders(false).documentLoaderFactory();
      await expect(loader(address)).rejects.toMatchObject({ name: "UrlError" });
      expect(asked).toEqual([]);
      await expect(loader("https://1.2.3.4/")).rejects.toMatchObject({ name: "UrlError" });
      expect(asked).toEqual(["/"]);
    },
  );

  it("isn't asked for at an address that takes long to resolve others against", async () => {
    const asked = serving(found);
    await expect(load(`https://a.example/${"/".repeat(60)}`)).rejects.toMatchObject({
      name: "FetchError",
    });
    await expect(load(`https://a.example/${"a".repeat(2000)}`)).rejects.toThrow(/long/);
    expect(asked).toEqual([]);
  });

  it("is asked for with the older signature, and with the other one where that isn't taken", async () => {
    const seen: boolean[] = [];
    serving((_path, { headers }) => {
      const newer = headers.has("signature-input");
      seen.push(newer);
      return newer ? found() : new Response(null, { status: 401 });
    });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const jwk = privateKey.export({ format: "jwk" }) as JsonWebKey;
    const key = await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["sign"]);
    const keyId = new URL("https://coops.example/actor#main-key");
    const signed = loaders().authenticatedDocumentLoaderFactory({ keyId, privateKey: key });
    expect(await signed(at)).toMatchObject({ document });
    expect(seen).toEqual([false, true]);
  });
});
