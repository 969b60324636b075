import { expect } from "vitest";
import { until } from "../helpers/nodes.ts";
import { snacSays } from "./snac.ts";
import { page, patience, read, type Step, total } from "./step.ts";

/** What somebody who follows a co-op says to it and about it. */
export const conversation: readonly Step[] = [
  {
    name: "is told of edits and of the end of news",
    run: async (node, snac) => {
      const note = await node.post("We close at five");
      await snac.waitFor(snacSays.newNote(note));
      await node.reword(note, "We close at six");
      await snac.waitFor(snacSays.updatedNote(note));
      expect(String(snac.stored(note)?.["content"])).toContain("at six");
      await node.remove(note);
      await snac.waitFor(snacSays.deleted(note));
      expect(snac.stored(note)).toBeUndefined();
    },
  },
  {
    name: "replies to news, which is shown, hidden and answered, edits that and deletes it",
    run: async (node, snac) => {
      const news = await node.post("Who would like to learn baking?");
      await snac.waitFor(snacSays.newNote(news));
      const said = async (text: string) => (await page(news)).includes(text);
      const reply = await snac.write("I would, on Fridays.", { in_reply_to: news });
      await until(() => said("I would, on Fridays."), Boolean, patience);
      expect(await total(news, "replies")).toBe(1);
      const listed = async () => (await read(`${news}/replies`))["items"];
      expect(await listed()).toEqual([reply]);

      const [latest] = await node.replies();
      expect(latest?.line).toContain("I would, on Fridays.");
      const key = latest?.key ?? "";
      await node.hide(key);
      expect(await said("on Fridays")).toBe(false);
      expect(await listed()).toEqual([]);
      await node.show(key);
      expect(await said("on Fridays")).toBe(true);

      await node.answer(key, "You are welcome.");
      const [, answer = ""] = (await listed()) as string[];
      await snac.waitFor(snacSays.newNote(answer));
      expect(snac.stored(answer)).toMatchObject({
        inReplyTo: reply,
        attributedTo: node.coop.id,
        tag: [{ type: "Mention", href: snac.user, name: `@${snac.handle}` }],
      });

      await snac.rewrite(reply, "I would, on Saturdays.");
      await until(() => said("I would, on Saturdays."), Boolean, patience);
      expect(await said("on Fridays")).toBe(false);
      expect(await said("changed since")).toBe(true);
      // snac tells of an end only those who follow the author.
      snac.followedBy(node.coop.id);
      await snac.press("Delete", { id: reply });
      await until(async () => !(await said("on Saturdays")), Boolean, patience);
      expect(await listed()).toEqual([answer]);
      expect((await node.replies()).map((each) => each.key)).not.toContain(key);
    },
  },
  {
    name: "likes news, which is counted, and takes that back",
    run: async (node, snac) => {
      const news = await node.post("There are rolls");
      await snac.waitFor(snacSays.newNote(news));
      await snac.press("Like", { id: news });
      await until(
        () => total(news, "likes"),
        (likes) => likes === 1,
        patience,
      );
      await snac.press("Unlike", { id: news });
      await until(
        () => total(news, "likes"),
        (likes) => likes === 0,
        patience,
      );
    },
  },
  {
    name: "writes to the co-op alone, and is answered alone",
    run: async (node, snac) => {
      const from = snac.lines.length;
      await snac.write("Do you deliver?", { to: node.coop.id });
      const [asked] = await until(
        () => node.replies(),
        ([latest]) => latest?.line.includes("Do you deliver?") ?? false,
        patience,
      );
      expect(asked?.line).toContain("for the co-op alone");
      expect(await page(node.coop.id)).not.toContain("Do you deliver?");
      await node.answer(asked?.key ?? "", "To your door.");
      const told = new RegExp(`new 'Note' ${RegExp.escape(node.coop.id)} (\\S+/answers/\\S+)$`);
      const answer = told.exec(await snac.waitFor(told, { from }))?.[1] ?? "";
      expect(snac.stored(answer)).toMatchObject({ to: [snac.user] });
      expect((await fetch(answer)).status).toBe(404);
    },
  },
];
