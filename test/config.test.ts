import { describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";

const faults = (env: Record<string, string>) => {
  try {
    readConfig(env);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("the configuration", () => {
  it("needs no variable at all to try a node out", () => {
    expect(readConfig({})).toMatchObject({
      origin: "http://localhost:8000",
      port: 8000,
      databaseUrl: "sqlite:data/fragaria.sqlite",
      peers: [],
      role: "hub",
      insecure: true,
    });
  });

  it("takes empty variables for unset ones, and itself for no peer", () => {
    const config = readConfig({
      ORIGIN: "https://coops.example/",
      PORT: "",
      PEERS: "https://hub.example, https://coops.example  https://hub.example",
    });
    expect(config).toMatchObject({
      origin: "https://coops.example",
      port: 8000,
      peers: ["https://hub.example"],
      insecure: false,
      nodeName: "coops.example",
    });
  });

  it("names all faults at once, each with its variable, what it holds and what would be right", () => {
    const message = faults({
      ORIGIN: "http://coops.example",
      PORT: "80a",
      PEERS: "hub.example",
      ROLE: "king",
      DATABASE_URL: "mysql://user:secret@host/db",
      CONTACT: "nobody",
      SOURCE_URL: "git@code.example:coops/fragaria",
      LOG_LEVEL: "loud",
    });
    expect(message).toMatchInlineSnapshot(`
      "The configuration has faults:
        ORIGIN (“http://coops.example”) must begin with https:// (http:// is for this machine only: http://localhost:8000)
        PORT (“80a”) is not a port number
        DATABASE_URL must begin with sqlite: or postgres://
        PEERS (“hub.example”) is not a URL such as https://coops.example
        ROLE (“king”) is neither hub nor leaf
        CONTACT (“nobody”) is not an e-mail address
        SOURCE_URL (“git@code.example:coops/fragaria”) is not an address that begins with https://
        LOG_LEVEL (“loud”) is none of debug, info, warning, error"
    `);
    expect(message).not.toContain("secret");
  });

  it.each([
    ["a path", "https://coops.example/directory", "scheme and host only"],
    ["an IP address", "https://192.0.2.1", "host name"],
    ["plain http on a public host", "http://coops.example", "https://"],
    ["no URL", "coops.example", "not a URL"],
  ])("refuses an ORIGIN with %s", (_what, origin, why) => {
    expect(faults({ ORIGIN: origin })).toContain(why);
  });

  it.each(["0", "65536", "-1", "1e3", "8000.5"])("refuses the port %s", (port) => {
    expect(faults({ PORT: port })).toContain("PORT");
  });
});
