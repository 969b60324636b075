import { configure, type LogRecord, reset } from "@logtape/logtape";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  addAccount,
  disableAccount,
  enableAccount,
  setNodeRole,
} from "../../src/directory/account.ts";
import { hasAdministrator, makeSetupLink, setUp } from "../../src/directory/set-up.ts";
import {
  renewPasswordLink,
  setPassword,
  useNewPassword,
} from "../../src/directory/set-password.ts";
import { hashToken, makeLink, readLink, useLink } from "../../src/directory/link.ts";
import { acceptInvitation, giveRole, invite, takeRole } from "../../src/directory/people.ts";
import {
  confirmPassword,
  openSession,
  sessionOf,
  signIn,
  signOutElsewhere,
} from "../../src/directory/sign-in.ts";
import { createThrottle } from "../../src/directory/throttle.ts";
import * as accounts from "../../src/store/accounts.ts";
import * as links from "../../src/store/links.ts";
import * as roles from "../../src/store/roles.ts";
import type { Db } from "../../src/store/schema.ts";
import * as sessions from "../../src/store/sessions.ts";
import { eachEngine, freshStore } from "../helpers/database.ts";

// Passwords are slow to hash on purpose, and slower beside other tests.
vi.setConfig({ testTimeout: 60_000 });

const now = Date.UTC(2026, 10, 22, 12);
const day = 86_400_000;
const password = "barley hinge comet";

/** How many of these went well, and what was wrong with the others. */
async function settled(work: Promise<unknown>[]): Promise<{ well: number; codes: unknown[] }> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.filter((each) => each.status === "rejected");
  return {
    well: outcomes.length - failed.length,
    codes: failed.map(({ reason }) => (reason as { code?: unknown }).code),
  };
}

async function add(db: Db, name: string): Promise<string> {
  const { id } = await addAccount(db, { name, nodeRole: null }, now);
  return id;
}

/** A session of the account, as its token. */
async function session(db: Db, id: string): Promise<string> {
  const account = await accounts.get(db, id);
  if (account === undefined) throw new Error(`there is no account ${id}`);
  return (await openSession(db, account, undefined, now)).token;
}

eachEngine("a link", (engine) => {
  test("is used by one of many at the same moment", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const token = await makeLink(db, { kind: "yes", note: "{}" }, now);
    const use = () => db.transaction().execute((tx) => useLink(tx, token, ["yes"], now));
    // With the connections open already, all of them read before any of them writes.
    const look = () => db.transaction().execute((tx) => links.get(tx, ""));
    await Promise.all([look(), look(), look(), look()]);
    const { well, codes } = await settled([use(), use(), use(), use()]);
    expect(well).toBe(1);
    expect(codes).toEqual(["gone", "gone", "gone"]);
    await expect(readLink(db, token, ["yes"], now)).rejects.toMatchObject({ code: "gone" });
  });

  test("stays good when what it was for fails", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    await add(db, "rosa");
    const by = await add(db, "olu");
    const token = await invite(db, { coop: "a", role: "owner", by }, now);
    const taken = { name: "Rosa", password };
    await expect(acceptInvitation(db, token, taken, now)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("“rosa” is taken"),
    });
    await expect(acceptInvitation(db, token, { name: "lena", password }, now)).resolves.toEqual({
      account: expect.any(String),
      coop: "a",
    });
  });

  test("is good for what it was made for, until it is too old", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const token = await makeLink(db, { kind: "invitation" }, now);
    await expect(readLink(db, token, ["setup"], now)).rejects.toMatchObject({ code: "not-found" });
    await expect(readLink(db, "x", ["invitation"], now)).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(readLink(db, token, ["invitation"], now + 14 * day - 1)).resolves.toBeDefined();
    const late = now + 14 * day;
    await expect(readLink(db, token, ["invitation"], late)).rejects.toMatchObject({ code: "gone" });
    const use = db.transaction().execute((tx) => useLink(tx, token, ["invitation"], late));
    await expect(use).rejects.toMatchObject({ code: "gone" });
  });

  test("is kept as a digest only, and in time not at all", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const token = await makeLink(db, { kind: "yes" }, now);
    expect(JSON.stringify(await db.selectFrom("link").selectAll().execute())).not.toContain(token);
    expect(await links.get(db, hashToken(token))).toMatchObject({ kind: "yes", used: null });
    await links.prune(db, now + 60 * day);
    expect(await links.open(db, "yes", now)).toHaveLength(1);
    await links.prune(db, now + 60 * day + 1);
    expect(await links.open(db, "yes", now)).toHaveLength(0);
  });
});

