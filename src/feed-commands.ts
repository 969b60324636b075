import type { Command } from "./command.ts";
import { feedFolder } from "./directory/group-news.ts";
import * as feeds from "./store/feeds.ts";
import * as followers from "./store/followers.ts";

/** What operators see of feeds. */
export const feedCommands: Record<string, Command> = {
  "feed list": {
    usage: "",
    help: "list the feeds that somebody follows, with how many do and when they were last told",
    async run({ db, node, config }) {
      if (config.role === "leaf") {
        console.log("a leaf has no feeds: they are on hubs");
        return;
      }
      const followed = [...(await followers.oldest(db, feedFolder)).keys()].toSorted();
      if (followed.length === 0) console.log("nobody follows a feed yet");
      for (const identifier of followed) {
        const name = identifier.slice(feedFolder.length);
        const count = await followers.count(db, identifier);
        const last = await feeds.lastPost(db, name);
        const told =
          last === undefined ? "never told" : `told ${new Date(last.published).toISOString()}`;
        console.log(
          `@${name}@${node.host}  ${count} ${count === 1 ? "follower" : "followers"}  ${told}`,
        );
      }
    },
  },
};
