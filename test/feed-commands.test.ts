import { expect, it, vi } from "vitest";
import { readConfig } from "../src/config.ts";
import { loadIdentity } from "../src/directory/identity.ts";
import { feedCommands } from "../src/feed-commands.ts";
import * as followers from "../src/store/followers.ts";
import { freshStore } from "./helpers/database.ts";

it("lists the feeds that are followed, and what a leaf has instead", async () => {
  await using store = await freshStore("sqlite");
  const { db } = store;
  const node = await loadIdentity(db, "https://a.example", 0);
  const said: string[] = [];
  using log = vi.spyOn(console, "log");
  log.mockImplementation((line: string) => void said.push(line));
  const list = async (env: Record<string, string> = {}) => {
    const config = readConfig({ ORIGIN: node.origin, ...env });
    await feedCommands["feed list"]?.run({ db, node, config }, [], {});
    return said.splice(0);
  };
  expect(await list()).toEqual(["nobody follows a feed yet"]);
  for (const who of ["alice", "bob"]) {
    await followers.add(db, {
      followed: "feeds/housing.gb-sct",
      actor: `https://social.example/${who}`,
      inbox: `https://social.example/${who}/inbox`,
      sharedInbox: null,
      activity: `https://social.example/${who}/1`,
      since: 0,
    });
  }
  expect(await list()).toEqual(["@housing.gb-sct@a.example  2 followers  never told"]);
  expect(await list({ ROLE: "leaf" })).toEqual(["a leaf has no feeds: they are on hubs"]);
});