eachEngine("a node", (engine) => {
  test("is set up once, however many try", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    expect(await hasAdministrator(db)).toBe(false);
    await makeSetupLink(db, now);
    const token = await makeSetupLink(db, now);
    expect(await links.open(db, "setup", now)).toHaveLength(1);
    const tries = ["rosa", "lena", "olu"].map((name) => setUp(db, token, { name, password }, now));
    const { well, codes } = await settled(tries);
    expect([well, codes]).toEqual([1, ["gone", "gone"]]);
    expect(await accounts.all(db)).toHaveLength(1);
  });

  test("can't be set up by an old link once it has an administrator", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const token = await makeSetupLink(db, now);
    await addAccount(db, { name: "olu", nodeRole: "administrator" }, now);
    const late = setUp(db, token, { name: "rosa", password }, now);
    await expect(late).rejects.toMatchObject({ code: "conflict" });
    expect(await accounts.byName(db, "rosa")).toBeUndefined();
  });

  test("keeps its last administrator", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { id } = await addAccount(db, { name: "rosa", nodeRole: "administrator" }, now);
    const last = { code: "conflict", message: expect.stringContaining("last administrator") };
    await expect(setNodeRole(db, id, "moderator")).rejects.toMatchObject(last);
    await expect(disableAccount(db, id, now)).rejects.toMatchObject(last);
    const other = await add(db, "lena");
    await setNodeRole(db, other, "administrator");
    await disableAccount(db, id, now);
    expect(await accounts.get(db, id)).toMatchObject({ disabled: now });
    await expect(setNodeRole(db, other, null)).rejects.toMatchObject(last);
    await enableAccount(db, id);
    await setNodeRole(db, other, null);
  });
});

eachEngine("an account", (engine) => {
  test("has a name of its own, whatever the case", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const tries = ["rosa", "Rosa", " ROSA "].map((name) =>
      addAccount(db, { name, nodeRole: null }, now),
    );
    expect(await settled(tries)).toEqual({ well: 1, codes: ["conflict", "conflict"] });
    for (const name of ["a", "rosa luxemburg", "rosa@home", "-rosa", "rosa..l", "x".repeat(41)]) {
      const bad = addAccount(db, { name, nodeRole: null }, now);
      await expect(bad, name).rejects.toMatchObject({ code: "bad-request" });
    }
    expect((await accounts.all(db)).map(({ name }) => name)).toEqual(["rosa"]);
  });

  test("gets its password by the newest link only, and then no session is left", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { id, token } = await addAccount(db, { name: "rosa", nodeRole: null }, now);
    const sent = { name: "rosa", password };
    const newer = await renewPasswordLink(db, id, now);
    await expect(useNewPassword(db, token, sent, now)).rejects.toMatchObject({
      code: "not-found",
    });
    const old = await session(db, id);
    const twice = await settled([
      useNewPassword(db, newer, sent, now),
      useNewPassword(db, newer, { ...sent, password: "another long one" }, now),
    ]);
    expect(twice).toEqual({ well: 1, codes: ["gone"] });
    expect(await sessionOf(db, old, now)).toBeUndefined();
  });

  test("keeps the session in which the password is changed, and no link to undo it", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const { id, token } = await addAccount(db, { name: "rosa", nodeRole: null }, now);
    const [kept, other] = [await session(db, id), await session(db, id)];
    await setPassword(db, id, password, hashToken(kept));
    expect(await sessionOf(db, kept, now)).toMatchObject({ account: { name: "rosa" } });
    expect(await sessionOf(db, other, now)).toBeUndefined();
    await expect(readLink(db, token, ["password"], now)).rejects.toMatchObject({
      code: "not-found",
    });
    const throttle = createThrottle();
    const confirm = (text: string) => confirmPassword(db, throttle, { id, password: text }, now);
    expect(await confirm(password)).toBe(true);
    for (let tries = 0; tries < 5; tries++)
      expect(await confirm("x")).toEqual({ refused: "wrong" });
    expect(await confirm(password)).toEqual({ refused: "wait", wait: 1 });
    for (const bad of ["rosa", "short", "password123"]) {
      await expect(setPassword(db, id, bad, null), bad).rejects.toMatchObject({
        code: "bad-request",
      });
    }
  });

  test("that is disabled is out at once, and in again only by its password", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const id = await add(db, "rosa");
    await setPassword(db, id, password, null);
    const token = await session(db, id);
    const throttle = createThrottle();
    const enter = () => signIn(db, throttle, { name: "rosa", password }, now);
    await disableAccount(db, id, now);
    expect(await sessionOf(db, token, now)).toBeUndefined();
    expect(await enter()).toEqual({ refused: "disabled" });
    // Nor does a session hold that somehow began just then.
    expect(await sessionOf(db, await session(db, id), now)).toBeUndefined();
    // Who can't show the password isn't told.
    const stranger = { name: "rosa", password: "x" };
    expect(await signIn(db, throttle, stranger, now)).toEqual({ refused: "wrong" });
    await enableAccount(db, id);
    expect(await sessionOf(db, token, now)).toBeUndefined();
    expect(await enter()).toMatchObject({ token: expect.any(String) });
  });

  test("that has no password can't be signed in to", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    await add(db, "rosa");
    for (const text of ["", "null", "undefined", "rosa"]) {
      const tried = await signIn(db, createThrottle(), { name: "rosa", password: text }, now);
      expect(tried).toEqual({ refused: "wrong" });
    }
  });

  test("signs out elsewhere, and sessions that are over are forgotten", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const [rosa, lena] = [await add(db, "rosa"), await add(db, "lena")];
    const here = await session(db, rosa);
    const there = await session(db, rosa);
    const others = await session(db, lena);
    const mine = await sessionOf(db, here, now);
    if (mine === undefined) throw new Error("there is no session");
    expect(await signOutElsewhere(db, mine)).toBe(1);
    expect(await sessionOf(db, there, now)).toBeUndefined();
    expect(await sessionOf(db, others, now)).toBeDefined();
    expect(JSON.stringify(await sessions.of(db, rosa, now))).not.toContain(here);
    await sessions.prune(db, now + 30 * day);
    expect(await sessions.of(db, lena, now)).toEqual([]);
  });
});

