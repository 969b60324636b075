import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followPage, readHome } from "../../src/federation/remote-follow.ts";

const actor = "https://coops.example/coops/7f3k2m9q1x";
const encoded = encodeURIComponent(actor);
const [FOLLOW, OBJECT, SUBSCRIBE] = [
  "https://w3id.org/fep/3b86/Follow",
  "https://w3id.org/fep/3b86/Object",
  "http://ostatus.org/schema/1.0/subscribe",
];

describe("somebody's server", () => {
  it.each([
    ["mastodon.social", "mastodon.social", undefined],
    ["  Mastodon.Social/ ", "mastodon.social", undefined],
    ["@alice@social.example", "social.example", "alice"],
    ["alice@social.example:8443", "social.example:8443", "alice"],
    ["https://social.example/@alice", "social.example", undefined],
    ["bücher.example", "xn--bcher-kva.example", undefined],
  ])("is read from %s", (written, host, name) => {
    expect(readHome(written)).toEqual(name === undefined ? { host } : { host, name });
  });

  it.each([
    "",
    "alice",
    "@alice",
    "two words.example",
    "javascript:alert(1)",
    "https://",
    "a@b@c.d",
  ])("isn't read from “%s”", (written) => expect(readHome(written)).toBeUndefined());
});

describe("the page on which somebody follows", () => {
  const asked: string[] = [];
  let answer: { status?: number; body: string };
  const server = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ""));
    response.writeHead(answer.status ?? 200, { "content-type": "application/jrd+json" });
    response.end(answer.body);
  });
  let host = "";
  beforeEach(async () => {
    asked.length = 0;
    server.listen(0, "localhost");
    await once(server, "listening");
    host = `localhost:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const says = (...links: [rel: string, template: string][]) => {
    const all = links.map(([rel, template]) => ({ rel, template }));
    answer = {
      body: JSON.stringify({ subject: "x", links: [{ rel: "self", href: "y" }, ...all] }),
    };
  };

  it("is the one that the server names, the newest way first", async () => {
    says(
      [SUBSCRIBE, "https://social.example/authorize?uri={uri}"],
      [OBJECT, "https://social.example/open?id={object}"],
      [FOLLOW, "https://social.example/follow?o={object}&then={on-success}&else={on-cancel}"],
    );
    const url = `https://social.example/follow?o=${encoded}&then=&else=`;
    expect(await followPage({ host, name: "alice" }, actor, "http:")).toEqual({ url, named: true });
    says([SUBSCRIBE, "https://social.example/authorize?uri={uri}"]);
    expect(await followPage({ host }, actor, "http:")).toEqual({
      url: `https://social.example/authorize?uri=${encoded}`,
      named: true,
    });
    expect(asked).toEqual([
      `/.well-known/webfinger?resource=acct:alice@${host}`,
      `/.well-known/webfinger?resource=http://${host}/`,
    ]);
  });

  it("is where many servers have it when it isn't named, or named wrongly", async () => {
    const usual = { url: `http://${host}/authorize_interaction?uri=${encoded}`, named: false };
    says();
    expect(await followPage({ host }, actor, "http:")).toEqual(usual);
    says([FOLLOW, "javascript:alert('{object}')"], [SUBSCRIBE, "{uri}"]);
    expect(await followPage({ host }, "urn:x", "http:")).toMatchObject({ named: false });
    for (const body of ["", "<html>", "[]", '{"links":{}}']) {
      answer = { body };
      expect(await followPage({ host }, actor, "http:")).toEqual(usual);
    }
    answer = { status: 404, body: "" };
    expect(await followPage({ host }, actor, "http:")).toEqual(usual);
  });

  it("isn't there where nobody answers, or without end", async () => {
    answer = { body: `{"links":[${" ".repeat(100_000)}]}` };
    expect(await followPage({ host }, actor, "http:")).toBeUndefined();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    expect(await followPage({ host }, actor, "http:")).toBeUndefined();
    server.listen(0, "localhost");
    await once(server, "listening");
  });
});
