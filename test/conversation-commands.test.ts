import { expect, it, vi } from "vitest";
import { readConfig } from "../src/config.ts";
import { conversationCommands } from "../src/conversation-commands.ts";
import { loadIdentity } from "../src/directory/identity.ts";
import { addCoop } from "../src/directory/publish.ts";
import { takeFlag } from "../src/directory/take-flag.ts";
import type { Engine } from "../src/store/dialect.ts";
import * as replies from "../src/store/replies.ts";
import { eachEngine, freshStore } from "./helpers/database.ts";
import { bakery } from "./helpers/nodes.ts";
import { addReply } from "./helpers/replies.ts";

const now = Date.parse("2026-11-22T10:00:00Z");

/** A co-op to which somebody has written, and the commands about it. */
async function shop(engine: Engine) {
  await using setting = new AsyncDisposableStack();
  const { db } = setting.use(await freshStore(engine));
  const node = await loadIdentity(db, "https://a.example", now);
  const config = readConfig({ ORIGIN: node.origin });
  const { id } = await addCoop(db, node, "bakery", bakery(), now);
  const said: string[] = [];
  const log = setting.use(vi.spyOn(console, "log"));
  log.mockImplementation((line: string) => void said.push(line));
  const rest = setting.move();
  return {
    db,
    id,
    /** Runs a command, and gives what it has printed. */
    run: async (name: string, args: string[], options: Record<string, unknown> = {}) => {
      await conversationCommands[name]?.run({ db, node, config }, args, options);
      return said.splice(0);
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

eachEngine("by commands", (engine) => {
  it("what others write is listed, hidden, shown, answered and reported", async () => {
    await using set = await shop(engine);
    const { db, id, run } = set;
    const open = await addReply(db, id, { content: "Good\nbread" });
    const secret = await addReply(db, id, { audience: "private", content: "Psst", now: now + 1 });
    const list = () => run("reply list", ["bakery"]);
    expect(await list()).toEqual([
      `${secret}  2026-11-22  @bob@social.example  (for the co-op alone)  Psst`,
      `${open}  2026-11-22  @bob@social.example  Good bread`,
    ]);
    await run("reply hide", [open]);
    await run("reply report", [open, "Spam,", "again"]);
    expect((await list())[1]).toBe(
      `${open}  2026-11-22  @bob@social.example  (hidden, reported)  Good bread`,
    );
    expect(await replies.get(db, open)).toMatchObject({ report: "Spam, again" });
    await run("reply show", [open]);
    expect((await list())[1]).toContain("(reported)");
    await expect(run("reply report", [open, "x"])).rejects.toThrow("reported before");
    await run("reply answer", [secret, "Non,", "merci"], { lang: "fr" });
    const answers = await db.selectFrom("answer").selectAll().execute();
    expect(answers).toMatchObject([{ audience: "private", content: '{"fr":"Non, merci"}' }]);
    for (const name of ["reply hide", "reply show", "reply answer", "reply report"]) {
      await expect(run(name, ["nothing", "x"]), name).rejects.toThrow("not there any more");
      await expect(run(name, []), name).rejects.toThrow("KEY is missing");
    }
    await expect(run("reply answer", [open])).rejects.toThrow("TEXT is missing");
  });

  it("whom a co-op or the node doesn't want to hear is blocked and unblocked", async () => {
    await using set = await shop(engine);
    const { db, id, run } = set;
    const key = await addReply(db, id);
    await run("block", ["@bob@social.example"], { coop: "bakery", why: "Insults" });
    await run("block", ["spam.example"]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await run("block list", [], { coop: "bakery" })).toEqual([
      `${today}  https://social.example/users/bob  Insults`,
    ]);
    expect(await run("block list", [])).toEqual([`${today}  spam.example`]);
    expect((await replies.get(db, key))?.hidden).not.toBeNull();
    // It is the co-op's own block.
    await expect(run("unblock", ["@bob@social.example"])).rejects.toThrow("isn't blocked");
    await run("unblock", ["@bob@social.example"], { coop: "bakery" });
    expect(await run("block list", [], { coop: "bakery" })).toEqual([]);
    await expect(run("block", ["@carol@social.example"])).rejects.toThrow("nothing has come from");
    await expect(run("block", ["a.example"])).rejects.toThrow("this node itself");
    const neighbour = "https://a.example/coops/market";
    await run("block", [neighbour], { coop: "bakery" });
    expect(await run("block list", [], { coop: "bakery" })).toEqual([`${today}  ${neighbour}`]);
    await expect(run("block", ["spam.example"], { coop: "nobody" })).rejects.toThrow(/nobody/);
  });

  it("reports are listed and put aside", async () => {
    await using set = await shop(engine);
    const { db, id, run } = set;
    await takeFlag(db, {
      id: "https://social.example/flags/1",
      actor: "https://social.example/actor",
      host: "social.example",
      coop: id,
      objects: JSON.stringify([`https://a.example/coops/${id}`]),
      content: "Not\nnice",
      received: now,
    });
    const flagged = [
      "2026-11-22  social.example  https://social.example/flags/1",
      `  https://a.example/coops/${id}`,
      "  Not nice",
    ];
    expect(await run("flag list", [])).toEqual(flagged);
    await run("flag settle", ["https://social.example/flags/1"]);
    expect((await run("flag list", []))[0]).toContain("(seen to)");
    await expect(run("flag settle", ["https://social.example/flags/2"])).rejects.toThrow(
      "there is no report",
    );
  });
});