eachEngine("the people of a co-op", (engine) => {
  test("come by invitation; who is an owner stays one", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const [rosa, lena] = [await add(db, "rosa"), await add(db, "lena")];
    await giveRole(db, { account: rosa, coop: "a", role: "owner" }, now);
    const asEditor = () => invite(db, { coop: "a", role: "editor", by: rosa }, now);
    await acceptInvitation(db, await asEditor(), { id: lena }, now + 1);
    await acceptInvitation(db, await asEditor(), { id: rosa }, now + 2);
    const people = await roles.inCoop(db, "a");
    expect(people.map(({ name, role }) => [name, role])).toEqual([
      ["rosa", "owner"],
      ["lena", "editor"],
    ]);
    expect(await roles.inCoop(db, "b")).toEqual([]);
    const token = await asEditor();
    const both = [rosa, lena].map((id) => acceptInvitation(db, token, { id }, now));
    expect(await settled(both)).toEqual({ well: 1, codes: ["gone"] });
  });

  test("can't come back by invitations of their own", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const [rosa, lena] = [await add(db, "rosa"), await add(db, "lena")];
    for (const coop of ["a", "b"]) {
      await giveRole(db, { account: rosa, coop, role: "owner" }, now);
      await giveRole(db, { account: lena, coop, role: "owner" }, now);
    }
    const ask = (coop: string, by: string) => invite(db, { coop, role: "owner", by }, now);
    const [a, b, others] = [await ask("a", lena), await ask("b", lena), await ask("a", rosa)];
    const look = (token: string) => readLink(db, token, ["invitation"], now);
    await takeRole(db, lena, "a");
    await expect(look(a)).rejects.toMatchObject({ code: "not-found" });
    expect(await look(b)).toMatchObject({ coop: "b" });
    await disableAccount(db, lena, now);
    await expect(look(b)).rejects.toMatchObject({ code: "not-found" });
    expect(await look(others)).toMatchObject({ coop: "a" });
  });

  test("can't rise again by links of their own when they get less to do", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const [rosa, lena] = [await add(db, "rosa"), await add(db, "lena")];
    await giveRole(db, { account: rosa, coop: "a", role: "owner" }, now);
    await giveRole(db, { account: lena, coop: "a", role: "owner" }, now);
    const token = await invite(db, { coop: "a", role: "owner", by: lena }, now);
    await giveRole(db, { account: lena, coop: "a", role: "editor" }, now);
    const back = acceptInvitation(db, token, { id: lena }, now);
    await expect(back).rejects.toMatchObject({ code: "not-found" });
    expect(await roles.of(db, lena)).toMatchObject([{ role: "editor" }]);

    await setNodeRole(db, rosa, "administrator");
    await setNodeRole(db, lena, "administrator");
    const key = await renewPasswordLink(db, rosa, now, { id: lena, name: "lena" });
    await setNodeRole(db, lena, "moderator");
    const taken = useNewPassword(db, key, { name: "rosa", password }, now);
    await expect(taken).rejects.toMatchObject({ code: "not-found" });
  });

  test("keep an owner, and a node an administrator, when the last two leave at once", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const [rosa, lena] = [await add(db, "rosa"), await add(db, "lena")];
    const both = [rosa, lena];
    for (let round = 0; round < 20; round += 1) {
      const coop = `coop${round}`;
      for (const account of both) await giveRole(db, { account, coop, role: "owner" }, now);
      const left = await settled(both.map((account) => takeRole(db, account, coop)));
      expect(left).toEqual({ well: 1, codes: ["conflict"] });
      for (const id of both) await setNodeRole(db, id, "administrator");
      const down = await settled(both.map((id) => setNodeRole(db, id, null)));
      expect(down).toEqual({ well: 1, codes: ["conflict"] });
    }
  });

  test("always have an owner, once they had one", async () => {
    await using store = await freshStore(engine);
    const { db } = store;
    const [rosa, lena] = [await add(db, "rosa"), await add(db, "lena")];
    await giveRole(db, { account: lena, coop: "a", role: "editor" }, now);
    await giveRole(db, { account: rosa, coop: "a", role: "owner" }, now);
    const last = { code: "conflict", message: expect.stringContaining("last owner") };
    await expect(takeRole(db, rosa, "a")).rejects.toMatchObject(last);
    const less = giveRole(db, { account: rosa, coop: "a", role: "editor" }, now);
    await expect(less).rejects.toMatchObject(last);
    await giveRole(db, { account: lena, coop: "a", role: "owner" }, now);
    await takeRole(db, rosa, "a");
    expect(await roles.of(db, rosa)).toEqual([]);
    expect(await roles.of(db, lena)).toMatchObject([{ coop: "a", role: "owner" }]);
  });
});

describe("the log", () => {
  afterEach(() => reset());

  test("tells who signed in and who failed to, and no password, token or unknown name", async () => {
    const logged: LogRecord[] = [];
    await configure({
      reset: true,
      sinks: { memory: (record) => logged.push(record) },
      loggers: [
        { category: "fragaria", sinks: ["memory"] },
        { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["memory"] },
      ],
    });
    await using store = await freshStore("sqlite");
    const { db } = store;
    const throttle = createThrottle();
    const setup = await makeSetupLink(db, now);
    const id = await setUp(db, setup, { name: "rosa", password }, now);
    const link = await renewPasswordLink(db, id, now);
    const signedIn = await signIn(db, throttle, { name: "rosa", password }, now);
    await signIn(db, throttle, { name: "rosa", password: "a wrong guess" }, now);
    await signIn(db, throttle, { name: "hunter2-hunter2", password: "x" }, now);
    await addAccount(db, { name: "lena", nodeRole: "moderator" }, now, { id, name: "rosa" });
    const text = logged.map(({ message, properties }) => JSON.stringify([message, properties]));
    for (const words of [
      "The node was set up by",
      "signed in",
      "Sign-in failed for",
      "was added",
      "A link for a new password",
    ]) {
      expect(
        text.some((line) => line.includes(words)),
        words,
      ).toBe(true);
    }
    const secrets = [password, setup, link, "a wrong guess", "hunter2"];
    if ("token" in signedIn) secrets.push(signedIn.token, signedIn.known);
    expect(secrets).toHaveLength(7);
    for (const secret of secrets) expect(text.join("\n")).not.toContain(secret);
  });
});
